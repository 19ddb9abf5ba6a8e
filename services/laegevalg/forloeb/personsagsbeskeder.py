"""The row of what happened to a person, its states, and the messages of its forløb."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from contracts.base import Oejeblik
from contracts.bestilling import AnnullerForloeb
from contracts.person import Personoplysninger
from shared.domain.udfald import InternBesked


class Sagsart(StrEnum):
    """What happened to the person."""

    FLYTNING = "FLYTNING"
    NAVNEAENDRING = "NAVNEAENDRING"
    NUMMERSKIFT = "NUMMERSKIFT"
    FRAFLYTNING = "FRAFLYTNING"
    DOEDSFALD = "DOEDSFALD"
    FORSVINDEN = "FORSVINDEN"
    AFSONING = "AFSONING"
    VAERNEPLIGT = "VAERNEPLIGT"


class Sagstilstand(StrEnum):
    """What the forløb waits for, or what became of it. MODTAGET is left in the step that makes it."""

    MODTAGET = "MODTAGET"
    AFVENTER_VALG = "AFVENTER_VALG"
    """Whether a choice of doctor that is open brings the card along (FLYT-06)."""
    KORT_BESTILT = "KORT_BESTILT"
    KORT_TRUKKET = "KORT_TRUKKET"
    ANNULLERES = "ANNULLERES"
    """A cancel waits for the card order to be stopped."""
    AFSLUTTET = "AFSLUTTET"
    ANNULLERET = "ANNULLERET"
    BEHANDLET_UDEN_HANDLING = "BEHANDLET_UDEN_HANDLING"
    OVERGIVET_TIL_SAGSBEHANDLER = "OVERGIVET_TIL_SAGSBEHANDLER"
    TILBAGEKALDT = "TILBAGEKALDT"
    """It did not happen after all, and nothing had come of it."""


@dataclass(frozen=True, slots=True)
class Personsag:
    """One thing that happened to one person; `person`, `gruppe` and the doctor are as they were when it was told."""

    forloeb_id: str
    person_id: str
    tilstand: Sagstilstand
    art: Sagsart
    kommunekode: str
    dag: date
    """The day from which it holds."""
    person: Personoplysninger
    startet: datetime
    gruppe: str | None = None
    ydernummer: str | None = None
    praksisnavn: str = ""
    annullering: AnnullerForloeb | None = None
    """The command to cancel that waits for the card."""
    tilbagekaldt: bool = False
    """CPR-10: it did not happen after all; told anew, it is a forløb anew."""
    nu_hos: str | None = None
    """CPR-11: the id the person goes by now, where it began under one given up."""


class Personsagsbesked(InternBesked):
    """A message of the process to itself."""

    forloeb_id: str
    person_id: str


class KortFoelger(Personsagsbesked):
    """A free card follows."""

    ce_type: ClassVar[str] = "laegevalg.KortFoelger.v1"

    aarsag: str


class ValgKanTageKortetMed(Personsagsbesked):
    """FLYT-06: the person has a choice of doctor open, whose card may be the one."""

    ce_type: ClassVar[str] = "laegevalg.ValgKanTageKortetMed.v1"


class KortetErMed(Personsagsbesked):
    """FLYT-06, KORT-16: the card of the choice is the card of the move, too."""

    ce_type: ClassVar[str] = "laegevalg.KortetErMed.v1"


class KortetErIkkeMed(Personsagsbesked):
    """The choice has no card to bring along, or came to nothing."""

    ce_type: ClassVar[str] = "laegevalg.KortetErIkkeMed.v1"


class RettenOphoerer(Personsagsbesked):
    """The right to a doctor ends."""

    ce_type: ClassVar[str] = "laegevalg.RettenOphoerer.v1"

    grund: str


class SkalVurderes(Personsagsbesked):
    """A caseworker decides what follows."""

    ce_type: ClassVar[str] = "laegevalg.SkalVurderes.v1"

    aarsag: str
    titel: str
    beskrivelse: str


class IntetFoelger(Personsagsbesked):
    """It was told, and nothing follows."""

    ce_type: ClassVar[str] = "laegevalg.IntetFoelger.v1"


class PersonsagAnnulleres(Personsagsbesked):
    """The command to cancel, handed over to the forløb."""

    ce_type: ClassVar[str] = "laegevalg.PersonsagAnnulleres.v1"

    kommando: AnnullerForloeb


class PersonsagTilbagekaldes(Personsagsbesked):
    """CPR-10, CPR-07: what happened was taken back or corrected."""

    ce_type: ClassVar[str] = "laegevalg.PersonsagTilbagekaldes.v1"


class PersonsagensRetOphoerte(Personsagsbesked):
    """CPR-14, NORD-01: the person died, left or went missing meanwhile."""

    ce_type: ClassVar[str] = "laegevalg.PersonsagensRetOphoerte.v1"


class ValgsvarUdeblev(Personsagsbesked):
    """The choice did not say in time whether it brings the card along."""

    ce_type: ClassVar[str] = "laegevalg.ValgsvarUdeblev.v1"


class ValgsvarMangler(Personsagsbesked):
    """It did not stand in line behind the deadline either, as it does after the clock was moved."""

    ce_type: ClassVar[str] = "laegevalg.ValgsvarMangler.v1"


class KortetUdeblev(Personsagsbesked):
    """Nobody has said that the card was sent."""

    ce_type: ClassVar[str] = "laegevalg.KortetUdeblev.v1"


class KortstopUdeblev(Personsagsbesked):
    """Nobody said in time whether the card could be stopped."""

    ce_type: ClassVar[str] = "laegevalg.KortstopUdeblev.v1"


class HaendelseVenter(Personsagsbesked):
    """What happened, told before the state of its person had been read: the two topics are not in order.

    `forloeb_id` is that of the forløb that will begin, `indhold` the message as JSON.
    """

    ce_type: ClassVar[str] = "laegevalg.HaendelseVenter.v1"

    haendelsestype: str
    indhold: str


class Ophoersbesked(Personsagsbesked):
    """The right has ended. `dag` is the day it did, `ophoert` when that was handled."""

    dag: date
    ophoert: Oejeblik
    grund: str
    """Why, as of `LaegeOphoert`."""


class RettenErOphoert(Ophoersbesked):
    """A second look for what is under way: what began in the same batch cannot be found in it."""

    ce_type: ClassVar[str] = "laegevalg.RettenErOphoert.v1"


class KorteneStoppes(Ophoersbesked):
    """CPR-14, NORD-01: the cards of what has taken effect."""

    ce_type: ClassVar[str] = "laegevalg.KorteneStoppes.v1"
