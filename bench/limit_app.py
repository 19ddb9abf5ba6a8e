"""(c) `python -m bench.limit_app SPEC`: what the machine can move, with nothing of ours in between.

Every hop reads records in bulk, writes their bytes once by COPY, makes the calls of that hop, sends as many bytes on,
and commits. No rules, no ids, no order, no promise.
"""

import asyncio
import json
import signal
import sys
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

BULK = 500
AT_ONCE = 32
KEPT_S = 2.0
"""A connection idle for longer may be closed by the server just as we write."""
OUT = "graense.ud"


@dataclass(frozen=True, slots=True)
class Spec:
    """One worker's order."""

    kafka: str
    dsn: str
    hops: int
    extra_per_hop: float
    """Records sent beside the one that goes on: those nobody hears."""
    record_bytes: int
    calls: tuple[tuple[int, str, str], ...]
    """(hop, URL, body) of the calls that each record makes there; `{id}` in the body is the record's own."""


def topic(hop: int) -> str:
    """The topic a hop reads."""
    return f"graense.{hop}"


class Connections:
    """HTTP/1.1 over kept connections, as bare as it goes: a request out, a status and a body in."""

    def __init__(self) -> None:
        self._idle: dict[str, list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    async def post(self, url: str, key: str, body: bytes) -> int:
        """The status of the answer, which has been read to its end."""
        parts = urlsplit(url)
        head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        async with self._room:
            idle = self._idle.setdefault(parts.netloc, [])
            kept, reader, writer = idle.pop() if idle else (0.0, None, None)
            if reader is None or writer is None or time.monotonic() - kept > KEPT_S:
                reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = next(int(h[15:]) for h in answer.lower().split(b"\r\n") if h.startswith(b"content-length:"))
            await reader.readexactly(length)
            idle.append((time.monotonic(), reader, writer))
        return int(answer[9:12])


class Worker:
    """One process of the limit."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.http = Connections()
        self.owed = 0.0

    async def run(self) -> None:
        """Until cancelled."""
        db = await asyncpg.connect(self.spec.dsn)
        consumer = AIOKafkaConsumer(
            *(topic(h) for h in range(self.spec.hops)), bootstrap_servers=self.spec.kafka, group_id="graense",
            enable_auto_commit=False, auto_offset_reset="earliest",
        )  # fmt: skip
        kafka = AIOKafkaProducer(
            bootstrap_servers=self.spec.kafka, enable_idempotence=True, acks="all", linger_ms=2, max_batch_size=262_144
        )
        async with consumer, kafka:
            while True:
                found = await consumer.getmany(timeout_ms=1000, max_records=BULK)
                records = [r for rs in found.values() for r in rs]
                if records:
                    await self.move(db, kafka, records)
                    await consumer.commit()

    async def move(self, db: asyncpg.Connection, kafka: AIOKafkaProducer, records: list[Any]) -> None:
        """One bulk: written, called for, sent on."""
        await db.copy_records_to_table(
            "besked", records=[(r.topic, r.key, r.value) for r in records], columns=["emne", "noegle", "vaerdi"]
        )
        await asyncio.gather(*(self._calls(r) for r in records))
        futures: list[Any] = []
        for record in records:
            hop = int(record.topic.rpartition(".")[2]) + 1
            if hop < self.spec.hops:
                futures.append(await kafka.send(topic(hop), record.value, key=record.key))
            self.owed += self.spec.extra_per_hop
            while self.owed >= 1:
                self.owed -= 1
                futures.append(await kafka.send(OUT, record.value, key=record.key))
        await asyncio.gather(*futures)

    async def _calls(self, record: Any) -> None:
        key = record.key.decode()
        for number, (hop, url, body) in enumerate(self.spec.calls):
            if record.topic == topic(hop):
                status = await self.http.post(url, f"{number}-{key}", body.replace("{id}", key).encode())
                if status >= 300:
                    raise RuntimeError(f"{url}: {status}")


async def main(text: str) -> None:
    """Run one worker until SIGTERM."""
    order: dict[str, Any] = json.loads(text)
    order["calls"] = tuple(tuple(c) for c in order["calls"])
    running = asyncio.create_task(Worker(Spec(**order)).run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        return


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(sys.argv[1]))
