"""From the outbox to Kafka, in order per key, at least once; readers drop what they have had.

The outbox has a fixed number of shards by key. A relay holds a shard by a lease; it deletes exactly the rows Kafka has
confirmed, and stops a key at its first failure.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError, UnknownTopicOrPartitionError

from shared.platform.database import Pool
from shared.platform.engine import describe, shard_of
from shared.platform.kafka import REQUEST_SIZE, producer
from shared.platform.logging import logger
from shared.platform.metrics import Metrics
from shared.platform.processor import Wake
from shared.platform.records import unpack_headers
from shared.platform.settings import Settings
from shared.platform.stores import OutboxStore

LEASE_S = 4.0
"""Seconds a lease lasts; renewed four times as often."""
BATCH = 1000
STUCK_S = 5.0
"""Seconds until a key that could not be published is tried again."""
ALONE_S = 600.0
"""Seconds that messages go out one by one after the broker has refused a batch for its size."""
STOP_REST_S = 0.2
"""Seconds between the tries to account for what was sent, when the service stops."""
TOPIC_S = 2.0
"""Seconds to find a topic in; the client itself would look for it far longer than a lease lasts."""

_ITS_OWN = (MessageSizeTooLargeError, ValueError)
"""What is wrong with one message, while Kafka itself is well."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of rows: what Kafka has, what it would not have, and why it stopped before the last, if it did."""

    confirmed: list[Any]
    refused: list[tuple[Any, BaseException]]
    stopped: Exception | None = None


Handed = tuple[Any, "asyncio.Future[Any] | Exception"]
"""A row, and what the producer said when it was given it."""


class LeaseLost(Exception):
    """The shard may belong to another relay: stop before anything more is sent."""


