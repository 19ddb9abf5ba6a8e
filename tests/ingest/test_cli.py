"""`sygesikring ingest cpr` without servers: dry run, refusals, exit status."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.ingest import app
from simulators.registre import Befolkning, dagens_haendelser, skriv_udtraek
from tests.ingest.filer import ANNA, BENT, POSTER, fil

MILJOE = ("CPR_HEMMELIGHED", "KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL")


@pytest.fixture(autouse=True)
def _uden_miljoe(monkeypatch: pytest.MonkeyPatch) -> None:
    for navn in MILJOE:
        monkeypatch.delenv(navn, raising=False)


def koer(*argumenter: str | Path) -> tuple[int, str, str]:
    """Exit status, output and error output; the handler of SIGTERM is put back."""
    foer = signal.getsignal(signal.SIGTERM)
    try:
        ud = CliRunner().invoke(app, ["cpr", *map(str, argumenter)])
    finally:
        signal.signal(signal.SIGTERM, foer)
    return ud.exit_code, ud.stdout, ud.stderr


def proev(*argumenter: str | Path) -> tuple[int, dict[str, Any]]:
    status, ud, _ = koer("--dry-run", "--json", *argumenter)
    return status, json.loads(ud)


def test_dry_run_taeller(tmp_path: Path) -> None:
    status, ud = proev(fil(tmp_path))
    assert status == 0
    assert {k: ud[k] for k in ("records", "persons", "events", "refused")} == {
        "records": 9,
        "persons": 2,
        "events": {"A05": 1},
        "refused": [],
    }


def test_dry_run_af_flere_filer_laegger_sammen(tmp_path: Path) -> None:
    mandag = fil(tmp_path, POSTER, f"000{'0' * 10}1109012026030220260301", "mandag")
    status, ud = proev(fil(tmp_path), mandag)
    assert (status, ud["records"], ud["persons"], ud["events"]) == (0, 18, 4, {"A05": 2})
    assert [f["proddato"] for f in ud["files"]] == ["2026-03-03", "2026-03-02"]


def test_dry_run_afviser_med_linje_og_felt(tmp_path: Path) -> None:
    path = fil(tmp_path, [*POSTER[:3], POSTER[0].replace(ANNA, BENT[:9] + "x"), *POSTER[3:]])
    status, ud = proev(path)
    assert status == 1
    assert (ud["records"], ud["persons"], ud["events"]) == (0, 0, {})
    assert ud["refused"] == [
        {"file": str(path), "line": 5, "field": "001.PNR", "reason": "er ikke et CPR-nummer på 10 cifre"}
    ]


def test_dry_run_ser_et_hul_mellem_filerne(tmp_path: Path) -> None:
    onsdag = fil(tmp_path, POSTER, f"000{'0' * 10}1109012026030520260304", "onsdag")
    status, ud = proev(fil(tmp_path), onsdag)
    assert status == 1
    assert [(f["line"], f["field"]) for f in ud["refused"]] == [(1, "000.PRODDTOFORRIG")]
    assert (ud["records"], [f["fil"] for f in ud["files"]]) == (9, [str(tmp_path / "D260303.L431101")])


def test_manglende_fil(tmp_path: Path) -> None:
    status, ud = proev(tmp_path / "findes-ikke")
    assert status == 1
    assert ud["refused"] == [
        {"file": str(tmp_path / "findes-ikke"), "line": None, "field": None, "reason": "filen findes ikke"}
    ]


def test_som_tekst(tmp_path: Path) -> None:
    god = fil(tmp_path)
    status, ud, _ = koer("--dry-run", god)
    assert (status, ud) == (0, f"{god}: produktionsdato 2026-03-03, 9 poster, 2 personer\nhændelser: A05 1\n")
    daarlig = fil(tmp_path, ["vrøvl"], navn="daarlig")
    status, ud, _ = koer("--dry-run", daarlig)
    assert (status, ud) == (
        1,
        f"AFVIST: 1 fejl, intet er udgivet\n  {daarlig}: linje 2, RECORDTYPE: ukendt posttype\n",
    )


def test_manglende_indstillinger_siges_i_en_saetning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status, ud, fejl = koer(fil(tmp_path))
    assert (status, ud) == (2, "")
    assert fejl == (
        "Indstillingen CPR_HEMMELIGHED og KAFKA_BOOTSTRAP_SERVERS og DATABASE_URL mangler i miljøet;"
        " --dry-run kan køre uden.\n"
    )
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@127.0.0.1:1/x")
    assert koer(fil(tmp_path))[2].startswith("Indstillingen CPR_HEMMELIGHED mangler")


def test_database_der_ikke_svarer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPR_HEMMELIGHED", "hemmelig")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@127.0.0.1:1/x")
    status, ud, fejl = koer(fil(tmp_path))
    assert (status, ud) == (2, "")
    assert fejl.startswith("Disken, PostgreSQL eller Kafka kan ikke nås (ConnectionRefusedError")


def test_spoolen_er_vaek_bagefter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spool))
    assert koer("--dry-run", fil(tmp_path))[0] == 0
    assert koer("--dry-run", fil(tmp_path, ["vrøvl"], navn="daarlig"))[0] == 1
    assert list(spool.iterdir()) == []


STOR = """
import sys
from cli.ingest import app
app(["cpr", "--dry-run", sys.argv[1]])
"""


@pytest.mark.parametrize(
    "nummer", [pytest.param(signal.SIGTERM, id="SIGTERM"), pytest.param(signal.SIGKILL, id="kill -9")]
)
def test_stop_efterlader_ingen_personoplysninger(tmp_path: Path, nummer: signal.Signals) -> None:
    """A polite stop leaves nothing; kill -9 at most the empty folder that only the owner may enter."""
    path, spool = tmp_path / "udtraek", tmp_path / "spool"
    spool.mkdir()
    skriv_udtraek(path, date(2026, 3, 3), None, dagens_haendelser(Befolkning(1, 8_000), date(2026, 3, 2)))
    miljoe = {**os.environ, "TMPDIR": str(spool)}
    proces = subprocess.Popen(
        [sys.executable, "-c", STOR, str(path)], env=miljoe, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not list(spool.glob("sygesikring-cpr-*")):
            assert proces.poll() is None
            time.sleep(0.01)
        (mappe,) = spool.glob("sygesikring-cpr-*")
        assert mappe.stat().st_mode & 0o777 == 0o700
        time.sleep(0.1)
        assert proces.poll() is None
        proces.send_signal(nummer)
        status = proces.wait(20)
    finally:
        proces.kill()
        proces.wait()
    assert [p for p in spool.rglob("*") if p.is_file()] == []
    if nummer == signal.SIGTERM:
        assert (status, list(spool.iterdir())) == (143, [])


def test_groenlands_layout_vaelges_og_et_ukendt_siges(tmp_path: Path) -> None:
    groenlandsk = fil(tmp_path, (f"001{ANNA}".ljust(35) + "05",))
    assert koer("--dry-run", groenlandsk)[0] == 1
    status, ud = proev("--layout", "groenland", groenlandsk)
    assert (status, ud["persons"], ud["refused"]) == (0, 1, [])
    status, _, fejl = koer("--layout", "faeroesk", "--dry-run", groenlandsk)
    assert (status, fejl) == (2, "Layoutet findes ikke. Der er: p12170, groenland.\n")
