"""The tables of the service: the insured, the entries, the orders, the choices and the letters after a rejection."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from contracts.bestilling import LaegevalgBestilt
from contracts.person import Adresse, Personoplysninger, PersonTilstand
from services.laegevalg.forloeb import Sag, Tilstand, haendelse
from services.laegevalg.forloeb.beskeder import (
    Bestilling,
    Bestillingstilstand,
    Brevforloeb,
    PersonSoegesIgen,
    PersonUdeblev,
    Valg,
    Valgtilstand,
)
from services.laegevalg.forloeb.personsagsbeskeder import Personsag, RettenErOphoert
from services.laegevalg.forloeb.proevning import Aendring
from services.laegevalg.forloeb.registrering import Registrering, med_historik
from services.laegevalg.rules import Sikring, er_fraflyttet
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
    kort_venter_paa_navn: str | None = None
    """CPR-15: the forløb that owes a child without a name its card."""

    historik: tuple[Registrering, ...] = ()
    """Every group and doctor, in the order of registration."""
    fraflyttet_kommune: str | None = None
    """The municipality the person moved from last, and the day the hub was told (FLYT-01)."""
    fraflyttet: date | None = None
    oplyst: date | None = None
    """The day the hub was told the newest of the person; None: before this was kept."""

    @property
    def sikring(self) -> Sikring:
        """The group and doctor, as the rules know them."""
        return Sikring(self.gruppe, self.gruppe_fra, self.ydernummer, self.laege_fra)

    def med(self, ny: Sikring, nu: datetime, uden_laege_fra: date | None = None) -> "Sikret":
        """The insured with this group and doctor; the history tells what changed (see `med_historik`)."""
        return replace(
            self,
            gruppe=ny.gruppe,
            gruppe_fra=ny.gruppe_fra,
            ydernummer=ny.ydernummer,
            laege_fra=ny.laege_fra,
            historik=med_historik(self.historik, self.sikring, ny, nu, uden_laege_fra),
        )


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


def _par(besked: LaegevalgBestilt | PersonSoegesIgen | PersonUdeblev) -> str | None:
    return f"{besked.cpr} {besked.borger_cpr}" if besked.borger_cpr else None


def _kreds(raekker: Iterable[Sikret], par: str) -> list[str]:
    for_hvem, borger = par.split(" ")
    alle = tuple(raekker)
    relationer = {i for r in alle if r.cpr == for_hvem for i in (r.aegtefaelle_id, *r.foraeldremyndighed_ider)}
    return sorted(r.person_id for r in alle if r.cpr == borger or r.person_id in relationer)


BESTILLERENS_KREDS = Soegning(
    navn="bestillerens_kreds",
    argument=_par,
    sql="""
        select par, person_id from unnest($1::text[]) par join sikret on cpr = split_part(par, ' ', 2)
        union
        select par, r.person_id from unnest($1::text[]) par join sikret b on b.cpr = split_part(par, ' ', 1)
        cross join lateral (
            select b.aegtefaelle_id as id union select jsonb_array_elements_text(b.foraeldremyndighed_ider)
        ) relation
        join sikret r on r.person_id = relation.id
        order by par, person_id
    """,
    hukommelse=_kreds,
)
"""Of an order for another: the citizen who ordered, and those who are the spouse of, or may act for, whom it is for."""


def _persons_cpr(besked: PersonTilstand) -> str:
    return besked.person.cpr


def _ventende(raekker: Iterable[Bestilling], cpr: str) -> list[str]:
    venter = Bestillingstilstand.AFVENTER_PERSON
    ventende = (r for r in raekker if r.tilstand is venter)
    return sorted(r.bestilling_id for r in ventende if cpr in (r.cpr, r.bestilt.borger_cpr))


VENTENDE_BESTILLINGER = Soegning(
    navn="ventende_bestillinger",
    argument=_persons_cpr,
    sql="""
        select cpr, bestilling_id from bestilling where cpr = any($1) and tilstand = 'AFVENTER_PERSON'
        union
        select bestilt->>'borger_cpr', bestilling_id from bestilling
        where bestilt->>'borger_cpr' = any($1) and tilstand = 'AFVENTER_PERSON'
        order by 1, 2
    """,
    hukommelse=_ventende,
)
"""The orders that wait for the person with a CPR number, or came from him."""


def _har_forladt(besked: Any) -> str | None:
    if isinstance(besked, RettenErOphoert):
        return besked.person_id
    return besked.person_id if er_fraflyttet(haendelse.haendelsen(besked).person.status) else None


def _i_gang(slut: Collection[str]) -> Callable[[Iterable[Any], str], list[str]]:
    def find(raekker: Iterable[Any], person_id: str) -> list[str]:
        return sorted(r.forloeb_id for r in raekker if r.person_id == person_id and r.tilstand not in slut)

    return find


SAGER_I_GANG = Soegning(
    navn="sager_i_gang",
    argument=_har_forladt,
    sql="""
        select person_id, forloeb_id from sag
        where person_id = any($1) and tilstand in ('AFVENTER_PLADS', 'AFVENTER_IKRAFT')
        order by person_id, forloeb_id collate "C"
    """,
    hukommelse=_i_gang([t for t in Tilstand if t not in (Tilstand.AFVENTER_PLADS, Tilstand.AFVENTER_IKRAFT)]),
)
"""The entries that may still give a doctor to one who has left (CPR-14, NORD-01)."""
VALG_I_GANG = Soegning(
    navn="valg_i_gang",
    argument=_har_forladt,
    sql="""
        select person_id, forloeb_id from valg
        where person_id = any($1) and tilstand not in ('TRAADT_I_KRAFT', 'AFVIST', 'ANNULLERET')
        order by person_id, forloeb_id collate "C"
    """,
    hukommelse=_i_gang((Valgtilstand.TRAADT_I_KRAFT, Valgtilstand.AFVIST, Valgtilstand.ANNULLERET)),
)
"""The choices that may still give a doctor to one who has left."""


# --- what can be asked of the service (the read API) ------------------------------------------------------------------


def _om(spoergsmaal: Any) -> str:
    return spoergsmaal.person_id


def _nyeste(noegle: str) -> Callable[[Iterable[Any], str], list[str]]:
    def find(raekker: Iterable[Any], person_id: str) -> list[str]:
        fundne = sorted((r.startet, getattr(r, noegle)) for r in raekker if r.person_id == person_id)
        return [id_ for _, id_ in reversed(fundne)]

    return find


PERSONENS_SAGER = Soegning(
    navn="personens_sager",
    argument=_om,
    sql="""
        select person_id, forloeb_id from sag where person_id = any($1)
        order by startet desc, forloeb_id collate "C" desc
    """,
    hukommelse=_nyeste("forloeb_id"),
)
"""A person's entries, the newest first (FORL-01)."""
PERSONENS_VALG = Soegning(
    navn="personens_valg",
    argument=_om,
    sql="""
        select person_id, forloeb_id from valg where person_id = any($1)
        order by startet desc, forloeb_id collate "C" desc
    """,
    hukommelse=_nyeste("forloeb_id"),
)
"""A person's choices of doctor, the newest first."""
PERSONENS_BREVFORLOEB = Soegning(
    navn="personens_brevforloeb",
    argument=_om,
    sql="""
        select person_id, forloeb_id from brevforloeb where person_id = any($1)
        order by startet desc, forloeb_id collate "C" desc
    """,
    hukommelse=_nyeste("forloeb_id"),
)
"""The letters that asked a person to choose again, the newest first."""


