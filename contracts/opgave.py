"""Tasks for caseworkers: asked for by services, worked on by the municipalities' commands, told in each one's queue.

What happens to a task stands on `opgaver.<kommunekode>` under the key `opgave_id`, in order; so does the refusal of a
command, in the queue of the municipality that gave it. `version` counts what has happened to the task: the creation
is 1, and a refusal has none.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from contracts.base import Besked, Cprnummer, Heltal, Id, Kommunekode, Oejeblik
from contracts.bestilling import Kode

OPGAVEEMNE = "opgaver.{kommunekode}"
KommandoId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,200}$")]
"""Made by the sender: the same command sent again has the same."""
OpgaveId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,100}$")]
"""Of a task that a caseworker creates: made by the sender."""
Navn = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Titel = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Fritekst = Annotated[str, StringConstraints(max_length=10_000)]


class Opgavetype(StrEnum):
    """Families of tasks that version 1 of the messages knows."""

    MANUEL = "MANUEL"


class OpgavetypeV2(StrEnum):
    """Families of tasks: by the hub to itself, by the hub to a person, by a caseworker, about a practice."""

    SYSTEM = "SYSTEM"
    MANUEL = "MANUEL"
    ADHOC = "ADHOC"
    PLO = "PLO"


class OpgaveAnmodet(Besked):
    """A person must act. `opgave_id` comes from the decision: asked for twice, it is one task."""

    emne: ClassVar[str] = "opgaver.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.OpgaveAnmodet.v1"

    opgave_id: Id
    forloeb_id: Id
    person_id: Id
    cpr: Cprnummer | None = None
    kommunekode: Kommunekode
    opgavetype: Opgavetype
    aarsag: str
    """Why: INDREJSE_UDEN_LAEGE, GENFUNDET_UDEN_LAEGE, FOEDT_UDEN_LAEGE, KORT_FEJLET, BREV_FEJLET, EFFEKT_UKENDT ..."""
    titel: str
    beskrivelse: str = ""


class OpgaveAnmodetV2(Besked):
    """As `OpgaveAnmodet`, for every type of task and for any number of persons."""

    emne: ClassVar[str] = "opgaver.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.OpgaveAnmodet.v2"
    noeglefelt: ClassVar[str] = "opgave_id"

    opgave_id: Id
    forloeb_id: Id
    person_ider: tuple[Id, ...] = ()
    """Every person the task is about; none for a practice itself."""
    cpr: Cprnummer | None = None
    """Goes on to the task only where it is about exactly one person (OPG-04)."""
    kommunekode: Kommunekode
    opgavetype: OpgavetypeV2
    """SYSTEM, MANUEL or PLO; one of type ADHOC is made by `OpretOpgave` alone."""
    aarsag: str
    titel: str
    beskrivelse: str = ""


class Opgavebesked(Besked):
    """What stands in a municipality's queue."""

    emne: ClassVar[str] = OPGAVEEMNE
    noeglefelt: ClassVar[str] = "opgave_id"

    opgave_id: Id
    kommunekode: Kommunekode

    def topic(self) -> str:
        return f"opgaver.{self.kommunekode}"


class OpgaveOprettet(Besked):
    """A new task on `opgaver.<kommunekode>`; `cpr` stands on it if and only if it concerns one person (OPG-04)."""

    emne: ClassVar[str] = OPGAVEEMNE
    ce_type: ClassVar[str] = "dk.sygesikring.OpgaveOprettet.v1"
    noeglefelt: ClassVar[str] = "opgave_id"

    opgave_id: Id
    forloeb_id: Id
    person_id: Id
    cpr: Cprnummer | None = None
    kommunekode: Kommunekode
    opgavetype: Opgavetype
    aarsag: str
    titel: str
    beskrivelse: str = ""
    oprettet: Oejeblik
    frist: Oejeblik
    """When the municipality should have closed it (OPG-09)."""

    def topic(self) -> str:
        return f"opgaver.{self.kommunekode}"


class OpgaveOprettetV2(Opgavebesked):
    """A new task that version 1 cannot tell of: of another type than MANUEL, or not about one known person."""

    ce_type: ClassVar[str] = "dk.sygesikring.OpgaveOprettet.v2"

    forloeb_id: Id
    """The forløb that asked for it; a task that a caseworker made is its own."""
    person_ider: tuple[Id, ...] = ()
    cpr: Cprnummer | None = None
    """Stands here if and only if the task concerns exactly one person, whose number is known (OPG-04)."""
    opgavetype: OpgavetypeV2
    aarsag: str
    """Why; `ADHOC` where a caseworker made it."""
    titel: str
    beskrivelse: str = ""
    oprettet: Oejeblik
    oprettet_af: str | None = None
    """The caseworker who made it."""
    frist: Oejeblik
    """When the municipality should have closed it (OPG-09, OPG-10, OPG-11)."""


class OpgaveTildelt(Opgavebesked):
    """A caseworker is responsible for the task (OPG-02)."""

    ce_type: ClassVar[str] = "dk.sygesikring.OpgaveTildelt.v1"

    kommando_id: KommandoId
    version: Heltal
    sagsbehandler: str
    tildelt_af: str
    tildelt: Oejeblik


