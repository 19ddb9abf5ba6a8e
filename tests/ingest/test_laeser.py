"""Whole files: what is read, and what is refused with which line and field."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from contracts.cpr import CprHaendelse, PersonOpdateret
from ingest.cpr.laeser import FLEST_FEJL
from tests.ingest.filer import (
    ANNA,
    ANNA_001,
    ANNA_099,
    BENT,
    BENT_001,
    HOVED,
    POSTER,
    felter,
    fil,
    laest,
    raa,
    slut,
    uden_linjeskift,
)

Linjer = list[str]
GOD = [HOVED, *POSTER, slut(len(POSTER))]


def test_god_fil(tmp_path: Path) -> None:
    udtraek, kuverter = laest(fil(tmp_path), tmp_path)
    assert udtraek.fejl == []
    assert (udtraek.laesning.poster, udtraek.personer) == (9, 2)
    assert udtraek.laesning.haendelser == {"A05": 1}
    assert udtraek.laesning.typer == {"001": 2, "002": 1, "003": 1, "008": 2, "024": 1, "099": 1, "997": 1}
    indrejst, opdateret = sorted((k.besked for k in kuverter), key=lambda b: type(b).__name__)
    assert isinstance(indrejst, CprHaendelse)
    assert isinstance(opdateret, PersonOpdateret)
    assert (indrejst.kode, indrejst.afledt) == ("A05", "")
    assert indrejst.registreret == datetime(2026, 3, 2, 14, 7, tzinfo=UTC)
    anna = indrejst.person
    assert (anna.cpr, anna.status, anna.koen, anna.foedselsdato) == (ANNA, "01", "K", date(1980, 1, 1))
    assert (anna.navn.fornavn, anna.navn.efternavn) == ("Anna", "Ærøskøbing")
    assert anna.adresse is not None
    assert (anna.adresse.kommunekode, anna.adresse.standardadresse) == ("0630", "Ågade 17, 1. tv")
    assert (anna.adresse.postnummer, anna.adresse.sidedoer, anna.adresse.husnr) == ("7100", "tv", "017")
    assert anna.adresse.tilflytning == datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert anna.adresse.fraflytningskommune is None
    assert [(r.indrejseland, r.indrejse, r.udrejse) for r in anna.rejser] == [
        ("5110", datetime(2026, 3, 1, 11, tzinfo=UTC), None)
    ]
    bent = opdateret.person
    assert (bent.cpr, bent.foedselsdato_usikker, bent.adresse, bent.navn.gaelder_fra) == (BENT, True, None, None)


@pytest.mark.parametrize(
    "variant",
    [
        pytest.param(lambda m: raa(m, GOD, ende="\r\n"), id="CRLF"),
        pytest.param(lambda m: uden_linjeskift(m, POSTER), id="uden linjeskift"),
        pytest.param(lambda m: raa(m, [*GOD, ""]), id="tom linje til sidst"),
        pytest.param(lambda m: raa(m, [*GOD[:-1], GOD[-1] + "\n"], ende="\n"), id="blank linje efter slutposten"),
        pytest.param(lambda m: raa(m, [f"{p}   " if p[:3] == "003" else p for p in GOD]), id="blanke efter en post"),
    ],
)
def test_varianter_giver_de_samme_beskeder(tmp_path: Path, variant: Callable[[Path], Path]) -> None:
    ventet = laest(fil(tmp_path), tmp_path)[1]
    udtraek, kuverter = laest(variant(tmp_path), tmp_path)
    assert udtraek.fejl == []
    assert kuverter == ventet


def erstat(linje: int, fra: str, til: str) -> Callable[[Linjer], Linjer]:
    """Change a text in one line (1-based)."""

    def aendr(linjer: Linjer) -> Linjer:
        assert fra in linjer[linje - 1]
        return [x.replace(fra, til, 1) if n == linje else x for n, x in enumerate(linjer, 1)]

    return aendr


def indsaet(linje: int, tekst: str) -> Callable[[Linjer], Linjer]:
    """Put a line in and let the trailer count it."""
    return lambda linjer: [*linjer[: linje - 1], tekst, *linjer[linje - 1 : -1], slut(len(linjer) - 1)]


def uden(linje: int) -> Callable[[Linjer], Linjer]:
    """Take a line out and let the trailer count without it."""
    return lambda linjer: [*linjer[: linje - 1], *linjer[linje:-1], slut(len(linjer) - 3)]


# fmt: off
P = pytest.param
BRUD = [
    # skade                                              linje felt
    P(lambda g: g[1:],                                        1, "000.RECORDTYPE", id="uden startpost"),
    P(lambda g: ["Kære bruger, der er intet udtræk i dag"],   1, "000.RECORDTYPE", id="en anden slags fil"),
    P(lambda g: [],                                           1, "000.RECORDTYPE", id="tom fil"),
    P(lambda g: g[:-1],                                      10, "999.RECORDTYPE", id="uden slutpost"),
    P(lambda g: g[:1],                                        1, "999.RECORDTYPE", id="kun startpost"),
    P(lambda g: [*g[:-1], slut(8)],                          11, "999.TAELLER",    id="slutposten tæller for få"),
    P(lambda g: [*g[:-1], slut(10)],                         11, "999.TAELLER",    id="slutposten tæller for mange"),
    P(lambda g: [*g[:-1], slut(9)[:-1]],                     11, "999.TAELLER",    id="slutposten er skåret af"),
    P(lambda g: [*g[:-1], slut(9)[:-2] + "x9"],              11, "999.TAELLER",    id="tælleren er ikke cifre"),
    P(lambda g: [*g, ANNA_001],                              12, "RECORDTYPE",     id="data efter slutposten"),
    P(lambda g: [*g, " "],                                   12, "RECORDTYPE",     id="blanke efter slutposten"),
    P(lambda g: [*g, slut(9)],                               12, "RECORDTYPE",     id="to slutposter"),
    P(lambda g: [*g, *g],                                    12, "RECORDTYPE",     id="to udtræk i en fil"),
    P(indsaet(6, HOVED),                                      6, "000.RECORDTYPE", id="startposten to gange"),
    P(erstat(1, "20260303", "20261303"),                      1, "000.PRODDTO",    id="produktionsdato findes ikke"),
    P(erstat(1, "20260303", "00000000"),                      1, "000.PRODDTO",    id="produktionsdato mangler"),
    P(erstat(1, "20260302", "20260304"),                      1, "000.PRODDTOFORRIG", id="forrige er senere"),
    P(erstat(1, "20260302", "2026030b"),                      1, "000.PRODDTOFORRIG", id="forrige er ikke cifre"),
    P(erstat(1, "110901", "1109 1"),                          1, "000.OPGAVENR",   id="opgavenummer er ikke cifre"),
    P(indsaet(6, "*** vrøvl ***"),                            6, "RECORDTYPE",     id="vrøvl midt i filen"),
    P(indsaet(6, "098" + ANNA),                               6, "RECORDTYPE",     id="ukendt posttype"),
    P(indsaet(6, ""),                                         6, "RECORDTYPE",     id="tom linje midt i filen"),
    P(indsaet(6, "001"),                                      6, "001.PNR",        id="post uden CPR-nummer"),
    P(erstat(2, ANNA, "610180001X"),                          2, "001.PNR",        id="CPR-nummer med bogstav"),
    P(erstat(2, ANNA, "610180001 "),                          2, "001.PNR",        id="CPR-nummer på 9 cifre"),
    P(erstat(2, ANNA, "0000000000"),                          2, "001.PNR",        id="CPR-nummer af nuller"),
    P(erstat(2, "1980-01-01", "1980-02-30"),                  2, "001.FOED_DT",    id="fødselsdato findes ikke"),
    P(erstat(2, "1980-01-01", "01-01-1980"),                  2, "001.FOED_DT",    id="fødselsdato på dansk form"),
    P(erstat(2, "01" + "0" * 12, "ab" + "0" * 12),            2, "001.STATUS",     id="status er ikke cifre"),
    P(erstat(2, "01" + "0" * 12, "  " + "0" * 12),            2, "001.STATUS",     id="status mangler"),
    P(erstat(2, "K1980", "X1980"),                            2, "001.KOEN",       id="ukendt køn"),
    P(erstat(7, "1975-02-02*", "1975-02-02?"),                7, "001.FOED_DT_UMRK", id="ukendt usikkerhedsmærke"),
    P(lambda g: [*g[:1], g[1][:24], *g[2:]],                  2, "001.STATUS", id="post kortere end det nødvendige"),
    P(lambda g: [*g[:1], g[1].ljust(107, "x"), *g[2:]],       2, "001.STILLING",   id="post længere end sin længde"),
    P(lambda g: [*g[:1], g[1].ljust(9000, "x"), *g[2:]],      2, "001.STILLING",   id="linje uden ende"),
    P(erstat(3, "0630", "63  "),                              3, "002.KOMKOD",     id="kommunekode er ikke cifre"),
    P(erstat(3, "202603011200", "202603012500"),              3, "002.TILFLYDTO", id="tilflytning er intet klokkeslæt"),
    P(erstat(4, "Anna", "An\x00a"),                           4, "008.FORNVN",     id="styretegn i et navn"),
    P(erstat(4, "Anna", "An\x85a"),                           4, "008.FORNVN",     id="tegn fra Windows-1252"),
    P(erstat(4, "Anna", "An\x1aa"),                           4, "008.FORNVN",     id="filslut-tegn midt i filen"),
    P(erstat(4, "Anna", "Åse".encode().decode("latin-1")),    4, "008.FORNVN",     id="navn i UTF-8"),
    P(erstat(6, "202603021507", "202603021567"),              6, "099.TIMESTAMPU", id="hændelse uden for døgnet"),
    P(erstat(6, "A05", "A 5"),                                6, "099.HAENDELSE",  id="hændelseskode med blank"),
    P(lambda g: [*g[:5], g[5][:27], *g[6:]],                  6, "099.HAENDELSE",  id="afskåret hændelseskode"),
    P(uden(2),                                                2, "002.PNR",        id="person uden post 001"),
    P(indsaet(11, ANNA_001),                                 11, "001.PNR",        id="to poster 001 for en person"),
    P(indsaet(11, POSTER[2]),                                11, "008.PNR",        id="to nuværende navne"),
]
# fmt: on


@pytest.mark.parametrize(("skade", "linje", "felt"), BRUD)
def test_brudt_fil_afvises_hel(tmp_path: Path, skade: Callable[[Linjer], Linjer], linje: int, felt: str) -> None:
    path = raa(tmp_path, skade(GOD))
    udtraek, kuverter = laest(path, tmp_path)
    assert [(f.fil, f.linje, f.felt) for f in udtraek.fejl][:1] == [(str(path), linje, felt)]
    assert kuverter == []
    tekst = "".join(str(f).removeprefix(str(path)) for f in udtraek.fejl)
    assert not any(vaerdi in tekst for vaerdi in (ANNA, BENT, "Anna", "1980", "vrøvl"))


@pytest.mark.parametrize(
    ("afkortet", "linje", "felt"),
    [
        pytest.param(-1, 11, "999.TAELLER", id="et tegn af slutposten mangler"),
        pytest.param(-21, 10, "999.RECORDTYPE", id="slutposten mangler"),
        pytest.param(35 + 20, 2, "001.PNRGAELD", id="skåret midt i en post"),
        pytest.param(35 + 2, 2, "RECORDTYPE", id="skåret midt i en posttype"),
    ],
)
def test_afkortet_fil_uden_linjeskift(tmp_path: Path, afkortet: int, linje: int, felt: str) -> None:
    path = uden_linjeskift(tmp_path, POSTER)
    path.write_bytes(path.read_bytes()[:afkortet])
    fejl = laest(path, tmp_path)[0].fejl
    assert [(f.linje, f.felt) for f in fejl][:1] == [(linje, felt)]


def test_ukendt_posttype_uden_linjeskift_standser(tmp_path: Path) -> None:
    path = uden_linjeskift(tmp_path, POSTER)
    path.write_bytes(path.read_bytes().replace(b"008" + ANNA.encode(), b"088" + ANNA.encode()))
    fejl = laest(path, tmp_path)[0].fejl
    assert [(f.linje, f.felt, f.grund) for f in fejl] == [(4, "RECORDTYPE", "ukendt posttype")]


def test_data_efter_slutposten_uden_linjeskift(tmp_path: Path) -> None:
    path = uden_linjeskift(tmp_path, POSTER)
    path.write_bytes(path.read_bytes() + b"001")
    fejl = laest(path, tmp_path)[0].fejl
    assert [(f.linje, f.grund) for f in fejl] == [(12, "der står data efter slutposten (999)")]


def test_alle_fejl_naevnes_indtil_en_graense(tmp_path: Path) -> None:
    path = fil(tmp_path, [*POSTER, *["vrøvl"] * 3])
    assert [f.linje for f in laest(path, tmp_path)[0].fejl] == [11, 12, 13]
    path = fil(tmp_path, ["vrøvl"] * 5000)
    assert len(laest(path, tmp_path)[0].fejl) == FLEST_FEJL


@pytest.mark.parametrize(
    ("navn", "grund"),
    [
        pytest.param("findes-ikke", "filen findes ikke", id="manglende fil"),
        pytest.param(".", "filen kan ikke åbnes (Is a directory)", id="en mappe"),
    ],
)
def test_fil_der_ikke_kan_aabnes(tmp_path: Path, navn: str, grund: str) -> None:
    fejl = laest(tmp_path / navn, tmp_path)[0].fejl
    assert [(f.linje, f.felt, f.grund) for f in fejl] == [(None, None, grund)]


def test_poster_som_hubben_ikke_bruger_taelles_blot(tmp_path: Path) -> None:
    andre = [
        felter(t, (4, BENT)) for t in ("006", "009", "010", "011", "013", "018", "019", "020", "021", "023", "025")
    ]
    andre += [felter(t, (4, BENT)) for t in ("026", "027", "028", "029", "030", "031", "032", "033")]
    andre.append(felter("910", (4, "SORTFELT"), (89, "0012"), (93, "Ukendt personnummer")))
    path = fil(tmp_path, [BENT_001, *andre])
    udtraek, kuverter = laest(path, tmp_path)
    assert udtraek.fejl == []
    assert udtraek.laesning.typer["910"] == udtraek.laesning.typer["026"] == 1
    assert len(kuverter) == 1


def test_kun_kvitteringer_og_fejl_udgiver_intet(tmp_path: Path) -> None:
    path = fil(tmp_path, [POSTER[7], felter("910", (89, "0012"))])
    udtraek, kuverter = laest(path, tmp_path)
    assert (udtraek.fejl, udtraek.laesning.poster, udtraek.personer, kuverter) == ([], 2, 0, [])


def test_hele_filen_laeses_foer_en_person_er_faerdig(tmp_path: Path) -> None:
    """All records 003 last, after every 099: the event still carries the address in clear text."""
    ud = laest(fil(tmp_path, [ANNA_099, ANNA_001, BENT_001, *POSTER[1:4], POSTER[8]]), tmp_path)[1]
    (haendelse,) = (k.besked for k in ud if isinstance(k.besked, CprHaendelse))
    assert haendelse.person.adresse is not None
    assert haendelse.person.adresse.vejnavn == "Ågade"