def _paa_adressen(raekker: Iterable[Sikret], noegle: str) -> list[str]:
    return sorted(r.person_id for r in raekker if adressenoegle(r) == noegle)


def adressenoegle(sikret: Sikret) -> str | None:
    """What those who live together have in common (FAM-01); None where it is no real address (KORT-11)."""
    a = sikret.adresse
    if a is None or not a.linje or "9900" <= a.vejkode <= "9999":
        return None
    return f"{a.kommunekode}/{a.vejkode}/{a.postnummer}/{a.linje}"


SIKREDE_PAA_ADRESSEN = Soegning(
    navn="sikrede_paa_adressen",
    argument=adressenoegle,
    sql="""
        select noegle, person_id from unnest($1::text[]) noegle join sikret on
            (adresse->>'kommunekode') || '/' || (adresse->>'vejkode') || '/' ||
            (adresse->>'postnummer') || '/' || (adresse->>'linje') = noegle
        order by noegle, person_id collate "C"
    """,
    hukommelse=_paa_adressen,
)
"""Who lives where a person lives, himself included."""


def _under_myndighed(raekker: Iterable[Sikret], person_id: str) -> list[str]:
    return sorted(r.person_id for r in raekker if person_id in r.foraeldremyndighed_ider)


SIKREDE_UNDER_MYNDIGHED = Soegning(
    navn="sikrede_under_myndighed",
    argument=_om,
    sql="""
        select myndig, person_id from unnest($1::text[]) myndig
        join sikret on foraeldremyndighed_ider ? myndig and foraeldremyndighed_ider <> '[]'
        order by myndig, person_id collate "C"
    """,
    hukommelse=_under_myndighed,
)
"""Whom a person has custody of, or is guardian for (FAM-01)."""
