"""Kafka in memory: topics of partitions, a producer whose answers get lost, consumers in a group that changes."""

import asyncio
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaTimeoutError

from shared.platform.records import Headers
from simulation.world import PROCESS, Gone, Process, World

SESSION_S = 6.0
"""Seconds until the group notices that a member is dead."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as a consumer gets it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    copy: bool = False
    """It stands there once more, by nobody's decision."""


class Broker:
    """The topics, and the groups that read them."""

    def __init__(self, world: World, partitions: dict[str, int]) -> None:
        self.world = world
        self.partitions = partitions
        self.logs: dict[tuple[str, int], list[Record]] = {
            (topic, part): [] for topic, count in partitions.items() for part in range(count)
        }
        self.groups: dict[str, Group] = {}
        self.news = asyncio.Event()

    def append(self, topic: str, key: bytes, value: bytes | None, headers: Headers, copy: bool = False) -> Record:
        """A record at the end of its key's partition."""
        part = zlib.crc32(key) % self.partitions[topic]
        log = self.logs[topic, part]
        record = Record(topic, part, len(log), key, value, headers, copy)
        log.append(record)
        self.news.set()
        return record

    def records(self, topic: str) -> list[Record]:
        """Everything on a topic."""
        return [r for part in range(self.partitions[topic]) for r in self.logs[topic, part]]

    def group(self, name: str, topics: Sequence[str]) -> "Group":
        """The consumer group of this name."""
        return self.groups.setdefault(name, Group(self, topics))


class MemoryProducer:
    """An idempotent producer: in order per partition; what was on its way when its process died may have arrived."""

    def __init__(self, broker: Broker) -> None:
        self.broker, self.world = broker, broker.world
        self._busy_until: dict[tuple[str, int], float] = {}
        self._dropped = False
        self._gaps: set[tuple[str, int]] = set()
        """Partitions that lack a record of ours: the broker refuses what comes after it, for its number is wrong."""

    async def send(self, topic: str, value: bytes, *, key: bytes, headers: Headers) -> asyncio.Future[Record]:
        """Hand a record over; the future is its confirmation."""
        world = self.world
        await world.point("kafka.send", weight=3)
        if world.chance(world.faults.cut):
            world.hit("røg", "kafka.send")
            raise Gone("forbindelsen til Kafka røg")
        loop = asyncio.get_running_loop()
        where = (topic, zlib.crc32(key) % self.broker.partitions[topic])
        when = max(self._busy_until.get(where, 0.0), loop.time() + world.rng.uniform(0.001, 0.03))
        self._busy_until[where] = when + 1e-6
        confirmed: asyncio.Future[Record] = loop.create_future()
        process = PROCESS.get()
        world.later(when - loop.time(), self._arrive, confirmed, process, topic, key, value, headers)
        return confirmed

    def _arrive(
        self, confirmed: asyncio.Future[Record], process: Process | None, topic: str, key: bytes, value: bytes,
        headers: Headers,
    ) -> None:  # fmt: skip
        where = (topic, zlib.crc32(key) % self.broker.partitions[topic])
        if process is not None and process.dead:
            self._dropped = self._dropped or self.world.chance(0.5)
            if self._dropped:
                return
        lost = self.world.chance(self.world.faults.cut)
        if lost:
            self.world.hit("svar tabt", "kafka.send", process.name if process else "")
        record = None
        if where not in self._gaps and not (lost and self.world.chance(0.5)):
            record = self.broker.append(topic, key, value, headers)
        else:
            self._gaps.add(where)
        if confirmed.done():
            return
        if lost or record is None:
            confirmed.set_exception(KafkaTimeoutError("ingen bekræftelse"))
            confirmed.exception()
        else:
            confirmed.set_result(record)

    async def partitions_for(self, topic: str) -> set[int]:
        """The partitions of a topic."""
        await self.world.point("kafka.partitions_for")
        return set(range(self.broker.partitions.get(topic, 0)))

    async def stop(self) -> None:
        """Nothing to close."""
        await self.world.point("kafka.stop")


