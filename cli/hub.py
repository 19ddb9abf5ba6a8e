"""The hub seen from outside its processes: balances, quiet, and the clock. For the commands, the demo and the tests."""

import asyncio
import getpass
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.kuvert import Kuvert
from contracts.ur import UrStillet
from shared.platform.balance import Balance, balance
from shared.platform.database import dsn, migrate
from shared.platform.kafka import client_kwargs, create_topics, producer
from shared.platform.runtime import migrations_of, service_names
from shared.platform.settings import Settings

START_S = 10.0
"""Seconds that services have to start in before they are left out of the clock's moves."""


class NotQuiet(Exception):
    """The hub did not come to rest in time; the text says what it still works on."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock as one service has it."""

    service: str
    version: int
    offset: timedelta

    @property
    def now(self) -> datetime:
        """The hub's now."""
        return datetime.now(UTC) + self.offset


class Hub:
    """A running hub, by its databases and its Kafka."""

    def __init__(
        self,
        settings: Settings,
        services: Sequence[str],
        databases: dict[str, Any],
        kafka: AIOKafkaConsumer,
        http: httpx.AsyncClient,
    ) -> None:
        self.settings, self.services = settings, tuple(services)
        self._databases = databases
        self._kafka = kafka
        self._http = http
        self.absent: set[str] = set()
        """Services that have never been started here: a hub may be run without some of them."""
        self._looked = False

    def database(self, service: str) -> Any:
        """The pool of a service's schema, to look at what it keeps."""
        return self._databases[service]

    async def balances(self) -> list[Balance]:
        """The balance of every service."""
        return list(await asyncio.gather(*(self._balance(name) for name in self.services)))

    async def _balance(self, name: str) -> Balance:
        pool = self._databases[name]
        rows = await pool.fetch("select topic, part from position")
        where = [TopicPartition(r["topic"], r["part"]) for r in rows]
        ends = await self._kafka.end_offsets(where) if where else {}
        async with pool.acquire() as db:
            return await balance(db, name, {(tp.topic, tp.partition): end for tp, end in ends.items()})

    async def wait_until_quiet(self, seconds: float = 60) -> None:
        """Until no service has anything to do, twice in a row. Raises `NotQuiet`."""
        deadline = time.monotonic() + seconds
        quiet_before = False
        wait = 0.02
        while True:
            busy = await self._busy()
            if not busy and quiet_before:
                return
            quiet_before = not busy
            if time.monotonic() > deadline:
                raise NotQuiet(f"hubben er ikke i ro: {'; '.join(busy) or 'den vågnede igen'}")
            await asyncio.sleep(0.01 if quiet_before else wait)
            wait = min(wait * 1.5, 0.25)

    async def _busy(self) -> list[str]:
        """What each service that is not at rest works on: a cheaper look than the balance."""
        rows = await asyncio.gather(*(self._databases[name].fetch(_BUSY) for name in self.services))
        where = {TopicPartition(r["topic"], r["part"]) for found in rows for r in found if r["topic"]}
        ends = await self._kafka.end_offsets(list(where)) if where else {}
        found = zip(self.services, rows, strict=True)
        texts = (_busy_with(name, its, ends) for name, its in found if name not in self.absent)
        return [text for text in texts if text]

    async def _look_for_absent(self) -> None:
        """Give services that are starting some seconds; those that then have read nothing yet are not part of it."""
        never = "select not exists(select 1 from position)"
        until = time.monotonic() + START_S
        while not self._looked:
            self.absent = {name for name in self.services if await self._databases[name].fetchval(never)}
            self._looked = not self.absent or time.monotonic() > until
            await asyncio.sleep(0 if self._looked else 0.1)
        if len(self.absent) == len(self.services):
            self._looked, self.absent = False, set()

    # --- the clock -----------------------------------------------------------------------------------------------

    async def clocks(self) -> list[Clock]:
        """The clock of every service."""
        found: list[Clock] = []
        for name in self.services:
            row = await self._databases[name].fetchrow("select version, forskydning_ms from klokke")
            found.append(Clock(name, row["version"], timedelta(milliseconds=row["forskydning_ms"])))
        return found

    async def now(self) -> datetime:
        """The hub's now, as the newest setting has it."""
        return max(await self.clocks(), key=lambda c: c.version).now

    async def set_clock(self, to: datetime, who: str = "") -> None:
        """Set the hub's clock to an instant and wait until every service has it. Raises `NotQuiet` when one has not."""
        await self._look_for_absent()
        real = datetime.now(UTC)
        newest = max(c.version for c in await self.clocks())
        version = max(newest + 1, int(real.timestamp() * 1000))
        offset = round((to - real) / timedelta(milliseconds=1))
        setting = UrStillet(forskydning_ms=offset, version=version, stillet_af=who or getpass.getuser(), stillet=real)
        envelope = Kuvert(setting, f"ur-{version}", "/sygesikring/ur", real, setting.ur)
        async with producer(self.settings, linger_ms=0) as kafka:
            await kafka.send_and_wait(
                UrStillet.emne, envelope.vaerdi(), key=setting.ur.encode(), headers=envelope.headers()
            )
        behind = list(self.services)
        for _ in range(600):
            behind = [c.service for c in await self.clocks() if c.version < version and c.service not in self.absent]
            if not behind:
                return
            await asyncio.sleep(0.025)
        raise NotQuiet(f"uret er ikke nået frem til {', '.join(behind)}: kører tjenesten?")

    async def next_due(self) -> datetime | None:
        """The first deadline after now over all services, and the first act of the simulators."""
        instants = [
            d for name in self.services if (d := await self._databases[name].fetchval("select min(due) from deadline"))
        ]
        instants += [d for url in self._simulators() if (d := await self._next_of(url))]
        return min(instants, default=None)

    def _simulators(self) -> Iterable[str]:
        urls = (self.settings.kortleverandoer_url, self.settings.digital_post_url, self.settings.nets_url)
        return filter(None, urls)

    async def forward(
        self, to: datetime, step: Callable[[datetime], None] = lambda _: None, seconds: float = 120, who: str = ""
    ) -> int:
        """Move the clock forward from due instant to due instant, waiting for quiet at each; returns the steps taken.

        So every handler sees the right now, and a year passes in seconds. Raises `NotQuiet`.
        """
        steps = 0
        await self._look_for_absent()
        await self.wait_until_quiet(seconds)
        while True:
            due = await self.next_due()
            here = await self.now()
            target = to if due is None or due >= to else max(due, here)
            await self.set_clock(target, who)
            steps += 1
            await self._settle(target, seconds)
            step(target)
            if target >= to:
                return steps

    async def _next_of(self, url: str) -> datetime | None:
        """The next instant a simulator acts at; None for a real system."""
        with suppress(httpx.HTTPError, KeyError, ValueError):
            found = (await self._http.get(f"{url}/naeste")).json()["naeste"]
            return datetime.fromisoformat(found) if found else None
        return None

    async def _settle(self, target: datetime, seconds: float) -> None:
        """Quiet, and no simulator with something to do at an instant that has passed."""
        deadline = time.monotonic() + seconds
        while True:
            await self.wait_until_quiet(seconds)
            acts = [d for url in self._simulators() if (d := await self._next_of(url)) and d <= target]
            if not acts:
                return
            if time.monotonic() > deadline:
                raise NotQuiet("en simulator gør ikke det, den skulle")
            await asyncio.sleep(0.02)


