"""The row of a card, its states, and the messages that the card order sends to itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from contracts.base import Cprnummer, Id, Kommunekode, Oejeblik, Vaerdi, Ydernummer
from contracts.kort import Adressetype, Kortstatuskode
from contracts.person import Adresse
from shared.domain.udfald import InternBesked


class Korttilstand(StrEnum):
    """What the order waits for, or what became of it."""

    MODTAGET = "MODTAGET"
    BESTILLES = "BESTILLES"
    BESTILT = "BESTILT"
    TRUKKET = "TRUKKET"
    AFSENDT = "AFSENDT"
    RETUR = "RETUR"
    BORTFALDET = "BORTFALDET"
    FEJLET = "FEJLET"
    STOPPES_EFTER_SVAR = "STOPPES_EFTER_SVAR"
    """A stop is wished for while the supplier has not answered the order."""
    ANNULLERES = "ANNULLERES"
    ANNULLERET = "ANNULLERET"


class Statuslinje(Vaerdi):
    """A status as the supplier reported it, kept for ever with the supplier's own time (KORT-18)."""

    status: Kortstatuskode
    tidspunkt: Oejeblik
    tekst: str = ""


@dataclass(frozen=True, slots=True)
class Kort:
    """One card and its order."""

    kort_id: str
    forloeb_id: str
    person_id: str
    cpr: str
    navn: str
    adresse: Adresse | None
    kommunekode: str
    aarsag: str
    gebyr_oere: int
    gruppe: str
    ydernummer: str | None
    praksisnavn: str
    adressetype: Adressetype
    tilstand: Korttilstand
    anmodet: datetime
    bestilt: datetime | None = None
    """When it was first known that the supplier has the order; None: not known."""
    statusser: tuple[Statuslinje, ...] = ()
    grund: str | None = None
    """Why there is no card, where the order ended without one."""
    uden_kvittering: bool = False
    """No receipt is sent (IND-07)."""


class Kortordre(InternBesked):
    """What the supplier is sent: the content of the effect `kort.bestil`."""

    ce_type: ClassVar[str] = "kortbestilling.Kortordre.v1"
    noeglefelt: ClassVar[str] = "kort_id"

    kort_id: Id
    cpr: Cprnummer
    navn: str
    adresse: Adresse | None = None
    adressetype: Adressetype
    kommunekode: Kommunekode
    aarsag: str
    gruppe: str
    ydernummer: Ydernummer | None = None
    praksisnavn: str = ""
    anmodet: Oejeblik
    """When the card was asked for: the order date."""


class Kortbesked(InternBesked):
    """A message of this service to itself about one card."""

    noeglefelt: ClassVar[str] = "kort_id"

    kort_id: Id


class OrdreAccepteret(Kortbesked):
    """The supplier answered: it has the order."""

    ce_type: ClassVar[str] = "kortbestilling.OrdreAccepteret.v1"


class OrdreAfvist(Kortbesked):
    """The supplier answered: it will not have the order."""

    ce_type: ClassVar[str] = "kortbestilling.OrdreAfvist.v1"

    kode: str


class Leverandoerbesked(Kortbesked):
    """A status of the supplier, as a message of its own for each code."""

    tidspunkt: Oejeblik
    tekst: str = ""


class LeverandoerTrak(Leverandoerbesked):
    """Status TRUKKET: the card is in production and can no longer be stopped (KORT-09)."""

    ce_type: ClassVar[str] = "kortbestilling.LeverandoerTrak.v1"


class LeverandoerTrakAfvistOrdre(LeverandoerTrak):
    """Status TRUKKET of an order that came back as refused: the supplier made it all the same."""

    ce_type: ClassVar[str] = "kortbestilling.LeverandoerTrakAfvistOrdre.v1"


class LeverandoerAfsendte(Leverandoerbesked):
    """Status AFSENDT (KORT-17)."""

    ce_type: ClassVar[str] = "kortbestilling.LeverandoerAfsendte.v1"


class LeverandoerFikRetur(Leverandoerbesked):
    """Status RETUR: the card came back (KORT-11, KORT-18)."""

    ce_type: ClassVar[str] = "kortbestilling.LeverandoerFikRetur.v1"


class LeverandoerFejlede(Leverandoerbesked):
    """Status FEJL: the supplier gave the order up."""

    ce_type: ClassVar[str] = "kortbestilling.LeverandoerFejlede.v1"


class BekraeftelseUdeblev(Kortbesked):
    """Deadline: the supplier has not answered the order."""

    ce_type: ClassVar[str] = "kortbestilling.BekraeftelseUdeblev.v1"


class TraekningUdeblev(Kortbesked):
    """Deadline: the order has not been drawn."""

    ce_type: ClassVar[str] = "kortbestilling.TraekningUdeblev.v1"


class AfsendelseUdeblev(Kortbesked):
    """Deadline: the card has not been sent."""

    ce_type: ClassVar[str] = "kortbestilling.AfsendelseUdeblev.v1"


class AfhentningsfristUdloeb(Kortbesked):
    """Deadline: a returned card was not fetched (KORT-11)."""

    ce_type: ClassVar[str] = "kortbestilling.AfhentningsfristUdloeb.v1"


class Kortannullering(Kortbesked):
    """What the supplier is sent to stop an order: the content of the effect `kort.annuller`."""

    ce_type: ClassVar[str] = "kortbestilling.Kortannullering.v1"


class AnnulleringAccepteret(Kortbesked):
    """The supplier answered: there will be no card."""

    ce_type: ClassVar[str] = "kortbestilling.AnnulleringAccepteret.v1"


class AnnulleringAfvist(Kortbesked):
    """The supplier answered: it is too late."""

    ce_type: ClassVar[str] = "kortbestilling.AnnulleringAfvist.v1"

    kode: str


class AnnulleringssvarUdeblev(Kortbesked):
    """Deadline: the supplier has not answered the stop."""

    ce_type: ClassVar[str] = "kortbestilling.AnnulleringssvarUdeblev.v1"
