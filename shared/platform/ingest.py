"""Kafka to the processor: a FastStream batch subscriber that loses nothing.

FastStream's own policies acknowledge what failed or drop what cannot be parsed; so records pass through untouched,
every error is caught here, and the position in the database, not the one committed to Kafka, says where to go on.
"""

import asyncio
import random
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage

from contracts.emner import EMNER
from shared.platform.kafka import TopicMissing, check_topics, client_kwargs, faststream_security
from shared.platform.logging import logger
from shared.platform.processor import Partition, Processor
from shared.platform.reading import Reading, lost_of
from shared.platform.settings import Settings
from shared.platform.stores import PositionStore
from shared.platform.waits import Waits

POLL_MS = 200
TELL_S = 1.0
PART = "indlæsning"
DRAIN_S = 20.0
"""How long a rebalance waits for the batch in hand; under the rebalance timeout."""


async def _parse(records: Any) -> KafkaMessage:
    return KafkaMessage(
        raw_message=records, body=records, headers={}, consumer=FAKE_CONSUMER, message_id="-", correlation_id="-"
    )


async def _decode(message: Any) -> Any:
    return message.raw_message


class Rewound(Exception):
    """A topic holds fewer records than this service has read."""


class Ingest(ConsumerRebalanceListener):
    """The consumer of one service in this process."""

    Store = PositionStore

    def __init__(
        self, processor: Processor, settings: Settings, topics: dict[str, int], waits: Waits | None = None
    ) -> None:
        self.processor = processor
        self.waits = waits or Waits(processor.service.navn)
        self.store = self.Store(processor.pool)
        self.settings = settings
        self.topics = topics
        self.expected: dict[Partition, int] = {}
        self.outage = ""
        """Why it waits; empty when it does not."""
        self.paused = False
        self.in_hand = False
        """Whether records that were fetched are being taken in: positions of the two sides differ then."""
        self.topics_wrong = False
        self._failures = 0
        self._told: dict[TopicPartition, int] = {}
        self._told_at = 0.0
        self._gaps: dict[Partition, tuple[int, int]] = {}
        self._probe: asyncio.Task[None] | None = None
        self._stopping = False
        self.log = logger(tjeneste=processor.service.navn)
        self.broker, self.subscriber = self._subscribe()
        self.reading = Reading(self)

    def _subscribe(self) -> tuple[KafkaBroker, Any]:
        """The only subscriber of the project: in batches, acknowledged by nobody but us."""
        service, settings = self.processor.service.navn, self.settings
        broker = KafkaBroker(
            settings.kafka_servere,
            security=faststream_security(settings),
            logger=None,
            allow_auto_create_topics=False,
            consumer_only=True,
            graceful_timeout=settings.nedlukning_s,
            client_id=f"sygesikring-{service}",
        )
        subscriber: Any = broker.subscriber(
            *self.topics,
            group_id=service,
            group_instance_id=settings.kafka_medlem or None,
            batch=True,
            max_records=settings.batch_stoerrelse,
            ack_policy=AckPolicy.MANUAL,
            parser=_parse,
            decoder=_decode,
            no_reply=True,
            listener=self,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=settings.kafka_session_timeout_ms,
            heartbeat_interval_ms=settings.kafka_session_timeout_ms // 5,
            rebalance_timeout_ms=60_000,
        )
        subscriber(self._handle)
        subscriber.get_msg = self._next_records
        return broker, subscriber

    async def _next_records(self, consumer: AIOKafkaConsumer) -> tuple[Any, ...]:
        """What FastStream asks for a batch. Its own sleeps after an empty poll, deaf to what comes meanwhile."""
        found = await consumer.getmany(timeout_ms=POLL_MS, max_records=self.settings.batch_stoerrelse)
        return tuple(chain.from_iterable(found.values()))

    @property
    def waits_for(self) -> str:
        """Why nothing is being read now; empty when it is."""
        return self.outage if self.paused else ""

    @property
    def consumer(self) -> Any:
        return self.subscriber.consumer

    @property
    def alive(self) -> bool:
        """Whether records are still being asked for, and the group still answered.

        FastStream starts a reading task that failed again at once and for ever, so one that ended is a dead consumer.
        """
        tasks = self.subscriber.tasks
        if not (self.subscriber.running and self.consumer is not None and tasks):
            return False
        group = getattr(getattr(self.consumer, "_coordinator", None), "_coordination_task", None)
        return not any(t.done() for t in (*tasks, *((group,) if group else ())))

    async def start(self) -> None:
        """Make sure every partition has a position, then join the group."""
        await self._ensure_positions()
        await self.broker.start()

    async def stop(self) -> None:
        """Finish the batch in hand or hand it back, and leave the group."""
        self._stopping = True
        if self._probe is not None:
            self._probe.cancel()
        self._told_at = 0.0
        with suppress(TimeoutError, KafkaError, OSError):
            async with asyncio.timeout(self.settings.nedlukning_s + 5):
                await self.broker.stop()

    async def _ensure_positions(self) -> None:
        consumer = self._reader()
        try:
            await consumer.start()
            await self._begin_at_start(
                consumer, [TopicPartition(t, p) for t, n in self.topics.items() for p in range(n)]
            )
        finally:
            await consumer.stop()
        await self._refuse_fewer_partitions()

    async def _refuse_fewer_partitions(self) -> None:
        gone = await self.store.beyond(self.topics)
        if gone:
            where = ", ".join(f"{topic}/{part}" for topic, part in gone)
            raise TopicMissing(
                f"Emnerne har færre partitioner, end der er læst fra ({where}). Giv dem antallet igen, eller slet de "
                "rækker i tabellen position, når alt fra dem er håndteret."
            )

    def _reader(self) -> AIOKafkaConsumer:
        """A consumer that belongs to no group, to ask where topics begin."""
        return AIOKafkaConsumer(**client_kwargs(self.settings))

    async def _begin_at_start(self, consumer: AIOKafkaConsumer, where: Sequence[TopicPartition]) -> None:
        began = await consumer.beginning_offsets(where)
        await self.store.begin([(tp.topic, tp.partition, began[tp]) for tp in where])

    # --- rebalance -----------------------------------------------------------------------------------------------

    async def on_partitions_revoked(self, revoked: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Let the batch in hand finish before the partitions go to another member."""
        wait = getattr(self.subscriber.lock, "wait_release", None)
        if wait is not None:
            with suppress(TimeoutError):
                await wait(DRAIN_S)
        for tp in revoked:
            self.expected.pop((tp.topic, tp.partition), None)

    async def on_partitions_assigned(self, assigned: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Go on from the database's position; a pause does not survive a rebalance."""
        assigned = list(assigned)
        if not assigned:
            return
        if self.paused:
            self._pause(assigned)
            return
        try:
            await self.seek_to_truth(assigned)
        except Exception as error:
            self._start_outage(error)

    async def seek_to_truth(self, partitions: Sequence[TopicPartition]) -> None:
        """Put the consumer where the database says."""
        rows = await self.store.positions()
        known = {(r["topic"], r["part"]) for r in rows}
        added = [tp for tp in partitions if (tp.topic, tp.partition) not in known]
        if added:
            await self._begin_at_start(self.consumer, added)
            rows = await self.store.positions()
        truth = {(r["topic"], r["part"]): r["next"] for r in rows}
        self.processor.nr = {(r["topic"], r["part"]): r["nr"] for r in rows}
        for tp in partitions:
            where = (tp.topic, tp.partition)
            self.consumer.seek(tp, truth[where])
            self.expected[where] = truth[where]

    # --- one batch -----------------------------------------------------------------------------------------------

    async def _handle(self, records: Any) -> None:
        # A rebalance in the middle may put `expected` elsewhere: the batch goes by where it began, or not at all.
        before = dict(self.expected)
        at = dict(before)
        try:
            mine, lost = await self._gaps_looked_into(self._current(records))
            if self.paused or not mine:
                return
            began = time.monotonic()
            self.in_hand = True
            await self.processor.records(mine, at, lost)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # FastStream would go on past whatever escapes here
            self._start_outage(error)
            return
        finally:
            self.in_hand = False
            self._go_on(before, at)
        self._failures = 0
        if self.outage:
            self.waits.end(PART)
            self.outage = ""
        await self.tell_kafka()
        if len(mine) < self.settings.batch_stoerrelse // 4:
            await self.processor.wake.gather(time.monotonic() - began)

    def _go_on(self, before: dict[Partition, int], after: dict[Partition, int]) -> None:
        """Expect what comes after the batch, where nobody has said otherwise meanwhile."""
        for where, offset in after.items():
            if offset != before[where] and self.expected.get(where) == before[where]:
                self.expected[where] = offset

    def _current(self, records: Sequence[ConsumerRecord[Any, Any]]) -> list[Any]:
        """The records this member still owns and has not taken in yet."""
        expected = self.expected
        mine = [r for r in records if r.offset >= expected.get((r.topic, r.partition), r.offset + 1)]
        if len(mine) < len(records):
            self._refuse_rewound({TopicPartition(r.topic, r.partition) for r in records})
        return mine

    def _refuse_rewound(self, partitions: Iterable[TopicPartition]) -> None:
        """A topic that ends before our position was made anew or has lost records: stop and say so, never skip."""
        for tp in partitions:
            end, here = self.consumer.highwater(tp), self.expected.get((tp.topic, tp.partition))
            if end is not None and here is not None and end < here:
                where = f"{tp.topic}/{tp.partition}"
                self._start_outage(
                    Rewound(f"{where} slutter ved {end}, men er læst til {here}: er emnet oprettet på ny?")
                )

    async def _gaps_looked_into(self, records: list[Any]) -> tuple[list[Any], dict[Partition, int]]:
        """Offsets that are missing before a partition's first record are asked for once more before they are passed.

        Gives the records to take now, and how many of the missing offsets are gone, below the start of the log.
        """
        first = {(r.topic, r.partition): r.offset for r in reversed(records)}
        gaps = {w: (self.expected[w], offset) for w, offset in first.items() if offset > self.expected[w]}
        new = {w: gap for w, gap in gaps.items() if self._gaps.get(w) != gap and not EMNER[w[0]].kompakteret}
        for (topic, part), (expected, _) in new.items():
            with suppress(IllegalStateError):
                self.consumer.seek(TopicPartition(topic, part), expected)
        self._gaps |= new
        passed = {TopicPartition(*w): gap for w, gap in gaps.items() if w not in new}
        began = await self.consumer.beginning_offsets(list(passed)) if passed else {}
        lost = {(tp.topic, tp.partition): lost_of(gap, began[tp]) for tp, gap in passed.items()}
        return [r for r in records if (r.topic, r.partition) not in new] if new else records, lost

    async def tell_kafka(self) -> None:
        """Commit to Kafka too, for the tools that look there; nothing here depends on it, so now and then will do."""
        now = time.monotonic()
        if now < self._told_at + TELL_S or self.consumer is None:
            return
        self._told_at = now
        assigned = self.consumer.assignment()
        offsets = {
            tp: self.expected[tp.topic, tp.partition] for tp in assigned if (tp.topic, tp.partition) in self.expected
        }
        news = {tp: offset for tp, offset in offsets.items() if self._told.get(tp) != offset}
        with suppress(KafkaError, TimeoutError, IllegalStateError):
            if news:
                async with asyncio.timeout(10):
                    await self.consumer.commit(news)
                self._told = offsets

    # --- outage --------------------------------------------------------------------------------------------------

    async def look_at_topics(self) -> None:
        """Read nothing more while a topic is gone or has lost partitions; goes on when they are as agreed again."""
        try:
            await self._check_topics()
        except TopicMissing as error:
            if not self.topics_wrong:
                self.topics_wrong = True
                self._start_outage(error)

    async def _check_topics(self) -> None:
        await check_topics(self.settings, list(self.topics))

    def _start_outage(self, error: BaseException) -> None:
        self.outage = self.waits.begin(PART, error)
        self.paused = True
        self._failures += 1
        self._pause(self.consumer.assignment())
        if self._probe is None or self._probe.done():
            self._probe = asyncio.create_task(self._recover())

    def _pause(self, partitions: Iterable[TopicPartition]) -> None:
        with suppress(IllegalStateError):
            self.consumer.pause(*partitions)

    async def _recover(self) -> None:
        delay = min(0.2 * 2 ** min(self._failures - 1, 6), 10.0)
        while not self._stopping:
            await asyncio.sleep(delay * (0.5 + random.random() / 2))
            delay = min(delay * 2, 10.0)
            try:
                async with asyncio.timeout(10):
                    if self.topics_wrong:
                        await self._check_topics()
                        self.topics_wrong = False
                    assigned = list(self.consumer.assignment())
                    await self.seek_to_truth(assigned)
                # A rebalance, or a look that found a topic gone, may have come in between.
                if self.topics_wrong or set(self.consumer.assignment()) != set(assigned):
                    continue
                self.consumer.resume(*assigned)
                self.paused = False
                self.waits.trying(PART)
                return
            except Exception as error:
                self.outage = self.waits.begin(PART, error)
