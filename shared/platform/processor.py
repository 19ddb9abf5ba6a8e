"""Batches of one service: records from Kafka and messages from the inbox, each batch one transaction."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import asyncpg

from shared.platform.database import Conflict, Pool, is_outage
from shared.platform.engine import Limits, Plan, decide, describe, fail
from shared.platform.logging import logger
from shared.platform.metrics import Metrics
from shared.platform.records import Item, Raw, Reader
from shared.platform.settings import Settings
from shared.platform.tjeneste import Tjeneste
from shared.platform.transaction import Step, Transaction, stored

Partition = tuple[str, int]
NOTHING: Mapping[Partition, int] = MappingProxyType({})
LONGEST_REST_S = 0.05
REST_SHARE = 1.5
"""Seconds of rest for each second of work, when there was little to do."""
_RETRY_AT_ONCE = (Conflict, asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


@dataclass
class Wake:
    """Rings when there is work for a loop of this process; every loop also looks by itself now and then."""

    inbox: asyncio.Event = field(default_factory=asyncio.Event)
    relay: asyncio.Event = field(default_factory=asyncio.Event)
    deadlines: asyncio.Event = field(default_factory=asyncio.Event)
    effects: asyncio.Event = field(default_factory=asyncio.Event)

    async def rest(self, event: asyncio.Event, seconds: float) -> None:
        """Until it rings, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return
        finally:
            event.clear()

    @staticmethod
    async def gather(worked: float) -> None:
        """Rest in proportion to the seconds that little work took: what comes meanwhile then shares one transaction.

        Where time is scarce, work takes long, rests grow with it, and so do batches, which makes each message cheaper.
        """
        await asyncio.sleep(min(LONGEST_REST_S, worked * REST_SHARE))


