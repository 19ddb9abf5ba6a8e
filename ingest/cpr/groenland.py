"""The layout that the Greenlandic authorities are sent from CPR: other record types, read as those of P12170.

What of it is public is the fields that one importer reads (the Greenlandic data distributor's). Not public, and so not
checked against any real file: the header and trailer (taken to be those of P12170), the true length of the records, the
types of disappearance (030, 031) and whatever else is sent. So more and longer records than stand here are let by,
counted and not read; without line breaks such a file cannot be read. A person who is missing has his status and its
date in 001, and is read as such. The address comes as codes only: there is no record with its text.
"""

from ingest.cpr.formater import (
    annkor,
    cifre,
    dato,
    haendelseskode,
    koen,
    kommunekode,
    markering,
    pnr,
    produktionsdato,
    tidspunkt,
)
from ingest.cpr.layout import P12170, Felt, Layout, Posttype

F = Felt
_PNR = F("PNR", 4, 10, pnr, True)
_UBRUGT = "011"
"""The unused type of P12170 that an unused record is read as: it names its person, and no more."""


def _post(som: str | tuple[str, ...], *felter: Felt, enlig: bool = False) -> Posttype:
    typer = (som,) if isinstance(som, str) else som
    laengde = max(f.position + f.laengde - 1 for f in felter)
    return Posttype(laengde, (_PNR, *felter), anvendt=True, enlig=enlig, som=typer)


def _ubrugt() -> Posttype:
    return Posttype(13, (_PNR,), anvendt=False, enlig=False, som=(_UBRUGT,))


