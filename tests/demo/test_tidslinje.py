"""What a timeline says of each message, without servers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.demo.timeline import _linje  # pyright: ignore[reportPrivateUsage]
from contracts.kuvert import Kuvert
from contracts.register import BESKEDER

EKSEMPLER = Path(__file__).parents[2] / "contracts/eksempler"
FILER = sorted(f for mappe in ("cpr", "person", "opgave") for f in (EKSEMPLER / mappe).glob("*.json"))


@pytest.mark.parametrize("fil", FILER, ids=lambda f: f.stem)
def test_alt_om_personer_og_opgaver_staar_paa_dansk(fil: Path) -> None:
    """A timeline holds everything that was told of a person and his tasks: nothing under its technical name."""
    navn, version = fil.name.split(".")[:2]
    besked = BESKEDER[f"dk.sygesikring.{navn}.{version}"].model_validate_json(fil.read_text(encoding="utf-8"))

    linje = _linje(besked.topic(), Kuvert(besked, "1", "/test", datetime(2024, 3, 4, tzinfo=UTC), "n"))

    assert linje.besked == type(besked).__name__
    assert " " in linje.tekst
    assert linje.besked not in linje.tekst
