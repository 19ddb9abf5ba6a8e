"""The rows: the person, every CPR number with the person it belongs to, approved moves, events of unknown codes."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from contracts.base import Cprnummer, Id, Oejeblik, Vaerdi
from contracts.cpr import AfsoningMeldt, CprAdresse, CprPerson, FlytningGodkendt, FlytningTilbagekaldt, VaernepligtMeldt
from services.cpr_events.rules.billede import Del
from services.cpr_events.rules.koder import Slags
from services.cpr_events.rules.raekkefoelge import Kendt
from shared.domain.udfald import InternBesked

UdenUdtraek = FlytningGodkendt | FlytningTilbagekaldt | AfsoningMeldt | VaernepligtMeldt
"""What no extract carries. Its number is the person's current one, or one he had before."""


class IkkeAnvendt(Vaerdi):
    """CPR-10: what was older than the known state of its kind: recorded, not applied."""

    kode: str
    leverance: date
    registreret: Oejeblik | None = None
    virkning: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the newest delivery shows him. `version` is that of the `PersonTilstand` last published."""

    person_id: str
    cpr: str
    version: int
    leverance: date
    status: str
    kommunekode: str | None
    beskyttet: bool
    snapshot: CprPerson
    ikke_anvendte: tuple[IkkeAnvendt, ...] = ()
    dele: dict[Del, Kendt] = field(default_factory=dict[Del, Kendt])
    """What is known of each part of the snapshot, and since when."""
    sket: dict[Slags, Kendt] = field(default_factory=dict[Slags, Kendt])
    """What was told of each kind of event."""
    afloest_af: str | None = None
    """CPR-11: the id this person is known under now."""
    boede_sidst: str | None = None
    """CPR-10: the last of the 98 municipalities that he lived in, whose task it is when he has no address."""
    i_groenland: bool = False
    """NORD-01: CPR has told that he lives in Greenland, and no entry to Denmark has been told since."""
    stand: date | None = None
    """CPR-13, FAM-02: the last day on which protection or custody was told to be another; None: of no such day."""

    @property
    def dag(self) -> date:
        """The day that protection and custody are told as of."""
        return max(self.leverance, self.stand or self.leverance)


@dataclass(frozen=True, slots=True)
class Personnummer:
    """A CPR number, in use or given up, and whose it is."""

    cpr: str
    person_id: str


class FoerFlytning(Vaerdi):
    """Where a person lived when a move took effect, and when that was approved."""

    adresse: CprAdresse | None
    godkendt: Oejeblik
    til: str | None = None
    """A digest of where the move went; None: before this was kept."""


@dataclass(frozen=True, slots=True)
class Flytning:
    """CPR-07: a move of the move solution. Without `flyttedato` only its withdrawal has come."""

    flytning_id: str
    person_id: str
    flyttedato: date | None = None
    tilbagekaldt: datetime | None = None
    foer: FoerFlytning | None = None
    """None: it has not taken effect."""


class TilstandenSkifter(InternBesked):
    """CPR-13, FAM-02, FAM-03: the day has come on which protection or custody begins or ends by itself."""

    ce_type: ClassVar[str] = "cpr_events.TilstandenSkifter.v1"
    noeglefelt: ClassVar[str] = "person_id"

    person_id: Id
    cpr: Cprnummer
    dag: date
    familiens_numre: tuple[Cprnummer, ...] = ()


class FlytningTraederIKraft(InternBesked):
    """CPR-07: the day of an approved move has come."""

    ce_type: ClassVar[str] = "cpr_events.FlytningTraederIKraft.v1"
    noeglefelt: ClassVar[str] = "person_id"

    person_id: Id
    flytning_id: Id
    cpr: Cprnummer
    adresse: CprAdresse
    flyttedato: date
    godkendt: Oejeblik


@dataclass(frozen=True, slots=True)
class UkendtHaendelse:
    """An event whose code has no row in the table of codes: kept until a person has looked at what it means."""

    noegle: str
    kode: str
    afledt: str
    leverance: date
    registreret: datetime | None
    modtaget: datetime
