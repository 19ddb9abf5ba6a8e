"""`sygesikring docs`: writes everything that is generated from the contracts."""

import json
from pathlib import Path

from contracts.register import BESKEDER
from contracts.skema import skema

ROD = Path(__file__).resolve().parents[1]


class Kontraktbrud(Exception):
    """A published message was changed so that old and new programs cannot read each other."""


def skemaer() -> dict[str, str]:
    """The JSON Schema of every message version, as text by file name."""
    return {f"{t}.json": json.dumps(skema(k), ensure_ascii=False, indent=2) + "\n" for t, k in BESKEDER.items()}
