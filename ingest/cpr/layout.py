"""Record layouts as tables: type, length, fields with 1-based position, length and format; here that of P12170.

Types that the hub does not use have a length and a CPR number only. A field is required when the record makes no sense
without it; a line may be cut of trailing blanks down to the end of its last required field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Optional

from ingest.cpr.formater import annkor, cifre, dato, haendelseskode, koen, markering, pnr, produktionsdato, tidspunkt

Format = Callable[[str], Any]


class Felt(NamedTuple):
    """One field. `format` None: free text."""

    navn: str
    position: int
    laengde: int
    format: Format | None = None
    kraevet: bool = False


class Posttype(NamedTuple):
    """One record type. `anvendt`: the hub reads more than the number from it. `enlig`: once per person at most.

    `som`: the record types of P12170 that its fields, by their names, are read as; of another layout than that.
    """

    laengde: int
    felter: tuple[Felt, ...]
    anvendt: bool
    enlig: bool
    som: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """Every record type of a kind of file. `hovedfelter`: task, production date, and the date before it, if any."""

    navn: str
    poster: Mapping[str, Posttype]
    hovedfelter: tuple[str, str, str]
    taeller: str
    """The field of the trailer that counts the records between header and trailer."""
    hoved: str = "000"
    slut: str = "999"
    haendelse: str = ""
    """The type of event records: code in 26-28, derived mark in 29-30."""
    ikke_person: frozenset[str] = frozenset()
    helt_kendt: bool = True
    """Else there may be more types, and longer records, than stand here: they are counted, and not read."""
    laeses_som: Optional["Layout"] = field(default=None, repr=False)

    @cached_property
    def mindst(self) -> dict[str, int]:
        """The end of the last required field by record type."""
        return {
            nr: max((f.position + f.laengde - 1 for f in t.felter if f.kraevet), default=len(self.hoved))
            for nr, t in self.poster.items()
        }

    @cached_property
    def _udsnit(self) -> dict[str, tuple[tuple[str, slice], ...]]:
        return {nr: tuple((f.navn, _udsnit(f)) for f in t.felter) for nr, t in self.poster.items()}

    @cached_property
    def kontrollerede(self) -> dict[str, tuple[tuple[Felt, slice], ...]]:
        """The fields that have anything to check, with their place, by record type."""
        return {
            nr: tuple((f, _udsnit(f)) for f in t.felter if f.format is not None or f.kraevet)
            for nr, t in self.poster.items()
        }

    @cached_property
    def bredde(self) -> int:
        """Characters of a record type."""
        return len(self.hoved)

    def vaerdier(self, tekst: str) -> dict[str, str]:
        """The fields of a checked record by name, without the blanks around them."""
        return {navn: tekst[udsnit].strip() for navn, udsnit in self._udsnit[tekst[: self.bredde]]}

    def felt_paa(self, posttype: str, position: int) -> str:
        """The name of the field that covers a 1-based position; the record type itself outside all fields."""
        felter = self.poster[posttype].felter if posttype in self.poster else ()
        navn = next((f.navn for f in felter if f.position <= position < f.position + f.laengde), "RECORDTYPE")
        return feltnavn(posttype, navn)

    def oversat(self, tekst: str, til: "Layout") -> list[str]:
        """A checked record as the records of another layout that its fields stand for, by their names.

        The first of these is always there, the others where one of their fields is filled.
        """
        type_ = self.poster[tekst[: self.bredde]]
        linjer = [_sat_ind(type_, tekst, som, til.poster[som]) for som in type_.som]
        return [linje for nr, linje in enumerate(linjer) if nr == 0 or linje[13:].strip(" 0-")]

    def kildenavn(self, som: str) -> str:
        """What a record type of P12170 is called in this layout."""
        return next((nr for nr, t in self.poster.items() if t.anvendt and som in t.som), som)


def _udsnit(felt: Felt) -> slice:
    return slice(felt.position - 1, felt.position - 1 + felt.laengde)


def _sat_ind(fra: Posttype, tekst: str, posttype: str, til: Posttype) -> str:
    """The record of P12170 with the fields of the same name. Numbers are as their format makes them."""
    felter = {f.navn: f for f in fra.felter}
    tegn = list(posttype.ljust(til.laengde))
    for felt in til.felter:
        if (kilde := felter.get(felt.navn)) is None:
            continue
        raa = tekst[_udsnit(kilde)]
        laest = kilde.format(raa) if kilde.format else None
        vaerdi = laest if isinstance(laest, str) else raa
        tegn[_udsnit(felt)] = vaerdi[: felt.laengde].ljust(felt.laengde)
    return "".join(tegn)


def feltnavn(posttype: str, navn: str) -> str:
    """How a field is named to people: `001.STATUS`."""
    return f"{posttype}.{navn}"


_PNR = Felt("PNR", 4, 10, pnr, True)


def _post(laengde: int, *felter: Felt, enlig: bool = False) -> Posttype:
    return Posttype(laengde, (_PNR, *felter), anvendt=True, enlig=enlig)


def _ubrugt(laengde: int, *felter: Felt) -> Posttype:
    return Posttype(laengde, felter or (_PNR,), anvendt=False, enlig=False)


F = Felt

# fmt: off
_POSTER: dict[str, Posttype] = {
    "000": Posttype(35, (
        F("OPGAVENR", 14, 6, cifre, True), F("PRODDTO", 20, 8, produktionsdato, True),
        F("PRODDTOFORRIG", 28, 8, produktionsdato),
    ), anvendt=True, enlig=True),
    "001": _post(106,
        F("PNRGAELD", 14, 10, pnr), F("STATUS", 24, 2, cifre, True), F("STATUSHAENSTART", 26, 12, tidspunkt),
        F("STATUSDTO_UMRK", 38, 1, markering), F("KOEN", 39, 1, koen), F("FOED_DT", 40, 10, dato),
        F("FOED_DT_UMRK", 50, 1, markering), F("START_DT-PERSON", 51, 10, dato),
        F("START_DT_UMRK-PERSON", 61, 1, markering), F("SLUT_DT-PERSON", 62, 10, dato),
        F("SLUT_DT_UMRK-PERSON", 72, 1, markering), F("STILLING", 73, 34), enlig=True),
    "002": _post(306,
        F("KOMKOD", 14, 4, cifre, True), F("VEJKOD", 18, 4, cifre), F("HUSNR", 22, 4), F("ETAGE", 26, 2),
        F("SIDEDOER", 28, 4), F("BNR", 32, 4), F("CONVN", 36, 34), F("TILFLYDTO", 70, 12, tidspunkt),
        F("TILFLYDT_UMRK", 82, 1, markering), F("TILFLYKOMDTO", 83, 12, tidspunkt),
        F("TILFLYKOMDT_UMRK", 95, 1, markering), F("FRAFLYKOMKOD", 96, 4, cifre),
        F("FRAFLYKOMDTO", 100, 12, tidspunkt), F("FRAFLYKOMDT_UMRK", 112, 1, markering),
        F("START_MYNKOD-ADRTXT", 113, 4, cifre), F("ADR1-SUPLADR", 117, 34), F("ADR2-SUPLADR", 151, 34),
        F("ADR3-SUPLADR", 185, 34), F("ADR4-SUPLADR", 219, 34), F("ADR5-SUPLADR", 253, 34),
        F("START_DT-ADRTXT", 287, 10, dato), F("SLET_DT-ADRTXT", 297, 10, dato), enlig=True),
    "003": _post(249,
        F("ADRNVN", 14, 34), F("CONVN", 48, 34), F("LOKALITET", 82, 34), F("STANDARDADR", 116, 34),
        F("BYNVN", 150, 34), F("POSTNR", 184, 4, cifre), F("POSTDISTTXT", 188, 20), F("KOMKOD", 208, 4, cifre),
        F("VEJKOD", 212, 4, cifre), F("HUSNR", 216, 4), F("ETAGE", 220, 2), F("SIDEDOER", 222, 4),
        F("BNR", 226, 4), F("VEJADRNVN", 230, 20), enlig=True),
    "004": _post(37,
        F("BESKYTTYPE", 14, 4, cifre, True), F("START_DT-BESKYTTELSE", 18, 10, dato),
        F("SLET_DT-BESKYTTELSE", 28, 10, dato)),
    "005": _post(200,
        F("UDR_LANDEKOD", 14, 4, cifre), F("UDRDTO", 18, 12, tidspunkt, True), F("UDRDTO_UMRK", 30, 1, markering),
        F("UDLANDADR1", 31, 34), F("UDLANDADR2", 65, 34), F("UDLANDADR3", 99, 34), F("UDLANDADR4", 133, 34),
        F("UDLANDADR5", 167, 34), enlig=True),
    "006": _ubrugt(203),
    "007": _post(26,
        F("FORSVINDDTO", 14, 12, tidspunkt, True), F("FORSVINDDTO_UMRK", 26, 1, markering), enlig=True),
    "008": _post(193,
        F("FORNVN", 14, 50), F("FORNVN_MRK", 64, 1), F("MELNVN", 65, 40), F("MELNVN_MRK", 105, 1),
        F("EFTERNVN", 106, 40), F("EFTERNVN_MRK", 146, 1), F("NVNHAENSTART", 147, 12, tidspunkt),
        F("HAENSTART_UMRK-NAVNE", 159, 1, markering), F("ADRNVN", 160, 34), enlig=True),
    "009": _ubrugt(37), "010": _ubrugt(30), "011": _ubrugt(25),
    "012": _post(95,
        F("CIVST", 14, 1, None, True), F("AEGTEPNR", 15, 10, pnr), F("AEGTEFOED_DT", 25, 10, dato),
        F("AEGTEFOEDDT_UMRK", 35, 1, markering), F("AEGTENVN", 36, 34), F("AEGTENVN_MRK", 70, 1),
        F("HAENSTART-CIVILSTAND", 71, 12, tidspunkt), F("HAENSTART_UMRK-CIVILSTAND", 83, 1, markering),
        F("SEP_HENVIS-CIVILSTAND", 84, 12, tidspunkt), enlig=True),
    "013": _ubrugt(36),
    "014": _post(23, F("PNR-BARN", 14, 10, pnr, True)),
    "015": _post(147,
        F("MOR_DT", 14, 10, dato), F("MOR_DT_UMRK", 24, 1, markering), F("PNRMOR", 25, 10, pnr),
        F("MOR_FOED_DT", 35, 10, dato), F("MOR_FOED_DT_UMRK", 45, 1, markering), F("MORNVN", 46, 34),
        F("MORNVN_MRK", 80, 1), F("FAR_DT", 81, 10, dato), F("FAR_DT_UMRK", 91, 1, markering),
        F("PNRFAR", 92, 10, pnr), F("FAR_FOED_DT", 102, 10, dato), F("FAR_FOED_DT_UMRK", 112, 1, markering),
        F("FARNVN", 113, 34), F("FARNVN_MRK", 147, 1), enlig=True),
    "016": _post(58,
        F("RELTYP-FORÆLDREMYN", 14, 4, cifre, True), F("START_DT-FORÆLDREMYN", 18, 10, dato),
        F("START_DT_UMRK-FORÆLDREMYN", 28, 1, markering), F("SLET_DT-FORÆLDREMYN", 29, 10, dato),
        F("RELPNR", 39, 10, pnr), F("START_DT-RELPNR_PNR", 49, 10, dato)),
    "017": _post(272,
        F("START_DT-UMYNDIG", 14, 10, dato), F("START_DT_UMRK-UMYNDIG", 24, 1, markering),
        F("SLET_DT-UMYNDIG", 25, 10, dato), F("UMYN_RELTYP", 35, 4, cifre), F("RELPNR", 39, 10, pnr),
        F("START_DT-RELPNR_PNR", 49, 10, dato), F("RELADRSAT_RELPNR_TXT", 59, 34),
        F("START_DT-RELPNR_TXT", 93, 10, dato), F("RELTXT1", 103, 34), F("RELTXT2", 137, 34), F("RELTXT3", 171, 34),
        F("RELTXT4", 205, 34), F("RELTXT5", 239, 34), enlig=True),
    "018": _ubrugt(60), "019": _ubrugt(75), "020": _ubrugt(47), "021": _ubrugt(63),
    "022": _post(45,
        F("PNR-HISTORISK", 14, 10, pnr, True), F("START_DT-PERSON", 24, 10, dato),
        F("START_DT_UMRK-PERSON", 34, 1, markering), F("SLUT_DT-PERSON", 35, 10, dato),
        F("SLUT_DT_UMRK-PERSON", 45, 1, markering)),
    "023": _ubrugt(96),
    "024": _post(218,
        F("ANNKOR", 14, 1, annkor), F("UDR_LANDEKOD", 15, 4, cifre), F("UDRDTO", 19, 12, tidspunkt),
        F("UDRDTO_UMRK", 31, 1, markering), F("INDR_LANDEKOD", 32, 4, cifre), F("INDRDTO", 36, 12, tidspunkt),
        F("INDRDTO_UMRK", 48, 1, markering), F("UDLANDADR1", 49, 34), F("UDLANDADR2", 83, 34),
        F("UDLANDADR3", 117, 34), F("UDLANDADR4", 151, 34), F("UDLANDADR5", 185, 34)),
    "025": _ubrugt(40), "026": _ubrugt(173), "027": _ubrugt(44), "028": _ubrugt(36), "029": _ubrugt(109),
    "030": _ubrugt(48), "031": _ubrugt(269), "032": _ubrugt(269), "033": _ubrugt(269),
    "099": _post(45,
        F("TIMESTAMPU", 14, 12, tidspunkt), F("HAENDELSE", 26, 3, haendelseskode, True), F("AFLEDTMRK", 29, 2),
        F("NGLKONST", 31, 15)),
    "910": _ubrugt(157, F("SORTFELT-10", 4, 10)),
    "997": _ubrugt(43),
    "999": Posttype(21, (F("TAELLER", 14, 8, cifre, True),), anvendt=True, enlig=True),
}
# fmt: on

HAENDELSE = "099"
P12170 = Layout(
    "p12170",
    _POSTER,
    hovedfelter=("OPGAVENR", "PRODDTO", "PRODDTOFORRIG"),
    taeller="TAELLER",
    haendelse=HAENDELSE,
    ikke_person=frozenset({"910", "997"}),
)
"""CPR's daily extract. Error records (910) and receipts for deleted subscriptions (997) are no change of a person."""
HOVED, SLUT, PERSON = P12170.hoved, P12170.slut, "001"
