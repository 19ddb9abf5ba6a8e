"""What is known when a run is over, for those who check it."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from contracts.base import Besked
from contracts.laegevalg import LaegeOphoert, LaegevalgTraadtIKraft
from contracts.opgave import OPGAVEEMNE
from simulation.database import Schema
from simulation.lives import KOMMUNER
from simulation.nets import Nets
from simulation.outside import Outside
from simulation.providers import CardSupplier, DigitalPost
from simulation.script import Script

M = TypeVar("M", bound=Besked)


@dataclass
class Evidence:
    """All that is known when a run is over: what was published, what the services keep, and those outside."""

    schemas: dict[str, Schema]
    script: Script
    outside: Outside
    cards: CardSupplier
    post: DigitalPost
    nets: Nets
    _heard: dict[str, list[Besked]] = field(default_factory=dict[str, list[Besked]])

    def rows(self, service: str, table: str) -> dict[Any, Any]:
        """The rows of a service's table by key."""
        return {key: row for key, (row, _) in self.schemas[service].table(table).items()}

    def heard(self, topic: str) -> list[Besked]:
        """What stands on a topic, each message once, in order per key."""
        if topic not in self._heard:
            self._heard[topic] = self.outside.heard(topic)
        return self._heard[topic]

    def messages(self, *kinds: type[M]) -> list[M]:
        """The messages of these types, each once, in order per key."""
        topics = dict.fromkeys(t for kind in kinds for t in _topics(kind))
        return [b for t in topics for b in self.heard(t) if isinstance(b, kinds)]

    def doctors(self) -> dict[str, LaegevalgTraadtIKraft]:
        """The choice by which each person has the doctor he has."""
        now: dict[str, LaegevalgTraadtIKraft] = {}
        for besked in self.heard(LaegevalgTraadtIKraft.emne):
            if isinstance(besked, LaegevalgTraadtIKraft):
                now[besked.person_id] = besked
            elif isinstance(besked, LaegeOphoert):
                now.pop(besked.person_id, None)
        return now


def _topics(kind: type[Besked]) -> list[str]:
    return [f"opgaver.{k}" for k in KOMMUNER] if kind.emne == OPGAVEEMNE else [kind.emne]
