"""A service in one simulated process: the real parts of `shared.platform.runtime` over the doubles."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from aiokafka import TopicPartition

from contracts.ur import UrStillet
from shared.platform.clock import Clock
from shared.platform.database import Pool
from shared.platform.deadlines import Deadlines
from shared.platform.effects import Effects
from shared.platform.engine import Plan
from shared.platform.ingest import Ingest
from shared.platform.loops import rest
from shared.platform.metrics import Metrics
from shared.platform.processor import Processor, Wake
from shared.platform.reading import Reading
from shared.platform.records import Item
from shared.platform.relay import Relay
from shared.platform.runtime import Parts, Runtime
from shared.platform.settings import Settings
from shared.platform.tjeneste import Tjeneste
from shared.platform.transaction import Transaction
from shared.platform.waits import Waits
from simulation.broker import Broker, Group, MemoryConsumer, MemoryProducer
from simulation.database import Schema
from simulation.statements import MemoryTransaction
from simulation.stores import MemoryClock, MemoryDeadlines, MemoryEffects, MemoryOutbox, MemoryPositions
from simulation.world import PROCESS, Process

IDLE = 8.0
"""How much longer than in production a loop rests that nobody rings for: rests are most of what a run would do."""
METRICS = Metrics()


class SlowWake(Wake):
    """Loops are woken as ever, and look by themselves less often."""

    async def rest(self, event: asyncio.Event, seconds: float) -> None:
        await super().rest(event, seconds * IDLE)


class SimProcessor(Processor):
    """The batches over memory; notes on each transaction what it has handled, for those who watch the run."""

    Statements = MemoryTransaction

    async def _decide(self, tx: Transaction, items: Any, aside: str, inbox: bool = False) -> Plan:
        plan = await super()._decide(tx, items, aside, inbox)
        change = cast("MemoryTransaction", tx).db.change
        if change is not None:
            change.noted += [_handled(i) for i in plan.handled]
        return plan


def _handled(item: Item) -> tuple[bytes, str, str, int, int]:
    return item.id, item.order_key, item.raw.topic, item.raw.partition, item.raw.offset


class SimRelay(Relay):
    """The relay over memory."""

    Store = MemoryOutbox

    async def _connected(self) -> Any:
        if self._producer is None:
            self._producer = cast("Any", MemoryProducer(cast("Schema", self.store.pool).broker))
        return self._producer


class SimDeadlines(Deadlines):
    """The deadlines over memory."""

    Store = MemoryDeadlines


class SimEffects(Effects):
    """The effects over memory."""

    Store = MemoryEffects


class SimClock(Clock):
    """The hub's clock over memory."""

    Store = MemoryClock

    async def _connected(self) -> Any:
        if self._consumer is None:
            self._consumer = cast("Any", _ClockReader(cast("Schema", self.store.pool).broker))
        return self._consumer


