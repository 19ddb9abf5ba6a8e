"""One person's records made into the snapshot that events carry. Independent of the order the records stand in."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from contracts.cpr import (
    CprAdresse,
    CprCivilstand,
    CprForaeldremyndighed,
    CprNavn,
    CprPeriode,
    CprPerson,
    CprRejse,
)
from ingest.cpr.formater import dato, markering, pnr, tidspunkt
from ingest.cpr.layout import P12170, PERSON, Layout, feltnavn
from ingest.cpr.spool import Post

Felter = dict[str, str]
_FOERST = datetime.min.replace(tzinfo=UTC)


def kontroller_gruppe(poster: Sequence[Post], layout: Layout = P12170) -> tuple[int, str, str] | None:
    """Line, field and reason when the records are no person: no record 001, or one that must stand alone twice.

    The field is named as the layout of the file names it.
    """
    set_: set[str] = set()
    for post in poster:
        if post.type_ in set_ and P12170.poster[post.type_].enlig:
            navn = layout.kildenavn(post.type_)
            return post.nr, feltnavn(navn, "PNR"), f"personen har to poster {navn}"
        set_.add(post.type_)
    if PERSON not in set_:
        return poster[0].nr, feltnavn(layout.kildenavn(poster[0].type_), "PNR"), "personen har ingen post 001"
    return None


def byg_person(poster: Iterable[Post]) -> CprPerson:
    """The snapshot of a group that `kontroller_gruppe` has nothing against."""
    felter: defaultdict[str, list[Felter]] = defaultdict(list)
    for post in poster:
        if P12170.poster[post.type_].anvendt:
            felter[post.type_].append(P12170.vaerdier(post.tekst))
    person = felter[PERSON][0]
    cpr, gaeldende, foedt = person["PNR"], pnr(person["PNRGAELD"]), dato(person["FOED_DT"])
    foraeldre = _enlig(felter["015"])
    vaerge = _enlig(felter["017"])
    return CprPerson(
        cpr=cpr,
        gaeldende_cpr=gaeldende if gaeldende != cpr else None,
        tidligere_cpr=tuple(sorted({f["PNR-HISTORISK"] for f in felter["022"]})),
        status=person["STATUS"],
        status_fra=_tid(person["STATUSHAENSTART"]),
        koen=person["KOEN"],
        foedselsdato=foedt.dag if foedt else None,
        foedselsdato_usikker=bool(foedt and foedt.usikker) or markering(person["FOED_DT_UMRK"]),
        oprettet=_dag(person["START_DT-PERSON"]),
        navn=_navn(_enlig(felter["008"])),
        adresse=_adresse(_enlig(felter["002"]), _enlig(felter["003"])),
        rejser=_rejser(felter["005"], felter["024"]),
        forsvundet_fra=_tid(_enlig(felter["007"]).get("FORSVINDDTO", "")),
        beskyttelser=_beskyttelser(felter["004"]),
        civilstand=_civilstand(_enlig(felter["012"])),
        boern_cpr=tuple(sorted({f["PNR-BARN"] for f in felter["014"]})),
        mor_cpr=pnr(foraeldre.get("PNRMOR", "")),
        far_cpr=pnr(foraeldre.get("PNRFAR", "")),
        foraeldremyndighed=_foraeldremyndighed(felter["016"]),
        vaerge_cpr=pnr(vaerge.get("RELPNR", "")),
    )


def _enlig(felter: Sequence[Felter]) -> Felter:
    return felter[0] if felter else {}


def _tid(tekst: str) -> datetime | None:
    fundet = tidspunkt(tekst)
    return fundet.oejeblik if fundet else None


def _dag(tekst: str) -> date | None:
    fundet = dato(tekst)
    return fundet.dag if fundet else None


def _kode(tekst: str) -> str | None:
    return tekst if tekst.strip("0") else None


def _navn(navn: Felter) -> CprNavn:
    if not navn:
        return CprNavn()
    return CprNavn(
        fornavn=navn["FORNVN"],
        mellemnavn=navn["MELNVN"],
        efternavn=navn["EFTERNVN"],
        adresseringsnavn=navn["ADRNVN"],
        gaelder_fra=_tid(navn["NVNHAENSTART"]),
    )


def _adresse(aktuel: Felter, klarskrift: Felter) -> CprAdresse | None:
    """Record 002 with the texts of 003; from 003 alone where the extract has no 002 but an address."""
    sted = aktuel or klarskrift
    kommunekode = _kode(sted.get("KOMKOD", ""))
    if not kommunekode:
        return None
    return CprAdresse(
        kommunekode=kommunekode,
        vejkode=sted["VEJKOD"],
        husnr=sted["HUSNR"],
        etage=sted["ETAGE"],
        sidedoer=sted["SIDEDOER"],
        conavn=sted["CONVN"] or klarskrift.get("CONVN", ""),
        vejnavn=klarskrift.get("VEJADRNVN", ""),
        standardadresse=klarskrift.get("STANDARDADR", ""),
        bynavn=klarskrift.get("BYNVN", ""),
        lokalitet=klarskrift.get("LOKALITET", ""),
        postnummer=klarskrift.get("POSTNR", ""),
        postdistrikt=klarskrift.get("POSTDISTTXT", ""),
        tilflytning=_tid(aktuel.get("TILFLYDTO", "")),
        tilflytning_kommune=_tid(aktuel.get("TILFLYKOMDTO", "")),
        fraflytningskommune=_kode(aktuel.get("FRAFLYKOMKOD", "")),
    )


def _rejser(udrejser: Sequence[Felter], historiske: Sequence[Felter]) -> tuple[CprRejse, ...]:
    """The journeys in force by date: a record marked corrected, undone or technically changed has been replaced."""
    rejser = [CprRejse(udrejse=_tid(f["UDRDTO"]), udrejseland=_kode(f["UDR_LANDEKOD"]) or "") for f in udrejser]
    rejser += [
        CprRejse(
            udrejse=_tid(f["UDRDTO"]),
            udrejseland=_kode(f["UDR_LANDEKOD"]) or "",
            indrejse=_tid(f["INDRDTO"]),
            indrejseland=_kode(f["INDR_LANDEKOD"]) or "",
        )
        for f in historiske
        if not f["ANNKOR"]
    ]
    return tuple(sorted(rejser, key=_rejseorden))


def _rejseorden(rejse: CprRejse) -> tuple[datetime, str, datetime, str]:
    ud, ind = rejse.udrejse, rejse.indrejse
    return ud or ind or _FOERST, rejse.udrejseland, ind or _FOERST, rejse.indrejseland


def _beskyttelser(felter: Sequence[Felter]) -> tuple[CprPeriode, ...]:
    alle = [
        CprPeriode(
            type_=f["BESKYTTYPE"], fra=_dag(f["START_DT-BESKYTTELSE"]), til=_dag(f["SLET_DT-BESKYTTELSE"])
        )
        for f in felter
    ]  # fmt: skip
    return tuple(sorted(alle, key=lambda p: (p.type_, p.fra or date.min, p.til or date.max)))


def _civilstand(civilstand: Felter) -> CprCivilstand | None:
    if not civilstand:
        return None
    return CprCivilstand(
        kode=civilstand["CIVST"],
        aegtefaelle_cpr=pnr(civilstand["AEGTEPNR"]),
        fra=_tid(civilstand["HAENSTART-CIVILSTAND"]),
    )


def _foraeldremyndighed(felter: Sequence[Felter]) -> tuple[CprForaeldremyndighed, ...]:
    alle = [
        CprForaeldremyndighed(
            type_=f["RELTYP-FORÆLDREMYN"],
            cpr=pnr(f["RELPNR"]),
            fra=_dag(f["START_DT-FORÆLDREMYN"]),
            til=_dag(f["SLET_DT-FORÆLDREMYN"]),
        )
        for f in felter
    ]
    return tuple(sorted(alle, key=lambda m: (m.type_, m.cpr or "", m.fra or date.min, m.til or date.max)))
