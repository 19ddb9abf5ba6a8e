"""Filters that caseworkers save: on the overview of practices for the whole municipality, on that of tasks for oneself.

The commands come on `opgaver.kommandoer`, the answers stand in the municipality's queue, `opgaver.<kommunekode>`, both
under the key `filter_id`. What the criteria mean is for the front end that shows the overview to say.
"""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from contracts.base import Besked, Heltal, Id, Kommunekode, Oejeblik, Vaerdi
from contracts.bestilling import Kode
from contracts.opgave import OPGAVEEMNE, KommandoId, Kommunekommando, Navn, OpgaveId

Kriterienavn = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
Kriterievaerdi = Annotated[str, StringConstraints(max_length=200)]


class Overblik(StrEnum):
    """What is filtered."""

    YDEROVERBLIK = "YDEROVERBLIK"
    """The practices; a filter is for all users of the municipality (OPG-07)."""
    OPGAVEOVERBLIK = "OPGAVEOVERBLIK"
    """The tasks; a filter is for the one who saved it."""


class Kriterium(Vaerdi):
    """What one column of the overview must be."""

    navn: Kriterienavn
    vaerdier: Annotated[tuple[Kriterievaerdi, ...], Field(max_length=200)]
    """Those that pass, any of them."""


Kriterier = Annotated[tuple[Kriterium, ...], Field(max_length=40)]


class Filterbesked(Besked):
    """What stands in the queue of the municipality that has the filter."""

    emne: ClassVar[str] = OPGAVEEMNE
    noeglefelt: ClassVar[str] = "filter_id"

    filter_id: Id
    kommunekode: Kommunekode

    def topic(self) -> str:
        return f"opgaver.{self.kommunekode}"


class FilterGemt(Filterbesked):
    """A filter is new, or has other criteria or another name than before."""

    ce_type: ClassVar[str] = "dk.sygesikring.FilterGemt.v1"

    kommando_id: KommandoId
    version: Heltal
    overblik: Overblik
    navn: str
    kriterier: Kriterier
    gemt_af: str
    gemt: Oejeblik


class FilterSlettet(Filterbesked):
    """A filter is gone."""

    ce_type: ClassVar[str] = "dk.sygesikring.FilterSlettet.v1"

    kommando_id: KommandoId
    version: Heltal
    slettet_af: str
    slettet: Oejeblik


class FilterkommandoAfvist(Filterbesked):
    """A command was refused and changed nothing; in the queue of the municipality that gave it.

    `grund`: UKENDT_KANAL, UKENDT_ROLLE, IKKE_BEMYNDIGET, TIDSPUNKT_I_FREMTIDEN, UKENDT_FILTER, FILTER_FINDES,
    KOMMANDO_ID_BRUGT, CPR_I_TEKST.
    """

    ce_type: ClassVar[str] = "dk.sygesikring.FilterkommandoAfvist.v1"

    kommando_id: KommandoId
    kommando: str
    """The command refused: GemFilter, SletFilter."""
    aktoer: str
    grund: Kode
    tekst: str
    """The same as a sentence for the caseworker."""
    hjemmel: str
    """The rule that refuses."""
    afvist: Oejeblik


class Filterkommando(Kommunekommando):
    """A command about one filter, by somebody of the municipality that has it."""

    noeglefelt: ClassVar[str] = "filter_id"


class GemFilter(Filterkommando):
    """Save a filter: a new one, or another content under the same id. One that was deleted is there again."""

    ce_type: ClassVar[str] = "dk.sygesikring.GemFilter.v1"

    filter_id: OpgaveId
    """Made by the sender."""
    overblik: Overblik
    navn: Navn
    kriterier: Kriterier
    """All of them must hold."""


class SletFilter(Filterkommando):
    """Delete a filter."""

    ce_type: ClassVar[str] = "dk.sygesikring.SletFilter.v1"

    filter_id: Id