class Relay:
    """The relay of one service in one process; it takes the shards that nobody else holds."""

    Store = OutboxStore

    def __init__(self, service: str, member: str, pool: Pool, settings: Settings, metrics: Metrics, wake: Wake) -> None:
        self.service, self.member = service, member
        self.settings, self.metrics, self.wake = settings, metrics, wake
        self.store = self.Store(pool)
        self.held: list[int] = []
        self._epochs: dict[int, int] = {}
        self._until = 0.0
        self._stuck: dict[tuple[str, bytes], float] = {}
        self._alone_until = 0.0
        self._handed: list[Handed] = []
        """Rows given to the producer, whose outcome is not known yet."""
        self._confirmed: list[Any] = []
        """Rows that Kafka has, and that may still stand in the outbox."""
        self._sent_under: dict[int, int] = {}
        """Shard to epoch when they were sent."""
        self._suspects: set[tuple[str, bytes]] = set()
        """Keys that Kafka has refused: their messages go one at a time, each when the one before it is in."""
        self.trouble = ""
        """What cannot be published now; empty when all can."""
        self._told = ("", "")
        """Topic and kind of the trouble that was said: the same again is not."""
        self.log = logger(tjeneste=service, del_="relæ")
        self._producer: AIOKafkaProducer | None = None

    async def step(self) -> None:
        """Renew the leases, publish what waits, then rest until somebody rings."""
        await self._renew()
        began = time.monotonic()
        sent = await self._publish() if self.held else 0
        if sent == 0:
            await self.wake.rest(self.wake.relay, 0.1 if self.held else 0.5)
        elif sent < BATCH // 4:
            await self.wake.gather(time.monotonic() - began)

    async def close(self) -> None:
        """Publish what this process has decided, give the shards back and close the producer.

        What it had sent is accounted for first, until the caller's time is up: whoever has the shards now must know.
        """
        try:
            self._confirmed += (await _outcomes(self._handed))[0]
            await self._account()
            if self.held and self._until > time.monotonic():
                while await self._publish() >= BATCH:
                    pass
            await self.store.give_back(self.member)
        finally:
            await self._drop_producer()

    async def _account(self) -> None:
        told = False
        while self._confirmed:
            try:
                await self._take_out()
            except Exception as error:
                if not told:
                    self.log.warning("kan ikke gøre rede for, hvad der er sendt", fejl=describe(error))
                told = True
                await asyncio.sleep(STOP_REST_S)

    async def _renew(self) -> None:
        if time.monotonic() < self._until - LEASE_S * 3 / 4:
            return
        asked = time.monotonic()
        self._epochs = await self.store.take_leases(self.member, LEASE_S)
        self.held = sorted(self._epochs)
        self._until = asked + LEASE_S
        if not self.held:  # what could not be published is another's to publish, and to say
            self._stuck.clear()
            self._forget_trouble()

    async def _publish(self) -> int:
        await self._take_out()
        rows = await self.store.waiting(self.held, BATCH, self._stuck_now())
        if not rows:
            self._forget_trouble()
            return 0
        sent = await self._send(rows)
        self._confirmed += sent.confirmed
        await self._take_out()
        await self._hold_back(sent.refused)
        if sent.stopped is not None:
            raise sent.stopped
        if self._stuck and not sent.confirmed and any(not isinstance(e, _ITS_OWN) for _, e in sent.refused):
            raise KafkaError(self.trouble)
        return len(rows)

    async def _take_out(self) -> None:
        """Remove what Kafka has confirmed; done before anything more is sent, whatever has failed in between."""
        if not self._confirmed:
            return
        gone = await self.store.delete([r["id"] for r in self._confirmed], self.member, self._sent_under)
        overtaken = [r for r in self._confirmed if r["id"] not in gone and r["state_version"] is not None]
        if overtaken:
            await self._publish_state_again(overtaken)
        for topic, count in Counter(row["topic"] for row in self._confirmed).items():
            self.metrics.published.labels(self.service, topic).inc(count)
        self._confirmed = []

    def _stuck_now(self) -> list[tuple[str, bytes]]:
        """Keys whose first message Kafka would not have: left alone for a while, so that the others go on."""
        now = time.monotonic()
        self._stuck = {where: until for where, until in self._stuck.items() if until > now}
        return list(self._stuck)

    async def _hold_back(self, refused: list[tuple[Any, BaseException]]) -> None:
        self._suspects |= {(row["topic"], row["key"]) for row, _ in refused}
        if time.monotonic() > self._alone_until and any(_may_go_alone(row, error) for row, error in refused):
            self._alone_until = time.monotonic() + ALONE_S
            self.log.warning("udgiver én besked ad gangen", grund="brokeren tager ikke så store batches")
            await self._drop_producer()
        elif refused:
            self._stuck |= {(row["topic"], row["key"]): time.monotonic() + STUCK_S for row, _ in refused}
            row, error = refused[0]
            keys = len({(r["topic"], r["key"]) for r, _ in refused})
            told, self._told = self._told, (row["topic"], type(error).__name__)
            self.trouble = f"{row['topic']}: beskeder kan ikke udgives, nøgler der venter: {keys} ({describe(error)})"
            if self._told != told:
                self.log.warning("kan ikke udgive", emne=row["topic"], antal=len(refused), fejl=describe(error))
            await self._drop_producer()
        else:
            self._forget_trouble()

    def _forget_trouble(self) -> None:
        if not self._stuck:
            self.trouble, self._told = "", ("", "")

    async def _send(self, rows: list[Any]) -> Sent:
        """Also where it has to stop before the last row, it finds out what became of those it had handed over."""
        kafka = await self._connected()
        self._handed = handed = list[Handed]()
        away: set[str | tuple[str, bytes]] = set(await _absent(kafka, list(dict.fromkeys(r["topic"] for r in rows))))
        rows = _first_of(self._suspects, rows)
        stopped: Exception | None = None
        self._sent_under = self._epochs
        for row in rows:
            try:
                await self._still_ours()
            except Exception as error:
                stopped = error
                break
            handed.append((row, await self._hand_over(kafka, row, away)))
        confirmed, refused = await _outcomes(handed)
        self._handed = []
        self._suspects -= {(row["topic"], row["key"]) for row in confirmed}
        return Sent(confirmed, refused, stopped)

    async def _still_ours(self) -> None:
        """Raises `LeaseLost` when a shard may have become another's since the rows were read."""
        if time.monotonic() > self._until - 0.5:
            await self._renew()
            if time.monotonic() > self._until - 0.5 or not self._sent_under.items() <= self._epochs.items():
                raise LeaseLost("leasen på outboxen kunne ikke fornyes")

    @staticmethod
    async def _hand_over(
        kafka: AIOKafkaProducer, row: Any, away: set[str | tuple[str, bytes]]
    ) -> "asyncio.Future[Any] | Exception":
        """Give a row to the producer. One that it refuses, or whose topic is not there, holds up its own key only."""
        where = (row["topic"], row["key"])
        if row["topic"] in away or where in away:
            return UnknownTopicOrPartitionError(row["topic"])
        try:
            headers = unpack_headers(row["headers"])
            return await kafka.send(row["topic"], row["value"], key=row["key"], headers=headers)
        except KafkaTimeoutError as error:
            away.add(row["topic"])
            return error
        except (KafkaError, ValueError) as error:
            away.add(where)
            return error

    async def _publish_state_again(self, rows: list[Any]) -> None:
        """The shard is another's: what we sent may stand after a newer state of his, so the newest goes out again."""
        await self.store.state_again([(r["topic"], r["key"], shard_of(r["key"])) for r in rows])

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            batch = {"max_batch_size": 1} if time.monotonic() < self._alone_until else {}
            new = producer(self.settings, client_id=f"sygesikring-{self.service}-relay", **batch)
            try:
                await new.start()
            except BaseException:
                await new.stop()
                raise
            self._producer = new
        return self._producer

    async def _drop_producer(self) -> None:
        old, self._producer = self._producer, None
        if old is not None:
            try:
                async with asyncio.timeout(5):
                    await old.stop()
            except (TimeoutError, KafkaError, OSError):
                return


