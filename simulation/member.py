"""A service in one simulated process: the real parts of `shared.platform.runtime` over the doubles."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from contracts.ur import UrStillet
from shared.platform.clock import Clock
from shared.platform.database import Pool
from shared.platform.deadlines import Deadlines
from shared.platform.effects import Effects
from shared.platform.engine import Plan
from shared.platform.ingest import Ingest
from shared.platform.loops import Loop
from shared.platform.metrics import Metrics
from shared.platform.processor import Processor, Wake
from shared.platform.reading import Reading
from shared.platform.records import Item
from shared.platform.relay import Relay
from shared.platform.settings import Settings
from shared.platform.tjeneste import Tjeneste
from shared.platform.transaction import Transaction
from simulation.broker import Broker, Group, MemoryConsumer, MemoryProducer
from simulation.database import Schema
from simulation.statements import MemoryTransaction
from simulation.stores import MemoryClock, MemoryDeadlines, MemoryEffects, MemoryOutbox, MemoryPositions
from simulation.world import PROCESS, Process, World

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
    broker: Broker

    async def _connected(self) -> Any:
        if self._producer is None:
            self._producer = cast("Any", MemoryProducer(self.broker))
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
    broker: Broker

    async def _connected(self) -> Any:
        if self._consumer is None:
            self._consumer = cast("Any", _ClockReader(self.broker))
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
        self.consumer = await self.group.join(self.ingest)
        self.running = True
        self.tasks.append(asyncio.create_task(self._poll(self.consumer)))
        outside(self.group.rebalance)

    async def stop(self) -> None:
        self.running = False

    async def _poll(self, consumer: MemoryConsumer) -> None:
        while self.running:
            records = await consumer.getmany(self.most)
            async with self.lock:
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

    def __init__(self, processor: Processor, settings: Settings, topics: dict[str, int], broker: Broker) -> None:
        self._double = broker
        super().__init__(processor, settings, topics)
        self.reading = SimReading(self)

    def _subscribe(self) -> tuple[Any, Any]:
        group = self._double.group(self.processor.service.navn, list(self.topics))
        subscriber = Subscriber(group, self, self.settings.batch_stoerrelse)
        return subscriber, subscriber

    def _reader(self) -> Any:
        return _Reader(self._double)


class Parts:
    """Which classes a member is made of; a planted bug puts another in its place."""

    processor: type[SimProcessor] = SimProcessor
    relay: type[SimRelay] = SimRelay
    effects: type[SimEffects] = SimEffects
    deadlines: type[SimDeadlines] = SimDeadlines


class Member:
    """One process of one service."""

    def __init__(
        self,
        world: World,
        broker: Broker,
        schema: Schema,
        service: Tjeneste,
        settings: Settings,
        name: str,
        parts: Parts,
    ) -> None:
        self.world, self.broker, self.schema, self.service = world, broker, schema, service
        self.process = Process(name)
        self._make(settings, cast("Pool", schema), parts)

    def _make(self, settings: Settings, pool: Pool, parts: Parts) -> None:
        name, wake, broker = self.service.navn, SlowWake(), self.broker
        topics = {t: broker.partitions[t] for t in self.service.emner}
        self.processor = parts.processor(self.service, pool, settings, METRICS, wake)
        self.ingest = SimIngest(self.processor, settings, topics, broker)
        clients = {art: make(settings) for art, make in self.service.klienter.items()}
        self.clock = SimClock(pool, settings, wake)
        self.relay = parts.relay(name, self.process.name, pool, settings, METRICS, wake)
        self.clock.broker = self.relay.broker = broker
        self.effects = parts.effects(self.service, self.process.name, pool, METRICS, wake, clients)
        deadlines = parts.deadlines(name, list(topics), pool, wake, self.ingest.reading.mark_read)
        self.loops = [
            Loop("ur", name, self.clock.step),
            Loop("relæ", name, self.relay.step),
            Loop("inbox", name, self._inbox_step),
            Loop("frister", name, deadlines.step),
            *([Loop("effekter", name, self.effects.step)] if clients else []),
        ]

    async def live(self) -> None:
        """Until killed."""
        stop = asyncio.Event()
        await self._when_there(self.clock.catch_up)
        tasks = [asyncio.create_task(loop.run(stop)) for loop in self.loops]
        await self._when_there(self.ingest.start)
        tasks += self.ingest.subscriber.tasks
        await asyncio.gather(*tasks)

    async def _when_there(self, step: Callable[[], Awaitable[Any]]) -> None:
        while True:
            try:
                await step()
            except (KafkaError, OSError, TimeoutError):
                await asyncio.sleep(0.3)
            else:
                return

    async def _inbox_step(self) -> None:
        if await self.processor.inbox() == 0:
            await self.processor.wake.rest(self.processor.wake.inbox, 0.2)
