"""The catalogue of rules: complete, fresh in docs/rules.md, and what is said to hold stands in code and tests."""

import pytest

from cli import rules
from cli.docs import ROD
from cli.rules import Regel, huller, naevnt

REGLER = rules.katalog(ROD)


def test_kataloget_er_i_orden() -> None:
    assert len({r.id for r in REGLER}) == len(REGLER) > 250
    assert {r.hvor for r in REGLER} == set(rules.HVOR)
    assert all(r.titel and len(r.titel) <= 120 for r in REGLER)


def test_det_der_siges_at_holde_har_kode_og_test() -> None:
    assert huller(REGLER, rules.i_koden(ROD), rules.i_tests(ROD)) == []


def test_alle_faerdige_findes() -> None:
    assert set(rules.FAERDIGE) <= {r.id for r in REGLER} | {r.omraade for r in REGLER}


def test_oversigten_er_frisk() -> None:
    """Run `make docs` when this fails."""
    assert (ROD / rules.OVERSIGT).read_text(encoding="utf-8") == rules.oversigt(ROD)


@pytest.mark.parametrize(
    ("tekst", "fundet"),
    [
        ("LV-07", ["LV-07"]),
        ("(LV-07..10, BET-04)", ["LV-07", "LV-08", "LV-09", "LV-10", "BET-04"]),
        ("BET-01, -04 og -05", ["BET-01", "BET-04"]),
        ("LV-08 ... -09", ["LV-08"]),
        ("LV-17..LV-19", ["LV-17", "LV-18", "LV-19"]),
        ("uden 2024-11-05 og -12", []),
        ("LV-123", []),
    ],
)
def test_hvordan_regler_naevnes(tekst: str, fundet: list[str]) -> None:
    assert list(naevnt(tekst)) == fundet


@pytest.mark.parametrize(
    ("hvor", "kode", "tests", "ventet"),
    [
        ("H", ["a.py"], ["t.py::test_a"], []),
        ("H", [], ["t.py::test_a"], ["OPG-02: ingen kode"]),
        ("HU", ["a.py"], [], ["OPG-02: ingen test"]),
        ("U", [], [], []),
    ],
)
def test_et_hul_ses(hvor: str, kode: list[str], tests: list[str], ventet: list[str]) -> None:
    regler = [Regel("OPG-02", hvor, "x"), Regel("LV-01", "H", "ikke færdig")]
    steder = [{"OPG-02": s} if s else {} for s in (kode, tests)]
    assert huller(regler, *steder, faerdige=("OPG",)) == ventet
    assert huller(regler, *steder, faerdige=("OPG-02",)) == ventet


def test_en_regel_der_ikke_findes_ses() -> None:
    regler = [Regel("LV-01", "H", "x")]
    assert huller(regler, {"LV-99": ["a.py"]}, {}, ()) == ["LV-99: står ikke i docs/rules.csv"]
    assert huller(regler, {"ISO-31": ["a.py"]}, {}, ()) == []
