"""Every Danish word that a message or topic is named with is explained in `docs/glossary.md`."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from contracts.base import Besked
from contracts.emner import FASTE
from contracts.register import BESKEDER

LINJER = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
RAEKKER = [[felt.strip() for felt in linje.strip("|").split("|")] for linje in LINJER if linje.startswith("| **")]
ORD = Counter(navn for raekke in RAEKKER for navn in re.findall(r"`(\w+)`", raekke[1]))


def ord_i(beskeder: Iterable[type[Besked]], emner: Iterable[str]) -> set[str]:
    """The words of CamelCase names and topics."""
    navne = {led.lower() for k in beskeder for led in re.findall(r"[A-Z][a-z]+", k.__name__)}
    return navne | {led for emne in emner for led in emne.split(".")}


def test_hvert_ord_i_beskeder_og_emner_er_forklaret() -> None:
    assert ord_i(BESKEDER.values(), (e.navn for e in FASTE)) - set(ORD) == set()


def test_et_nyt_ord_findes() -> None:
    class KortBortkommet(Besked):
        pass

    assert ord_i([KortBortkommet], ["sagas.haendelser"]) - set(ORD) == {"bortkommet", "sagas"}


@pytest.mark.parametrize("raekke", RAEKKER, ids=lambda r: r[0].strip("*"))
def test_hvert_ord_har_navn_betydning_kilde_og_det_man_skal_undgaa(raekke: list[str]) -> None:
    assert len(raekke) == 5
    assert all(raekke)


def test_intet_navn_er_forklaret_to_gange() -> None:
    assert [navn for navn, antal in ORD.items() if antal > 1] == []
