"""How long the faults last: seconds and a few kills in `make test`, minutes and many in `make faults`."""

import os
import random
from typing import TypeVar

T = TypeVar("T")

FULD = os.environ.get("FAULTS", "") == "full"
"""Whether this is `make faults`."""


def laengde(kort: T, fuld: T) -> T:
    """The one for this run."""
    return fuld if FULD else kort


HOLD = laengde(40, 8)
"""Messages at a time of a load that lasts as long as the test: what an account has noted is written anew with each."""


def froe() -> int:
    """The seed of a run; `PROEVE_SEED` repeats one. Printed, so that a failing test shows it."""
    seed = int(os.environ.get("PROEVE_SEED", "0")) or random.randrange(1, 10**6)
    print(f"PROEVE_SEED={seed}")
    return seed
