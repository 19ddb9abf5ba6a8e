"""(a) The hub itself: its services as processes of their own, from the event on Kafka to the last call outside."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.arrivals import Arrivals, publish, publish_at, publish_practices, ready
from bench.result import Result, expected, percentile, require_ledgers
from bench.stack import LOGS, SECRET, BenchError, Stack, open_stack
from cli.hub import Hub, open_hub, prepare
from contracts.cpr import CprHaendelse
from contracts.emner import EMNER
from shared.platform.kafka import client_kwargs, partitions, producer
from shared.platform.records import unpack_headers
from shared.platform.settings import Settings

WARM = 300
"""Events before the clock starts: the servers' own compilers and caches are part of no message."""
LOOK_S = 0.1
STALL_S = 300.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure of the hub. `groups` are the processes: the services of each, separated by `+`."""

    groups: Sequence[str]
    half_load_s: float
    profile: bool = False


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the hub moved for one event: the bytes that the limit must move, too."""

    heard: int
    """Records that somebody handles."""
    published: float
    """Records published by us, also those nobody hears."""
    record_bytes: int
    """Mean size of value, key and headers."""
    call_bytes: int
    """Mean size of what a call sends."""


async def measure(found: Settings, plan: Plan, events: int, half_load: bool) -> tuple[Result, Traffic]:
    """One run on fresh servers."""
    async with open_stack(found) as stack:
        await prepare(stack.settings)
        for number, group in enumerate(plan.groups):
            services = group.split("+")
            if plan.profile:
                stack.start(f"hub-{number}", "bench.profiler", str(LOGS / f"profil-{number}.txt"), "run", *services)
            else:
                stack.start(f"hub-{number}", "cli.main", "run", *services)
        async with open_hub(stack.settings) as hub:
            return await _measured(stack, hub, plan, events, half_load)


async def _measured(stack: Stack, hub: Hub, plan: Plan, events: int, half_load: bool) -> tuple[Result, Traffic]:
    half_events = int(events * 1.5) + 1000 if half_load else 0
    arrivals = Arrivals(WARM + events + half_events, SECRET)
    practices = await publish_practices(stack.settings, arrivals)
    async with producer(stack.settings) as kafka:
        topic = CprHaendelse.emne
        await publish(kafka, topic, ready(arrivals, 0, WARM))
        await _quiet(stack, hub, WARM, practices)
        todo = ready(arrivals, WARM, events)
        commits = await _commits(hub)
        before, began = stack.reading(), time.monotonic()
        await publish(kafka, topic, todo)
        await _quiet(stack, hub, WARM + events, practices)
        seconds, spent = time.monotonic() - began, stack.reading().since(before)
        commits = await _commits(hub) - commits
        calls = await _checked(stack, hub, WARM + events, practices)
        handled = sum(expected(events).values())
        calls_here = round(calls * events / (WARM + events))
        result = Result("hub", events, seconds, handled + calls_here, calls_here, spent, stack.peak_mb())
        result.more["handled_per_commit"] = round(result.handled / max(1, commits), 2)
        traffic = await _traffic(stack, hub, WARM + events, calls)
        if half_load:
            rate = result.events_per_second / 2
            count = min(half_events, max(20, int(rate * plan.half_load_s)))
            sent = await publish_at(kafka, topic, ready(arrivals, WARM + events, count), rate)
            await _quiet(stack, hub, WARM + events + count, practices)
            await _checked(stack, hub, WARM + events + count, practices)
            result.more |= await _latency(hub, sent)
            result.more["half_load_events_per_second"] = round(rate, 1)
    return result, traffic


async def _quiet(stack: Stack, hub: Hub, events: int, practices: int) -> None:
    """Until every service has handled its share, and nothing is left to publish, to call or to read."""
    wanted = expected(events)
    wanted["plo_events"] += practices
    moved, last = time.monotonic(), -1
    while True:
        stack.require_alive()
        rows = await asyncio.gather(*(hub.database(s).fetchrow(_STATE) for s in hub.services))
        states = dict(zip(hub.services, rows, strict=True))
        received = {s: row["received"] for s, row in states.items()}
        if all(received[s] >= wanted[s] for s in hub.services) and not any(r["busy"] for r in states.values()):
            return
        total = sum(received.values())
        if total != last:
            moved, last = time.monotonic(), total
        elif time.monotonic() - moved > STALL_S:
            raise BenchError(f"hubben står stille: modtaget {received}, ventet {wanted}")
        await asyncio.sleep(LOOK_S)


