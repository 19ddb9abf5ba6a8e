"""A note on a person: made once, corrected, never moved to another municipality (SIK-01)."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from contracts.notat import (
    SAGSBEHANDLER,
    Notatkommando,
    NotatkommandoAfvist,
    NotatOprettet,
    NotatRettet,
    OpretNotat,
    RetNotat,
)
from services.opgaver import rules
from services.opgaver.forloeb import afslagsfelter, huskede
from shared.domain.udfald import Udfald


@dataclass(frozen=True, slots=True)
class Notat:
    """One note, as it reads now."""

    notat_id: str
    person_id: str
    """As it was told; whose it is now follows from `Personhenvisning`."""
    kommunekode: str
    """The municipality that made it, wherever the person lives."""
    tekst: str
    kilde: str
    oprettet_af: str
    oprettet: datetime
    version: int = 1
    rettet_af: str | None = None
    rettet: datetime | None = None
    kommandoer: dict[str, str] = field(default_factory=dict[str, str])
    """The newest commands carried out, each id with the digest of its content."""


def opret(besked: OpretNotat, kommunekode: str) -> Udfald:
    """SIK-01: the note belongs to the municipality of the one who makes it."""
    ny = Notat(
        notat_id=besked.notat_id,
        person_id=besked.person_id,
        kommunekode=kommunekode,
        tekst=besked.tekst,
        kilde=SAGSBEHANDLER,
        oprettet_af=besked.aktoer,
        oprettet=besked.afgivet,
        kommandoer=huskede({}, besked),
    )
    oprettet = NotatOprettet(
        notat_id=ny.notat_id,
        kommunekode=ny.kommunekode,
        kommando_id=besked.kommando_id,
        version=ny.version,
        person_id=ny.person_id,
        tekst=ny.tekst,
        kilde=ny.kilde,
        oprettet_af=ny.oprettet_af,
        oprettet=ny.oprettet,
    )
    return Udfald(raekker=(ny,), beskeder=(oprettet,))


def ret(notat: Notat, besked: RetNotat) -> Udfald:
    """The text is replaced; who made the note, and for whom, stands."""
    ny = replace(
        notat,
        tekst=besked.tekst,
        version=notat.version + 1,
        rettet_af=besked.aktoer,
        rettet=besked.afgivet,
        kommandoer=huskede(notat.kommandoer, besked),
    )
    rettet = NotatRettet(
        notat_id=ny.notat_id,
        kommunekode=ny.kommunekode,
        kommando_id=besked.kommando_id,
        version=ny.version,
        person_id=ny.person_id,
        tekst=ny.tekst,
        rettet_af=besked.aktoer,
        rettet=besked.afgivet,
    )
    return Udfald(raekker=(ny,), beskeder=(rettet,))


def afvist(kommando: Notatkommando, kommunekode: str, afslag: rules.Afslag, nu: datetime) -> Udfald:
    """A command that is refused, told in the queue of the municipality that gave it."""
    nej = NotatkommandoAfvist.model_validate(afslagsfelter(kommando, kommunekode, afslag, nu))
    return Udfald(beskeder=(nej,))
