"""The simulation: a thousand runs hold, a seed replays exactly, and each planted bug is found."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import psutil
import pytest

from simulation.__main__ import main, report
from simulation.many import runs
from simulation.mutants import MUTANTS
from simulation.run import Outcome, run

ROD = Path(__file__).parents[2]
KOERSLER = 1000
HOEJST = 400
"""So many seeds at most until a planted bug is found."""
SKAL_SKE = (
    *((slags, sted) for slags in ("dræbt", "frosset") for sted in ("før commit", "efter commit", "kafka.send")),
    *(("dræbt", sted) for sted in ("kafka.poll", "slet udsendte", "tag effekter", "luk", "position", "huske")),
    *(("dræbt", f"{hvornaar} POST {sti}") for hvornaar in ("før", "efter") for sti in ("/ordrer", "/breve")),
    *(("røg", sted) for sted in ("commit", "kafka.send", "position", "frister til indbakken", "skriv udfald")),
    *((slags, "POST /v1/payments") for slags in ("ingen forbindelse", "kald tabt", "svar tabt")),
    ("svar tabt", "kafka.send"),
)
"""What must have gone wrong somewhere in the thousand runs, and where."""


def _kommando(*argumenter: str, froe: str = "0") -> subprocess.CompletedProcess[str]:
    miljoe = {**os.environ, "PYTHONHASHSEED": froe}
    return subprocess.run(
        [sys.executable, "-m", "simulation", *argumenter],
        cwd=ROD,
        env=miljoe,
        capture_output=True,
        text=True,
        check=False,
    )


def test_tusind_koersler_holder_og_fejlene_sker_ogsaa() -> None:
    """Nothing lost, nothing twice, in order; places, cards, letters and money add up: after every run.

    And each kind of trouble came in some of them: a simulation in which nothing goes wrong would find nothing.
    """
    brudt: dict[int, tuple[str, ...]] = {}
    fejl: Counter[tuple[str, str]] = Counter()
    til_ende = 0
    for o in runs(1, KOERSLER, min(os.cpu_count() or 1, 8)):
        fejl.update(o.points)
        til_ende += o.ended
        if o.broken:
            brudt[o.seed] = o.broken
    assert brudt == {}, f"gentag med: make simulate RUNS=1 SEED={next(iter(brudt))}"
    assert til_ende > KOERSLER / 10
    assert [f for f in SKAL_SKE if f not in fejl] == []
    slags = {kind for kind, _ in fejl}
    assert slags >= {"langsom", "smidt ud", "stoppes", "igen", "sendt igen", "ulæselig", "handler fejler", "frigivet"}
    assert slags >= {"kasseret", "frigivet nægtet", "uret stilles", "røg", "dræbt", "frosset"}


@pytest.mark.parametrize("navn", MUTANTS)
def test_en_plantet_fejl_findes(navn: str) -> None:
    fundet = next((o for seed in range(1, HOEJST + 1) if (o := run(seed, MUTANTS[navn])).broken), None)
    assert fundet is not None
    assert run(fundet.seed).broken == ()
    assert run(fundet.seed, MUTANTS[navn]) == fundet


def test_et_froe_gentages_noejagtigt_i_en_anden_proces() -> None:
    """Also where Python's own hashes are others."""
    program = "from simulation.run import run; print([run(s).fingerprint for s in (3, 5, 8, 13)])"
    svar = [
        subprocess.run(
            [sys.executable, "-c", program], cwd=ROD, env={**os.environ, "PYTHONHASHSEED": h}, capture_output=True,
            text=True, check=True,
        ).stdout
        for h in ("1", "2")
    ]  # fmt: skip
    assert svar[0] == svar[1]
    assert svar[0].strip() == str([run(s).fingerprint for s in (3, 5, 8, 13)])


def test_kommandoen_siger_froeet_og_slutter_med_status_1() -> None:
    navn = "udbakken slettet før bekræftelse"
    svar = _kommando("--runs", "5", "--workers", "1", "--mutant", navn)
    assert svar.returncode == 1, svar.stdout + svar.stderr
    froe = next(linje.split()[1] for linje in svar.stdout.splitlines() if linje.startswith("SEED "))
    igen = [_kommando("--runs", "1", "--seed", froe, "--mutant", navn, froe=h).stdout for h in ("1", "2")]
    uden_tid = [[linje for linje in i.splitlines() if "sekunder" not in linje] for i in igen]
    assert uden_tid[0] == uden_tid[1]
    assert any("BRUDT: " in linje for linje in uden_tid[0])


@pytest.mark.parametrize(
    ("argumenter", "siger"),
    [
        (("--runs", "0"), "0 er ikke mindst 1"),
        (("--runs", "mange"), "invalid"),
        (("--seed", "x"), "invalid int value: 'x'"),
        (("--workers", "-1"), "-1 er ikke mindst 1"),
        (("--mutant", "findes ikke"), "invalid choice: 'findes ikke'"),
        (("--antal", "3"), "unrecognized arguments: --antal 3"),
        (("--run", "3"), "unrecognized arguments: --run 3"),
    ],
)
def test_kommandoen_siger_hvad_den_ikke_forstaar(argumenter: tuple[str, ...], siger: str) -> None:
    svar = _kommando(*argumenter)
    assert svar.returncode == 2
    assert siger in svar.stderr


def test_kommandoen_slutter_med_status_0_naar_alt_holder() -> None:
    svar = _kommando("--runs", "2", "--workers", "2")
    assert svar.returncode == 0, svar.stdout + svar.stderr
    assert svar.stdout.startswith("2 kørsler, 0 fejlede")


def test_arbejderne_slutter_med_den_der_startede_dem() -> None:
    """Also when it is killed, and has no time to say so."""
    kommando = [sys.executable, "-m", "simulation", "--runs", "100000", "--workers", "2"]
    with subprocess.Popen(kommando, cwd=ROD, stdout=subprocess.DEVNULL) as proces:
        foraelder = psutil.Process(proces.pid)
        while len(boern := foraelder.children()) < 2:
            assert proces.poll() is None
            time.sleep(0.1)
        proces.kill()
    _, tilbage = psutil.wait_procs(boern, timeout=60)
    assert tilbage == []


def test_rapporten_taeller_det_der_brast(capsys: pytest.CaptureFixture[str]) -> None:
    fejl = ((("dræbt", "før commit"), 3),)
    godt, daarligt = (Outcome(n, brud, ("sporet",), fejl, 5, True, "") for n, brud in ((1, ()), (7, ("noget",))))
    assert report([godt, daarligt], 0.0) == 1
    skrevet = capsys.readouterr().out
    assert "make simulate RUNS=1 SEED=7" in skrevet
    assert "2 kørsler, 1 fejlede; 6 gange dræbt" in skrevet


def test_en_draebt_arbejder_siges(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither waited for, for ever, nor taken for runs that hold."""

    def draebt(*_: object) -> Iterator[Outcome]:
        raise BrokenProcessPool
        yield

    monkeypatch.setattr("simulation.__main__.runs", draebt)
    monkeypatch.setattr(sys, "argv", ["simulation", "--runs", "3"])
    assert main() == 3
    assert "slået ihjel" in capsys.readouterr().err
