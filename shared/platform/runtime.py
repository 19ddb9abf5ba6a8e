"""A running service: its consumer, its loops, its state, from start to clean stop."""

import asyncio
import gc
import importlib
import os
import signal
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from aiokafka.errors import KafkaError

from contracts.ur import UrStillet
from shared.platform.clock import Clock
from shared.platform.database import END_FROZEN, Pool, close_pool, migrate, open_pool
from shared.platform.deadlines import Deadlines
from shared.platform.effects import Effects
from shared.platform.engine import backoff, describe
from shared.platform.health import HealthServer
from shared.platform.httpserver import HttpServer
from shared.platform.ingest import Ingest
from shared.platform.kafka import TopicMissing, check_topics
from shared.platform.logging import logger
from shared.platform.loops import Loop, rest
from shared.platform.metrics import Metrics
from shared.platform.opslag.server import query_server
from shared.platform.processor import Processor, Wake
from shared.platform.reading import PULSE_S
from shared.platform.relay import Relay
from shared.platform.settings import Settings
from shared.platform.tjeneste import Klient, Tjeneste
from shared.platform.waits import Waits

T = TypeVar("T")
SERVICES = Path(__file__).parents[2] / "services"


class ServiceDied(Exception):
    """A part of a service ended that must run for ever; the process has to be started again."""


def service_names() -> list[str]:
    """The services there are, by folder."""
    return sorted(p.name for p in SERVICES.iterdir() if (p / "app.py").is_file())


def load_service(name: str, settings: Settings) -> Tjeneste:
    """The declaration of a service: `services.<name>.app:TJENESTE`, a `Tjeneste` or a function of the settings."""
    declared: Any = importlib.import_module(f"services.{name}.app").TJENESTE
    service = declared if isinstance(declared, Tjeneste) else declared(settings)
    assert isinstance(service, Tjeneste)
    return service


def migrations_of(name: str) -> Path:
    """The folder of a service's own migrations."""
    return SERVICES / name / "migrations"


@dataclass(frozen=True, slots=True)
class Parts:
    """What a service is put together from; the simulation has others, over memory."""

    processor: type[Processor] = Processor
    ingest: type[Ingest] = Ingest
    clock: type[Clock] = Clock
    relay: type[Relay] = Relay
    effects: type[Effects] = Effects
    deadlines: type[Deadlines] = Deadlines


