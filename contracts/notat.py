"""Notes on persons: made by a caseworker, kept by the municipality that made them, and seen by no other (SIK-01).

The commands come on `opgaver.kommandoer`, the answers stand in the municipality's queue, `opgaver.<kommunekode>`, both
under the key `notat_id`. `version` counts what has happened to the note: the creation is 1, and a refusal has none.
"""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from contracts.base import Besked, Heltal, Id, Kommunekode, Oejeblik
from contracts.bestilling import Kode
from contracts.opgave import OPGAVEEMNE, KommandoId, Kommunekommando, OpgaveId

Notattekst = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
SAGSBEHANDLER = "SAGSBEHANDLER"
"""`kilde` of a note that a caseworker made here."""


class Notatbesked(Besked):
    """What stands in the queue of the municipality that has the note."""

    emne: ClassVar[str] = OPGAVEEMNE
    noeglefelt: ClassVar[str] = "notat_id"

    notat_id: Id
    kommunekode: Kommunekode

    def topic(self) -> str:
        return f"opgaver.{self.kommunekode}"


class NotatOprettet(Notatbesked):
    """A new note on a person."""

    ce_type: ClassVar[str] = "dk.sygesikring.NotatOprettet.v1"

    kommando_id: KommandoId
    version: Heltal
    person_id: Id
    tekst: str
    kilde: str
    """Where the note comes from: SAGSBEHANDLER."""
    oprettet_af: str
    """The caseworker who made it."""
    oprettet: Oejeblik


class NotatRettet(Notatbesked):
    """The text of the note is another."""

    ce_type: ClassVar[str] = "dk.sygesikring.NotatRettet.v1"

    kommando_id: KommandoId
    version: Heltal
    person_id: Id
    tekst: str
    rettet_af: str
    rettet: Oejeblik


class NotatkommandoAfvist(Notatbesked):
    """A command was refused and changed nothing; in the queue of the municipality that gave it.

    `grund`: UKENDT_KANAL, UKENDT_ROLLE, IKKE_BEMYNDIGET, TIDSPUNKT_I_FREMTIDEN, UKENDT_NOTAT, NOTAT_FINDES,
    KOMMANDO_ID_BRUGT, CPR_I_TEKST, CPR_SOM_PERSON.
    """

    ce_type: ClassVar[str] = "dk.sygesikring.NotatkommandoAfvist.v1"

    kommando_id: KommandoId
    kommando: str
    """The command refused: OpretNotat, RetNotat."""
    aktoer: str
    grund: Kode
    tekst: str
    """The same as a sentence for the caseworker."""
    hjemmel: str
    """The rule that refuses."""
    afvist: Oejeblik


class Notatkommando(Kommunekommando):
    """A command about one note, by somebody of the municipality that has it."""

    noeglefelt: ClassVar[str] = "notat_id"


class OpretNotat(Notatkommando):
    """Make a note on a person, for the actor's own municipality. No document can be attached."""

    ce_type: ClassVar[str] = "dk.sygesikring.OpretNotat.v1"

    notat_id: OpgaveId
    """Made by the sender."""
    person_id: Id
    """The hub's id, never a CPR number."""
    tekst: Notattekst


class RetNotat(Notatkommando):
    """Give a note another text; anybody of its municipality may."""

    ce_type: ClassVar[str] = "dk.sygesikring.RetNotat.v1"

    notat_id: Id
    tekst: Notattekst
