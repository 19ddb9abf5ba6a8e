"""(b) `python -m bench.naive_app SERVICE`: one service as a good team would write it with the same libraries.

FastStream one message at a time, acknowledged by hand after one asyncpg transaction with inbox (`handled`), rows and
outbox; beside it a relay, a worker for the calls outside, and a poller of deadlines. The rules, the handlers, the HTTP
clients and the statements of one message are the hub's own: what differs is only that nothing is done in batches.
"""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from contracts.kuvert import Kuvert, pak_ud
from shared.domain.udfald import InternBesked
from shared.platform.database import Connection, open_pool
from shared.platform.engine import Limits, decide
from shared.platform.kafka import producer
from shared.platform.records import Item, Reader, Stored, pack_headers, unpack_headers
from shared.platform.runtime import load_service
from shared.platform.settings import Settings
from shared.platform.tjeneste import Afvist, Svar, Udfoert
from shared.platform.transaction import Transaction

IDLE_S = 0.02
RELAYED = 100
CALLS = 16


class NaiveError(Exception):
    """A message failed; this app, which only measures, stops there."""


class NaiveService:
    """One service."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.name, self.settings = name, settings
        self.service = load_service(name, settings)
        self.reader = Reader(self.service)
        self.clients = {art: make(settings) for art, make in self.service.klienter.items()}
        self.broker = KafkaBroker(settings.kafka_servere, logger=None)
        subscriber = self.broker.subscriber(
            *self.service.emner, group_id=name, ack_policy=AckPolicy.MANUAL, auto_offset_reset="earliest"
        )
        subscriber(self.on_record)

    async def run(self) -> None:
        """Until cancelled."""
        self.pool = await open_pool(self.settings, self.name)
        await self.broker.start()
        loops: tuple[Callable[[], Awaitable[int]], ...] = (self.relay, self.call, self.release)
        async with producer(self.settings) as self.kafka:
            await asyncio.gather(*(self._repeat(step) for step in loops))

    async def _repeat(self, step: Callable[[], Awaitable[int]]) -> None:
        while True:
            if await step() == 0:
                await asyncio.sleep(IDLE_S)

    async def on_record(self, message: KafkaMessage) -> None:
        """One record: one transaction, then the acknowledgement."""
        raw: Any = message.raw_message
        item = self.reader.read(raw)
        async with self.pool.acquire() as db, db.transaction():
            new = await db.fetchval(
                "insert into handled (id, nr, ofs, done) values ($1, 0, $2, true) on conflict (id) do nothing "
                "returning true",
                item.id,
                raw.offset,
            )
            if new:
                await self.handle(db, item)
        await message.ack()

    async def handle(self, db: Connection, item: Item) -> None:
        """Run the handler of one message with its rows, and write what it decides."""
        tx = Transaction(db, self.name)
        loaded = await tx.load([item])
        plan = decide(self.service, [item], loaded, set(), set(), datetime.now(UTC), Limits(1))
        if plan.queued or plan.parked:
            raise NaiveError(f"{self.name}: {plan.queued or plan.parked}")
        await tx.write(plan)

    async def relay(self) -> int:
        """Publish what waits in the outbox, and delete it."""
        async with self.pool.acquire() as db, db.transaction():
            rows = await db.fetch(
                "select id, topic, key, value, headers from outbox order by id limit $1 for update skip locked", RELAYED
            )
            if rows:
                futures = [
                    await self.kafka.send(r["topic"], r["value"], key=r["key"], headers=unpack_headers(r["headers"]))
                    for r in rows
                ]
                await asyncio.gather(*futures)
                await db.execute("delete from outbox where id = any($1)", [r["id"] for r in rows])
        return len(rows)

    async def call(self) -> int:
        """Make the calls that are wanted, some at a time."""
        rows = await self.pool.fetch(
            "update effect set state = 'sending', attempts = attempts + 1 where noegle in (select noegle from effect "
            "where state = 'wanted' order by next_at limit $1 for update skip locked) returning *",
            CALLS,
        )
        await asyncio.gather(*(self._call_one(r) for r in rows))
        return len(rows)

    async def _call_one(self, row: Any) -> None:
        wish = pak_ud(row["order_key"].encode(), row["value"], unpack_headers(row["headers"]), self.reader.types)
        now = datetime.now(UTC)
        answer: Svar = await self.clients[row["art"]].send(row["noegle"], wish.besked, now)
        match answer:
            case Udfoert(message):
                state = "done"
            case Afvist(message):
                state = "refused"
        async with self.pool.acquire() as db, db.transaction():
            await db.execute(
                "update effect set state = $2, settled_at = clock_timestamp() where noegle = $1", row["noegle"], state
            )
            await self.handle(db, self._outcome(row, wish, message, now))

    def _outcome(self, row: Any, wish: Kuvert, message: InternBesked, now: datetime) -> Item:
        envelope = Kuvert(
            message, f"effekt:{row['noegle']}", self.service.kilde, now, row["order_key"],
            forloeb_id=wish.forloeb_id, aarsag_id=wish.id,
        )  # fmt: skip
        return self._item(envelope.noegle.encode(), envelope.vaerdi(), pack_headers(envelope.headers()))

    async def release(self) -> int:
        """Handle a deadline that is due."""
        async with self.pool.acquire() as db, db.transaction():
            row = await db.fetchrow(
                "delete from deadline where frist_id = (select frist_id from deadline where due <= now() order by due "
                "limit 1 for update skip locked) returning *"
            )
            if row is not None:
                await self.handle(db, self._item(row["key"], row["value"], row["headers"]))
        return 0 if row is None else 1

    def _item(self, key: bytes, value: bytes, headers: bytes) -> Item:
        return self.reader.read(Stored("", -1, -1, key, value, unpack_headers(headers)))


async def main(name: str) -> None:
    """Run one service until SIGTERM."""
    service = NaiveService(name, Settings())
    running = asyncio.create_task(service.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        return


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(sys.argv[1]))
