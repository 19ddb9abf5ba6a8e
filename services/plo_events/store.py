"""The tables of the service: the practice with its count, and every place ever asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.plads import PladsAnmodet
from contracts.yder import Yderstatus
from services.plo_events.rules import Pladstilstand
from shared.platform.tabel import Soegning, Tabel


@dataclass(frozen=True, slots=True)
class Yder:
    """A practice as the region describes it, with our own count of insured and reserved places (`optagne`)."""

    ydernummer: str
    version: int
    navn: str
    kommunekode: str
    postnummer: str | None
    status: Yderstatus
    lukkegraense: int
    maksgraense: int
    optagne: int
    aabne_postnumre: tuple[str, ...]
    gyldig_fra: date | None
    gyldig_til: date | None
    opdateret: datetime
    nedlaegges: date | None = None
    """The first day without the practice (PLO-16)."""
    nedlaeggelse_meddelt: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lukning:
    """A closure told before the region's record of its practice had been read."""

    ydernummer: str
    lukkedato: date
    meddelt: datetime


@dataclass(frozen=True, slots=True)
class Plads:
    """What a forløb's request for a place led to. Without `ydernummer` there was none, for the reason in `grund`."""

    forloeb_id: str
    person_id: str
    tilstand: Pladstilstand
    kommunekode: str
    ydernummer: str | None
    praksisnavn: str
    grund: str
    anmodet: datetime
    virkningsdato: date | None = None
    """The day the choice takes effect, where a named practice was asked for."""
    lukket: bool = False
    """The practice was closed to the person when the place was taken."""


YDERE = Tabel("yder", Yder, "ydernummer")
LUKNINGER = Tabel("lukning", Lukning, "ydernummer")
PLADSER = Tabel("plads", Plads, "forloeb_id")

TAGER_IKKE_IMOD = frozenset({Yderstatus.LUKKET, Yderstatus.NEDLAGT})


def _kommune(besked: PladsAnmodet) -> str:
    return besked.kommunekode


def _ikke_lukkede(raekker: Iterable[Yder], kommunekode: str) -> list[str]:
    return sorted(r.ydernummer for r in raekker if r.kommunekode == kommunekode and r.status not in TAGER_IKKE_IMOD)


KOMMUNENS_YDERE = Soegning(
    navn="kommunens_ydere",
    argument=_kommune,
    sql="""
        select kommunekode, ydernummer from yder
        where kommunekode = any($1) and status not in ('LUKKET', 'NEDLAGT')
        order by kommunekode, ydernummer
    """,
    hukommelse=_ikke_lukkede,
)
"""Practices of a municipality that may take new patients; whether one does is decided on its locked row."""


def _ydernummer(besked: Any) -> str:
    return besked.ydernummer


def _holdt(raekker: Iterable[Plads], ydernummer: str) -> list[str]:
    return sorted(
        r.forloeb_id for r in raekker if r.ydernummer == ydernummer and r.tilstand is Pladstilstand.RESERVERET
    )


HOLDTE_PLADSER = Soegning(
    navn="holdte_pladser",
    argument=_ydernummer,
    sql="""
        select ydernummer, forloeb_id from plads
        where ydernummer = any($1) and tilstand = 'RESERVERET'
        order by ydernummer, forloeb_id
    """,
    hukommelse=_holdt,
)
"""Every place a practice holds."""