_STATE = """
select (select coalesce(sum(received), 0)::bigint from position) as received,
       exists (select 1 from inbox) or exists (select 1 from outbox)
       or exists (select 1 from effect where state in ('wanted', 'sending', 'unknown')) as busy
"""


async def _checked(stack: Stack, hub: Hub, events: int, practices: int) -> int:
    """The balance: all done, no difference, everything at its receiver. Returns the calls made. Raises `BenchError`."""
    wanted = expected(events)
    wanted["plo_events"] += practices
    calls = 0
    for b in await hub.balances():
        done = b.effects.get("done", 0)
        if b.difference or b.differences or not b.quiet or b.parked or b.duplicates or done != b.effects_wanted:
            raise BenchError(f"{b.service} går ikke op: {b.as_json()}")
        if b.handled != wanted[b.service]:
            raise BenchError(f"{b.service} har håndteret {b.handled}, ikke {wanted[b.service]}")
        calls += done
    require_ledgers(await stack.ledgers(), events)
    return calls


async def _commits(hub: Hub) -> int:
    """Transactions of the database so far, also those that only read; ours while looking are among them."""
    database = hub.database(hub.services[0])
    return int(await database.fetchval("select xact_commit from pg_stat_database where datname = current_database()"))


async def _traffic(stack: Stack, hub: Hub, events: int, calls: int) -> Traffic:
    """Records on every topic the services write, and the size of some thousands of them."""
    names = [e.navn for e in EMNER.values() if not e.udefra and e.navn != "ur"]
    where = [TopicPartition(n, p) for n in names for p in range(partitions(EMNER[n], stack.settings))]
    kafka = AIOKafkaConsumer(**client_kwargs(stack.settings))
    await kafka.start()
    try:
        published = sum((await kafka.end_offsets(where)).values())
        kafka.assign(where)
        await kafka.seek_to_beginning(*where)
        sizes: list[int] = []
        while len(sizes) < min(published, 5000):
            for records in (await kafka.getmany(timeout_ms=1000, max_records=500)).values():
                sizes += [_size(r) for r in records]
    finally:
        await kafka.stop()
    totals = await asyncio.gather(*(hub.database(s).fetchval(_CALL_BYTES) for s in hub.services))
    heard = sum(expected(1).values())
    return Traffic(heard, published / events, sum(sizes) // len(sizes), sum(totals) // max(1, calls))


_CALL_BYTES = "select coalesce(sum(length(value)), 0)::bigint from effect"


def _size(record: object) -> int:
    headers = sum(len(n) + len(v or b"") for n, v in getattr(record, "headers"))  # noqa: B009 - untyped record
    return len(getattr(record, "value") or b"") + len(getattr(record, "key") or b"") + headers  # noqa: B009


async def _latency(hub: Hub, sent: dict[str, float]) -> dict[str, float]:
    """Milliseconds from each event to its last call's outcome."""
    last: dict[str, float] = {}
    for service in hub.services:
        since = datetime.fromtimestamp(min(sent.values()), UTC)
        for row in await hub.database(service).fetch(_SETTLED, since):
            process = (dict(unpack_headers(row["headers"])).get("ce_correlationid") or b"").decode()
            person = process.removeprefix("indrejse-")[:36]
            if person in sent:
                last[person] = max(last.get(person, 0.0), row["settled_at"].timestamp())
    if len(last) != len(sent):
        raise BenchError(f"{len(sent) - len(last)} hændelser uden kald")
    times = [1000 * (last[p] - sent[p]) for p in sent]
    return {
        "p50_ms": round(percentile(times, 0.5), 1),
        "p99_ms": round(percentile(times, 0.99), 1),
        "longest_ms": round(max(times), 1),
    }


_SETTLED = "select headers, settled_at from effect where settled_at >= $1"
