"""The demo's world: Kafka, PostgreSQL, the stand-ins and every service, all alive in this process or dying with it."""

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaConnectionError
from pydantic import SecretStr

from cli import adgang
from cli.demo.observer import every_partition
from cli.hub import Hub, open_hub, prepare
from embedded import EmbeddedError, EmbeddedKafka, EmbeddedPostgres
from embedded.folders import DataFolder
from shared.platform.kafka import client_kwargs
from shared.platform.metrics import Metrics
from shared.platform.runtime import Runtime, load_service, migrations_of, serve, service_names
from shared.platform.settings import Settings
from simulators.cpr_online import app as cpr_online
from simulators.digital_post import app as digital_post
from simulators.kortleverandoer import app as kortleverandoer
from simulators.nets import app as nets
from simulators.styring import Styring

INTERRUPT_GRACE_S = 8.0
"""How long an interrupted start may take to come to an end; after that the process ends with everything it started."""

STARTING = "Starter Kafka og PostgreSQL (første gang hentes Kafka: et par minutter)"


class DemoError(Exception):
    """The demo cannot run; the text is one clear sentence in Danish."""


@dataclass
class World:
    """Everything that runs."""

    settings: Settings
    metrics: Metrics
    runtimes: list[Runtime]
    hub: Hub
    health_url: str
    queries_url: str
    """The read API."""
    folder: Path
    """For the demo's own files; gone when the world ends."""

    @property
    def services(self) -> list[str]:
        """The services by name."""
        return [r.service.navn for r in self.runtimes]

    async def until_dead(self) -> str:
        """Returns what died when a part of the world ends by itself."""
        watchers = [asyncio.create_task(r.until_dead()) for r in self.runtimes]
        try:
            done, _ = await asyncio.wait(watchers, return_when=asyncio.FIRST_COMPLETED)
            errors = [str(error) for task in done if (error := task.exception())]
            return "; ".join(errors) or "en tjeneste er stoppet"
        finally:
            for task in watchers:
                task.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)


@asynccontextmanager
async def open_world(found: Settings, seed: int, say: Callable[[str], None]) -> AsyncGenerator[World]:
    """Start everything; leaving the context ends it. `say` tells what is being started. Raises `DemoError`."""
    async with AsyncExitStack() as running:
        folder = DataFolder.take(None, "demo")
        running.callback(folder.release)
        given = found.kafka_bootstrap_servers and found.database_url.get_secret_value()
        say("Bruger Kafka og PostgreSQL på adresserne i miljøet" if given else STARTING)
        kafka, dsn = await running.enter_async_context(_servers(found))
        settings = found.model_copy(
            update={
                "kafka_bootstrap_servers": kafka,
                "database_url": SecretStr(dsn),
                "cpr_hemmelighed": found.cpr_hemmelighed or SecretStr(f"demo-hemmelighed-{seed}"),
            }
        )
        say("Opretter emner og skemaer")
        await _prepared(settings)
        if found.kafka_bootstrap_servers or found.database_url.get_secret_value():
            await _require_empty(settings)
        say("Starter kortleverandør, Digital Post, Nets og CPR's opslag")
        styring = Styring(seed=seed)
        kort_url = await running.enter_async_context(kortleverandoer.run(kafka, None, styring))
        post_url = await running.enter_async_context(digital_post.run(kafka, None, styring))
        nets_url = await running.enter_async_context(nets.run(kafka, None, styring))
        cpr_url = await running.enter_async_context(cpr_online.run(kafka, None, styring))
        adresser = {
            "kortleverandoer_url": kort_url,
            "digital_post_url": post_url,
            "nets_url": nets_url,
            "cpr_online_url": cpr_url,
        }
        settings = settings.model_copy(update=adresser | _own_issuer(settings))
        say("Starter tjenesterne")
        metrics = Metrics()
        runtimes = await running.enter_async_context(_services(settings, metrics))
        health, queries = await serve(runtimes, settings, metrics)
        running.push_async_callback(health.stop)
        running.push_async_callback(queries.stop)
        hub = await running.enter_async_context(open_hub(settings))
        yield World(settings, metrics, runtimes, hub, health.url, queries.url, folder.path)


