"""The tables of the service: the insured, the entries, the orders, the choices and the letters after a rejection."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from contracts.bestilling import LaegevalgBestilt
from contracts.person import PersonGenfundet, PersonIndrejst, PersonTilstand
from services.laegevalg import rules
from services.laegevalg.forloeb import haendelse, oversaettelse
from services.laegevalg.forloeb.beskeder import (
    Bestilling,
    Bestillingstilstand,
    Brevforloeb,
    PersonSoegesIgen,
    PersonUdeblev,
    Valg,
    Valgtilstand,
)
from services.laegevalg.forloeb.brevsvar import Annulleringssvar
from services.laegevalg.forloeb.personsagsbeskeder import Ophoersbesked, Personsag, Sagstilstand
from services.laegevalg.forloeb.proevning import Aendring, Annullering
from services.laegevalg.forloeb.sagsbeskeder import IndrejseVurderesIgen, Sag, Tilstand
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.forloeb.vilkaar import Kortspor
from services.laegevalg.rules import er_fraflyttet
from shared.platform.tabel import Soegning, Tabel

SIKREDE = Tabel("sikret", Sikret, "person_id")
SAGER = Tabel("sag", Sag, "forloeb_id")
BESTILLINGER = Tabel("bestilling", Bestilling, "bestilling_id")
VALG = Tabel("valg", Valg, "forloeb_id")
AENDRINGER = Tabel("aendring", Aendring, "bestilling_id")
ANNULLERINGER = Tabel("annullering", Annullering, "kommando_id")
ANNULLERINGSSVAR = Tabel("annulleringssvar", Annulleringssvar, "forloeb_id")
BREVFORLOEBENE = Tabel("brevforloeb", Brevforloeb, "forloeb_id")
PERSONSAGER = Tabel("personsag", Personsag, "forloeb_id")


def _cpr(besked: LaegevalgBestilt | PersonSoegesIgen | PersonUdeblev) -> str:
    return besked.cpr


def _med_nummer(raekker: Iterable[Sikret], cpr: str) -> list[str]:
    fundne = [r for r in raekker if r.har_nummer(cpr)]
    return sorted({i for r in fundne for i in (r.person_id, r.afloest_af) if i is not None})


SIKREDE_EFTER_CPR = Soegning(
    navn="sikrede_efter_cpr",
    argument=_cpr,
    sql="""
        with fundne as (
            select cpr, person_id, afloest_af from sikret where cpr = any($1)
            union select nummer, person_id, afloest_af from unnest($1::text[]) nummer
            join sikret on tidligere_cpr ? nummer and tidligere_cpr <> '[]'
        )
        select cpr, person_id from fundne union select cpr, afloest_af from fundne where afloest_af is not null
        order by cpr, person_id
    """,
    hukommelse=_med_nummer,
)
"""The person with a CPR number, and whom he turned out to be (CPR-11)."""


def _par(besked: LaegevalgBestilt | PersonSoegesIgen | PersonUdeblev) -> str | None:
    return f"{besked.cpr} {besked.borger_cpr}" if besked.borger_cpr else None


def _kreds(raekker: Iterable[Sikret], par: str) -> list[str]:
    for_hvem, borger = par.split(" ")
    alle = {r.person_id: r for r in raekker}
    hvem = [alle.get(r.afloest_af or "", r) for r in alle.values() if r.har_nummer(for_hvem)]
    relationer = {i for r in hvem for i in (r.aegtefaelle_id, *r.foraeldremyndighed_ider)}
    fundne = [r for r in alle.values() if r.har_nummer(borger) or r.person_id in relationer]
    return sorted({i for r in fundne for i in (r.person_id, r.afloest_af) if i is not None})


BESTILLERENS_KREDS = Soegning(
    navn="bestillerens_kreds",
    argument=_par,
    sql="""
        with hvem as (
            select par, coalesce(afloest_af, person_id) as id
            from unnest($1::text[]) par join sikret on cpr = split_part(par, ' ', 1)
                or (tidligere_cpr ? split_part(par, ' ', 1) and tidligere_cpr <> '[]')
        ), fundne as (
            select par, person_id, afloest_af from unnest($1::text[]) par
            join sikret on cpr = split_part(par, ' ', 2)
                or (tidligere_cpr ? split_part(par, ' ', 2) and tidligere_cpr <> '[]')
            union
            select par, r.person_id, r.afloest_af from hvem join sikret b on b.person_id = hvem.id
            cross join lateral (
                select b.aegtefaelle_id as id union select jsonb_array_elements_text(b.foraeldremyndighed_ider)
            ) relation
            join sikret r on r.person_id = relation.id
        )
        select par, person_id from fundne
        union select par, afloest_af from fundne where afloest_af is not null
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


