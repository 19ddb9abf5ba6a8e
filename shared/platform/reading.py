"""How far a consumer has read: up to which time, over what is not there, and whether its servers answer."""

import asyncio
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.platform.kafka import client_kwargs
from shared.platform.processor import Partition

if TYPE_CHECKING:
    from shared.platform.ingest import Ingest

PULSE_S = 5.0
"""Seconds Kafka and PostgreSQL have to answer before `/health` says that they do not."""
LOOK_S = 10.0
"""Seconds between looks at the topics themselves: the consumer asks every five minutes, and says nothing."""


class KafkaAway(KafkaError):
    """The cluster does not answer."""


def lost_of(gap: tuple[int, int], began: int) -> int:
    """How many offsets of a gap lie below the start of the log: what was there is gone."""
    expected, first = gap
    return max(0, min(began, first) - expected)


class Reading:
    """Looks after the positions of one consumer."""

    def __init__(self, ingest: "Ingest") -> None:
        self.ingest = ingest
        self._ends: dict[Partition, tuple[datetime, int]] = {}
        self._at_end: dict[Partition, int] = {}
        self._look_at = time.monotonic() + LOOK_S

    async def mark_read(self) -> None:
        """Record up to which time this member's partitions have been read.

        The ends of the topics are noted with the database's time; once they are passed, all that was there then is in.
        """
        consumer = self.ingest.consumer
        if consumer is None or self.ingest.paused:
            return
        assigned = {(tp.topic, tp.partition): tp for tp in consumer.assignment()}
        self._ends = {w: v for w, v in self._ends.items() if w in assigned}
        fresh = [tp for w, tp in assigned.items() if w not in self._ends]
        if fresh:
            now = await self.ingest.store.now()
            ends = await consumer.end_offsets(fresh)
            self._ends |= {(tp.topic, tp.partition): (now, end) for tp, end in ends.items()}
        done = [w for w, (_, end) in self._ends.items() if self.ingest.expected.get(w, -1) >= end]
        if done:
            await self.ingest.store.read_until([(*w, self._ends.pop(w)[0]) for w in done])

    async def step_over_nothing(self) -> None:
        """Move past offsets at a partition's end that hold no message: a transaction's marker, what retention removed.

        Nothing else would ever move past them, and the partition would look unread for ever. Counted as jumped.
        """
        consumer = self.ingest.consumer
        if consumer is None or self.ingest.paused or self.ingest.in_hand:
            return
        for tp in consumer.assignment():
            where, here = (tp.topic, tp.partition), self.ingest.expected.get((tp.topic, tp.partition))
            if here is None or self._at_end.get(where) != here:
                self._at_end[where] = -1 if here is None else here
                continue
            there = await consumer.position(tp)
            if there > here and await self._holds_nothing(tp, here, there):
                began = await consumer.beginning_offsets([tp])
                gone = lost_of((here, there), began[tp])
                moved = await self.ingest.store.step_over(where, here, there, gone)
                if moved and self.ingest.expected.get(where) == here:
                    self.ingest.expected[where] = there
                if moved and gone:
                    self.ingest.processor.tell_jumped(*where, gone)

    async def _holds_nothing(self, tp: TopicPartition, here: int, there: int) -> bool:
        """Asked with a consumer of its own: what ours has fetched may still be on its way to us."""
        kwargs: dict[str, Any] = {
            **client_kwargs(self.ingest.settings),
            "auto_offset_reset": "earliest",
            "isolation_level": "read_committed",
        }
        async with AIOKafkaConsumer(**kwargs) as consumer:
            consumer.assign([tp])
            consumer.seek(tp, here)
            found = await consumer.getmany(tp, timeout_ms=1000)
            return not found and await consumer.position(tp) >= there

    async def pulse(self) -> None:
        """Raises `KafkaAway` when one of our partitions is out of reach: the consumer itself waits without a word.

        Each has a leader of its own, so one broker that answers says nothing of the others.
        """
        consumer = self.ingest.consumer
        if consumer is None:
            return
        try:
            async with asyncio.timeout(PULSE_S):
                if time.monotonic() > self._look_at:
                    await self.ingest.look_at_topics()
                    self._look_at = time.monotonic() + LOOK_S
                if not self.ingest.topics_wrong and (assigned := list(consumer.assignment())):
                    await consumer.end_offsets(assigned)
        except (TimeoutError, KafkaError) as error:
            raise KafkaAway(f"Kafka svarer ikke ({type(error).__name__})") from error

    def lag(self) -> dict[Partition, int]:
        """Records not yet read per assigned partition, as far as the last fetch knew."""
        consumer = self.ingest.consumer
        if consumer is None:
            return {}
        known = {tp: consumer.highwater(tp) for tp in consumer.assignment()}
        return {
            (tp.topic, tp.partition): max(0, high - self.ingest.expected.get((tp.topic, tp.partition), high))
            for tp, high in known.items()
            if high is not None
        }
