"""The guard of the log: everything that a test run says is kept in `build/testlog/`, and no CPR number may stand in it.

A pytest plugin. It takes the log of this process (structlog and libraries), what the tests print, and every file that a
process of the tests writes somewhere in `logmappe()`. A number fails the run, whatever the tests themselves say.
"""

import logging as standard
import os
import re
import shutil
import sys
import time
from functools import cache
from pathlib import Path

import pytest

from shared.domain.cpr import masker
from shared.platform import logging

TESTS = Path(__file__).parent
VARIABEL = "SYGESIKRING_TESTLOG"
FIKTIVE = ("0101801234", "6101801234", "0711614321", "1502701118", "3112999990")
"""Fictive numbers of the delivery tests. What else looks like one in the source of the tests is known as well."""
BEHOLD = 5
"""Runs whose log is kept."""
_MULIGT = re.compile(r"(?<!\d)(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])(?:0[1-9]|1[0-2])\d{2}-?\d{4}(?!\d)")


_TI_CIFRE = re.compile(r"(?=(\d{10}))")
_ID = re.compile(r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[0-9a-f]*[a-f])[0-9a-f]{16,64})\b")
"""Digests and random ids: ten digits in a row in one are chance. (Known numbers are looked for in them, too.)"""


@cache
def logmappe() -> Path:
    """Where this run keeps what it and its processes say."""
    if given := os.environ.get(VARIABEL, ""):
        mappe = Path(given)
    else:
        rod = TESTS.parent / "build" / "testlog"
        mappe = rod / f"{time.time_ns()}-{os.getpid()}"
        for gammel in sorted(rod.glob("*"))[:-BEHOLD] if rod.is_dir() else ():
            shutil.rmtree(gammel, ignore_errors=True)
    mappe.mkdir(parents=True, exist_ok=True)
    return mappe


def min_logmappe() -> Path:
    """The part of it for this process alone: other workers of the run may start servers of the same names."""
    mappe = logmappe() / f"arbejder-{os.getpid()}"
    mappe.mkdir(exist_ok=True)
    return mappe


@cache
def kendte_numre() -> frozenset[str]:
    """Every number that the tests use, ten digits each."""
    kilder = (p.read_text("utf-8") for p in TESTS.rglob("*.py"))
    fundne = {m.group().replace("-", "") for tekst in kilder for m in _MULIGT.finditer(tekst)}
    return frozenset({*FIKTIVE, *fundne})


def har_cpr(tekst: str) -> bool:
    """Whether a text holds what may be a CPR number, or one of the known ones in any disguise of its separator."""
    uden_id = _ID.sub("", tekst)
    if masker(uden_id) != uden_id:
        return True
    tal = re.sub(r"(?<=\d{6})(?:[ ./_-]|%20|\\u2011|‑|–)(?=\d{4})", "", tekst)
    return not kendte_numre().isdisjoint(m.group(1) for m in _TI_CIFRE.finditer(tal))


def fund(mappe: Path) -> list[str]:
    """File and line of every number in the files of a folder, never the number."""
    fundet: list[str] = []
    for fil in sorted(p for p in mappe.rglob("*") if p.is_file()):
        for nr, linje in enumerate(fil.read_text("utf-8", errors="replace").splitlines(), 1):
            if har_cpr(linje):
                fundet.append(f"{fil}:{nr}")
    return fundet


class _Begge:
    """Writes to the file of the run and to where the tests' standard error goes now."""

    def __init__(self, fil: Path) -> None:
        self._fil = fil.open("a", encoding="utf-8", buffering=1)

    def write(self, tekst: str) -> int:
        self._fil.write(tekst)
        return sys.stderr.write(tekst)

    def flush(self) -> None:
        self._fil.flush()
        sys.stderr.flush()

    def close(self) -> None:
        self._fil.close()


_LOG = pytest.StashKey[_Begge]()
_FUND = pytest.StashKey[list[str]]()


def _fordeler(config: pytest.Config) -> bool:
    """Whether the tests run in worker processes of this one."""
    return bool(getattr(config.option, "numprocesses", None)) and not _arbejder(config)


def _arbejder(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if _fordeler(config):
        os.environ[VARIABEL] = str(logmappe())  # one folder for all workers, read at the end by this process
    config.stash[_LOG] = _Begge(logmappe() / f"proces-{os.getpid()}.log")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before every test, for a test may set up logging of its own; pytest's own handlers stay."""
    rod = standard.getLogger()
    pytests = [h for h in rod.handlers if type(h).__module__.startswith("_pytest")]
    for handler in pytests:
        rod.removeHandler(handler)
    logging.configure("INFO", item.config.stash[_LOG])
    for handler in pytests:
        rod.addHandler(handler)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    with (logmappe() / f"sagt-{os.getpid()}.log").open("a", encoding="utf-8") as fil:
        if report.when == "call":
            # Without its parameters: they may be examples of numbers.
            fil.write(f"--- {report.nodeid.partition('[')[0]}\n")
        if report.when == "teardown":
            for navn, tekst in report.sections:
                fil.write(f"{navn}\n{tekst}\n")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _arbejder(session.config):
        return
    session.config.stash[_FUND] = fundet = fund(logmappe())
    if fundet and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    fundet = config.stash.get(_FUND, [])
    if fundet:
        terminalreporter.section("CPR-NUMRE I LOGGEN", red=True)
        for linje in fundet[:50]:
            terminalreporter.line(linje)


def pytest_unconfigure(config: pytest.Config) -> None:
    if log := config.stash.get(_LOG, None):
        standard.getLogger().handlers.clear()
        log.close()