def _ved_indrejse(raekker: Iterable[Bestilling], cpr: str) -> list[str]:
    ikke_begyndt = (Bestillingstilstand.AFVENTER_PERSON, Bestillingstilstand.OVERGIVET)
    mulige = (r for r in raekker if r.cpr == cpr and r.tilstand in ikke_begyndt)
    return sorted(r.bestilling_id for r in mulige if r.bestilt.anledning or r.bestilt.gruppe)


INDREJSEBESTILLINGER = Soegning(
    navn="indrejsebestillinger",
    argument=lambda besked: besked.person.cpr if isinstance(besked, PersonIndrejst | PersonGenfundet) else besked.cpr,
    sql="""
        select cpr, bestilling_id from bestilling
        where cpr = any($1) and coalesce(bestilt->>'anledning', bestilt->>'gruppe') is not null
            and tilstand in ('AFVENTER_PERSON', 'OVERGIVET')
        order by cpr, bestilling_id collate "C"
    """,
    hukommelse=_ved_indrejse,
)
"""The orders of a caseworker for the entry of the person with a CPR number (IND-03), begun or not."""


def _naere(raekker: Iterable[Sikret], person_id: str) -> list[str]:
    alle = {r.person_id: r for r in raekker}
    hvem = alle.get(person_id)
    navngivne = {hvem.aegtefaelle_id, *hvem.foraeldremyndighed_ider} if hvem else set[str | None]()
    ider = navngivne | {alle[i].afloest_af for i in navngivne if i in alle}
    return sorted(i for i in ider if i is not None and i in alle)


NAERMESTE = Soegning(
    navn="naermeste",
    argument=lambda besked: besked.person_id,
    sql="""
        with naere as (
            select p.person_id, r.person_id as id, r.afloest_af from sikret p cross join lateral (
                select p.aegtefaelle_id as id union select jsonb_array_elements_text(p.foraeldremyndighed_ider)
            ) naer
            join sikret r on r.person_id = naer.id
            where p.person_id = any($1)
        )
        select person_id, id from (
            select person_id, id from naere union select person_id, afloest_af from naere where afloest_af is not null
        ) fundne order by person_id, id collate "C"
    """,
    hukommelse=_naere,
)
"""Whose doctor may count as open: the spouse's (LV-11), a child's custody holders' (FAM-05), also by an id given up."""


def _er_hos(raekke: Any, person_id: str) -> bool:
    """CPR-11: what began under an id that the person has given up is his, too."""
    return person_id in (raekke.person_id, getattr(raekke, "nu_hos", None))


def _har_forladt(besked: Any) -> str | None:
    if isinstance(besked, Ophoersbesked):
        return besked.person_id
    return besked.person_id if er_fraflyttet(haendelse.haendelsen(besked).person.status) else None


def _i_gang(tabel: str, *tilstande: str, felt: str = "tilstand") -> Soegning:
    """The person's rows in one of the states; nothing is looked for while he has not left."""

    def find(raekker: Iterable[Any], person_id: str) -> list[str]:
        return sorted(r.forloeb_id for r in raekker if _er_hos(r, person_id) and getattr(r, felt) in tilstande)

    navngivne = ", ".join(f"'{t}'" for t in tilstande)
    return Soegning(
        navn=f"{tabel}_i_gang" if felt == "tilstand" else f"{tabel}s_{felt}",
        argument=_har_forladt,
        sql=f"""
            select person_id as hvem, forloeb_id collate "C" from {tabel}
            where person_id = any($1) and {felt} in ({navngivne})
            union select nu_hos, forloeb_id from {tabel} where nu_hos = any($1) and {felt} in ({navngivne})
            order by 1, 2
        """,  # noqa: S608 - of our own words alone
        hukommelse=find,
    )


