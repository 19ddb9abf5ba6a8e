"""Whether the card of a choice of doctor comes in time to be the card of a move (FLYT-06, KORT-16). Pure and dated."""

from datetime import date, datetime

from services.laegevalg.rules import Dage, kortbestilling
from shared.domain.datoer import dato, plus_dage
from shared.domain.hjemmel import Hjemmel

# fmt: off
VENT_PAA_KORTET = (
    #    gælder fra  dage  hjemmel
    Dage(date.min,   30,   Hjemmel("KORT-16", "fristen som FLYT-01's 30 dage")),
)
# fmt: on


def kan_deles(flyttet: date, virkningsdato: date, nu: datetime, *, ventet: bool) -> bool:
    """FLYT-06: the move is no later than the choice takes effect, or is the one it waits for (FLYT-01)."""
    return (ventet or flyttet <= virkningsdato) and kommer_i_tide(virkningsdato, flyttet, nu)


def kommer_i_tide(virkningsdato: date, flyttet: date, nu: datetime) -> bool:
    """KORT-16: nobody who has moved is without a card of the right address for long (our own)."""
    fra = max(flyttet, dato(nu))
    dage = max((r for r in VENT_PAA_KORTET if r.gaelder_fra <= fra), key=lambda r: r.gaelder_fra).dage
    return dato(kortbestilling(virkningsdato, nu)) <= plus_dage(fra, dage)
