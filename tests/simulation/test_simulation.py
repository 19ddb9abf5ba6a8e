"""The simulation: a thousand runs hold, a seed replays exactly, and each planted bug is found."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.__main__ import report
from simulation.many import runs
from simulation.mutants import MUTANTS
from simulation.run import Outcome, run

ROD = Path(__file__).parents[2]
KOERSLER = 1000
HOEJST = 200
"""So many seeds at most until a planted bug is found."""


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


def test_tusind_koersler_holder() -> None:
    """Nothing lost, nothing twice, in order; places, cards and letters add up: after every run."""
    brudt = {o.seed: o.broken for o in runs(1, KOERSLER, min(os.cpu_count() or 1, 8)) if o.broken}
    assert brudt == {}, f"gentag med: make simulate RUNS=1 SEED={next(iter(brudt))}"


@pytest.mark.parametrize("navn", MUTANTS)
def test_en_plantet_fejl_findes(navn: str) -> None:
    fundet = next((o for seed in range(1, HOEJST + 1) if (o := run(seed, MUTANTS[navn]())).broken), None)
    assert fundet is not None
    assert run(fundet.seed).broken == ()
    assert run(fundet.seed, MUTANTS[navn]()) == fundet


def test_et_froe_gentages_noejagtigt_i_en_anden_proces() -> None:
    """Also where Python's own hashes are others."""
    program = "from simulation.run import run; print([run(s).fingerprint for s in (3, 5, 8)])"
    svar = [
        subprocess.run(
            [sys.executable, "-c", program], cwd=ROD, env={**os.environ, "PYTHONHASHSEED": h}, capture_output=True,
            text=True, check=True,
        ).stdout
        for h in ("1", "2")
    ]  # fmt: skip
    assert svar[0] == svar[1]
    assert svar[0].strip() == str([run(s).fingerprint for s in (3, 5, 8)])


def test_fejlene_sker_ogsaa() -> None:
    """A simulation in which nothing goes wrong would find nothing: each kind of trouble comes in some run."""
    spor = "\n".join(linje for seed in range(1, 101) for linje in run(seed).trace)
    for tegn in ("dræbes ved", "står stille ved", "røg under commit", "røg ved", "igen: ", "uret stilles", "smidt ud"):
        assert tegn in spor, tegn
    for sted in ("før commit", "efter commit", "kafka.send", "kafka.poll", "før POST", "efter POST"):
        assert re.search(f"dræbes ved .*{sted}", spor), sted


def test_kommandoen_siger_froeet_og_slutter_med_status_1() -> None:
    navn = "udbakken slettet før bekræftelse"
    svar = _kommando("--runs", "20", "--workers", "1", "--mutant", navn)
    assert svar.returncode == 1, svar.stdout + svar.stderr
    froe = next(linje.split()[1] for linje in svar.stdout.splitlines() if linje.startswith("SEED "))
    igen = [_kommando("--runs", "1", "--seed", froe, "--mutant", navn, froe=h).stdout for h in ("1", "2")]
    uden_tid = [[linje for linje in i.splitlines() if "sekunder" not in linje] for i in igen]
    assert uden_tid[0] == uden_tid[1]
    assert any("BRUDT: " in linje for linje in uden_tid[0])


def test_kommandoen_slutter_med_status_0_naar_alt_holder() -> None:
    svar = _kommando("--runs", "2", "--workers", "2")
    assert svar.returncode == 0, svar.stdout + svar.stderr
    assert svar.stdout.startswith("2 kørsler, 0 fejlede")


def test_rapporten_taeller_det_der_brast(capsys: pytest.CaptureFixture[str]) -> None:
    godt, daarligt = (Outcome(n, brud, ("sporet",), 0, 0, "") for n, brud in ((1, ()), (7, ("noget",))))
    assert report([godt, daarligt], 0.0) == 1
    assert "make simulate RUNS=1 SEED=7" in capsys.readouterr().out


FUNDNE = {
    1281: "et gammelt udfald, skrevet ned for sent, gjorde et kald i gang til et, der skulle sendes",
}
"""Seeds that found faults in the core, and what they were."""


@pytest.mark.parametrize("seed", FUNDNE)
def test_det_den_har_fundet_er_rettet(seed: int) -> None:
    assert run(seed).broken == ()