SAGER_I_GANG = _i_gang("sag", *(t for t in Tilstand if t.startswith("AFVENTER_")), Tilstand.ANNULLERES)
"""The entries that may still give a doctor to one who has left (CPR-14, NORD-01)."""
_VALG_SLUT = (Valgtilstand.TRAADT_I_KRAFT, Valgtilstand.AFVIST, Valgtilstand.ANNULLERET)
VALG_I_GANG = _i_gang("valg", *(t for t in Valgtilstand if t not in _VALG_SLUT))
"""The choices that may still give a doctor to one who has left."""
VALG_I_GANG_EFTER_CPR = Soegning(
    navn="valg_i_gang_efter_cpr",
    argument=lambda besked: besked.cpr,
    sql="""
        select person->>'cpr', forloeb_id from valg
        where person->>'cpr' = any($1) and tilstand not in ('TRAADT_I_KRAFT', 'AFVIST', 'ANNULLERET')
        order by 1, forloeb_id collate "C"
    """,
    hukommelse=lambda r, cpr: sorted(v.forloeb_id for v in r if v.person.cpr == cpr and v.tilstand not in _VALG_SLUT),
)
"""FLYT-01: the municipality that owns a choice in progress may order."""
KORT_I_GANG = _i_gang("personsag", Sagstilstand.KORT_BESTILT)
"""The cards nobody ordered that can still be stopped for one who has left."""
SAGERS_KORT = _i_gang("sag", Kortspor.BESTILT, Kortspor.BEKRAEFTET, felt="kort")
VALGS_KORT = _i_gang("valg", Kortspor.BESTILT, felt="kort")
"""Those of entries and choices (CPR-14)."""


# --- what can be asked of the service (the read API) ------------------------------------------------------------------


def _om(spoergsmaal: Any) -> str:
    return spoergsmaal.person_id


def _om_den_tidligere(besked: Any) -> str:
    return besked.tidligere_person_id


def _nyeste(noegle: str) -> Callable[[Iterable[Any], str], list[str]]:
    def find(raekker: Iterable[Any], person_id: str) -> list[str]:
        fundne = sorted((r.startet, getattr(r, noegle)) for r in raekker if _er_hos(r, person_id))
        return [id_ for _, id_ in reversed(fundne)]

    return find


def _personens(navn: str, tabel: str, *, ogsaa_opgivne: bool = True) -> Soegning:
    opgivne = f"union select nu_hos, forloeb_id, startet from {tabel} where nu_hos = any($1)"  # noqa: S608
    return Soegning(
        navn=navn,
        argument=_om,
        sql=f"""
            select hvem, forloeb_id from (
                select person_id as hvem, forloeb_id, startet from {tabel} where person_id = any($1)
                {opgivne if ogsaa_opgivne else ""}
            ) fundne order by startet desc, forloeb_id collate "C" desc
        """,  # noqa: S608 - of our own words alone
        hukommelse=_nyeste("forloeb_id"),
    )


PERSONENS_SAGER = _personens("personens_sager", "sag")
"""A person's entries, the newest first (FORL-01)."""
PERSONENS_VALG = _personens("personens_valg", "valg")
"""A person's choices of doctor, the newest first."""
DEN_TIDLIGERES_VALG = replace(PERSONENS_VALG, navn="den_tidligeres_valg", argument=_om_den_tidligere)
"""The choices of the person who turned out to be another (CPR-11)."""
DEN_TIDLIGERES_SAGER = replace(PERSONENS_SAGER, navn="den_tidligeres_sager", argument=_om_den_tidligere)
"""His entries."""
PERSONENS_BREVFORLOEB = _personens("personens_brevforloeb", "brevforloeb", ogsaa_opgivne=False)
"""The letters that asked a person to choose again, the newest first."""
PERSONENS_PERSONSAGER = _personens("personens_personsager", "personsag")
"""What has happened to a person, the newest first (FORL-01)."""
DEN_TIDLIGERES_PERSONSAGER = replace(
    PERSONENS_PERSONSAGER, navn="den_tidligeres_personsager", argument=_om_den_tidligere
)
"""And to the one who turned out to be another (CPR-11)."""