class OpgavefristFlyttet(Opgavebesked):
    """The task has a deadline of its own (OPG-11)."""

    ce_type: ClassVar[str] = "dk.sygesikring.OpgavefristFlyttet.v1"

    kommando_id: KommandoId
    version: Heltal
    frist: Oejeblik
    """The instant at which its last day is over."""
    flyttet_af: str
    flyttet: Oejeblik


class OpgavetekstRettet(Opgavebesked):
    """The text of an ad hoc task is another."""

    ce_type: ClassVar[str] = "dk.sygesikring.OpgavetekstRettet.v1"

    kommando_id: KommandoId
    version: Heltal
    titel: str
    beskrivelse: str = ""
    rettet_af: str
    rettet: Oejeblik


class OpgaveOverskredet(Opgavebesked):
    """The deadline passed and the task is not closed; told once for each deadline. The task stays in its queue."""

    ce_type: ClassVar[str] = "dk.sygesikring.OpgaveOverskredet.v1"

    version: Heltal
    frist: Oejeblik
    sagsbehandler: str | None = None


class OpgaveAfsluttet(Opgavebesked):
    """The task is closed, for good."""

    ce_type: ClassVar[str] = "dk.sygesikring.OpgaveAfsluttet.v1"

    kommando_id: KommandoId
    version: Heltal
    afsluttet_af: str
    begrundelse: str
    afsluttet: Oejeblik


class OpgavekommandoAfvist(Opgavebesked):
    """A command was refused and changed nothing; in the queue of the municipality that gave it.

    `grund`: UKENDT_KANAL, UKENDT_ROLLE, IKKE_BEMYNDIGET, TIDSPUNKT_I_FREMTIDEN, UKENDT_OPGAVE, OPGAVE_FINDES,
    KOMMANDO_ID_BRUGT, OPGAVE_AFSLUTTET, FAST_FRIST, FRIST_UDEN_FOR_INTERVAL, FAST_TEKST, CPR_I_TEKST, CPR_SOM_PERSON.
    Another municipality's task is UKENDT_OPGAVE, as one that is not there: ANDEN_KOMMUNE is not sent any more.
    """

    ce_type: ClassVar[str] = "dk.sygesikring.OpgavekommandoAfvist.v1"

    kommando_id: KommandoId
    kommando: str
    """The command refused: OpretOpgave, TildelOpgave, FlytOpgavefrist, RetOpgavetekst, AfslutOpgave."""
    aktoer: str
    grund: Kode
    tekst: str
    """The same as a sentence for the caseworker."""
    hjemmel: str
    """The rule that refuses."""
    afvist: Oejeblik


class Kommunekommando(Besked):
    """A command by somebody of a municipality; who may give it is decided from what stands in it."""

    emne: ClassVar[str] = "opgaver.kommandoer"

    kommando_id: KommandoId
    kanal: Kode
    """SAGSBEHANDLER; another is refused."""
    aktoer: Navn
    """The caseworker's id; never a CPR number."""
    rolle: Kode
    """SAGSBEHANDLER, SAERLIGE_RETTIGHEDER or ADMINISTRATOR; one that nobody knows is refused."""
    kommunekode: Kommunekode
    """The municipality that the actor belongs to."""
    afgivet: Oejeblik
    """When the command was given."""


class Opgavekommando(Kommunekommando):
    """A command about one task, by somebody of the municipality whose task it is."""

    noeglefelt: ClassVar[str] = "opgave_id"


class OpretOpgave(Opgavekommando):
    """Create an ad hoc task. No document can be attached (OPG-12): there is no field for one."""

    ce_type: ClassVar[str] = "dk.sygesikring.OpretOpgave.v1"

    opgave_id: OpgaveId
    titel: Titel
    beskrivelse: Fritekst = ""
    person_ider: Annotated[tuple[Id, ...], Field(max_length=1000)] = ()
    cpr: Cprnummer | None = None
    """Goes on to the task only where it is about exactly one person (OPG-04)."""
    frist: date | None = None
    """The last day, where it is another than the municipality's own for ad hoc tasks (OPG-11)."""


class TildelOpgave(Opgavekommando):
    """Make a named caseworker responsible; anybody of the municipality may (OPG-02)."""

    ce_type: ClassVar[str] = "dk.sygesikring.TildelOpgave.v1"

    opgave_id: Id
    sagsbehandler: Navn


class FlytOpgavefrist(Opgavekommando):
    """Give one task a deadline of its own; not a system task (OPG-11)."""

    ce_type: ClassVar[str] = "dk.sygesikring.FlytOpgavefrist.v1"

    opgave_id: Id
    frist: date
    """The last day."""


class RetOpgavetekst(Opgavekommando):
    """Give an ad hoc task another text; both are replaced."""

    ce_type: ClassVar[str] = "dk.sygesikring.RetOpgavetekst.v1"

    opgave_id: Id
    titel: Titel
    beskrivelse: Fritekst = ""


class AfslutOpgave(Opgavekommando):
    """Close a task, with the reason."""

    ce_type: ClassVar[str] = "dk.sygesikring.AfslutOpgave.v1"

    opgave_id: Id
    begrundelse: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
