"""The fee of a card: asked for by the service that decided, reserved, captured and released by `betaling` at Nets.

`nets.haendelser` is what Nets tells by itself, as the reader of its webhooks writes it.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from contracts.base import Antal, Besked, Id, Kommunekode, Oejeblik

ReservationId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:._-]{1,60}$")]
"""Comes from the decision. It is the idempotency key of the capture (BET-21), which Nets limits to 64 characters."""


class Betalingshandling(StrEnum):
    """What is done with the money."""

    RESERVER = "RESERVER"
    TRAEK = "TRAEK"
    FRIGIV = "FRIGIV"


class ReserverBetaling(Besked):
    """Reserve the fee of one card for one person on a payment card (BET-01, BET-06)."""

    emne: ClassVar[str] = "betaling.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.ReserverBetaling.v1"

    reservation_id: ReservationId
    forloeb_id: Id
    person_id: Id
    kommunekode: Kommunekode
    """The municipality that is paid."""
    bestillingsdato: date
    """The fee is that of this day (BET-18)."""
    betalingskort: str


class TraekBetaling(Besked):
    """Capture what is reserved: the card was sent (BET-01)."""

    emne: ClassVar[str] = "betaling.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.TraekBetaling.v1"

    reservation_id: ReservationId
    forloeb_id: Id
    person_id: Id


class FrigivBetaling(Besked):
    """Release what is reserved (BET-05)."""

    emne: ClassVar[str] = "betaling.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.FrigivBetaling.v1"

    reservation_id: ReservationId
    forloeb_id: Id
    person_id: Id
    grund: str


class BetalingReserveret(Besked):
    """The fee is reserved. `verificeret` is false where no published fee of the year is known (BET-17)."""

    emne: ClassVar[str] = "betaling.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.BetalingReserveret.v1"

    reservation_id: ReservationId
    forloeb_id: Id
    person_id: Id
    beloeb_oere: Antal
    gebyraar: Antal
    verificeret: bool


class BetalingTrukket(Besked):
    """The fee was captured; once per reservation (BET-21)."""

    emne: ClassVar[str] = "betaling.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.BetalingTrukket.v1"

    reservation_id: ReservationId
    forloeb_id: Id
    person_id: Id
    beloeb_oere: Antal
    traek_id: Id
    """Nets' own id of the capture."""


class BetalingFrigivet(Besked):
    """The reservation was given up; once per reservation (BET-05)."""

    emne: ClassVar[str] = "betaling.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.BetalingFrigivet.v1"

    reservation_id: ReservationId
    forloeb_id: Id
    person_id: Id
    beloeb_oere: Antal


class BetalingUdloebet(Besked):
    """The reservation ended before it was captured; a manual task goes to the municipality (BET-01)."""

    emne: ClassVar[str] = "betaling.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.BetalingUdloebet.v1"

    reservation_id: ReservationId
    forloeb_id: Id
    person_id: Id
    beloeb_oere: Antal


class BetalingFejlet(Besked):
    """What was asked for could not be done."""

    emne: ClassVar[str] = "betaling.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.BetalingFejlet.v1"

    reservation_id: ReservationId
    forloeb_id: Id
    person_id: Id
    handling: Betalingshandling
    grund: str


class Netsart(StrEnum):
    """What Nets tells by itself."""

    TRUKKET = "TRUKKET"
    UDLOEBET = "UDLOEBET"


class NetsHaendelse(Besked):
    """Nets tells of a payment. `reservation_id` is our reference of it, the record key too."""

    emne: ClassVar[str] = "nets.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.NetsHaendelse.v1"
    noeglefelt: ClassVar[str] = "reservation_id"

    reservation_id: ReservationId
    art: Netsart
    tidspunkt: Oejeblik
    traek_id: Id | None = None
    """The capture that it is about."""