class _ClockReader:
    """A consumer of the topic `ur` alone."""

    def __init__(self, broker: Broker) -> None:
        self._broker, self._at = broker, 0

    async def getmany(self, timeout_ms: int) -> dict[TopicPartition, list[Any]]:
        log = self._broker.logs[UrStillet.emne, 0]
        await self._broker.world.point("kafka.ur")
        if self._at >= len(log):
            await asyncio.sleep(timeout_ms / 1000 * IDLE)
        found, self._at = log[self._at :], len(log)
        return {TopicPartition(UrStillet.emne, 0): list(found)}

    async def end_offsets(self, tps: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {tp: len(self._broker.logs[tp.topic, tp.partition]) for tp in tps}

    async def position(self, tp: TopicPartition) -> int:
        del tp
        return self._at

    async def stop(self) -> None:
        return None


class _Reader:
    """A consumer without a group."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    async def start(self) -> None:
        await self._broker.world.point("kafka.start")

    async def stop(self) -> None:
        return None

    async def beginning_offsets(self, tps: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(tps, 0)


class Subscriber:
    """What FastStream is to `Ingest`: asks for records and hands each batch over, one at a time."""

    def __init__(self, group: Group, ingest: Ingest, most: int) -> None:
        self.group, self.ingest, self.most = group, ingest, most
        self.consumer: MemoryConsumer | None = None
        self.tasks: list[asyncio.Task[None]] = []
        self.running = False
        self.lock = _Lock()

    async def start(self) -> None:
        """Join the group and begin to read."""
        self.consumer = await self.group.join(self.ingest)
        self.running = True
        self.tasks.append(asyncio.create_task(self._poll(self.consumer)))
        outside(self.group.rebalance)

    async def stop(self) -> None:
        """Let the batch in hand end, and leave the group."""
        self.running = False
        await self.lock.wait_release(15)
        for task in self.tasks:
            task.cancel()
        if self.consumer is not None:
            await self.group.broker.world.point("kafka.forlad")
            await self.group.leave(self.consumer)

    async def _poll(self, consumer: MemoryConsumer) -> None:
        while self.running:
            records = await consumer.getmany(self.most)
            async with self.lock:
                if self.running:
                    await self.ingest._handle(records)  # pyright: ignore[reportPrivateUsage]


class _Lock(asyncio.Lock):
    async def wait_release(self, timeout: float) -> None:  # noqa: ASYNC109
        async with asyncio.timeout(timeout):
            async with self:
                return


def outside(work: Callable[[], Awaitable[Any]]) -> None:
    """Begin something that belongs to no process: it does not end with the one that caused it."""
    before = PROCESS.set(None)
    try:
        asyncio.get_running_loop().create_task(cast("Any", work()))
    finally:
        PROCESS.reset(before)


class SimReading(Reading):
    """How far it has been read, over memory."""

    async def _holds_nothing(self, tp: TopicPartition, here: int, there: int) -> bool:
        consumer: MemoryConsumer = self.ingest.consumer
        await consumer.group.broker.world.point("kafka.se efter")
        return not consumer.group.broker.logs[tp.topic, tp.partition][here:there]


class SimIngest(Ingest):
    """The consumer over memory."""

    Store = MemoryPositions

    def __init__(
        self, processor: Processor, settings: Settings, topics: dict[str, int], waits: Waits | None = None
    ) -> None:
        super().__init__(processor, settings, topics, waits)
        self.reading = SimReading(self)

    @property
    def _double(self) -> Broker:
        return cast("Schema", self.processor.pool).broker

    def _subscribe(self) -> tuple[Any, Any]:
        group = self._double.group(self.processor.service.navn, list(self.topics))
        subscriber = Subscriber(group, self, self.settings.batch_stoerrelse)
        return subscriber, subscriber

    def _reader(self) -> Any:
        return _Reader(self._double)

    async def _check_topics(self) -> None:
        await self._double.world.point("kafka.emner")


PARTS = Parts(SimProcessor, SimIngest, SimClock, SimRelay, SimEffects, SimDeadlines)
"""The real parts over the doubles; a planted bug puts another in the place of one."""


class Member(Runtime):
    """One service in one simulated process."""

    def __init__(self, service: Tjeneste, settings: Settings, schema: Schema, name: str, parts: Parts) -> None:
        super().__init__(service, settings, METRICS)
        self.process = Process(name)
        self.schema = schema
        self.member, self.parts, self.wake = name, parts, SlowWake()

    async def live(self) -> None:
        """Until it is killed, or has stopped."""
        await self.start()
        await self.until_dead()

    async def end(self) -> None:
        """As SIGTERM: a clean stop, and then the process is gone."""
        await self.stop()
        self.process.kill()

    async def _prepare(self) -> dict[str, int]:
        await self.schema.world.point("begynd")
        return {t: self.schema.broker.partitions[t] for t in self.service.emner}

    async def _open_pool(self) -> Pool:
        return cast("Pool", self.schema)

    async def _close_pool(self) -> None:
        await self.schema.world.point("luk")

    async def _pulse(self) -> None:
        await super()._pulse()
        await rest(self.stop_event, IDLE)
