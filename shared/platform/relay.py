"""From the outbox to Kafka, in order per key, at least once; readers drop what they have had.

The outbox has a fixed number of shards by key. A relay holds a shard by a lease; it deletes exactly the rows Kafka has
confirmed, and stops a key at its first failure.
"""

import asyncio
import time
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.platform.database import Pool
from shared.platform.engine import shard_of
from shared.platform.kafka import producer
from shared.platform.metrics import Metrics
from shared.platform.processor import Wake, wait_for_wake
from shared.platform.records import unpack_headers
from shared.platform.settings import Settings

LEASE_S = 4.0
"""Seconds a lease lasts; renewed four times as often."""
BATCH = 1000


class LeaseLost(Exception):
    """The shard may belong to another relay: stop before anything more is sent."""


class Relay:
    """The relay of one service in one process; it takes the shards that nobody else holds."""

    def __init__(self, service: str, member: str, pool: Pool, settings: Settings, metrics: Metrics, wake: Wake) -> None:
        self.service, self.member = service, member
        self.pool, self.settings, self.metrics, self.wake = pool, settings, metrics, wake
        self.held: list[int] = []
        self._until = 0.0
        self._producer: AIOKafkaProducer | None = None

    async def step(self) -> None:
        """Renew the leases, publish what waits, then rest until somebody rings."""
        await self._renew()
        sent = await self._publish() if self.held else 0
        if sent < BATCH:
            await wait_for_wake(self.wake.relay, 0.1 if self.held else 0.5)

    async def close(self) -> None:
        """Publish what this process has decided, give the shards back and close the producer."""
        try:
            if self.held and self._until > time.monotonic():
                while await self._publish() >= BATCH:
                    pass
            await self.pool.execute("update lease set until = '-infinity' where owner = $1", self.member)
        finally:
            await self._drop_producer()

    async def _renew(self) -> None:
        if time.monotonic() < self._until - LEASE_S * 3 / 4:
            return
        asked = time.monotonic()
        rows = await self.pool.fetch(
            "update lease set owner = $1, epoch = epoch + (owner <> $1)::int, until = now() + $2 * interval '1 second' "
            "where until < now() or owner = $1 returning shard",
            self.member,
            LEASE_S,
        )
        self.held = sorted(r["shard"] for r in rows)
        self._until = asked + LEASE_S

    async def _publish(self) -> int:
        rows = await self.pool.fetch(
            "select id, topic, key, value, headers, state_version from outbox "
            "where shard = any($1::smallint[]) order by id limit $2",
            self.held,
            BATCH,
        )
        if not rows:
            return 0
        confirmed = await self._send(rows)
        ids = [r["id"] for r in confirmed]
        gone = {r["id"] for r in await self.pool.fetch("delete from outbox where id = any($1) returning id", ids)}
        for row in confirmed:
            self.metrics.published.labels(self.service, row["topic"]).inc()
        overtaken = [r for r in confirmed if r["id"] not in gone and r["state_version"] is not None]
        if overtaken:
            await self._publish_state_again(overtaken)
        if len(confirmed) < len(rows):
            await self._drop_producer()
            raise KafkaError("nogle beskeder blev ikke bekræftet")
        return len(rows)

    async def _send(self, rows: list[Any]) -> list[Any]:
        kafka = await self._connected()
        futures: list[asyncio.Future[Any]] = []
        for row in rows:
            if time.monotonic() > self._until - 0.5:
                await self._renew()
                if time.monotonic() > self._until - 0.5:
                    raise LeaseLost("leasen på outboxen kunne ikke fornyes")
            futures.append(
                await kafka.send(row["topic"], row["value"], key=row["key"], headers=unpack_headers(row["headers"]))
            )
        results = await asyncio.gather(*futures, return_exceptions=True)
        failed: set[tuple[str, bytes]] = set()
        confirmed: list[Any] = []
        for row, result in zip(rows, results, strict=True):
            where = (row["topic"], row["key"])
            if isinstance(result, BaseException) or where in failed:
                failed.add(where)
            else:
                confirmed.append(row)
        return confirmed

    async def _publish_state_again(self, rows: list[Any]) -> None:
        """Another relay was here: what we sent may stand after its newer state, so the newest goes out again."""
        await self.pool.execute(
            "insert into outbox (shard, topic, key, value, headers, state_version) "
            "select x.shard, s.topic, s.key, s.value, s.headers, s.version from published_state s "
            "join (select distinct * from unnest($1::text[], $2::bytea[], $3::smallint[]) u(topic, key, shard)) x "
            "on x.topic = s.topic and x.key = s.key",
            [r["topic"] for r in rows],
            [r["key"] for r in rows],
            [shard_of(r["key"]) for r in rows],
        )

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            new = producer(self.settings, client_id=f"sygesikring-{self.service}-relay")
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
