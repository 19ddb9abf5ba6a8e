"""Which move the card of a choice is the card of, and when that card comes too late for one (FLYT-06, KORT-16)."""

from services.laegevalg.forloeb.beskeder import Valg
from services.laegevalg.forloeb.flyttebeskeder import FlytningTrukket, FlytningUdeblev
from services.laegevalg.forloeb.vilkaar import Flyttevilkaar


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