@dataclass(eq=False)
class MemoryConsumer:
    """A member of a group, as aiokafka's consumer: what `Ingest` asks of it."""

    group: "Group"
    listener: Any
    process: Process | None
    positions: dict[TopicPartition, int] = field(default_factory=dict[TopicPartition, int])
    paused: set[TopicPartition] = field(default_factory=set[TopicPartition])
    told: asyncio.Task[Any] | None = None
    """The last call of its listener: one that stood still hears of the rest later, in order."""

    def assignment(self) -> tuple[TopicPartition, ...]:
        return tuple(self.positions)

    def seek(self, tp: TopicPartition, offset: int) -> None:
        if tp not in self.positions:
            raise IllegalStateError(f"{tp} er ikke tildelt")
        self.positions[tp] = offset
        self.group.broker.news.set()

    def pause(self, *tps: TopicPartition) -> None:
        self.paused |= set(tps)

    def resume(self, *tps: TopicPartition) -> None:
        self.paused -= set(tps)
        self.group.broker.news.set()

    def highwater(self, tp: TopicPartition) -> int | None:
        return len(self.group.broker.logs[tp.topic, tp.partition])

    async def end_offsets(self, tps: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        await self.group.broker.world.point("kafka.end_offsets")
        return {tp: len(self.group.broker.logs[tp.topic, tp.partition]) for tp in tps}

    async def position(self, tp: TopicPartition) -> int:
        if tp not in self.positions:
            raise IllegalStateError(f"{tp} er ikke tildelt")
        return self.positions[tp]

    async def beginning_offsets(self, tps: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        await self.group.broker.world.point("kafka.beginning_offsets")
        return dict.fromkeys(tps, 0)

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        await self.group.broker.world.point("kafka.commit")
        self.group.committed |= {(tp.topic, tp.partition): offset for tp, offset in offsets.items()}

    async def getmany(self, most: int) -> list[Record]:
        """Some records of the partitions that are not paused; waits until there are any."""
        broker, rng = self.group.broker, self.group.broker.world.rng
        while True:
            await broker.world.point("kafka.poll")
            if (wait := self.group.silent_until - asyncio.get_running_loop().time()) > 0:
                await asyncio.sleep(wait)
            taken: list[Record] = []
            ready = [tp for tp in self.positions if tp not in self.paused]
            rng.shuffle(ready)
            for tp in ready[: rng.randint(1, 3)]:
                log, at = broker.logs[tp.topic, tp.partition], self.positions[tp]
                batch = log[at : at + rng.randint(1, most)]
                self.positions[tp] = at + len(batch)
                taken += batch
            if taken:
                return taken
            while not self._behind(broker):
                broker.news.clear()
                await broker.news.wait()

    def _behind(self, broker: Broker) -> bool:
        return any(
            at < len(broker.logs[tp.topic, tp.partition]) for tp, at in self.positions.items() if tp not in self.paused
        )


class Group:
    """A consumer group: partitions are dealt out anew whenever its members change."""

    def __init__(self, broker: Broker, topics: Sequence[str]) -> None:
        self.broker = broker
        self.topics = topics
        self.members: list[MemoryConsumer] = []
        self.committed: dict[tuple[str, int], int] = {}
        self.silent_until = 0.0
        self._turn = asyncio.Lock()

    async def join(self, listener: Any) -> MemoryConsumer:
        """A new member; its partitions come with the rebalance."""
        consumer = MemoryConsumer(self, listener, PROCESS.get())
        self.members.append(consumer)
        return consumer

    async def leave(self, consumer: MemoryConsumer) -> None:
        """A member is gone: at once after a clean stop, else when its session has run out."""
        if consumer in self.members:
            self.members.remove(consumer)
        await self.rebalance()

    def fall_silent(self, seconds: float) -> None:
        """Kafka hands this group nothing for so long, as while the leaders of its partitions are elected."""
        self.broker.world.hit("langsom", "kafka.poll", "Kafka")
        self.silent_until = asyncio.get_running_loop().time() + seconds

    async def expel(self, consumer: MemoryConsumer, after: float) -> None:
        """Deal its partitions to the others while it still believes that it has them; later it joins again."""
        if consumer not in self.members:
            return
        self.broker.world.hit("smidt ud", "gruppen", consumer.process.name if consumer.process else "")
        held = dict(consumer.positions)
        self.members.remove(consumer)
        await self.rebalance()
        consumer.positions |= {tp: at for tp, at in held.items() if tp not in consumer.positions}
        await asyncio.sleep(after)
        while consumer.process is not None and consumer.process.frozen_until > asyncio.get_running_loop().time():
            await asyncio.sleep(0.5)
        if consumer.process is None or not consumer.process.dead:
            self.members.append(consumer)
            await self.rebalance()

    async def rebalance(self) -> None:
        """Take everything back, and deal it out again."""
        async with self._turn:
            alive = [m for m in self.members if m.process is None or not m.process.dead]
            for member in alive:
                await self._tell(member, member.listener.on_partitions_revoked, member.assignment())
                member.positions, member.paused = {}, set()
            alive = [m for m in self.members if m.process is None or not m.process.dead]
            everything = [TopicPartition(t, p) for t in self.topics for p in range(self.broker.partitions[t])]
            self.broker.world.rng.shuffle(everything)
            for n, member in enumerate(alive):
                member.positions = {
                    tp: self.committed.get((tp.topic, tp.partition), 0) for tp in everything[n :: len(alive)]
                }
            for member in alive:
                await self._tell(member, member.listener.on_partitions_assigned, member.assignment())
            self.broker.news.set()

    async def _tell(
        self, member: MemoryConsumer, listener: Callable[[Any], Any], tps: tuple[TopicPartition, ...]
    ) -> None:
        """Call the listener inside its own process, so that it dies with it."""
        if member.process is not None and member.process.dead:
            return
        before = PROCESS.set(member.process)
        try:
            task: asyncio.Task[Any] = asyncio.get_running_loop().create_task(_in_turn(member.told, listener, tps))
        finally:
            PROCESS.reset(before)
        member.told = task
        while not task.done() and member in self.members:
            await asyncio.wait([task], timeout=SESSION_S)  # a member that stands still is waited for no longer
            if member.process is not None and member.process.frozen_until:
                return


async def _in_turn(
    before: asyncio.Task[Any] | None, listener: Callable[[Any], Any], tps: tuple[TopicPartition, ...]
) -> None:
    if before is not None:
        await asyncio.wait([before])
    await listener(tps)
