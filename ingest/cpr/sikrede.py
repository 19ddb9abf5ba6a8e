"""The national extract of the insured (sikrede): who has which group and doctor, before, now and from a coming day.

The layout is public through one importer of the health authorities. Not public: what the codes of status mean, whether
the trailer counts more than the records of the insured (taken: no), and what a blank date is written as. It is read and
checked; the hub keeps the groups and doctors itself, so nothing of it is published.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ingest.cpr.formater import Ugyldig, cifre, koen, kommunekode, pnr, produktionsdato
from ingest.cpr.laeser import Fejl, laes
from ingest.cpr.layout import Felt, Layout, Posttype

F = Felt
GRUPPER = frozenset({"1", "2", "4", "5", "6", "7", "8", "9"})
"""Codes of insurance group in the health sector's code list; there is no 3."""


def _gruppe(tekst: str) -> str:
    """A code of group, or blank."""
    if tekst.strip() and tekst not in GRUPPER:
        raise Ugyldig("er ikke en sikringsgruppe")
    return tekst.strip()


# fmt: off
_POSTER: dict[str, Posttype] = {
    "00": Posttype(44, (
        F("OpgDato", 3, 8, produktionsdato, True), F("Timestamp", 11, 20), F("Modt", 31, 6),
        F("SnitfladeId", 37, 8, None, True),
    ), anvendt=True, enlig=True),
    "10": Posttype(634, (
        F("CPRnr", 3, 10, pnr, True),
        F("SYdernr", 13, 6, cifre), F("SIkraftDatoYder", 19, 8, produktionsdato),
        F("SRegDatoYder", 27, 8, produktionsdato),
        F("SSikrGrpKode", 35, 1, _gruppe, True), F("SIkraftDatoGrp", 36, 8, produktionsdato),
        F("SRegDatoGrp", 44, 8, produktionsdato),
        F("SSikrKomKode", 52, 3, kommunekode), F("SIkraftDatoKomKode", 55, 8, produktionsdato),
        F("SYdernrGl", 63, 6, cifre), F("SIkraftDatoYderGl", 69, 8, produktionsdato),
        F("SRegDatoYderGl", 77, 8, produktionsdato),
        F("SSikrGrpKodeGl", 85, 1, _gruppe), F("SIkraftDatoGrpGl", 86, 8, produktionsdato),
        F("SRegDatoGrpGl", 94, 8, produktionsdato),
        F("SYdernrFrem", 102, 6, cifre), F("SIkraftDatoYderFrem", 108, 8, produktionsdato),
        F("SRegDatoYderFrem", 116, 8, produktionsdato),
        F("SSikrGrpKodeFrem", 124, 1, _gruppe), F("SIkraftDatoGrpFrem", 125, 8, produktionsdato),
        F("SRegDatoGrpFrem", 133, 8, produktionsdato),
        F("SKon", 141, 1, koen), F("SAlder", 142, 3, cifre), F("SFolgerskabsPerson", 145, 10, pnr),
        F("SStatus", 155, 2), F("SBevisDato", 157, 8, produktionsdato), F("PNavn", 165, 34),
    ), anvendt=True, enlig=True),
    "99": Posttype(10, (F("AntPost", 3, 8, cifre, True),), anvendt=True, enlig=True),
}
# fmt: on
SIKREDE = Layout(
    "sikrede", _POSTER, hovedfelter=("SnitfladeId", "OpgDato", ""), taeller="AntPost", hoved="00", slut="99"
)


@dataclass(frozen=True, slots=True)
class Sikring:
    """A group or a doctor from a day on."""

    vaerdi: str
    fra: date | None
    registreret: date | None


@dataclass(frozen=True, slots=True)
class Sikret:
    """One insured person."""

    cpr: str
    gruppe: Sikring
    laege: Sikring | None
    gruppe_foer: Sikring | None
    laege_foer: Sikring | None
    gruppe_kommende: Sikring | None
    laege_kommende: Sikring | None
    kommunekode: str
    foelger: str | None
    """The person whose choice a child followed."""
    kort_fra: date | None


@dataclass(slots=True)
class Sikredeudtraek:
    """What a file held: counts, and every fault. Counts of a file that is refused mean nothing."""

    fil: Path
    dato: date | None = None
    antal: int = 0
    grupper: Counter[str] = field(default_factory=Counter[str])
    kommuner: Counter[str] = field(default_factory=Counter[str])
    fejl: list[Fejl] = field(default_factory=list[Fejl])


def laes_sikrede(fil: Path, modtag: Callable[[Sikret], None] = lambda _: None) -> Sikredeudtraek:
    """Read and check a file; every insured of it goes to `modtag` as it is read, before the file is known to be good.

    Faults are in the result. A fault of the disk or of `modtag` is an exception.
    """
    udtraek = Sikredeudtraek(fil)

    def post(_nr: int, tekst: str) -> None:
        sikret = sikret_af(SIKREDE.vaerdier(tekst))
        udtraek.antal += 1
        udtraek.grupper[sikret.gruppe.vaerdi] += 1
        udtraek.kommuner[sikret.kommunekode] += 1
        modtag(sikret)

    laesning = laes(fil, post, SIKREDE)
    udtraek.dato = laesning.hoved.proddato if laesning.hoved else None
    udtraek.fejl = laesning.fejl
    return udtraek


def sikret_af(felter: dict[str, str]) -> Sikret:
    """The fields of a checked record as values."""

    def sikring(felt: str, slags: str, hvornaar: str = "") -> Sikring | None:
        vaerdi = felter[f"{felt}{hvornaar}"]
        fra, registreret = (produktionsdato(felter[f"{navn}{slags}{hvornaar}"]) for navn in ("SIkraftDato", "SRegDato"))
        return Sikring(vaerdi, fra, registreret) if vaerdi.strip("0") else None

    gruppe = sikring("SSikrGrpKode", "Grp")
    assert gruppe is not None
    return Sikret(
        cpr=felter["CPRnr"],
        gruppe=gruppe,
        laege=sikring("SYdernr", "Yder"),
        gruppe_foer=sikring("SSikrGrpKode", "Grp", "Gl"),
        laege_foer=sikring("SYdernr", "Yder", "Gl"),
        gruppe_kommende=sikring("SSikrGrpKode", "Grp", "Frem"),
        laege_kommende=sikring("SYdernr", "Yder", "Frem"),
        kommunekode=kommunekode(felter["SSikrKomKode"]),
        foelger=pnr(felter["SFolgerskabsPerson"]),
        kort_fra=produktionsdato(felter["SBevisDato"]),
    )