class Runtime:
    """One service in this process."""

    parts = Parts()

    def __init__(self, service: Tjeneste, settings: Settings, metrics: Metrics, migrations: Path | None = None) -> None:
        self.service, self.settings, self.metrics = service, settings, metrics
        self.migrations = migrations
        self.member = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.stop_event = asyncio.Event()
        self.wake = Wake()
        self.waits = Waits(service.navn)
        self.log = logger(tjeneste=service.navn)
        self.ingest: Ingest | None = None
        self._starting = "starter"
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._loops: list[Loop] = []
        self._clients: dict[str, Klient] = {}

    async def start(self) -> None:
        """Migrate, check the topics, and begin. An outage is waited for; `TopicMissing` is raised with the way out."""
        name, settings, parts = self.service.navn, self.settings, self.parts
        topics = await self._when_there(self._prepare)
        self.pool = await self._when_there(self._open_pool)
        self.processor = parts.processor(self.service, self.pool, settings, self.metrics, self.wake)
        ingest = parts.ingest(self.processor, settings, topics, self.waits)
        self._clients = {art: make(settings) for art, make in self.service.klienter.items()}
        self.clock = parts.clock(self.pool, settings, self.wake)
        self.relay = parts.relay(name, self.member, self.pool, settings, self.metrics, self.wake)
        self.effects = parts.effects(self.service, self.member, self.pool, self.metrics, self.wake, self._clients)
        deadlines = parts.deadlines(name, list(topics), self.pool, self.wake, ingest.reading.mark_read)
        self._loops = [
            Loop("ur", self.waits, self.clock.step),
            Loop("relæ", self.waits, self.relay.step),
            Loop("inbox", self.waits, self._inbox_step),
            Loop("frister", self.waits, deadlines.step),
            *([Loop("effekter", self.waits, self.effects.step)] if self._clients else []),
        ]
        await self._when_there(self.clock.catch_up)
        self._tasks = {loop.name: asyncio.create_task(loop.run(self.stop_event)) for loop in self._loops}
        await self._when_there(ingest.start)
        self.ingest = ingest
        pulse = Loop("puls", self.waits, self._pulse)
        self._loops.append(pulse)
        self._tasks[pulse.name] = asyncio.create_task(pulse.run(self.stop_event))
        self._tasks["vagt"] = asyncio.create_task(self._watch())
        self._starting = ""
        self.log.info("kører", medlem=self.member, emner=list(topics))

    async def _prepare(self) -> dict[str, int]:
        await migrate(self.settings, self.service.navn, self.migrations)
        await check_topics(self.settings, [UrStillet.emne])
        return await check_topics(self.settings, self.service.emner)

    async def _open_pool(self) -> Pool:
        return await open_pool(self.settings, self.service.navn)

    async def _close_pool(self) -> None:
        await close_pool(self.pool)

    async def _when_there(self, step: Callable[[], Awaitable[T]]) -> T:
        """Do one step of the start; while a server is away, say why once and try again with backoff."""
        tries = 0
        while True:
            try:
                result = await step()
            except (KafkaError, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                tries += 1
                if describe(error) != self._starting:
                    self.log.warning("venter", grund=describe(error))
                self._starting = describe(error)
                await asyncio.sleep(backoff(tries, 0.2, 10))
            else:
                self._starting = "starter"
                return result

    async def _inbox_step(self) -> None:
        began = time.monotonic()
        taken = await self.processor.inbox()
        if taken == 0:
            await self.wake.rest(self.wake.inbox, 0.2)
        elif taken < self.settings.batch_stoerrelse // 4:
            await self.wake.gather(time.monotonic() - began)

    async def _pulse(self) -> None:
        """Whether the servers answer, also when nothing is to be done; what is wrong stands in `/health`."""
        assert self.ingest is not None
        try:
            # The driver's own time-outs: a query that is cancelled from outside waits for the server.
            async with self.pool.acquire(timeout=PULSE_S) as db:
                ended = await db.fetchval(END_FROZEN, timeout=PULSE_S)
        except TimeoutError as error:
            raise TimeoutError("PostgreSQL svarer ikke") from error
        if ended:
            self.log.warning("frosne transaktioner er afbrudt", antal=ended)
        await self.ingest.reading.pulse()
        await self.ingest.tell_kafka()
        await self.ingest.reading.step_over_nothing()
        self.waits.settle()
        await rest(self.stop_event, 1.0)

    async def _watch(self) -> None:
        """Ends when the consumer has died: the process then exits, and its orchestrator starts it again."""
        assert self.ingest is not None
        while self.ingest.alive:
            await asyncio.sleep(0.5)
        if not self.stop_event.is_set():
            raise ServiceDied(f"{self.service.navn}: forbrugeren er stoppet")

    async def until_dead(self) -> None:
        """Returns when the service was stopped; raises what killed it."""
        done, _ = await asyncio.wait(self._tasks.values(), return_when=asyncio.FIRST_COMPLETED)
        if self.stop_event.is_set():
            return
        for task in done:
            if not task.cancelled() and (error := task.exception()):
                raise error
        raise ServiceDied(f"{self.service.navn}: en del af tjenesten er stoppet")

    async def stop(self) -> None:
        """Finish the batch in hand, publish what was decided, give back leases, close: all within the grace time.

        What hangs then is left behind; nothing depends on a clean end, and the process ends anyway.
        """
        deadline = time.monotonic() + self.settings.nedlukning_s
        self.stop_event.set()
        for event in vars(self.wake).values():
            event.set()
        if self.ingest is not None:
            await _within(self.ingest.stop(), deadline)
        await self._end_tasks(deadline)
        for part in ("effects", "relay", "clock"):
            if hasattr(self, part):
                await _within(getattr(self, part).close(), deadline)
        for client in self._clients.values():
            await _within(client.luk(), deadline)
        if hasattr(self, "pool"):
            await _within(self._close_pool(), deadline)
        self.log.info("stoppet", medlem=self.member)

    async def _end_tasks(self, deadline: float) -> None:
        tasks = set(self._tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=max(0.5, deadline - time.monotonic() - 5))
            for task in late:
                task.cancel()
            await asyncio.wait(tasks, timeout=max(0.5, deadline - time.monotonic() - 4))

    def state(self) -> dict[str, Any]:
        """What `/health` says: whether it lives, and what it waits for."""
        waits = {loop.name: loop.outage for loop in self._loops if loop.outage}
        if self.ingest is not None and self.ingest.waits_for:
            waits["indlæsning"] = self.ingest.waits_for
        if hasattr(self, "relay") and self.relay.trouble:
            waits["relæ"] = self.relay.trouble
        if self._clients and self.effects.outage:
            waits["effekter"] = self.effects.outage
        if self._starting:
            waits["start"] = self._starting
        dead = [name for name, task in self._tasks.items() if task.done()]
        alive = not dead and (bool(self._starting) or (self.ingest is not None and self.ingest.alive))
        return {
            "tjeneste": self.service.navn,
            "sund": alive,
            "venter_paa": waits,
            "doede_dele": dead,
            "medlem": self.member,
        }

    async def gauge(self) -> None:
        """Bring the gauges up to date; an outage leaves them as they were."""
        name, m = self.service.navn, self.metrics
        for (topic, part), lag in (self.ingest.reading.lag() if self.ingest else {}).items():
            m.lag.labels(name, topic, part).set(lag)
        try:
            async with asyncio.timeout(3):
                row = await self.pool.fetchrow(_GAUGES)
                states = await self.pool.fetch("select state, count(*) n from effect group by state")
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return
        assert row is not None
        for gauge in ("inbox", "oldest", "parked_now", "outbox", "deadlines_due", "deadlines"):
            getattr(m, gauge).labels(name).set(row[gauge])
        for state in ("wanted", "sending", "done", "refused", "unknown"):
            m.effects.labels(name, state).set(next((r["n"] for r in states if r["state"] == state), 0))


_GAUGES = """
select (select count(*) from inbox) as inbox,
       (select coalesce(extract(epoch from now() - min(received_at)), 0)::float8 from inbox) as oldest,
       (select count(*) from parked where resolved_at is null) as parked_now,
       (select count(*) from outbox) as outbox,
       (select count(*) from deadline) as deadlines,
       (select count(*) from deadline
        where due <= (select clock_timestamp() + forskydning_ms * interval '1 ms' from klokke)) as deadlines_due
"""


async def _within(work: Coroutine[Any, Any, Any], deadline: float) -> None:
    """Run a step of the stop in a task of its own: neither its error nor a made-up cancellation ends the others."""
    task = asyncio.create_task(work)
    _, late = await asyncio.wait({task}, timeout=max(0.5, deadline - time.monotonic()))
    if late:
        task.cancel()
    elif not task.cancelled() and (error := task.exception()):
        logger().info("ikke lukket rent", fejl=describe(error))


async def _live(runtime: Runtime) -> None:
    await runtime.start()
    await runtime.until_dead()


async def serve(runtimes: Sequence[Runtime], settings: Settings, metrics: Metrics) -> list[HttpServer]:
    """Serve the state of the process, and what its services declare to be asked; the first is the state's."""
    log = logger()
    queries = query_server([r.service for r in runtimes], settings)
    where = queries.url if queries else ""
    health = HealthServer(runtimes, metrics, settings.helbred_vaert, settings.helbred_port, where)
    await health.start()
    log.info("helbred", adresse=health.url)
    if queries is None:
        return [health]
    await queries.start()
    log.info("opslag", adresse=queries.url)
    return [health, queries]


async def run(names: Sequence[str], settings: Settings) -> int:
    """Run services until SIGTERM or SIGINT (exit status 0), or until one of them dies (1)."""
    # What is imported stays; batches make many short-lived objects, which need no search for cycles each time.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    metrics = Metrics()
    runtimes = [Runtime(load_service(n, settings), settings, metrics, migrations_of(n)) for n in names]
    log = logger()
    servers = await serve(runtimes, settings, metrics)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    status = 0
    try:
        living = [asyncio.create_task(_live(r)) for r in runtimes]
        stopper = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([*living, stopper], return_when=asyncio.FIRST_COMPLETED)
        for task in living:
            task.cancel()
        for task in done - {stopper}:
            error = task.exception()
            if isinstance(error, TopicMissing):
                raise error
            if error is not None:
                log.error("tjenesten er død", fejl=describe(error))
                status = 1
    finally:
        await asyncio.gather(*(r.stop() for r in runtimes), return_exceptions=True)
        for server in servers:
            await server.stop()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left and (await asyncio.wait(left, timeout=1))[1]:
        # A driver whose server hangs cannot even be cancelled; the interpreter's own end would wait for it.
        log.info("forlader hængende kald", antal=len(left))
        sys.stderr.flush()
        os._exit(status)
    return status
