"""Answers to a command about a forløb, the same for every process."""

from datetime import datetime

from contracts.bestilling import AnnullerForloeb, BestillingAfvist, BestillingModtaget, LaegevalgAendret
from services.laegevalg.forloeb.begrundelser import AFVISNINGER, begrundet

Kommando = AnnullerForloeb | LaegevalgAendret


def afvist(kommando: Kommando, grund: str) -> BestillingAfvist:
    """A command that is refused."""
    return BestillingAfvist(
        noegle=kommando.noegle,
        bestilling_id=kommando.bestilling_id,
        forloeb_id=kommando.forloeb_id,
        grund=grund,
        begrundelse=begrundet(AFVISNINGER, grund),
    )


def modtaget(kommando: Kommando, nu: datetime) -> BestillingModtaget:
    """A command that is carried out."""
    return BestillingModtaget(
        noegle=kommando.noegle, bestilling_id=kommando.bestilling_id, forloeb_id=kommando.forloeb_id, modtaget=nu
    )
