"""`docs/operations.md` says only what a test shows: each claim names one, each fault has some, and they exist."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from shared.platform.operator_deadlines import Deadline
from shared.platform.operator_effects import Effect
from shared.platform.operators import Action
from shared.platform.parked import Parked

ROD = Path(__file__).parents[2]
DRIFT = (ROD / "docs" / "operations.md").read_text("utf-8")
PUNKTER = ("Seen", "The hub", "You")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_HENVISNING = re.compile(r"\((\d+(?:, \d+)*)\)")

Fejl = dict[str, str]


def fejl(tekst: str) -> Fejl:
    """The faults by name, each with what is said of it."""
    afsnit = tekst.split("\n## Faults\n")[1].split("\n## ", maxsplit=1)[0]
    navne = re.findall(r"^### (.+)$", afsnit, re.MULTILINE)
    return dict(zip(navne, re.split(r"^### .+$", afsnit, flags=re.MULTILINE)[1:], strict=True))


def proever_i(fil: Path) -> set[str]:
    """The names of the tests in a file."""
    if not fil.is_file():
        return set()
    trae = ast.parse(fil.read_text("utf-8")).body
    return {f.name for f in trae if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)}


def mangler(tekst: str, rod: Path) -> list[str]:
    """Tests named that do not exist, or would not be run."""
    return [f"{fil}::{navn}" for fil, navn in _TEST.findall(tekst)
            if navn not in proever_i(rod / fil) or not navn.startswith("test_")]  # fmt: skip


def udokumenteret(navn: str, tekst: str) -> list[str]:
    """What a fault lacks: a point, a test, a claim that refers to one, a test that a claim refers to."""
    fund = [f"{navn}: {p} mangler" for p in PUNKTER if f"- **{p}:**" not in tekst]
    dele = re.split(r"^- \*\*(.+?):\*\*", tekst, flags=re.MULTILINE)
    sagt = {k: v.strip() for k, v in zip(dele[1::2], dele[2::2], strict=True)}
    numre = {int(n) for n in re.findall(r"^ *(\d+)\. `tests/", sagt.get("Shown by", ""), re.MULTILINE)}
    if not numre:
        fund.append(f"{navn}: ingen test")
    brugt = {int(n) for p in PUNKTER for h in _HENVISNING.findall(sagt.get(p, "")) for n in h.split(", ")}
    fund += [f"{navn}: ({n}) findes ikke" for n in sorted(brugt - numre)]
    fund += [f"{navn}: {n} viser intet" for n in sorted(numre - brugt)]
    for punkt in ("Seen", "The hub"):
        if not _HENVISNING.search(sagt.get(punkt, "")) and not sagt.get(punkt, "").startswith("nothing"):
            fund.append(f"{navn}: {punkt} har ingen test")
    return fund


def test_hver_test_der_naevnes_findes() -> None:
    assert mangler(DRIFT, ROD) == []
    assert len(_TEST.findall(DRIFT)) > 40


@pytest.mark.parametrize("navn", fejl(DRIFT))
def test_hver_fejl_har_tegn_hjaelp_og_test(navn: str) -> None:
    assert udokumenteret(navn, fejl(DRIFT)[navn]) == []


@pytest.mark.parametrize(
    "ord_",
    ["killed", "stopped", "PostgreSQL", "commit", "deadlock", "disk", "connections", "Kafka", "broker", "topic",
     "published", "retention", "outside system", "answer", "Members", "handler", "bytes", "Deadlines"],
)  # fmt: skip
def test_alle_slags_fejl_er_med(ord_: str) -> None:
    assert any(ord_ in navn for navn in fejl(DRIFT))


PLANTET = """
## Faults

### Noget går i stykker

- **Seen:** det ryger (1, 3).
- **The hub:** gør noget.
- **You:** tørrer op.
- **Shown by:**
  1. `tests/architecture/test_drift.py::test_hver_test_der_naevnes_findes`
  2. `tests/architecture/test_drift.py::test_findes_ikke`

### Noget andet

- **Seen:** intet at se (1).

## Andet
"""


def test_vagten_bider() -> None:
    plantet = fejl(PLANTET)
    assert mangler(PLANTET, ROD) == ["tests/architecture/test_drift.py::test_findes_ikke"]
    assert [f for navn, tekst in plantet.items() for f in udokumenteret(navn, tekst)] == [
        "Noget går i stykker: (3) findes ikke",
        "Noget går i stykker: 2 viser intet",
        "Noget går i stykker: The hub har ingen test",
        "Noget andet: The hub mangler",
        "Noget andet: You mangler",
        "Noget andet: ingen test",
        "Noget andet: (1) findes ikke",
        "Noget andet: The hub har ingen test",
    ]


@pytest.mark.parametrize(
    ("liste", "raekke"),
    [("parked list", Parked), ("deadlines list", Deadline), ("effects list", Effect), ("actions list", Action)],
)
def test_felterne_i_json_er_dem_der_staar_der(liste: str, raekke: type) -> None:
    """Whoever reads the JSON can hold on to them."""
    (linje,) = re.findall(rf"^\| `{liste}` \| (.+) \|$", DRIFT, re.MULTILINE)
    assert re.findall(r"`(\w+)`", linje) == [f.name for f in fields(raekke)]
