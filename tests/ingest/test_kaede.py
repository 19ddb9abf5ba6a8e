"""The chain of production dates: nothing is skipped, nothing is ingested as something else than it was."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from ingest.cpr.kaede import Indlaest, Plan, planlaeg
from ingest.cpr.udtraek import kontroller
from tests.ingest.filer import BENT_001, POSTER, fil

Filgiver = Callable[..., Path]
MANDAG, TIRSDAG, ONSDAG = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
OPGAVE = "110901"


@pytest.fixture
def dagsfil(tmp_path: Path) -> Filgiver:
    """Writes a file of a day; `navn` when the same day has several."""

    def skriv(dag: date, forrige: date | None, navn: str = "", opgave: str = OPGAVE, poster: object = POSTER) -> Path:
        hoved = f"000{'0' * 10}{opgave}{dag:%Y%m%d}" + (f"{forrige:%Y%m%d}" if forrige else "0" * 8)
        return fil(tmp_path, poster, hoved, navn or f"D{dag:%y%m%d}.{opgave}")  # type: ignore[arg-type]

    return skriv


def plan(tmp_path: Path, *filer: Path, kendte: dict[tuple[str, date], Indlaest] | None = None) -> Plan:
    with ExitStack() as stak:
        return planlaeg([kontroller(f, tmp_path, stak) for f in filer], kendte or {})


def sum_af(path: Path, tmp_path: Path) -> str:
    with ExitStack() as stak:
        return kontroller(path, tmp_path, stak).laesning.sum


def fejl(p: Plan) -> list[tuple[str, str | None, str]]:
    return [(Path(f.fil).name, f.felt, f.grund) for f in p.fejl]


def test_foerste_fil_starter_kaeden(tmp_path: Path, dagsfil: Filgiver) -> None:
    assert [u.hoved.proddato for u in plan(tmp_path, dagsfil(TIRSDAG, MANDAG)).indlaes] == [TIRSDAG]
    assert [u.hoved.forrige for u in plan(tmp_path, dagsfil(TIRSDAG, None)).indlaes] == [None]
    assert plan(tmp_path, dagsfil(TIRSDAG, TIRSDAG)).fejl == []


def test_filer_sorteres_efter_produktionsdato(tmp_path: Path, dagsfil: Filgiver) -> None:
    filer = dagsfil(ONSDAG, TIRSDAG), dagsfil(MANDAG, None), dagsfil(TIRSDAG, MANDAG)
    p = plan(tmp_path, *filer)
    assert ([u.hoved.proddato for u in p.indlaes], p.fejl) == ([MANDAG, TIRSDAG, ONSDAG], [])


def test_hul_i_kaeden_naevner_begge_datoer(tmp_path: Path, dagsfil: Filgiver) -> None:
    p = plan(tmp_path, dagsfil(MANDAG, None), dagsfil(ONSDAG, TIRSDAG))
    grund = "der mangler udtræk: forrige er efter filen 2026-03-03, det senest indlæste er 2026-03-02"
    assert fejl(p) == [("D260304.110901", "000.PRODDTOFORRIG", grund)]


def test_hul_til_det_indlaeste(tmp_path: Path, dagsfil: Filgiver) -> None:
    kendte = {(OPGAVE, MANDAG): Indlaest("en sum", faerdig=True)}
    p = plan(tmp_path, dagsfil(ONSDAG, TIRSDAG), kendte=kendte)
    assert [f.felt for f in p.fejl] == ["000.PRODDTOFORRIG"]
    assert plan(tmp_path, dagsfil(TIRSDAG, MANDAG), kendte=kendte).fejl == []
    uden_forrige = plan(tmp_path, dagsfil(ONSDAG, None), kendte=kendte)
    assert "forrige er efter filen intet, det senest indlæste er 2026-03-02" in fejl(uden_forrige)[0][2]


def test_samme_fil_igen_aendrer_intet(tmp_path: Path, dagsfil: Filgiver) -> None:
    path = dagsfil(TIRSDAG, MANDAG)
    kendte = {(OPGAVE, TIRSDAG): Indlaest(sum_af(path, tmp_path), faerdig=True)}
    p = plan(tmp_path, path, kendte=kendte)
    assert (p.indlaes, [u.fil for u in p.uaendrede], p.fejl) == ([], [path], [])


def test_samme_fil_to_gange_paa_en_linje(tmp_path: Path, dagsfil: Filgiver) -> None:
    p = plan(tmp_path, dagsfil(TIRSDAG, MANDAG), dagsfil(TIRSDAG, MANDAG, "kopi"))
    assert (len(p.indlaes), len(p.uaendrede), p.fejl) == (1, 1, [])


def test_samme_dag_med_andet_indhold_afvises(tmp_path: Path, dagsfil: Filgiver) -> None:
    anden = dagsfil(TIRSDAG, MANDAG, "anden", poster=[BENT_001])
    kendte = {(OPGAVE, TIRSDAG): Indlaest("en anden sum", faerdig=True)}
    ventet = [("anden", "000.PRODDTO", "et andet udtræk med produktionsdato 2026-03-03 er allerede indlæst")]
    assert fejl(plan(tmp_path, anden, kendte=kendte)) == ventet
    assert [f.felt for f in plan(tmp_path, dagsfil(TIRSDAG, MANDAG), anden).fejl] == ["000.PRODDTO"]


def test_gammelt_udtraek_afvises(tmp_path: Path, dagsfil: Filgiver) -> None:
    kendte = {(OPGAVE, ONSDAG): Indlaest("en sum", faerdig=True)}
    p = plan(tmp_path, dagsfil(TIRSDAG, MANDAG), kendte=kendte)
    assert fejl(p)[0][2] == "udtrækket fra 2026-03-03 er ældre end det senest indlæste fra 2026-03-04"


def test_ufaerdigt_udtraek_udgives_igen_foer_det_naeste(tmp_path: Path, dagsfil: Filgiver) -> None:
    tirsdag, onsdag = dagsfil(TIRSDAG, MANDAG), dagsfil(ONSDAG, TIRSDAG)
    kendte = {(OPGAVE, TIRSDAG): Indlaest(sum_af(tirsdag, tmp_path), faerdig=False)}
    assert [u.fil for u in plan(tmp_path, onsdag, tirsdag, kendte=kendte).indlaes] == [tirsdag, onsdag]
    alene = plan(tmp_path, onsdag, kendte=kendte)
    assert fejl(alene)[0][2] == "udtrækket fra 2026-03-03 er ikke indlæst færdigt: indlæs det først"


def test_hver_opgave_har_sin_egen_kaede(tmp_path: Path, dagsfil: Filgiver) -> None:
    kendte = {(OPGAVE, MANDAG): Indlaest("en sum", faerdig=True)}
    p = plan(tmp_path, dagsfil(ONSDAG, TIRSDAG, opgave="110902"), dagsfil(TIRSDAG, MANDAG), kendte=kendte)
    assert ([(u.hoved.opgavenr, u.hoved.proddato) for u in p.indlaes], p.fejl) == (
        [(OPGAVE, TIRSDAG), ("110902", ONSDAG)],
        [],
    )
