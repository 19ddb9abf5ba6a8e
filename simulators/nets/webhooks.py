"""What Nets tells by itself of a payment, and how that can go wrong: lost, doubled, under a new id, late, out of order.

Nets promises neither order nor once, and does not tell that a reservation has ended; both can be switched on here.
"""

import random
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from contracts.betaling import Netsart, NetsHaendelse
from simulators.udgiver import Planlagt


class Webhookstyring(BaseModel):
    """Probabilities, drawn for each capture by the seed; each fault on its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tabt: float = Field(default=0, ge=0, le=1)
    """It never comes."""
    dobbelt: float = Field(default=0, ge=0, le=1)
    """It comes twice, the same."""
    nyt_id: float = Field(default=0, ge=0, le=1)
    """The same fact comes again as another message."""
    forsinket: float = Field(default=0, ge=0, le=1)
    """It comes up to `forsinket_timer` late on the hub's clock, and so behind what was told after it."""
    forsinket_timer: int = Field(default=72, ge=1)
    meld_udloeb: bool = False
    """A reservation that is neither captured nor released is told of when it ends."""


def traek(styring: Webhookstyring, seed: int, reservation_id: str, traek_id: str, trukket: str) -> list[Planlagt]:
    """The messages about one capture."""
    terning = random.Random(f"webhook:{seed}:{traek_id}")
    tabt, dobbelt, nyt_id, forsinket, hvor_sent = (terning.random() for _ in range(5))
    if tabt < styring.tabt:
        return []
    sket = datetime.fromisoformat(trukket)
    sent = timedelta(hours=styring.forsinket_timer * hvor_sent) if forsinket < styring.forsinket else timedelta()
    besked = NetsHaendelse(reservation_id=reservation_id, art=Netsart.TRUKKET, tidspunkt=sket, traek_id=traek_id)
    ider = [f"traek-{traek_id}"]
    ider += ider * (dobbelt < styring.dobbelt)
    ider += [f"traek-{traek_id}-igen"] * (nyt_id < styring.nyt_id)
    return [Planlagt(sket + sent, id_, nr, besked) for nr, id_ in enumerate(ider, 1)]


def udloeb(styring: Webhookstyring, reservation_id: str, payment_id: str, ender: datetime) -> list[Planlagt]:
    """The message that a reservation has ended."""
    if not styring.meld_udloeb:
        return []
    besked = NetsHaendelse(reservation_id=reservation_id, art=Netsart.UDLOEBET, tidspunkt=ender)
    return [Planlagt(ender, f"udloeb-{payment_id}", 1, besked)]
