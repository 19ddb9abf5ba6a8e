"""Five planted bugs of the kind that the simulation is there to find. A test shows that it finds each."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from shared.platform.effects import Claimed, Outcome
from shared.platform.records import Item
from shared.platform.runtime import Parts
from shared.platform.tjeneste import Klient
from shared.platform.transaction import Step
from simulation.member import PARTS, SimEffects, SimProcessor, SimRelay
from simulation.statements import MemoryTransaction


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


class _FirstProcessor(SimProcessor):
    Statements = _CommitsFirst


class _DisorderlyProcessor(SimProcessor):
    Statements = _ForgetsOrder


class _ForgetfulProcessor(SimProcessor):
    Statements = _ForgetsDuplicates


class _RepeatsUnknown(SimEffects):
    async def _ask(self, client: Klient, claimed: Claimed) -> Outcome:
        """A call whose answer was lost is made again without asking."""
        del client
        return Outcome(claimed, "wanted", error="sendes igen uden at spørge")


class _DeletesFirst(SimRelay):
    async def _send(self, rows: list[Any]) -> tuple[list[Any], list[tuple[Any, BaseException]]]:
        """Rows leave the outbox before Kafka has confirmed them."""
        await self.store.delete([r["id"] for r in rows])
        return await super()._send(rows)


MUTANTS: dict[str, Parts] = {
    "positionen før tilstanden": replace(PARTS, processor=_FirstProcessor),
    "nøglens orden glemt": replace(PARTS, processor=_DisorderlyProcessor),
    "ukendt effekt gentaget uden at spørge": replace(PARTS, effects=_RepeatsUnknown),
    "udbakken slettet før bekræftelse": replace(PARTS, relay=_DeletesFirst),
    "dubletter ikke genkendt": replace(PARTS, processor=_ForgetfulProcessor),
}
"""Name to the parts with the bug."""
