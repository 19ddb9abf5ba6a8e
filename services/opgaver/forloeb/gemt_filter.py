"""A filter that a caseworker saved: changed and deleted by those it is for (OPG-07)."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from contracts.filtre import (
    FilterGemt,
    Filterkommando,
    FilterkommandoAfvist,
    FilterSlettet,
    GemFilter,
    Kriterium,
    Overblik,
    SletFilter,
)
from services.opgaver import rules
from services.opgaver.forloeb import afslagsfelter, huskede
from shared.domain.udfald import Udfald


@dataclass(frozen=True, slots=True)
class GemtFilter:
    """One filter, as it was saved last."""

    filter_id: str
    kommunekode: str
    ejer: str
    """Who saved it first."""
    overblik: Overblik
    navn: str
    kriterier: tuple[Kriterium, ...]
    gemt_af: str
    gemt: datetime
    version: int = 1
    er_slettet: bool = False
    kommandoer: dict[str, str] = field(default_factory=dict[str, str])
    """The newest commands carried out, each id with the digest of its content."""


def gem(foer: GemtFilter | None, besked: GemFilter, kommunekode: str) -> Udfald:
    """OPG-07: for the municipality of the one who saves it."""
    ny = GemtFilter(
        filter_id=besked.filter_id,
        kommunekode=kommunekode,
        ejer=foer.ejer if foer else besked.aktoer,
        overblik=besked.overblik,
        navn=besked.navn,
        kriterier=besked.kriterier,
        gemt_af=besked.aktoer,
        gemt=besked.afgivet,
        version=foer.version + 1 if foer else 1,
        kommandoer=huskede(foer.kommandoer if foer else {}, besked),
    )
    gemt = FilterGemt(
        filter_id=ny.filter_id,
        kommunekode=ny.kommunekode,
        kommando_id=besked.kommando_id,
        version=ny.version,
        overblik=ny.overblik,
        navn=ny.navn,
        kriterier=ny.kriterier,
        gemt_af=ny.gemt_af,
        gemt=ny.gemt,
    )
    return Udfald(raekker=(ny,), beskeder=(gemt,))


def slet(foer: GemtFilter, besked: SletFilter) -> Udfald:
    """Nobody is shown it any more; its id stays used."""
    ny = replace(foer, er_slettet=True, version=foer.version + 1, kommandoer=huskede(foer.kommandoer, besked))
    slettet = FilterSlettet(
        filter_id=ny.filter_id,
        kommunekode=ny.kommunekode,
        kommando_id=besked.kommando_id,
        version=ny.version,
        slettet_af=besked.aktoer,
        slettet=besked.afgivet,
    )
    return Udfald(raekker=(ny,), beskeder=(slettet,))


def afvist(kommando: Filterkommando, kommunekode: str, afslag: rules.Afslag, nu: datetime) -> Udfald:
    """A command that is refused, told in the queue of the municipality that gave it."""
    nej = FilterkommandoAfvist.model_validate(afslagsfelter(kommando, kommunekode, afslag, nu))
    return Udfald(beskeder=(nej,))