def _own_issuer(settings: Settings) -> dict[str, str]:
    """The read API of a demo believes the tokens of `sygesikring token`, where the environment names no issuer."""
    if settings.opslag_jwks:
        return {}
    return {"opslag_jwks": str(adgang.jwks()), "opslag_udsteder": adgang.UDSTEDER}


@asynccontextmanager
async def _services(settings: Settings, metrics: Metrics) -> AsyncGenerator[list[Runtime]]:
    runtimes = [Runtime(load_service(n, settings), settings, metrics, migrations_of(n)) for n in service_names()]
    try:
        await asyncio.gather(*(r.start() for r in runtimes))
        yield runtimes
    finally:
        await asyncio.gather(*(r.stop() for r in runtimes), return_exceptions=True)


async def _prepared(settings: Settings) -> None:
    """Topics and schemas; the first to talk to addresses that may be wrong. An address of a database is not repeated:
    it may hold a password."""
    try:
        await prepare(settings)
    except KafkaConnectionError as error:
        raise DemoError(
            f"Kafka på {settings.kafka_bootstrap_servers} kan ikke nås: ret KAFKA_BOOTSTRAP_SERVERS, eller fjern den, "
            "så starter demoen sin egen."
        ) from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DemoError(
            f"PostgreSQL kan ikke nås ({type(error).__name__}): ret DATABASE_URL, eller fjern den, så starter demoen "
            "sin egen."
        ) from error


async def _require_empty(settings: Settings) -> None:
    """The demo counts everything from the first message on, so a hub that has worked before would blur its account."""
    consumer = AIOKafkaConsumer(**client_kwargs(settings))
    await consumer.start()
    try:
        written = any((await consumer.end_offsets(every_partition(settings))).values())
    finally:
        await consumer.stop()
    async with open_hub(settings) as hub:
        worked = any(b.received for b in await hub.balances())
    if written or worked:
        raise DemoError(
            "Hubben på adresserne i miljøet har kørt før, og demoen skal begynde med tomme emner og en tom database: "
            "fjern KAFKA_BOOTSTRAP_SERVERS og DATABASE_URL, eller giv den nogle tomme."
        )


# --- servers ---------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _servers(found: Settings) -> AsyncGenerator[tuple[str, str]]:
    """Addresses of Kafka and PostgreSQL: those of the environment, else embedded ones."""
    kafka = None if found.kafka_bootstrap_servers else EmbeddedKafka()
    postgres = None if found.database_url.get_secret_value() else EmbeddedPostgres(tests=True)
    embedded = [s for s in (kafka, postgres) if s is not None]
    try:
        await _start(embedded)
        yield (
            kafka.bootstrap_servers if kafka else found.kafka_bootstrap_servers,
            postgres.dsn() if postgres else found.database_url.get_secret_value(),
        )
    finally:
        await asyncio.gather(*(asyncio.to_thread(s.stop) for s in embedded))


async def _start(servers: Sequence[EmbeddedKafka | EmbeddedPostgres]) -> None:
    """Side by side, each in a thread that does not keep the process alive: the first start may fetch for minutes."""
    starts = [_Start(s) for s in servers]
    try:
        for start in starts:
            await start.ended.wait()
    except asyncio.CancelledError:
        for start in starts:
            start.thread.join(INTERRUPT_GRACE_S)
        if any(start.thread.is_alive() for start in starts):
            # Threads of the download would hold the process back; the servers die with it, and are swept next time.
            os._exit(130)
        raise
    for start in starts:
        if start.error is not None:
            raise DemoError(str(start.error)) if isinstance(start.error, EmbeddedError) else start.error


class _Start:
    """One server being started in a thread."""

    def __init__(self, server: EmbeddedKafka | EmbeddedPostgres) -> None:
        self.server = server
        self.ended = asyncio.Event()
        self.error: BaseException | None = None
        self._loop = asyncio.get_running_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.server.start()
        except BaseException as error:
            self.error = error
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.ended.set)
