"""(c) The limit, measured: as many hops, bytes and calls per event as the hub had, moved by bare clients."""

import asyncio
import json
import time
from dataclasses import asdict
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bench.hub import Traffic
from bench.limit_app import OUT, Spec, topic
from bench.result import Result, require_ledgers
from bench.stack import BenchError, Stack, open_stack
from shared.platform.kafka import client_kwargs, producer
from shared.platform.settings import Settings

WARM = 300
PARTITIONS = 6
LOOK_S = 0.1
STALL_S = 120.0
_CPR = "0101901234"


async def measure(found: Settings, events: int, workers: int, traffic: Traffic, calls_per_event: float) -> Result:
    """One run. `calls_per_event` as the hub made them: a card, two letters, and look-ups for most letters."""
    async with open_stack(found) as stack:
        spec = _spec(stack, traffic, calls_per_event)
        await _prepare(stack, spec)
        for number in range(workers):
            stack.start(f"graense-{number}", "bench.limit_app", json.dumps(asdict(spec)))
        return await _measured(stack, spec, events, calls_per_event)


def _spec(stack: Stack, traffic: Traffic, calls_per_event: float) -> Spec:
    s = stack.settings
    card = {
        "kort_id": "{id}", "cpr": _CPR, "navn": "Navn", "adressetype": "FOLKEREGISTER", "kommunekode": "0630",
        "aarsag": "FOERSTE_RET", "gruppe": "1", "anmodet": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    letter = {
        "kanal": "FYSISK", "modtager": {"cpr": _CPR, "navn": "Navn", "adresse": {"vej": "Vej 1"}},
        "afsender": "Kommunen", "titel": "Brev", "tekst": "x" * max(1, traffic.call_bytes - 150),
    }  # fmt: skip
    last = traffic.heard - 1
    lookups = round(calls_per_event - 3)
    calls = (
        (last - 2, f"{s.kortleverandoer_url}/ordrer", json.dumps(card)),
        *((last - 1, f"{s.digital_post_url}/tilmelding", json.dumps({"cpr": _CPR})) for _ in range(lookups)),
        *((last, f"{s.digital_post_url}/breve", json.dumps(letter)) for _ in range(2)),
    )
    extra = (traffic.published - (traffic.heard - 1)) / traffic.heard
    return Spec(
        s.kafka_bootstrap_servers, s.database_url.get_secret_value(), traffic.heard, extra, traffic.record_bytes, calls
    )


async def _prepare(stack: Stack, spec: Spec) -> None:
    admin = AIOKafkaAdminClient(**client_kwargs(stack.settings))
    await admin.start()
    try:
        names = [*(topic(h) for h in range(spec.hops)), OUT]
        await admin.create_topics([NewTopic(n, PARTITIONS, 1) for n in names], timeout_ms=60_000)
    finally:
        await admin.close()
    db = await asyncpg.connect(spec.dsn)
    try:
        await db.execute("create table besked (emne text not null, noegle bytea not null, vaerdi bytea not null)")
    finally:
        await db.close()


async def _measured(stack: Stack, spec: Spec, events: int, calls_per_event: float) -> Result:
    calls = len(spec.calls)
    db = await asyncpg.connect(spec.dsn)
    reader = AIOKafkaConsumer(**client_kwargs(stack.settings))
    try:
        async with producer(stack.settings) as kafka, reader:
            await _send(kafka, spec, 0, WARM)
            await _done(stack, db, reader, spec, WARM)
            before, began = stack.reading(), time.monotonic()
            await _send(kafka, spec, WARM, events)
            await _done(stack, db, reader, spec, WARM + events)
            seconds, spent = time.monotonic() - began, stack.reading().since(before)
    finally:
        await db.close()
    require_ledgers(await stack.ledgers(), WARM + events)
    # Counted as the hub's messages are: a record handled at each hop, and the outcome of each call.
    result = Result("limit", events, seconds, (spec.hops + calls) * events, calls * events, spent, stack.peak_mb())
    result.more["calls_per_event_of_the_hub"] = calls_per_event
    return result


async def _send(kafka: Any, spec: Spec, first: int, count: int) -> None:
    value = b"x" * spec.record_bytes
    for at in range(first, first + count, 500):
        ids = range(at, min(at + 500, first + count))
        await asyncio.gather(*[await kafka.send(topic(0), value, key=f"id-{i:08d}".encode()) for i in ids])


async def _done(stack: Stack, db: asyncpg.Connection, reader: AIOKafkaConsumer, spec: Spec, events: int) -> None:
    """Until every hop of every event is written, and its offsets are sent. A record more or less is an error."""
    moved, last = time.monotonic(), -1
    while True:
        stack.require_alive()
        written = int(await db.fetchval("select coalesce(sum(n_tup_ins), 0)::bigint from pg_stat_user_tables") or 0)
        if written >= spec.hops * events and await db.fetchval("select count(*) from besked") == spec.hops * events:
            where = [TopicPartition(topic(spec.hops - 1), p) for p in range(PARTITIONS)]
            if sum((await reader.end_offsets(where)).values()) == events:
                return
        if written != last:
            moved, last = time.monotonic(), written
        elif time.monotonic() - moved > STALL_S:
            raise BenchError(f"grænsen står stille ved {written} af {spec.hops * events}")
        await asyncio.sleep(LOOK_S)