def _may_go_alone(row: Any, error: BaseException) -> bool:
    """Whether the broker refused for its size what we ourselves let pass: it looks at what came together."""
    return isinstance(error, MessageSizeTooLargeError) and len(row["key"]) + len(row["value"]) < REQUEST_SIZE - 1000


async def _absent(kafka: AIOKafkaProducer, topics: list[str]) -> list[str]:
    """The topics that Kafka does not have: asked once for each, before any message waits behind another topic's."""

    async def there(topic: str) -> bool:
        try:
            async with asyncio.timeout(TOPIC_S):
                return bool(await kafka.partitions_for(topic))
        except (TimeoutError, KafkaError):
            return False

    return [t for t, found in zip(topics, await asyncio.gather(*map(there, topics)), strict=True) if not found]


def _first_of(suspects: set[tuple[str, bytes]], rows: list[Any]) -> list[Any]:
    """Without what stands behind the first message of a suspect: were that refused again, they would overtake it."""
    seen: set[tuple[str, bytes]] = set()
    chosen: list[Any] = []
    for row in rows:
        where = (row["topic"], row["key"])
        if where not in seen:
            chosen.append(row)
        if where in suspects:
            seen.add(where)
    return chosen


async def _outcomes(handed: list[Handed]) -> tuple[list[Any], list[tuple[Any, BaseException]]]:
    """The rows Kafka has confirmed, and the others with why; after a key's first failure none of its later ones."""
    futures = [result for _, result in handed if isinstance(result, asyncio.Future)]
    if futures:  # waited for, not gathered: whoever is cancelled here may still want to know what became of them
        await asyncio.wait(futures)
    failed: dict[tuple[str, bytes], BaseException] = {}
    confirmed: list[Any] = []
    refused: list[tuple[Any, BaseException]] = []
    for row, result in handed:
        error = _error_of(result)
        where = (row["topic"], row["key"])
        if error is not None:
            failed.setdefault(where, error)
        if where in failed:
            refused.append((row, failed[where]))
        else:
            confirmed.append(row)
    return confirmed, refused


def _error_of(result: "asyncio.Future[Any] | Exception") -> BaseException | None:
    if not isinstance(result, asyncio.Future):
        return result
    return asyncio.CancelledError() if result.cancelled() else result.exception()
