"""The row of a fee, its states, and the messages that payments send to themselves."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from contracts.base import Id
from shared.domain.udfald import InternBesked


class Betalingstilstand(StrEnum):
    """What the fee waits for, or what became of it."""

    MODTAGET = "MODTAGET"
    RESERVERES = "RESERVERES"
    FRIGIVES_EFTER_SVAR = "FRIGIVES_EFTER_SVAR"
    """A release is wished for while Nets has not answered the reservation."""
    RESERVERET = "RESERVERET"
    TRAEKKES = "TRAEKKES"
    TRUKKET = "TRUKKET"
    FRIGIVES = "FRIGIVES"
    FRIGIVET = "FRIGIVET"
    UDLOEBET = "UDLOEBET"
    FRIGIVES_EFTER_UDLOEB = "FRIGIVES_EFTER_UDLOEB"
    """A release is wished for after the end; Nets may hold the amount longer than we count on it."""
    BORTFALDET = "BORTFALDET"
    """It ended, nothing was left to release, and the fee is due no more."""
    FEJLET = "FEJLET"


@dataclass(frozen=True, slots=True)
class Betaling:
    """One fee of one card."""

    reservation_id: str
    forloeb_id: str
    person_id: str
    kommunekode: str
    betalingskort: str
    tilstand: Betalingstilstand
    beloeb_oere: int
    gebyraar: int
    verificeret: bool
    anmodet: datetime
    reserveret: datetime | None = None
    payment_id: str | None = None
    """Nets' own id of the payment."""
    traek_id: str | None = None
    grund: str | None = None
    """Why it failed, where it did."""


class Betalingsbesked(InternBesked):
    """A message of this service to itself about one reservation."""

    noeglefelt: ClassVar[str] = "reservation_id"

    reservation_id: Id


class Kald(Betalingsbesked):
    """What Nets is asked: the content of the three effects."""

    ce_type: ClassVar[str] = "betaling.Kald.v1"

    beloeb_oere: int
    kommunekode: str
    betalingskort: str = ""
    payment_id: str = ""


class ReservationAccepteret(Betalingsbesked):
    """Nets holds the amount."""

    ce_type: ClassVar[str] = "betaling.ReservationAccepteret.v1"

    payment_id: str


class ReservationAfvist(Betalingsbesked):
    """Nets will not hold the amount."""

    ce_type: ClassVar[str] = "betaling.ReservationAfvist.v1"

    kode: str


class TraekAccepteret(Betalingsbesked):
    """Nets has captured the amount."""

    ce_type: ClassVar[str] = "betaling.TraekAccepteret.v1"

    traek_id: str


class TraekGennemfoert(TraekAccepteret):
    """The first capture known, or the same again."""

    ce_type: ClassVar[str] = "betaling.TraekGennemfoert.v1"


class EtAndetTraek(TraekAccepteret):
    """A capture with another id than the one known (BET-21)."""

    ce_type: ClassVar[str] = "betaling.EtAndetTraek.v1"


class TraekAfvist(Betalingsbesked):
    """Nets will not capture the amount."""

    ce_type: ClassVar[str] = "betaling.TraekAfvist.v1"

    kode: str


class FrigivelseAccepteret(Betalingsbesked):
    """Nets holds the amount no more."""

    ce_type: ClassVar[str] = "betaling.FrigivelseAccepteret.v1"


class IntetAtFrigive(Betalingsbesked):
    """Nets let the amount go by itself before it was asked to."""

    ce_type: ClassVar[str] = "betaling.IntetAtFrigive.v1"


class FrigivelseAfvist(Betalingsbesked):
    """Nets will not release the amount."""

    ce_type: ClassVar[str] = "betaling.FrigivelseAfvist.v1"

    kode: str


class NetsMeldteUdloeb(Betalingsbesked):
    """Nets told that the reservation has ended."""

    ce_type: ClassVar[str] = "betaling.NetsMeldteUdloeb.v1"


class ReservationenUdloeb(Betalingsbesked):
    """Deadline: the reservation is not counted on any more (BET-01)."""

    ce_type: ClassVar[str] = "betaling.ReservationenUdloeb.v1"


class NetsSvarUdeblev(Betalingsbesked):
    """Deadline: Nets has not answered."""

    ce_type: ClassVar[str] = "betaling.NetsSvarUdeblev.v1"
