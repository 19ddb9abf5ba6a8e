"""Five planted bugs of the kind that the simulation is there to find. A test shows that it finds each."""

from collections.abc import Iterable, Sequence
from typing import Any

from shared.platform.effects import Claimed, Outcome
from shared.platform.records import Item
from shared.platform.tjeneste import Klient
from shared.platform.transaction import Step
from simulation.member import Parts, SimEffects, SimProcessor, SimRelay
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


class CommitsPositionFirst(Parts):
    """The position is committed before the state."""

    class processor(SimProcessor):
        Statements = _CommitsFirst


class ForgetsOrder(Parts):
    """No lock on the order key, and nobody waits behind a message that failed."""

    class processor(SimProcessor):
        Statements = _ForgetsOrder


class ForgetsDuplicates(Parts):
    """A message that was handled is handled again when it comes again."""

    class processor(SimProcessor):
        Statements = _ForgetsDuplicates


class RepeatsUnknown(Parts):
    """A call whose answer was lost is made again without asking."""

    class effects(SimEffects):
        async def _ask(self, client: Klient, claimed: Claimed) -> Outcome:
            del client
            return Outcome(claimed, "wanted", error="sendes igen uden at spørge")


class DeletesFirst(Parts):
    """Rows leave the outbox before Kafka has confirmed them."""

    class relay(SimRelay):
        async def _send(self, rows: list[Any]) -> tuple[list[Any], list[tuple[Any, BaseException]]]:
            await self.store.delete([r["id"] for r in rows])
            return await super()._send(rows)


MUTANTS: dict[str, type[Parts]] = {
    "positionen før tilstanden": CommitsPositionFirst,
    "nøglens orden glemt": ForgetsOrder,
    "ukendt effekt gentaget uden at spørge": RepeatsUnknown,
    "udbakken slettet før bekræftelse": DeletesFirst,
    "dubletter ikke genkendt": ForgetsDuplicates,
}
"""Name to the parts with the bug."""