def _fra_et_opgivet(raekker: Iterable[Personsag], person_id: str) -> list[str]:
    return sorted(r.forloeb_id for r in raekker if r.nu_hos == person_id)


OPGIVNE_IDERS_PERSONSAGER = Soegning(
    navn="opgivne_iders_personsager",
    argument=_om,
    sql="""
        select nu_hos, forloeb_id from personsag where nu_hos = any($1) order by nu_hos, forloeb_id collate "C"
    """,
    hukommelse=_fra_et_opgivet,
)
"""What was told under an id the person has given up (CPR-11)."""


def _afloeser(raekker: Iterable[Sikret], person_id: str) -> list[str]:
    alle = {r.person_id: r for r in raekker}
    til = alle[person_id].afloest_af if person_id in alle else None
    return [til] if til in alle else []


AFLOESER = Soegning(
    navn="afloeser",
    argument=_om,
    sql="""
        select p.person_id, r.person_id from sikret p join sikret r on r.person_id = p.afloest_af
        where p.person_id = any($1)
    """,
    hukommelse=_afloeser,
)
"""Whom the person turned out to be (CPR-11)."""


def _familie(besked: Any) -> str | None:
    ider = besked.familie if isinstance(besked, IndrejseVurderesIgen) else oversaettelse.familie(besked)
    return " ".join(ider) or None


def _afloesere(raekker: Iterable[Sikret], ider: str) -> list[str]:
    alle = {r.person_id: r for r in raekker}
    return sorted({til for i in ider.split(" ") if i in alle and (til := alle[i].afloest_af) in alle})


AFLOESERE_I_FAMILIEN = Soegning(
    navn="afloesere_i_familien",
    argument=_familie,
    sql="""
        select distinct familie, r.person_id collate "C" from unnest($1::text[]) familie
        cross join lateral unnest(string_to_array(familie, ' ')) id
        join sikret p on p.person_id = id join sikret r on r.person_id = p.afloest_af
        order by 1, 2
    """,
    hukommelse=_afloesere,
)
"""Whom those of the family turned out to be (CPR-11)."""


def _paa_adressen(raekker: Iterable[Sikret], noegle: str) -> list[str]:
    return sorted(r.person_id for r in raekker if adressenoegle(r) == noegle and r.afloest_af is None)


def adressenoegle(sikret: Sikret) -> str | None:
    """What those who live together have in common (FAM-01)."""
    return rules.adressenoegle(sikret.adresse)


def _afloeste(raekker: Iterable[Sikret], person_id: str) -> list[str]:
    return sorted(r.person_id for r in raekker if r.afloest_af == person_id)


AFLOESTE_AF_DEN_TIDLIGERE = Soegning(
    navn="afloeste_af_den_tidligere",
    argument=_om_den_tidligere,
    sql="""
        select afloest_af, person_id from sikret where afloest_af = any($1)
        order by afloest_af, person_id collate "C"
    """,
    hukommelse=_afloeste,
)
"""Those who turned out to be somebody who himself turned out to be another (CPR-11)."""

SIKREDE_PAA_ADRESSEN = Soegning(
    navn="sikrede_paa_adressen",
    argument=adressenoegle,
    sql="""
        select noegle, person_id from unnest($1::text[]) noegle join sikret on
            (adresse->>'kommunekode') || '/' || (adresse->>'vejkode') || '/' ||
            (adresse->>'postnummer') || '/' || (adresse->>'linje') = noegle
        where afloest_af is null
        order by noegle, person_id collate "C"
    """,
    hukommelse=_paa_adressen,
)
"""Who lives where a person lives, himself included."""


def _under_myndighed(raekker: Iterable[Sikret], person_id: str) -> list[str]:
    return sorted(r.person_id for r in raekker if person_id in r.foraeldremyndighed_ider and r.afloest_af is None)


SIKREDE_UNDER_MYNDIGHED = Soegning(
    navn="sikrede_under_myndighed",
    argument=_om,
    sql="""
        select myndig, person_id from unnest($1::text[]) myndig
        join sikret on foraeldremyndighed_ider ? myndig and foraeldremyndighed_ider <> '[]' and afloest_af is null
        order by myndig, person_id collate "C"
    """,
    hukommelse=_under_myndighed,
)
"""Whom a person has custody of, or is guardian for (FAM-01)."""
