"""The health card: asked for by `laegevalg`, ordered by `kortbestilling`, drawn and sent by the supplier."""

from enum import StrEnum
from typing import ClassVar

from contracts.base import Antal, Besked, Cprnummer, Id, Kommunekode, Oejeblik, Ydernummer
from contracts.begrundelse import Begrundelse
from contracts.bestilling import Kode
from contracts.person import Adresse


class Kortaarsag(StrEnum):
    """Why a card is issued (Card order reason, KORT-10)."""

    FOERSTE_RET = "FOERSTE_RET"
    GENINDREJSE = "GENINDREJSE"


class Adressetype(StrEnum):
    """KENDT, or UKENDT for a high road code 9900-9999: the card cannot be delivered (KORT-11)."""

    KENDT = "KENDT"
    UKENDT = "UKENDT"


class KortAnmodet(Besked):
    """Order a health card. `kort_id` comes from the decision: the same decision never gives two cards."""

    emne: ClassVar[str] = "kort.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.KortAnmodet.v1"

    kort_id: Id
    forloeb_id: Id
    person_id: Id
    cpr: Cprnummer
    navn: str
    adresse: Adresse | None = None
    kommunekode: Kommunekode
    aarsag: Kortaarsag
    gebyr_oere: Antal = 0
    """Fee in øre; 0 when the card is free (BET-09)."""
    gruppe: str
    ydernummer: Ydernummer | None = None
    praksisnavn: str = ""
    begrundelse: Begrundelse | None = None
    """Why there is a card, and what it costs (BET-07..14)."""


LAEGESKIFT = "LAEGESKIFT"
"""Reason of a card: the insured chose another doctor (KORT-10, BET-07)."""


class KortAnmodetV2(Besked):
    """Order a health card. As version 1, but the reason is an open code: a new reason is no new version."""

    emne: ClassVar[str] = "kort.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.KortAnmodet.v2"

    kort_id: Id
    forloeb_id: Id
    person_id: Id
    cpr: Cprnummer
    navn: str
    adresse: Adresse | None = None
    kommunekode: Kommunekode
    aarsag: Kode
    """FOERSTE_RET, GENINDREJSE, LAEGESKIFT ... (KORT-10)."""
    gebyr_oere: Antal = 0
    gruppe: str
    ydernummer: Ydernummer | None = None
    praksisnavn: str = ""
    begrundelse: Begrundelse | None = None
    """Why there is a card, and what it costs (BET-07..14)."""
    uden_kvittering: bool = False
    """No receipt is sent: the doctor was chosen by hand at entry (IND-07)."""


class KortAnnulleres(Besked):
    """Stop the order of a card; possible until it is drawn (KORT-09)."""

    emne: ClassVar[str] = "kort.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.KortAnnulleres.v1"

    kort_id: Id
    forloeb_id: Id
    person_id: Id
    grund: str


class Kortstatuskode(StrEnum):
    """What the supplier says of an order: drawn into production, sent, returned, failed."""

    TRUKKET = "TRUKKET"
    AFSENDT = "AFSENDT"
    RETUR = "RETUR"
    FEJL = "FEJL"


class KortStatus(Besked):
    """From the card supplier on `kortleverandoer.status`. Duplicates count by (order, status) (KORT-17)."""

    emne: ClassVar[str] = "kortleverandoer.status"
    ce_type: ClassVar[str] = "dk.sygesikring.KortStatus.v1"
    noeglefelt: ClassVar[str] = "kort_id"

    kort_id: Id
    """The order id that the hub gave."""
    status: Kortstatuskode
    tidspunkt: Oejeblik
    tekst: str = ""


class KortBestilt(Besked):
    """The supplier has accepted the order."""

    emne: ClassVar[str] = "kort.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.KortBestilt.v1"

    kort_id: Id
    forloeb_id: Id
    person_id: Id
    aarsag: Kortaarsag
    gebyr_oere: Antal
    adressetype: Adressetype


class KortBestiltV2(Besked):
    """The supplier has accepted the order. As version 1, but the reason is an open code."""

    emne: ClassVar[str] = "kort.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.KortBestilt.v2"

    kort_id: Id
    forloeb_id: Id
    person_id: Id
    aarsag: Kode
    gebyr_oere: Antal
    adressetype: Adressetype


class KortAnnulleret(Besked):
    """The order was stopped, or had already ended without a card: there will be none (KORT-09)."""

    emne: ClassVar[str] = "kort.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.KortAnnulleret.v1"

    kort_id: Id
    forloeb_id: Id
    person_id: Id
    kvittering: bool = False
    """A receipt had been asked for and is called back; `breve.haendelser` tells whether it could be (FORL-06)."""


class KortIkkeAnnulleret(Besked):
    """The order could not be stopped: the supplier had drawn it, so the card comes (KORT-09)."""

    emne: ClassVar[str] = "kort.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.KortIkkeAnnulleret.v1"

    kort_id: Id
    forloeb_id: Id
    person_id: Id
    grund: str


class KortTrukket(Besked):
    """The supplier has drawn the order into production: it can no longer be stopped (KORT-09)."""

    emne: ClassVar[str] = "kort.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.KortTrukket.v1"

    kort_id: Id
    forloeb_id: Id
    person_id: Id
    tidspunkt: Oejeblik


class KortAfsendt(Besked):
    """The supplier has sent the card (KORT-17, KORT-18)."""

    emne: ClassVar[str] = "kort.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.KortAfsendt.v1"

    kort_id: Id
    forloeb_id: Id
    person_id: Id
    tidspunkt: Oejeblik


class KortFejlet(Besked):
    """The order ended without a card in the citizen's hands; a manual task goes to the municipality."""

    emne: ClassVar[str] = "kort.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.KortFejlet.v1"

    kort_id: Id
    forloeb_id: Id
    person_id: Id
    grund: str
