"""Answers to a command about a forløb, the same for every process."""

from datetime import datetime

from contracts.bestilling import (
    AnnullerForloeb,
    BestillingAfvist,
    BestillingModtaget,
    LaegevalgAendret,
    LaegevalgBestilt,
)
from services.laegevalg.forloeb.begrundelser import afvisning

Kommando = AnnullerForloeb | LaegevalgAendret


def afvist(kommando: Kommando, grund: str) -> BestillingAfvist:
    """A command that is refused."""
    return bestilling_afvist(kommando, grund, kommando.forloeb_id)


def bestilling_afvist(
    bestilt: Kommando | LaegevalgBestilt, grund: str, forloeb_id: str | None = None
) -> BestillingAfvist:
    """An order or a command that is refused, with what is said for it; without a forløb where it is another's."""
    kode, begrundelse = afvisning(grund)
    return BestillingAfvist(
        noegle=bestilt.noegle,
        bestilling_id=bestilt.bestilling_id,
        forloeb_id=forloeb_id,
        grund=kode,
        begrundelse=begrundelse,
    )


def modtaget(kommando: Kommando, nu: datetime) -> BestillingModtaget:
    """A command that is carried out."""
    return BestillingModtaget(
        noegle=kommando.noegle, bestilling_id=kommando.bestilling_id, forloeb_id=kommando.forloeb_id, modtaget=nu
    )
