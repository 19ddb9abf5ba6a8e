"""Settings of the hub that people make: commands on `konfig.kommandoer`, what came of them on `konfig.haendelser`."""

from typing import Annotated, ClassVar

from pydantic import Field

from contracts.base import Besked, Kommunekode, Oejeblik
from contracts.bestilling import Kode
from contracts.opgave import KommandoId, Navn, OpgavetypeV2

Dage = Annotated[int, Field(ge=-(2**31), lt=2**31)]
"""Days, as they were written; the rules decide which are accepted."""


class Konfigkommando(Besked):
    """A setting, given by somebody whose role may. The newest `afgivet` wins, in whatever order they are read."""

    emne: ClassVar[str] = "konfig.kommandoer"

    kommando_id: KommandoId
    kanal: Kode
    """ADMINISTRATION; another is refused."""
    aktoer: Navn
    rolle: Kode
    afgivet: Oejeblik


class SaetGlobalOpgavefrist(Konfigkommando):
    """The deadline of a type of task, valid for all 98 municipalities; only GLOBAL_ADMINISTRATOR may (OPG-09)."""

    ce_type: ClassVar[str] = "dk.sygesikring.SaetGlobalOpgavefrist.v1"
    noeglefelt: ClassVar[str] = "opgavetype"

    opgavetype: OpgavetypeV2
    dage: Dage


class SaetLokalOpgavefrist(Konfigkommando):
    """One deadline for all ad hoc tasks of one municipality; its ADMINISTRATOR may (OPG-10)."""

    ce_type: ClassVar[str] = "dk.sygesikring.SaetLokalOpgavefrist.v1"
    noeglefelt: ClassVar[str] = "kommunekode"

    kommunekode: Kommunekode
    """The municipality that the actor belongs to, and whose ad hoc tasks it is."""
    dage: Dage


class GlobalOpgavefristSat(Besked):
    """Tasks of this type that are created from now on have so many days (OPG-09)."""

    emne: ClassVar[str] = "konfig.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.GlobalOpgavefristSat.v1"
    noeglefelt: ClassVar[str] = "opgavetype"

    kommando_id: KommandoId
    opgavetype: OpgavetypeV2
    dage: Dage
    sat_af: str
    sat: Oejeblik


class LokalOpgavefristSat(Besked):
    """Ad hoc tasks of this municipality that are created from now on have so many days (OPG-10)."""

    emne: ClassVar[str] = "konfig.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.LokalOpgavefristSat.v1"
    noeglefelt: ClassVar[str] = "kommunekode"

    kommando_id: KommandoId
    kommunekode: Kommunekode
    dage: Dage
    sat_af: str
    sat: Oejeblik


class KonfigkommandoAfvist(Besked):
    """A setting was refused, and the one before it goes on.

    `grund`: UKENDT_KANAL, UKENDT_ROLLE, IKKE_BEMYNDIGET, KUN_GLOBAL, UKENDT_KOMMUNE, TIDSPUNKT_I_FREMTIDEN,
    FRIST_UDEN_FOR_INTERVAL, FORAELDET.
    """

    emne: ClassVar[str] = "konfig.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.KonfigkommandoAfvist.v1"
    noeglefelt: ClassVar[str] = "kommando_id"

    kommando_id: KommandoId
    kommando: str
    """The command refused: SaetGlobalOpgavefrist, SaetLokalOpgavefrist."""
    aktoer: str
    grund: Kode
    tekst: str
    """The same as a sentence for the one who gave it."""
    hjemmel: str
    """The rule that refuses."""
    afvist: Oejeblik
