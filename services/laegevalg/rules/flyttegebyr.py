"""Whether a change of doctor costs nothing because the person has moved inside Denmark (BET-13). Pure and dated."""

from datetime import date

from services.laegevalg.rules import Dage, dage
from shared.domain.datoer import plus_dage
from shared.domain.hjemmel import Hjemmel

# fmt: off
GRATIS_EFTER_FLYTNING = (
    #    gælder fra  dage  hjemmel
    Dage(date.min,   60,   Hjemmel("BET-13", "bekendtgørelse nr. 1016 af 25. maj 2021, § 12, stk. 1, nr. 6")),
)
# fmt: on


def er_gratis(flyttet: date, bestilt: date, virkningsdato: date, *, ventet: bool) -> bool:
    """BET-13: »i forbindelse med flytning«, read as from the day of the move and 60 days on, the last day included.

    Ordered before the day of a move that was told of already: free where it holds from that day on, or waits for the
    move (FLYT-01), as a choice that was open when the move was told (FLYT-06). Every change within the days is free.
    """
    if bestilt < flyttet:
        return ventet or flyttet <= virkningsdato
    return bestilt <= plus_dage(flyttet, dage(GRATIS_EFTER_FLYTNING, flyttet))
