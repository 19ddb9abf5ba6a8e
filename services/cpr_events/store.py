"""The tables of the service: the person, and every CPR number with the person it belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contracts.base import Oejeblik, Vaerdi
from contracts.cpr import CprHaendelse, CprPerson, PersonOpdateret
from services.cpr_events import rules
from shared.platform.tabel import Soegning, Tabel


class IkkeAnvendt(Vaerdi):
    """CPR-10: what came from an older delivery than the known state: recorded, not applied."""

    kode: str
    leverance: date
    registreret: Oejeblik | None = None


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


@dataclass(frozen=True, slots=True)
class Personnummer:
    """A CPR number, in use or given up, and whose it is."""

    cpr: str
    person_id: str


PERSONER = Tabel("person", Person, "person_id")
PERSONNUMRE = Tabel("personnummer", Personnummer, "cpr")


def _nummer(besked: CprHaendelse | PersonOpdateret) -> str:
    return rules.aktuelt_nummer(besked.person)


def _med_nummer(raekker: Iterable[Person], nummer: str) -> list[str]:
    return sorted(r.person_id for r in raekker if r.cpr == nummer)


EFTER_NUMMER = Soegning(
    navn="person_efter_nummer",
    argument=_nummer,
    sql="select cpr, person_id from person where cpr = any($1) order by cpr, person_id",
    hukommelse=_med_nummer,
)
"""Persons by their current number: after a change of number the id no longer follows from the number."""