_BUSY = """
select topic, part, next, 0 as inbox, 0 as outbox, 0 as effects, 0 as due from position
union all
select null, 0, 0, (select count(*) from inbox), (select count(*) from outbox),
       (select count(*) from effect where state in ('wanted', 'sending', 'unknown') and next_at < 'infinity'),
       (select count(*) from deadline
        where due <= (select clock_timestamp() + forskydning_ms * interval '1 ms' from klokke))
"""


def _busy_with(name: str, rows: Sequence[Any], ends: dict[TopicPartition, int]) -> str:
    if not any(r["topic"] for r in rows):
        return f"{name}: ikke startet"
    lag = sum(max(0, ends[TopicPartition(r["topic"], r["part"])] - r["next"]) for r in rows if r["topic"])
    rest = next(r for r in rows if not r["topic"])
    counts = {"ulæst": lag, "i inbox": rest["inbox"], "ikke udgivet": rest["outbox"], "effekter": rest["effects"]}
    counts["frister forfaldne"] = rest["due"]
    texts = [f"{count} {what}" for what, count in counts.items() if count]
    return f"{name}: {', '.join(texts)}" if texts else ""


async def prepare(settings: Settings, services: Sequence[str] | None = None) -> list[str]:
    """Make topics and schemas; returns the topics made."""
    made = await create_topics(settings)
    for name in services or service_names():
        await migrate(settings, name, migrations_of(name))
    return made


@asynccontextmanager
async def open_hub(settings: Settings, services: Sequence[str] | None = None) -> AsyncGenerator[Hub]:
    """A view of the hub for as long as the context lasts."""
    names = list(services or service_names())
    databases = {
        name: await asyncpg.create_pool(
            dsn(settings, name), min_size=1, max_size=2, server_settings={"search_path": name}
        )
        for name in names
    }
    kafka = AIOKafkaConsumer(**client_kwargs(settings))
    await kafka.start()
    try:
        async with httpx.AsyncClient(timeout=2) as http:
            yield Hub(settings, names, databases, kafka, http)
    finally:
        await kafka.stop()
        for pool in databases.values():
            await pool.close()
