"""(b) The app without our core, measured: every service a process of its own, on fresh servers."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from bench.arrivals import Arrivals, publish, publish_practices, ready
from bench.result import Result, expected, require_ledgers
from bench.stack import SECRET, BenchError, Stack, open_stack
from cli.hub import prepare
from contracts.cpr import CprHaendelse
from shared.platform.kafka import producer
from shared.platform.runtime import service_names
from shared.platform.settings import Settings

WARM = 50
LOOK_S = 0.1
STALL_S = 120.0
_STATE = """
select (select count(*) from handled) as handled, (select count(*) from effect where state = 'done') as done,
       exists (select 1 from outbox) or exists (select 1 from effect where state <> 'done') as busy
"""


async def measure(found: Settings, events: int) -> Result:
    """One run."""
    async with open_stack(found) as stack:
        await prepare(stack.settings)
        names = service_names()
        for name in names:
            stack.start(f"naiv-{name}", "bench.naive_app", name)
        async with schemas(stack.settings, names) as pools:
            return await _measured(stack, pools, events)


async def _measured(stack: Stack, pools: dict[str, Any], events: int) -> Result:
    arrivals = Arrivals(WARM + events, SECRET)
    practices = await publish_practices(stack.settings, arrivals)
    async with producer(stack.settings) as kafka:
        await publish(kafka, CprHaendelse.emne, ready(arrivals, 0, WARM))
        warm_calls = await _done(stack, pools, WARM, practices)
        todo = ready(arrivals, WARM, events)
        before, began = stack.reading(), time.monotonic()
        await publish(kafka, CprHaendelse.emne, todo)
        calls = await _done(stack, pools, WARM + events, practices) - warm_calls
        seconds, spent = time.monotonic() - began, stack.reading().since(before)
    require_ledgers(await stack.ledgers(), WARM + events)
    return Result("naive", events, seconds, sum(expected(events).values()) + calls, calls, spent, stack.peak_mb())


async def _done(stack: Stack, pools: dict[str, Any], events: int, practices: int) -> int:
    """Until every service has handled exactly its share and nothing is left; returns the calls made."""
    wanted = expected(events)
    wanted["plo_events"] += practices
    moved, last = time.monotonic(), -1
    while True:
        stack.require_alive()
        rows = await asyncio.gather(*(pool.fetchrow(_STATE) for pool in pools.values()))
        handled = {name: row["handled"] for name, row in zip(pools, rows, strict=True)}
        if handled == wanted and not any(row["busy"] for row in rows):
            return sum(row["done"] for row in rows)
        total = sum(handled.values()) + sum(row["done"] for row in rows)
        if total != last:
            moved, last = time.monotonic(), total
        elif time.monotonic() - moved > STALL_S:
            raise BenchError(f"den enkle app står stille: håndteret {handled}, ventet {wanted}")
        await asyncio.sleep(LOOK_S)


@asynccontextmanager
async def schemas(settings: Settings, names: Sequence[str]) -> AsyncGenerator[dict[str, Any]]:
    """A connection pool into each schema."""
    dsn = settings.database_url.get_secret_value()
    pools = {
        name: await asyncpg.create_pool(dsn, min_size=1, max_size=1, server_settings={"search_path": name})
        for name in names
    }
    try:
        yield pools
    finally:
        for pool in pools.values():
            await pool.close()