# fmt: off
_POSTER: dict[str, Posttype] = {
    "000": Posttype(35, (
        F("OPGAVENR", 14, 6, cifre, True), F("PRODDTO", 20, 8, produktionsdato, True),
        F("PRODDTOFORRIG", 28, 8, produktionsdato),
    ), anvendt=True, enlig=True),
    "001": _post(("001", "015"),
        F("PNRGAELD", 14, 10, pnr), F("STATUS", 36, 2, cifre, True), F("STATUSHAENSTART", 38, 12, tidspunkt),
        F("STATUSDTO_UMRK", 50, 1, markering), F("KOEN", 67, 1, koen), F("FOED_DT", 68, 10, dato),
        F("FOED_DT_UMRK", 78, 1, markering), F("START_DT-PERSON", 91, 10, dato),
        F("START_DT_UMRK-PERSON", 101, 1, markering), F("SLUT_DT-PERSON", 102, 10, dato),
        F("SLUT_DT_UMRK-PERSON", 112, 1, markering), F("STILLING", 129, 34), F("MOR_DT", 179, 10, dato),
        F("MOR_DT_UMRK", 189, 1, markering), F("PNRMOR", 190, 10, pnr), F("MOR_FOED_DT", 200, 10, dato),
        F("MOR_FOED_DT_UMRK", 210, 1, markering), F("MORNVN", 211, 34), F("MORNVN_MRK", 245, 1),
        F("FAR_DT", 281, 10, dato), F("FAR_DT_UMRK", 291, 1, markering), F("PNRFAR", 292, 10, pnr),
        F("FAR_FOED_DT", 302, 10, dato), F("FAR_FOED_DT_UMRK", 312, 1, markering), F("FARNVN", 313, 34),
        F("FARNVN_MRK", 347, 1), enlig=True),
    "005": _ubrugt(), "010": _ubrugt(), "011": _ubrugt(),
    "015": _post("004",
        F("BESKYTTYPE", 14, 4, cifre, True), F("START_DT-BESKYTTELSE", 34, 10, dato),
        F("SLET_DT-BESKYTTELSE", 47, 10, dato)),
    "016": _ubrugt(),
    "020": _post("008",
        F("FORNVN", 30, 50), F("FORNVN_MRK", 80, 1), F("MELNVN", 81, 40), F("MELNVN_MRK", 121, 1),
        F("EFTERNVN", 122, 40), F("EFTERNVN_MRK", 162, 1), F("NVNHAENSTART", 204, 12, tidspunkt),
        F("HAENSTART_UMRK-NAVNE", 216, 1, markering), F("ADRNVN", 233, 34), enlig=True),
    "021": _ubrugt(),
    "025": _post("002",
        F("KOMKOD", 30, 4, kommunekode, True), F("VEJKOD", 34, 4, cifre), F("HUSNR", 38, 4), F("ETAGE", 42, 2),
        F("SIDEDOER", 44, 4), F("BNR", 48, 4), F("CONVN", 52, 34), F("TILFLYDTO", 98, 12, tidspunkt),
        F("TILFLYDT_UMRK", 110, 1, markering), F("TILFLYKOMDTO", 127, 12, tidspunkt),
        F("TILFLYKOMDT_UMRK", 139, 1, markering), F("FRAFLYKOMKOD", 140, 4, kommunekode),
        F("FRAFLYKOMDTO", 144, 12, tidspunkt), F("FRAFLYKOMDT_UMRK", 156, 1, markering),
        F("START_MYNKOD-ADRTXT", 161, 4), F("ADR1-SUPLADR", 165, 34), F("ADR2-SUPLADR", 199, 34),
        F("ADR3-SUPLADR", 233, 34), F("ADR4-SUPLADR", 267, 34), F("ADR5-SUPLADR", 301, 34),
        F("START_DT-ADRTXT", 335, 10, dato), F("SLET_DT-ADRTXT", 345, 10, dato), enlig=True),
    "026": _ubrugt(),
    "028": _post("005",
        F("UDR_LANDEKOD", 30, 4, cifre), F("UDRDTO", 34, 12, tidspunkt, True), F("UDRDTO_UMRK", 46, 1, markering),
        F("UDLANDADR1", 63, 34), F("UDLANDADR2", 97, 34), F("UDLANDADR3", 131, 34), F("UDLANDADR4", 165, 34),
        F("UDLANDADR5", 199, 34), enlig=True),
    "029": _post("024",
        F("ANNKOR", 14, 1, annkor), F("UDR_LANDEKOD", 31, 4, cifre), F("UDRDTO", 35, 12, tidspunkt),
        F("UDRDTO_UMRK", 47, 1, markering), F("INDR_LANDEKOD", 60, 4, cifre), F("INDRDTO", 64, 12, tidspunkt),
        F("INDRDTO_UMRK", 76, 1, markering), F("UDLANDADR1", 93, 34), F("UDLANDADR2", 127, 34),
        F("UDLANDADR3", 161, 34), F("UDLANDADR4", 195, 34), F("UDLANDADR5", 229, 34)),
    "035": _post("012",
        F("CIVST", 30, 1, None, True), F("AEGTEPNR", 31, 10, pnr), F("AEGTEFOED_DT", 41, 10, dato),
        F("AEGTEFOEDDT_UMRK", 51, 1, markering), F("AEGTENVN", 52, 34), F("AEGTENVN_MRK", 86, 1),
        F("HAENSTART-CIVILSTAND", 87, 12, tidspunkt), F("HAENSTART_UMRK-CIVILSTAND", 99, 1, markering),
        F("SEP_HENVIS-CIVILSTAND", 155, 12, tidspunkt), enlig=True),
    "036": _ubrugt(), "040": _ubrugt(), "041": _ubrugt(),
    "045": _post("014", F("PNR-BARN", 14, 10, pnr, True)),
    "046": _post("016",
        F("RELTYP-FORÆLDREMYN", 26, 4, cifre, True), F("START_DT-FORÆLDREMYN", 34, 10, dato),
        F("START_DT_UMRK-FORÆLDREMYN", 44, 1, markering), F("SLET_DT-FORÆLDREMYN", 45, 10, dato),
        F("RELPNR", 63, 10, pnr), F("START_DT-RELPNR_PNR", 73, 10, dato)),
    "050": _post("017",
        F("START_DT-UMYNDIG", 18, 10, dato), F("START_DT_UMRK-UMYNDIG", 28, 1, markering),
        F("SLET_DT-UMYNDIG", 29, 10, dato), F("UMYN_RELTYP", 39, 4, cifre), F("RELPNR", 51, 10, pnr),
        F("START_DT-RELPNR_PNR", 61, 10, dato), F("RELADRSAT_RELPNR_TXT", 79, 34),
        F("START_DT-RELPNR_TXT", 113, 10, dato), F("RELTXT1", 123, 34), F("RELTXT2", 157, 34), F("RELTXT3", 191, 34),
        F("RELTXT4", 225, 34), F("RELTXT5", 259, 34), enlig=True),
    "065": _post("022",
        F("PNR-HISTORISK", 18, 10, pnr, True), F("START_DT-PERSON", 28, 10, dato),
        F("START_DT_UMRK-PERSON", 38, 1, markering), F("SLUT_DT-PERSON", 39, 10, dato),
        F("SLUT_DT_UMRK-PERSON", 49, 1, markering)),
    "900": _post("099",
        F("TIMESTAMPU", 14, 12, tidspunkt), F("HAENDELSE", 26, 3, haendelseskode, True), F("AFLEDTMRK", 29, 2)),
    "999": Posttype(21, (F("TAELLER", 14, 8, cifre, True),), anvendt=True, enlig=True),
}
# fmt: on

GROENLAND = Layout(
    "groenland",
    _POSTER,
    hovedfelter=P12170.hovedfelter,
    taeller=P12170.taeller,
    haendelse="900",
    helt_kendt=False,
    laeses_som=P12170,
)
