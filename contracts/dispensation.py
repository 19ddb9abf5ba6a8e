"""The request to a closed practice to take a person all the same: sent and delivered as Digital Post.

Asked for by `laegevalg`, delivered by `digital_post`; the practice answers on `dispensation.svar`.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from contracts.base import Besked, Id, Kommunekode, Oejeblik, Ydernummer


class DispensationAnmodet(Besked):
    """Ask the practice. The request carries the two ids that its answer must repeat."""

    emne: ClassVar[str] = "dispensation.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.DispensationAnmodet.v1"

    forloeb_id: Id
    person_id: Id
    kommunekode: Kommunekode
    """The sending municipality."""
    ydernummer: Ydernummer
    praksisnavn: str
    navn: str
    """The person's name."""
    foedselsdato: date | None = None
    virkningsdato: date
    regel: str | None = None
    """The rule asked under (LV-23), for the practice; no message to a caseworker carries it (LV-07)."""


class DispensationTilbagekaldt(Besked):
    """Tell the practice that its answer is not needed any more (FORL-08)."""

    emne: ClassVar[str] = "dispensation.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.DispensationTilbagekaldt.v1"

    forloeb_id: Id
    person_id: Id
    kommunekode: Kommunekode
    ydernummer: Ydernummer
    praksisnavn: str
    navn: str


class DispensationLeveret(Besked):
    """The practice has the request: the 14 days count from the day of `leveret` (LV-09)."""

    emne: ClassVar[str] = "dispensation.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.DispensationLeveret.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    leveret: Oejeblik


class DispensationFejlet(Besked):
    """The request could not be delivered; a manual task goes to the municipality."""

    emne: ClassVar[str] = "dispensation.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.DispensationFejlet.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    grund: str


class Dispensationssvar(StrEnum):
    """What the practice answers."""

    GODKENDT = "GODKENDT"
    AFVIST = "AFVIST"


class DispensationSvar(Besked):
    """The practice's answer. What counts is when it was received, not when it is read (LV-09, LV-10)."""

    emne: ClassVar[str] = "dispensation.svar"
    ce_type: ClassVar[str] = "dk.sygesikring.DispensationSvar.v1"

    forloeb_id: Id
    person_id: Id
    """Repeated from the request."""
    svar: Dispensationssvar
    modtaget: Oejeblik
    """When Digital Post received the answer."""