class Processor:
    """Runs batches. What it raises is an outage of the database, or a position that somebody else has moved."""

    Statements = Transaction

    def __init__(self, service: Tjeneste, pool: Pool, settings: Settings, metrics: Metrics, wake: Wake) -> None:
        self.service = service
        self.pool = pool
        self.settings = settings
        self.metrics = metrics
        self.wake = wake
        self.reader = Reader(service, on_bug=lambda e: self.log.error("fejl i læsning", fejl=describe(e)))
        self.log = logger(tjeneste=service.navn)
        self.nr: dict[Partition, int] = {}
        self._tally_shard = random.randrange(16)
        self.limits = Limits(
            settings.forsoeg, settings.genforsoeg_foerste_s, settings.genforsoeg_laengste_s, self._failed
        )

    def _failed(self, item: Item, error: BaseException) -> None:
        type_ = item.kuvert.besked.ce_type if item.kuvert else ""
        self.metrics.failed.labels(self.service.navn, type_).inc()
        self.log.warning("handler fejlede", type=type_, forsoeg=item.attempts + 1, fejl=describe(error))

    async def records(
        self, records: Sequence[Raw], expected: dict[Partition, int], lost: Mapping[Partition, int] = NOTHING
    ) -> None:
        """Take a batch from Kafka in; `expected` is moved on with every commit.

        `lost` counts the offsets before a partition's first record that are known to be gone.

        A batch the database refuses for what is in it is split until the one message is found and set aside.
        """
        await self._split(list(records), lambda part, aside: self._records(part, expected, lost, aside))

    async def inbox(self) -> int:
        """Work off messages of the inbox that are due; returns how many were taken up."""
        async with self.pool.acquire() as connection:
            keys = await self.Statements(connection, self.service.navn).due_inbox(self.settings.batch_stoerrelse)
        if not keys:
            return 0
        taken = 0

        async def run(part: list[str], aside: str) -> None:
            nonlocal taken
            if aside and await self._first_alone(part):
                taken += 1
            else:
                taken += await self._inbox(part, self.settings.batch_stoerrelse if not aside else 1, aside)

        await self._split(keys, run)
        return taken

    async def _first_alone(self, key: list[str]) -> bool:
        """Whether the first message of a key whose batch was refused goes well by itself: then another was to blame."""
        try:
            return await self._inbox(key, 1, "") > 0
        except Exception as error:
            if is_outage(error):
                raise
            return False

    async def _split(self, work: list[Any], run: Callable[[list[Any], str], Awaitable[None]], aside: str = "") -> None:
        for attempt in range(5):
            try:
                return await run(work, aside)
            except _RETRY_AT_ONCE as error:
                if attempt == 4:
                    raise
                self.log.info("batch gentages", grund=describe(error))
                await asyncio.sleep(random.random() * 0.05 * (attempt + 1))
            except Exception as error:
                if is_outage(error) or aside:
                    raise
                self.log.warning("batch deles", beskeder=len(work), fejl=describe(error))
                if len(work) == 1:
                    return await self._split(work, run, describe(error))
                await self._split(work[: len(work) // 2], run)
                return await self._split(work[len(work) // 2 :], run)
        return None

    async def _records(
        self, records: Sequence[Raw], expected: dict[Partition, int], lost: Mapping[Partition, int], aside: str
    ) -> None:
        began = time.monotonic()
        items = [self.reader.read(r) for r in records]
        readable = [i for i in items if i.kuvert is not None]
        async with self.pool.acquire(timeout=10) as connection, connection.transaction():
            tx = self.Statements(connection, self.service.navn, self._tally_shard)
            await tx.lock(i.order_key for i in readable if i.registered)
            new = await tx.remember(readable, self.nr) if readable else set[bytes]()
            fresh, duplicates = _fresh(items, new)
            steps = _steps(records, expected, duplicates, lost)
            await tx.advance(steps)
            plan = await self._decide(tx, fresh, aside)
            await tx.write(plan)
        for step in steps:
            expected[step.topic, step.part] = step.new
        self._after(plan, "kafka", began, received=len(records), duplicates=len(items) - len(fresh), steps=steps)

    async def _inbox(self, keys: Sequence[str], limit: int, aside: str) -> int:
        began = time.monotonic()
        async with self.pool.acquire(timeout=10) as connection, connection.transaction():
            tx = self.Statements(connection, self.service.navn, self._tally_shard)
            await tx.lock(keys)
            rows = await tx.inbox_rows(keys, limit)
            if not rows:
                return 0
            items = [self._from_inbox(row) for row in rows]
            again = await self._known_meanwhile(tx, items)
            plan = await self._decide(tx, [i for i in items if i.seq not in again], aside, inbox=True)
            waiting = {i.seq for i, _ in plan.queued}
            gone = [i for i in items if i.seq not in waiting]
            done = [i.handled_id for i in plan.handled if i.handled_id]
            await tx.leave_inbox([i.seq for i in gone], done)
            await tx.write(plan)
        self._after(plan, "inbox", began)
        return len(rows)

    async def _known_meanwhile(self, tx: Transaction, items: Sequence[Item]) -> set[int]:
        """Released bytes that became a message: their ids are recorded now; returns those that were known before."""
        became = [i for i in items if i.handled_id is None and i.raw.topic and i.kuvert is not None]
        if not became:
            return set()
        new = await tx.remember(became, self.nr)
        known: list[Item] = []
        for item in became:
            item.handled_id = item.id
            if item.id not in new:
                known.append(item)
            new.discard(item.id)
        await tx.count_duplicates([(i.raw.topic, i.raw.partition) for i in known])
        return {i.seq for i in known}

    def _from_inbox(self, row: dict[str, Any]) -> Item:
        item = self.reader.read(stored(row))
        item.order_key = row["order_key"]
        item.origin = row["origin"]
        item.seq = row["seq"]
        item.attempts = row["attempts"]
        item.handled_id = row["handled_id"]
        item.frist_id = row["frist_id"]
        return item

    async def _decide(self, tx: Transaction, items: Sequence[Item], aside: str, inbox: bool = False) -> Plan:
        readable = [i for i in items if i.kuvert is not None]
        loaded = await tx.load(() if aside else readable)
        nu, waiting, parked = await tx.surroundings(i.order_key for i in readable if i.registered)
        if not aside:
            return decide(self.service, items, loaded, set() if inbox else waiting, parked, nu, self.limits)
        plan = Plan(loaded, nu)
        for item in items:
            fail(item, aside, plan, self.limits)
        return plan

    def _after(
        self, plan: Plan, source: str, began: float, received: int = 0, duplicates: int = 0, steps: Sequence[Step] = ()
    ) -> None:
        name, m = self.service.navn, self.metrics
        m.received.labels(name).inc(received)
        m.duplicates.labels(name).inc(duplicates)
        m.batch_size.labels(name, source).observe(received or len(plan.handled))
        m.batch_time.labels(name, source).observe(time.monotonic() - began)
        kinds = Counter(type(i.kuvert.besked).__name__ for i in plan.handled if i.registered and i.kuvert)
        for kind, count in kinds.items():
            m.handled.labels(name, kind).inc(count)
        for what in plan.noted:
            m.noted.labels(name, what).inc()
        for item, reasons, _ in plan.parked:
            m.parked.labels(name).inc()
            where = f"{item.raw.topic}/{item.raw.partition}/{item.raw.offset}"
            self.log.warning("besked parkeret", sted=where, grunde=list(reasons))
        for key in set(plan.exhausted):
            m.parked.labels(name).inc()
            self.log.error("besked parkeret med sine efterfølgere", ordensnoegle=key)
        for step in steps:
            if step.jumped:
                self.tell_jumped(step.topic, step.part, step.jumped)
        self._ring(plan)

    def tell_jumped(self, topic: str, part: int, count: int) -> None:
        """Offsets that were gone before they were read: what stood there will never be handled."""
        self.metrics.jumps.labels(self.service.navn, topic).inc(count)
        self.log.error("offsets fandtes ikke", sted=f"{topic}/{part}", antal=count)

    def _ring(self, plan: Plan) -> None:
        if plan.outbox:
            self.wake.relay.set()
        if plan.effects:
            self.wake.effects.set()
        if plan.deadlines:
            self.wake.deadlines.set()
        if plan.queued:
            self.wake.inbox.set()


def _fresh(items: Sequence[Item], new: set[bytes]) -> tuple[list[Item], dict[Partition, int]]:
    """The items whose id was new, each once, and the count of the others per partition."""
    fresh: list[Item] = []
    duplicates: dict[Partition, int] = {}
    left = set(new)
    for item in items:
        if item.kuvert is None or item.id in left:
            left.discard(item.id)
            fresh.append(item)
        else:
            where = (item.raw.topic, item.raw.partition)
            duplicates[where] = duplicates.get(where, 0) + 1
    return fresh, duplicates


def _steps(
    records: Sequence[Raw],
    expected: dict[Partition, int],
    duplicates: dict[Partition, int],
    lost: Mapping[Partition, int],
) -> list[Step]:
    """How far the batch moves each partition."""
    last: dict[Partition, int] = {}
    count: dict[Partition, int] = {}
    for record in records:
        where = (record.topic, record.partition)
        last[where] = record.offset
        count[where] = count.get(where, 0) + 1
    steps: list[Step] = []
    for where, end in sorted(last.items()):
        missing = end + 1 - expected[where] - count[where]
        gone = min(lost.get(where, 0), missing)
        steps.append(
            Step(*where, expected[where], end + 1, count[where], duplicates.get(where, 0), gone, missing - gone)
        )
    return steps
