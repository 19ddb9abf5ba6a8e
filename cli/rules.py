"""The law as the hub holds it: every rule of the catalogue, where it stands in code, the tests that carry its id."""

import ast
import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

KATALOG = Path("docs/rules.csv")
"""Rule id, who it concerns (see `HVOR`), and what it says in one line."""
OVERSIGT = Path("docs/rules.md")
KODE = ("services", "shared/domain", "contracts", "ingest")
TEST = "tests"
EGEN_TEST = "test_regler.py"
"""Speaks of rules that it makes up."""
HVOR = {
    "H": "a message, rule or process of the hub",
    "HU": "a rule or data of the hub, shown by a user interface",
    "U": "a user interface alone",
    "E": "an external system; the hub carries a message at most",
    "I": "information that the hub does not enforce",
}
VORES = ("H", "HU")
FAERDIGE = (
    "LV-07", "LV-08", "LV-09", "LV-10", "LV-17", "LV-18", "LV-19", "LV-20", "LV-23", "BET-01", "BET-04", "BET-05",
    "BET-06", "BET-07", "BET-18", "BET-21", "KORT-09", "KORT-12", "KORT-17", "PLO-16", "POST-12",
    "CPR", "FAM", "FLYT", "FORL", "IND", "NORD", "OPG", "SIK",
)  # fmt: skip
"""Rules, or whole areas (`OPG`), that are said to hold: each must stand in code and in a test."""

_ID = re.compile(r"(?:(?P<area>[A-Z]{2,5})-|(?P<til>\.\.)(?:-|(?P<om>[A-Z]{2,5})-)?|, (?:and )?-)(?P<nr>\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Regel:
    """One rule of the catalogue."""

    id: str
    hvor: str
    titel: str

    @property
    def omraade(self) -> str:
        """The area: what stands before the number."""
        return _omraade(self.id)


Steder = Mapping[str, list[str]]
"""Rule id to the files, or tests, that name it."""


def katalog(rod: Path) -> list[Regel]:
    """The catalogue in its order."""
    with (rod / KATALOG).open(encoding="utf-8", newline="") as fil:
        return [Regel(r["id"], r["where"], r["title"]) for r in csv.DictReader(fil)]


def naevnt(tekst: str) -> Iterator[str]:
    """The rule ids in a text, also those written as `LV-07..10` and `BET-01, -04`."""
    omraade, sidste, slut = "", 0, -1
    for fundet in _ID.finditer(tekst):
        nr = int(fundet["nr"])
        if fundet["area"]:
            omraade = fundet["area"]
        elif fundet.start() != slut or (fundet["om"] or omraade) != omraade:
            continue
        for n in range(sidste + 1 if fundet["til"] else nr, nr + 1):
            yield f"{omraade}-{n:02d}"
        sidste, slut = nr, fundet.end()


def i_koden(rod: Path) -> Steder:
    """The files of the program that name each rule."""
    fundet: defaultdict[str, set[str]] = defaultdict(set)
    for fil in _filer(rod, KODE):
        for id_ in naevnt(fil.read_text(encoding="utf-8")):
            fundet[id_].add(fil.relative_to(rod).as_posix())
    return {id_: sorted(filer) for id_, filer in fundet.items()}


def i_tests(rod: Path) -> Steder:
    """The tests that name each rule: `file::test`, or the file where it is named outside of every test."""
    fundet: defaultdict[str, set[str]] = defaultdict(set)
    for fil in _filer(rod, (TEST,)):
        if fil.name == EGEN_TEST:
            continue
        navn, tekst = fil.relative_to(rod).as_posix(), fil.read_text(encoding="utf-8")
        linjer = tekst.splitlines()
        for led in ast.parse(tekst).body:
            test = isinstance(led, ast.FunctionDef | ast.AsyncFunctionDef) and led.name.startswith("test_")
            if not test and not fil.name.startswith("test_"):
                continue
            foerste = min([led.lineno, *(d.lineno for d in getattr(led, "decorator_list", ()))])
            for id_ in naevnt("\n".join(linjer[foerste - 1 : led.end_lineno])):
                fundet[id_].add(f"{navn}::{led.name}" if test else navn)  # pyright: ignore[reportAttributeAccessIssue]
    return {id_: sorted(tests) for id_, tests in fundet.items()}


def huller(regler: Iterable[Regel], kode: Steder, tests: Steder, faerdige: Iterable[str] = FAERDIGE) -> list[str]:
    """What is said to hold without code or without a test; also ids that the catalogue's areas do not have."""
    regler, faerdige = list(regler), tuple(faerdige)
    kendte, omraader = {r.id for r in regler}, {r.omraade for r in regler}
    fundet = [
        f"{id_}: står ikke i {KATALOG}"
        for id_ in sorted({*kode, *tests})
        if id_ not in kendte and _omraade(id_) in omraader
    ]
    for regel in regler:
        if regel.hvor in VORES and (regel.id in faerdige or regel.omraade in faerdige):
            fundet += [
                f"{regel.id}: ingen {hvad}" for hvad, hvor in (("kode", kode), ("test", tests)) if regel.id not in hvor
            ]
    return fundet


def oversigt(rod: Path) -> str:
    """The text of docs/rules.md."""
    regler, kode, tests = katalog(rod), i_koden(rod), i_tests(rod)
    vores = [r for r in regler if r.hvor in VORES]
    med_kode, med_test = (sum(r.id in steder for r in vores) for steder in (kode, tests))
    dele = [
        "# Every rule, and where it stands\n",
        f"Generated by `make docs` from `{KATALOG}` and from the rule ids that code and tests name. "
        f"{len(regler)} rules, {len(vores)} of them the hub's; of these {med_kode} stand in code "
        f"and {med_test} in tests so far.\n",
        *(f"- **{kort}**: {tekst}" for kort, tekst in HVOR.items()),
    ]
    for omraade, gruppe in groupby(regler, lambda r: r.omraade):
        dele += [f"\n## {omraade}\n", "| rule | where | what | code | tests |", "|" + "---|" * 5]
        dele += [_linje(r, kode.get(r.id, []), tests.get(r.id, [])) for r in gruppe]
    return "\n".join(dele) + "\n"


def _linje(regel: Regel, kode: list[str], tests: list[str]) -> str:
    titel = regel.titel.replace("|", "\\|")
    return f"| {regel.id} | {regel.hvor} | {titel} | {_steder(kode)} | {_steder(tests)} |"


def _steder(steder: list[str], flest: int = 4) -> str:
    vist = ", ".join(f"`{s.removeprefix('tests/')}`" for s in steder[:flest])
    return vist + (f" and {len(steder) - flest} more" if len(steder) > flest else "")


def _omraade(id_: str) -> str:
    return id_.split("-", maxsplit=1)[0]


def _filer(rod: Path, mapper: Iterable[str]) -> list[Path]:
    return sorted(f for m in mapper for f in (rod / m).rglob("*.py"))
