"""What is known when a run is over, for those who check it."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, TypeVar

from contracts.base import Besked
from contracts.laegevalg import LaegeOphoert, LaegevalgTraadtIKraft
from contracts.opgave import OPGAVEEMNE
from contracts.person import Personoplysninger, PersonTilstand
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
    _replaced: dict[str, str] | None = None

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

    def states(self) -> dict[str, Personoplysninger]:
        """How each person stands, by the ids that are in use."""
        newest = {t.person_id: t for t in sorted(self.messages(PersonTilstand), key=lambda t: t.version)}
        return {i: t.person for i, t in newest.items() if t.afloest_af is None}

    def replaced(self) -> dict[str, str]:
        """CPR-11: the ids that are not used any more, each with the one that took over."""
        if self._replaced is None:
            newest = {t.person_id: t for t in sorted(self.messages(PersonTilstand), key=lambda t: t.version)}
            self._replaced = {i: t.afloest_af for i, t in newest.items() if t.afloest_af is not None}
        return self._replaced

    def person(self, person_id: str) -> str:
        """CPR-11: the id under which the person stands in the end."""
        *_, last = self._ids(person_id)
        return last

    def _ids(self, person_id: str) -> list[str]:
        ids = [person_id]
        while (then := self.replaced().get(ids[-1])) is not None and then not in ids:
            ids.append(then)
        return ids

    def by_person(self, topic: str) -> dict[str, list[Any]]:
        """What stands on a topic by the id that is in use; what came under an id given up stands first."""
        found: dict[str, list[Any]] = defaultdict(list)
        alle = [(getattr(b, "person_id", ""), b) for b in self.heard(topic)]
        for person_id, besked in sorted(alle, key=lambda a: -len(self._ids(a[0]))) if self.replaced() else alle:
            found[self.person(person_id)].append(besked)
        return found

    def doctors(self) -> dict[str, LaegevalgTraadtIKraft]:
        """The choice by which each person has the doctor he has."""
        now: dict[str, LaegevalgTraadtIKraft] = {}
        for besked in self.heard(LaegevalgTraadtIKraft.emne):
            if isinstance(besked, LaegevalgTraadtIKraft):
                now[besked.person_id] = besked
            elif isinstance(besked, LaegeOphoert):
                now.pop(besked.person_id, None)
        for old in self.replaced():
            then, choice = self.person(old), now.pop(old, None)
            row = self.rows("laegevalg", "sikret").get(then)
            if choice is not None and row is not None and row.ydernummer == choice.ydernummer:
                own = now.get(then)  # what ran when he turned out to be another is told under its old id
                now[then] = own if own is not None and own.ydernummer == row.ydernummer else choice
        return now


def _topics(kind: type[Besked]) -> list[str]:
    return [f"opgaver.{k}" for k in KOMMUNER] if kind.emne == OPGAVEEMNE else [kind.emne]
