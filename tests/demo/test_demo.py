"""`sygesikring demo` as a person runs it: a child process from nothing to the report, and ended before its time."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import psutil
import pytest

from embedded.folders import LOCK_NAME, cache_dir
from embedded.jars import ensure_jars
from embedded.process import runs

ROD = Path(__file__).parents[2]
CPR = re.compile(r"(?<!\d)(?:[0-2]\d|3[01]|[67]\d|8\d|9[01])(?:0\d|1[0-2])\d{2}[- ]?\d{4}(?!\d)")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder of our own, so that what a demo leaves behind is seen; the jars are those of the project."""
    ensure_jars()
    mappe = tmp_path_factory.mktemp("cache")
    (mappe / "kafka").symlink_to(cache_dir() / "kafka")
    return mappe


def _start(cache: Path, *ord_: str) -> "subprocess.Popen[str]":
    miljoe = {k: v for k, v in os.environ.items() if not k.startswith(("KAFKA_", "DATABASE_URL"))}
    miljoe |= {"SYGESIKRING_CACHE": str(cache), "PYTHONPATH": str(ROD), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", "demo", *ord_],
        cwd=ROD,
        env=miljoe,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def spillet(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, str, dict[str, Any]]:
    """Exit status, standard output and error, and JSON of one small demo."""
    fil = tmp_path_factory.mktemp("demo") / "demo.json"
    proces = _start(cache, "--antal", "60", "--dage", "20", "--json", str(fil))
    ud, fejl = proces.communicate(timeout=400)
    return proces.returncode, ud, fejl, json.loads(fil.read_text("utf-8")) if fil.exists() else {}


def test_demoen_i_lille_ender_med_at_regnskabet_gaar_op(spillet: tuple[int, str, str, dict[str, Any]]) -> None:
    status, ud, fejl, _ = spillet
    assert (status, fejl) == (0, ""), ud[-2000:]
    assert "Regnskabet går op: difference 0." in ud
    assert "AFVIGER" not in ud


def test_tallene_haenger_sammen(spillet: tuple[int, str, str, dict[str, Any]]) -> None:
    d = spillet[3]
    assert (d["antal"], d["dage"], d["seed"], d["difference"]) == (60, 20, 1, 0)
    assert all(t["difference"] == 0 and not t["differences"] for t in d["tjenester"].values())
    assert len(d["tjenester"]) == len([p for p in (ROD / "services").iterdir() if (p / "app.py").is_file()])
    laege, sagsbehandler = d["indrejser"]["LAEGE_TILDELT"], d["indrejser"]["OVERGIVET_TIL_SAGSBEHANDLER"]
    flyttekort = d["forloeb"]["KORT_AFSENDT"]
    assert laege > 0
    assert sagsbehandler > 0
    assert flyttekort > 0
    assert laege + sagsbehandler == sum(d["indrejser"].values()) == d["haendelser"]["PersonIndrejst"]
    assert laege + sagsbehandler + flyttekort == sum(d["forloeb"].values())
    assert (
        laege + flyttekort
        == d["kort"]["bestilt"]
        == d["kort"]["sendt"]
        == d["ledgere"]["kortleverandoer"]["accepteret"]
    )
    assert d["breve"]["sendt"] == d["ledgere"]["digital_post"]["accepteret"]
    assert d["breve"]["sendt"] + d["breve"]["undertrykt"] == 2 * laege + flyttekort, "a new card is one letter"
    assert d["breve"]["digital"] > 0
    assert d["breve"]["fysisk"] > 0
    assert sagsbehandler == sum(d["opgaver"].values())


def test_hvad_der_gik_galt_staar_i_rapporten(spillet: tuple[int, str, str, dict[str, Any]]) -> None:
    _, ud, _, d = spillet
    [afvist] = d["afviste_filer"]
    assert any(re.fullmatch(r"linje \d+, RECORDTYPE: ukendt posttype", f) for f in afvist["fejl"])
    assert [v["uaendret"] for v in d["leveringer"] if v["fil"] == afvist["fil"]] == [False, False, True]
    assert {g for p in d["parkeret"] for g in p["grunde"]} >= {
        "værdi: ikke JSON",
        "værdi: ikke UTF-8",
        "værdi: mangler (tombstone)",
        "ce_type: ukendt type eller version (dk.sygesikring.CprGaade.v7)",
    }
    assert len(d["parkeret"]) == 5
    assert d["ledgere"]["kortleverandoer"]["fejl"] == {"SVAR_TABT": 2}
    assert "bestilte ikke igen" in " ".join(ud.split())


def test_tidslinjerne_er_paa_dansk_og_i_raekkefoelge(spillet: tuple[int, str, str, dict[str, Any]]) -> None:
    voksen, opgave, barn = spillet[3]["tidslinjer"]
    for tidslinje in (voksen, opgave, barn):
        tider = [x["tid"] for x in tidslinje["linjer"]]
        assert tider == sorted(tider)
        assert tidslinje["linjer"][0]["tekst"].startswith("CPR registrerer")
        assert all(x["tekst"] != x["besked"] for x in tidslinje["linjer"])
    for tidslinje in (voksen, barn):
        beskeder = [x["besked"] for x in tidslinje["linjer"]]
        assert beskeder.index("PladsReserveret") < beskeder.index("KortBestilt") < beskeder.index("KortAfsendt")
    assert "KortAnmodet" not in [x["besked"] for x in opgave["linjer"]]
    assert [x["besked"] for x in opgave["linjer"][-2:]] == ["OpgaveOprettet", "OpgaveOverskredet"], "nobody closes it"


def test_intet_cpr_nummer_paa_skaerm_eller_i_log(spillet: tuple[int, str, str, dict[str, Any]]) -> None:
    assert CPR.findall(spillet[1]) == []
    assert CPR.findall((ROD / "build" / "demo.log").read_text("utf-8")) == []


def test_bagefter_er_intet_tilbage(spillet: tuple[int, str, str, dict[str, Any]], cache: Path) -> None:
    assert spillet[0] == 0
    assert [p.name for p in (cache / "run").iterdir() if p.name != LOCK_NAME] == []


# --- before its time -------------------------------------------------------------------------------------------------


def _slaegt(proces: "subprocess.Popen[str]") -> list[psutil.Process]:
    return psutil.Process(proces.pid).children(recursive=True)


def _laes_til(proces: "subprocess.Popen[str]", tekst: str) -> None:
    assert proces.stdout is not None
    for linje in proces.stdout:
        if tekst in linje:
            return
    pytest.fail(f"demoen endte, før den sagde »{tekst}«: {proces.communicate()[1]}")


def _venter_paa_enden(slaegt: list[psutil.Process], sekunder: float = 30) -> list[psutil.Process]:
    til = time.monotonic() + sekunder
    while (lever := [p for p in slaegt if p.is_running() and runs(p)]) and time.monotonic() < til:
        time.sleep(0.05)
    return lever


@pytest.fixture
def i_gang(cache: Path) -> Generator[tuple["subprocess.Popen[str]", list[psutil.Process]]]:
    """A demo in the middle of its play, and everything it has started."""
    proces = _start(cache, "--antal", "60", "--dage", "60")
    try:
        _laes_til(proces, "er beskadiget og afvises")
        slaegt = _slaegt(proces)
        assert {"java", "postgres"} <= {p.name() for p in slaegt}
        yield proces, slaegt
    finally:
        proces.kill()
        proces.communicate()


def test_kill_9_af_demoen_efterlader_ingen_processer(
    i_gang: tuple["subprocess.Popen[str]", list[psutil.Process]],
) -> None:
    proces, slaegt = i_gang
    proces.kill()
    proces.wait(10)
    assert _venter_paa_enden(slaegt) == []


def test_sigterm_midt_i_spillet_lukker_paent(
    i_gang: tuple["subprocess.Popen[str]", list[psutil.Process]], cache: Path
) -> None:
    proces, slaegt = i_gang
    proces.send_signal(signal.SIGTERM)
    _, fejl = proces.communicate(timeout=60)
    assert (proces.returncode, fejl) == (128 + signal.SIGTERM, "")
    assert _venter_paa_enden(slaegt) == []
    assert [p.name for p in (cache / "run").iterdir() if p.name != LOCK_NAME] == []


def test_en_mappe_der_ikke_findes_siges_foer_noget_startes(cache: Path, tmp_path: Path) -> None:
    proces = _start(cache, "--json", str(tmp_path / "findes" / "ikke.json"))
    ud, fejl = proces.communicate(timeout=60)
    assert (proces.returncode, ud) == (2, "")
    assert fejl.strip().endswith("findes ikke.")
    assert fejl.count("\n") == 1
