"""A wedding that is told after the change of name that it gives a free card for (CPR-01, CPR-10)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from contracts.person import PersonSkiftetNavn
from services.laegevalg.forloeb.haendelse import Haendelse, er_den_samme, hvad_foelger, kommunen, med_nyeste
from services.laegevalg.forloeb.personsagsbeskeder import KortFoelger, Personsag, Sagstilstand
from services.laegevalg.rules import Sikring


def efter_vielsen(
    besked: Haendelse, kendte: Iterable[Personsag], sikring: Sikring, praksisnavn: str, hjem: str | None, nu: datetime,
    *, vaek: bool,
) -> tuple[Personsag, KortFoelger] | None:  # fmt: skip
    """CPR-01: the change of name that nothing followed from, as its forløb begins now; None: nothing follows still.

    Told again when the card has been ordered, it is handled already (CPR-09).
    """
    if not isinstance(besked, PersonSkiftetNavn):
        return None
    uden_kort = (s for s in kendte if s.tilstand is Sagstilstand.BEHANDLET_UDEN_HANDLING and not s.tilbagekaldt)
    sag = next((s for s in uden_kort if er_den_samme(besked, s)), None)
    if sag is None:
        return None
    foelger = hvad_foelger(besked, sag, sikring, aabne_valg=False, vaek=vaek)
    if not isinstance(foelger, KortFoelger):
        return None
    ny = replace(sag, kommunekode=kommunen(besked, hjem) or sag.kommunekode, startet=nu)
    return med_nyeste(ny, besked.person, sikring, praksisnavn), foelger
