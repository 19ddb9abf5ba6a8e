"""The tables of the service: the insured, the entries, the orders, the choices and the letters after a rejection."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contracts.bestilling import LaegevalgBestilt
from contracts.person import Adresse, Personoplysninger, PersonTilstand
from services.laegevalg.forloeb import Sag
from services.laegevalg.forloeb.beskeder import (
    Bestilling,
    Bestillingstilstand,
    Brevforloeb,
    PersonSoegesIgen,
    PersonUdeblev,
    Valg,
)
from services.laegevalg.forloeb.personsagsbeskeder import Personsag
from services.laegevalg.forloeb.proevning import Aendring
from services.laegevalg.rules import Sikring
from shared.platform.tabel import Soegning, Tabel


@dataclass(frozen=True, slots=True)
class Sikret:
    """An insured person: group and doctor, and what of his state (of that `version`) the choice of doctor needs."""

    person_id: str
    version: int
    adresse: Adresse | None
    kommunekode: str | None
    foedselsdato: date | None
    aegtefaelle_id: str | None
    boern_ider: tuple[str, ...]
    foraeldremyndighed_ider: tuple[str, ...]
    gruppe: str | None = None
    gruppe_fra: date | None = None
    ydernummer: str | None = None
    laege_fra: date | None = None
    praksisnavn: str = ""
    """Of the doctor, as the place was reserved under; empty where nobody has told of it."""
    cpr: str | None = None
    person: Personoplysninger | None = None
    """The newest snapshot."""
    aabne_valg: tuple[str, ...] = ()
    """The choices of doctor that have not come to an end."""
    aabne_breve: tuple[str, ...] = ()
    """The forløb that wait for the person to choose again (LV-08)."""

    @property
    def sikring(self) -> Sikring:
        """The group and doctor, as the rules know them."""
        return Sikring(self.gruppe, self.gruppe_fra, self.ydernummer, self.laege_fra)


SIKREDE = Tabel("sikret", Sikret, "person_id")
SAGER = Tabel("sag", Sag, "forloeb_id")
BESTILLINGER = Tabel("bestilling", Bestilling, "bestilling_id")
VALG = Tabel("valg", Valg, "forloeb_id")
AENDRINGER = Tabel("aendring", Aendring, "bestilling_id")
BREVFORLOEBENE = Tabel("brevforloeb", Brevforloeb, "forloeb_id")
PERSONSAGER = Tabel("personsag", Personsag, "forloeb_id")


def _cpr(besked: LaegevalgBestilt | PersonSoegesIgen | PersonUdeblev) -> str:
    return besked.cpr


def _med_nummer(raekker: Iterable[Sikret], cpr: str) -> list[str]:
    return sorted(r.person_id for r in raekker if r.cpr == cpr)


SIKREDE_EFTER_CPR = Soegning(
    navn="sikrede_efter_cpr",
    argument=_cpr,
    sql="select cpr, person_id from sikret where cpr = any($1) order by cpr, person_id",
    hukommelse=_med_nummer,
)
"""The person with a CPR number."""


def _persons_cpr(besked: PersonTilstand) -> str:
    return besked.person.cpr


def _ventende(raekker: Iterable[Bestilling], cpr: str) -> list[str]:
    venter = Bestillingstilstand.AFVENTER_PERSON
    return sorted(r.bestilling_id for r in raekker if r.cpr == cpr and r.tilstand is venter)


VENTENDE_BESTILLINGER = Soegning(
    navn="ventende_bestillinger",
    argument=_persons_cpr,
    sql="""
        select cpr, bestilling_id from bestilling
        where cpr = any($1) and tilstand = 'AFVENTER_PERSON' order by cpr, bestilling_id
    """,
    hukommelse=_ventende,
)
"""The orders that wait for the person with a CPR number."""
