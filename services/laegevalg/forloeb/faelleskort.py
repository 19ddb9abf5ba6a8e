"""Which move the card of a choice is the card of, and when that card comes too late for one (FLYT-06, KORT-16)."""

from dataclasses import replace
from datetime import datetime

from services.laegevalg.forloeb.beskeder import PersonenFlyttede, Valg, Valgtilstand
from services.laegevalg.forloeb.flyttebeskeder import FlytningTrukket, FlytningUdeblev
from services.laegevalg.forloeb.personsagsbeskeder import KortetErIkkeMed
from services.laegevalg.forloeb.vilkaar import Flyttevilkaar
from services.laegevalg.rules import flyttekort
from shared.domain.datoer import dato
from shared.domain.udfald import SaetFrist, Udfald

KORTET_ER_BESTILT = (Valgtilstand.KORT_BESTILT, Valgtilstand.KORT_TRUKKET)


def kan_deles(valg: Valg, besked: PersonenFlyttede, nu: datetime) -> bool:
    """FLYT-06: whether the card of the choice, where it is still to come, is the card of this move."""
    return flyttekort.kan_deles(besked.dag, valg.virkningsdato, nu, ventet=_er_den_ventede(valg.flytning, besked))


def _er_den_ventede(ventet: Flyttevilkaar | None, besked: PersonenFlyttede) -> bool:
    if ventet is None or ventet.til_kommunekode != besked.til_kommunekode:
        return False
    return not ventet.opfyldt or ventet.flyttet == besked.dag


def slip_kortet(valg: Valg, nu: datetime) -> tuple[Valg, Udfald]:
    """KORT-16: a choice moved so far ahead that the move is to have a card of its own. What was given back stays so."""
    if valg.flyttesag is None or valg.tilstand in KORTET_ER_BESTILT:
        return valg, Udfald()
    flyttet = (valg.flytning.flyttet if valg.flytning else None) or dato(nu)
    if flyttekort.kommer_i_tide(valg.virkningsdato, flyttet, nu):
        return valg, Udfald()
    svar = KortetErIkkeMed(forloeb_id=valg.flyttesag, person_id=valg.person_id)
    frist = SaetFrist(f"{svar.forloeb_id}:{KortetErIkkeMed.__name__}", nu, svar)
    return replace(valg, flyttesag=None), Udfald(frister=(frist,))


def vilkaar_med_sag(valg: Valg, flyttesag: str) -> Flyttevilkaar | None:
    """FLYT-01: a newer move takes the card over; it may be withdrawn, and then the one before is to have it."""
    if valg.flytning is None or valg.flyttesag in (None, flyttesag):
        return valg.flytning
    return valg.flytning.model_copy(update={"kort_foer": valg.flyttesag})


def sag_uden_flytningen(valg: Valg, besked: FlytningUdeblev | FlytningTrukket) -> str | None:
    """KORT-16: the move that is to have a card of its own when the awaited one does not come; None: none is."""
    if isinstance(besked, FlytningUdeblev) or valg.flyttesag is None or f"-{besked.dag}" not in valg.flyttesag:
        return valg.flyttesag
    return valg.flytning.kort_foer if valg.flytning else None
