"""What a choice of doctor and an insured person carry of moves and entries (FLYT-01, IND-04, LV-21)."""

from datetime import date
from enum import StrEnum

from contracts.base import Id, Kommunekode, Vaerdi

KORTET_STOPPES = "KORTET_STOPPES"
FLYTTEKORT_BESTILT = "FLYTTEKORT_BESTILT"
"""How far the card of a move is that takes the place of the one a choice had ordered (FLYT-06)."""


class Kortspor(StrEnum):
    """How far a card is, as far as it matters to whether it can be stopped (KORT-09)."""

    BESTILT = "BESTILT"
    BEKRAEFTET = "BEKRAEFTET"
    """The supplier has the order, and so its receipt is sent."""
    STOPPES = "STOPPES"
    """CPR-14, NORD-01: nobody waits for the answer."""
    TRUKKET = "TRUKKET"
    INGEN = "INGEN"
    """It was stopped, or could not be made."""


class Flyttevilkaar(Vaerdi):
    """The announced move that a choice waits for (FLYT-01)."""

    til_kommunekode: Kommunekode
    anmeldt: date
    """The day that was announced."""
    opfyldt: bool = False
    flyttet: date | None = None
    """The day of the move that was told of; None also where CPR had the person there already."""
    kort_foer: Id | None = None
    """The forløb of the move whose card the choice brought along before that of a newer one (FLYT-06)."""


class MeldtFlytning(Vaerdi):
    """A move that was told of and that the person's state does not show yet (CPR-06)."""

    til_kommunekode: Kommunekode
    dag: date


class Indrejst(Vaerdi):
    """The person's newest entry, as CPR told of it."""

    dag: date
    igen: bool = False
    """Re-entry."""
    forloeb_id: Id | None = None
    """None: before this was kept."""
