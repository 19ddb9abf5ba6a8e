"""Planted bugs of the kind that the simulation is there to find. A test shows that it finds each."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from shared.platform.effects import Claimed, Outcome
from shared.platform.engine import Due
from shared.platform.records import Item
from shared.platform.relay import Sent
from shared.platform.runtime import Parts
from shared.platform.tjeneste import Klient
from shared.platform.transaction import Step
from simulation.database import Change
from simulation.member import PARTS, SimDeadlines, SimEffects, SimProcessor, SimRelay
from simulation.statements import MemoryTransaction
from simulation.stores import MemoryDeadlines


class _CommitsFirst(MemoryTransaction):
    async def advance(self, steps: Sequence[Step]) -> None:
        """The position is moved in a transaction of its own, before the state is written."""
        await super().advance(steps)
        connection = self.db
        before = connection.change
        assert before is not None
        before.commit()
        before.written.clear()
        await connection.schema.world.point("mutant: positionen er flyttet")


class _ForgetsOrder(MemoryTransaction):
    async def lock(self, order_keys: Iterable[str]) -> None:
        """Nobody is kept out."""

    async def surroundings(self, order_keys: Iterable[str]) -> tuple[Any, set[str], set[str]]:
        """Nobody waits behind anybody."""
        nu, _, _ = await super().surroundings(order_keys)
        return nu, set(), set()


class _ForgetsDuplicates(MemoryTransaction):
    async def remember(self, items: Sequence[Item], nr: dict[tuple[str, int], int]) -> set[bytes]:
        """Every message is new."""
        await super().remember(items, nr)
        return {i.id for i in items}


class _NoFence(MemoryTransaction):
    async def advance(self, steps: Sequence[Step]) -> None:
        """The position is moved from wherever it is: a member that stood still goes on as if nothing had happened."""
        change = await self.db.begin("position")
        where = [change.get("position", (s.topic, s.part))["next"] for s in steps]
        await super().advance([replace(s, old=old, new=max(s.new, old)) for s, old in zip(steps, where, strict=True)])


class _ParkedHoldNobodyUp(MemoryTransaction):
    async def surroundings(self, order_keys: Iterable[str]) -> tuple[Any, set[str], set[str]]:
        """Later messages go past those that are parked with the same key."""
        nu, waiting, _ = await super().surroundings(order_keys)
        return nu, waiting, set()


class _FirstProcessor(SimProcessor):
    Statements = _CommitsFirst


class _DisorderlyProcessor(SimProcessor):
    Statements = _ForgetsOrder


class _ForgetfulProcessor(SimProcessor):
    Statements = _ForgetsDuplicates


class _FencelessProcessor(SimProcessor):
    Statements = _NoFence


class _HastyProcessor(SimProcessor):
    Statements = _ParkedHoldNobodyUp


class _DeafDeadlines(SimDeadlines):
    class Store(MemoryDeadlines):
        def _ready(self, change: Change) -> list[Due]:
            """What is due is released, whether or not the answers that came before it have been read."""
            due = [d for _, d in change.rows("deadline") if d.due <= change.hub_now()]
            return sorted(due, key=lambda d: (d.due, d.frist_id))


class _RepeatsUnknown(SimEffects):
    async def _ask(self, client: Klient, claimed: Claimed) -> Outcome:
        """A call whose answer was lost is made again without asking."""
        del client
        return Outcome(claimed, "wanted", error="sendes igen uden at spørge")


class _DeletesFirst(SimRelay):
    async def _send(self, rows: list[Any]) -> Sent:
        """Rows leave the outbox before Kafka has confirmed them."""
        await self.store.delete([r["id"] for r in rows], self.member, self._epochs)
        return await super()._send(rows)


MUTANTS: dict[str, Parts] = {
    "positionen før tilstanden": replace(PARTS, processor=_FirstProcessor),
    "nøglens orden glemt": replace(PARTS, processor=_DisorderlyProcessor),
    "ukendt effekt gentaget uden at spørge": replace(PARTS, effects=_RepeatsUnknown),
    "udbakken slettet før bekræftelse": replace(PARTS, relay=_DeletesFirst),
    "dubletter ikke genkendt": replace(PARTS, processor=_ForgetfulProcessor),
    "positionen uden hegn": replace(PARTS, processor=_FencelessProcessor),
    "parkerede spærrer ikke": replace(PARTS, processor=_HastyProcessor),
    "fristen venter ikke på, at der er læst": replace(PARTS, deadlines=_DeafDeadlines),
}
"""Name to the parts with the bug."""
