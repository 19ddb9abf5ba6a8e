"""What a handler decides: changed rows, messages, deadlines and effects. Plain values that the platform carries out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.base import Besked


class InternBesked(Besked):
    """A message a service sends to itself: a deadline that fell due, the outcome of an effect. Never on Kafka."""


@dataclass(frozen=True, slots=True)
class SaetFrist:
    """Let `besked` come to this service at `hvornaar`. The same `frist_id` again moves the deadline."""

    frist_id: str
    hvornaar: datetime
    besked: InternBesked


@dataclass(frozen=True, slots=True)
class OenskEffekt:
    """Make one call to the outside world.

    `noegle` is fixed by the decision, never by a message id: the same key wanted twice is done once, for ever.
    `art` names the client of the service that performs it; `ordensnoegle` is where the outcome is handled.
    """

    noegle: str
    art: str
    ordensnoegle: str
    indhold: Besked


@dataclass(frozen=True, slots=True)
class Udfald:
    """Everything one handled message leads to, carried out in one transaction or not at all."""

    raekker: tuple[Any, ...] = ()
    """New or changed rows of the service's declared tables."""
    beskeder: tuple[Besked, ...] = ()
    frister: tuple[SaetFrist, ...] = ()
    ophaevede: tuple[str, ...] = ()
    """Deadlines revoked, by `frist_id`; one that is not running changes nothing."""
    effekter: tuple[OenskEffekt, ...] = ()
    talt: tuple[str, ...] = ()
    """What is counted in the metric `sygesikring_bemaerket`, by a fixed name; never a value from a message."""

    def __add__(self, andet: "Udfald") -> "Udfald":
        return Udfald(
            self.raekker + andet.raekker,
            self.beskeder + andet.beskeder,
            self.frister + andet.frister,
            self.ophaevede + andet.ophaevede,
            self.effekter + andet.effekter,
            self.talt + andet.talt,
        )


INTET = Udfald()
"""Handled, nothing follows."""

Handler = Callable[..., Udfald]
