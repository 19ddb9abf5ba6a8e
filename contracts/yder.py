"""The practices: `yder.register` comes from the regions, `yder.tilstand` is published by `plo_events`."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from contracts.base import Antal, Besked, Heltal, Kommunekode, Oejeblik, Postnummer, Ydernummer


class Yderstatus(StrEnum):
    """Whether a practice takes new patients; SELEKTIVT_AABEN only those of certain postcodes (LV-13)."""

    AABEN = "AABEN"
    LUKKET = "LUKKET"
    SELEKTIVT_AABEN = "SELEKTIVT_AABEN"
    NEDLAGT = "NEDLAGT"


class YderOpdateret(Besked):
    """The region's record of one practice, whole. The newest `opdateret` wins."""

    emne: ClassVar[str] = "yder.register"
    ce_type: ClassVar[str] = "dk.sygesikring.YderOpdateret.v1"
    noeglefelt: ClassVar[str] = "ydernummer"

    ydernummer: Ydernummer
    navn: str
    kommunekode: Kommunekode
    postnummer: Postnummer | None = None
    status: Yderstatus
    lukkegraense: Antal
    """Number of insured from which the practice is closed to new ones; automatic assignment stays below it."""
    maksgraense: Antal
    """Hard maximum: no place above it, whatever the reason."""
    antal_sikrede: Antal | None = None
    """The region's count. Given: it replaces the hub's own count. Absent: the hub goes on with its own."""
    aabne_postnumre: tuple[Postnummer, ...] = ()
    gyldig_fra: date | None = None
    gyldig_til: date | None = None
    opdateret: Oejeblik


class YderTilstand(Besked):
    """The newest state of a practice with its count of insured and reserved (compacted). Ignore a lower `version`."""

    emne: ClassVar[str] = "yder.tilstand"
    ce_type: ClassVar[str] = "dk.sygesikring.YderTilstand.v1"
    noeglefelt: ClassVar[str] = "ydernummer"

    ydernummer: Ydernummer
    version: Heltal
    navn: str
    kommunekode: Kommunekode
    status: Yderstatus
    lukkegraense: Antal
    maksgraense: Antal
    optagne: Antal
    """Insured and reserved places."""
