"""The extract of the insured: what is read of it, and what is refused. Its lines are made up here."""

import itertools
import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.ingest import app
from ingest.cpr.sikrede import SIKREDE, Sikret, Sikring, laes_sikrede

ANNA, BARN = "6101800012", "6101150016"
HOVED = "00" + "20260303" + "2026-03-03-02.00.00 ".ljust(20) + "HUBBEN" + "SIKREDE1"


def linje(*par: tuple[int, str]) -> str:
    """One insured from (1-based position, text) pairs, to the full length."""
    tekst = "10"
    for position, led in par:
        tekst = tekst.ljust(position - 1) + led
    return tekst.ljust(634)


ANNA_10 = linje(
    (3, ANNA), (13, "012345"), (19, "20240101"), (27, "20231215"), (35, "1"), (36, "19980101"), (44, "19980101"),
    (52, "630"), (55, "20200101"), (63, "054321"), (69, "20100101"), (77, "20091201"), (85, "2"), (86, "19800101"),
    (94, "19800101"), (102, "011111"), (108, "20260501"), (116, "20260301"), (141, "K"), (142, "046"),
    (145, "0" * 10), (155, "01"), (157, "20200115"), (165, "Ærø, Anna"),
)  # fmt: skip
BARN_10 = linje((3, BARN), (13, "000000"), (35, "1"), (36, "20150110"), (52, "751"), (145, ANNA))


def fil(mappe: Path, *poster: str, hoved: str = HOVED, antal: int | None = None, ende: str = "\r\n") -> Path:
    """A file as it is sent."""
    path = mappe / "sikrede.txt"
    slut = f"99{len(poster) if antal is None else antal:08d}"
    path.write_bytes("".join(p + ende for p in (hoved, *poster, slut)).encode("latin-1"))
    return path


@pytest.mark.parametrize("ende", ["\r\n", "\n", ""], ids=["CRLF", "LF", "uden linjeskift"])
def test_hver_sikret_laeses(tmp_path: Path, ende: str) -> None:
    fundne: list[Sikret] = []
    udtraek = laes_sikrede(fil(tmp_path, ANNA_10, BARN_10, ende=ende), fundne.append)
    assert (udtraek.fejl, udtraek.dato, udtraek.antal) == ([], date(2026, 3, 3), 2)
    assert (udtraek.grupper, udtraek.kommuner) == ({"1": 2}, {"0630": 1, "0751": 1})
    anna, barn = fundne
    assert anna.laege == Sikring("012345", date(2024, 1, 1), date(2023, 12, 15))
    assert anna.laege_foer == Sikring("054321", date(2010, 1, 1), date(2009, 12, 1))
    assert anna.laege_kommende == Sikring("011111", date(2026, 5, 1), date(2026, 3, 1))
    assert (anna.gruppe.vaerdi, anna.gruppe_foer and anna.gruppe_foer.vaerdi, anna.gruppe_kommende) == ("1", "2", None)
    assert (anna.cpr, anna.kommunekode, anna.foelger, anna.kort_fra) == (ANNA, "0630", None, date(2020, 1, 15))
    assert (barn.laege, barn.foelger, barn.gruppe.fra, barn.gruppe.registreret) == (None, ANNA, date(2015, 1, 10), None)


AFVIST = [
    #             posterne                                         linje  felt                grund
    pytest.param([ANNA_10[:34] + "3" + ANNA_10[35:]], 2, "10.SSikrGrpKode", "er ikke en sikringsgruppe", id="gruppe 3"),
    pytest.param([ANNA_10[:34] + " " + ANNA_10[35:]], 2, "10.SSikrGrpKode", "mangler", id="ingen gruppe"),
    pytest.param([ANNA_10, "10" + "123456789x" + BARN_10[12:]], 3, "10.CPRnr", "er ikke et CPR-nummer på 10 cifre",
                 id="bogstav i nummeret"),
    pytest.param([ANNA_10[:18] + "20240230" + ANNA_10[26:]], 2, "10.SIkraftDatoYder", "er ikke en dato, der findes",
                 id="30. februar"),
    pytest.param([ANNA_10[:18] + "20240229" + ANNA_10[26:] + "x"], 2, "10.PNavn",
                 "posten er 635 tegn lang, højst 634", id="for lang"),
    pytest.param(["20" + ANNA_10[2:]], 2, "RECORDTYPE", "ukendt posttype", id="ukendt posttype"),
    pytest.param([HOVED], 2, "00.RECORDTYPE", "startposten (00) står mere end én gang", id="to startposter"),
]  # fmt: skip


@pytest.mark.parametrize(("poster", "linjenr", "felt", "grund"), AFVIST)
def test_fejl_naevner_linje_og_felt(tmp_path: Path, poster: list[str], linjenr: int, felt: str, grund: str) -> None:
    udtraek = laes_sikrede(fil(tmp_path, *poster))
    assert [(f.linje, f.felt, f.grund) for f in udtraek.fejl] == [(linjenr, felt, grund)]


def test_forkert_antal_og_manglende_slut(tmp_path: Path) -> None:
    (fejl,) = laes_sikrede(fil(tmp_path, ANNA_10, antal=2)).fejl
    assert (fejl.felt, fejl.grund) == ("99.AntPost", "slutposten tæller 2 poster, men filen har 1")
    path = tmp_path / "skaaret"
    path.write_text(f"{HOVED}\n{ANNA_10}\n", "latin-1")
    (fejl,) = laes_sikrede(path).fejl
    assert (fejl.felt, fejl.grund) == ("99.RECORDTYPE", "filen ender uden slutpost (99): den er skåret af")


def test_skuddag_laeses(tmp_path: Path) -> None:
    fundne: list[Sikret] = []
    laes_sikrede(fil(tmp_path, ANNA_10[:18] + "20240229" + ANNA_10[26:]), fundne.append)
    assert fundne[0].laege is not None
    assert fundne[0].laege.fra == date(2024, 2, 29)


def test_kommandoen_taeller_og_viser_ingen_numre(tmp_path: Path) -> None:
    path = fil(tmp_path, ANNA_10, BARN_10)
    svar = CliRunner().invoke(app, ["sikrede", str(path)])
    assert (svar.exit_code, svar.stdout) == (0, f"{path}: 2026-03-03, 2 sikrede (gruppe 1: 2) i 2 kommuner\n")
    som_json = json.loads(CliRunner().invoke(app, ["sikrede", "--json", str(path)]).stdout)
    assert som_json == [
        {
            "file": str(path), "date": "2026-03-03", "insured": 2, "groups": {"1": 2},
            "municipalities": {"0630": 1, "0751": 1}, "refused": [],
        }
    ]  # fmt: skip


def test_kommandoen_afviser_med_status_1(tmp_path: Path) -> None:
    svar = CliRunner().invoke(app, ["sikrede", str(tmp_path / "findes-ikke")])
    assert svar.exit_code == 1
    assert "filen findes ikke" in svar.stdout


def test_felterne_i_tabellen_ligger_side_om_side() -> None:
    felterne = SIKREDE.poster["10"].felter
    assert felterne[0].position == 3
    assert all(a.position + a.laengde == b.position for a, b in itertools.pairwise(felterne))
