"""Helpers of the delivery tests: a service running in the test's loop, its database, raw records, waiting."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from cli.hub import Hub, open_hub
from contracts.base import Besked
from contracts.emner import EMNER, Emne
from contracts.kuvert import Kuvert
from shared.platform.balance import Balance
from shared.platform.database import Pool, migrate, open_pool
from shared.platform.kafka import client_kwargs
from shared.platform.metrics import Metrics
from shared.platform.processor import Processor, Wake
from shared.platform.records import Headers
from shared.platform.runtime import Runtime
from shared.platform.settings import Settings
from shared.platform.tjeneste import Tjeneste
from tests.integration.proeve import MIGRATIONS, Indsat, Opstilling, Planer, tjeneste, ur_paa

GRAENSE_S = 40
"""Longest wait in seconds for something that must happen; no test depends on how fast it does."""


class Scene(Opstilling):
    """One test: topics of its own, the service, and what it has left in the database."""

    def __init__(self, servers: list[str], database: str, partitioner: int = 3, navn: str = "") -> None:
        super().__init__(servers, database, partitioner)
        if navn:
            self._omdoeb(navn, partitioner)
        Planer.fejl.clear()

    def _omdoeb(self, navn: str, partitioner: int) -> None:
        gamle = (self.ind, self.ind2, self.ud)
        self.navn = navn
        self.ind, self.ind2, self.ud = f"{navn}.ind", f"{navn}.ind2", f"{navn}.ud"
        for gammel, ny in zip(gamle, (self.ind, self.ind2, self.ud), strict=True):
            del EMNER[gammel]
            EMNER[ny] = Emne(ny, "konto", "test", "test", partitioner=partitioner)
        from tests.integration.proeve import Noteret

        Noteret.emne = self.ud
        self.ur = ur_paa(f"{navn}.ur")

    def tjeneste(self, url: str = "") -> Tjeneste:
        return tjeneste(self.navn, (self.ind, self.ind2), url)

    @asynccontextmanager
    async def koerer(self, t: Tjeneste | None = None, settings: Settings | None = None) -> AsyncIterator[Runtime]:
        """The service running here, stopped cleanly at the end."""
        runtime = Runtime(t or self.tjeneste(), settings or self.settings, Metrics(), MIGRATIONS)
        try:
            await runtime.start()
            yield runtime
        finally:
            await runtime.stop()

    @asynccontextmanager
    async def processor(self, t: Tjeneste | None = None) -> AsyncIterator[Processor]:
        """The batches of the service alone, on its migrated schema with positions at 0: a test gives it records."""
        await migrate(self.settings, self.navn, MIGRATIONS)
        pool = await open_pool(self.settings, self.navn)
        for emne in (self.ind, self.ind2):
            for part in range(EMNER[emne].partitioner):
                await pool.execute("insert into position (topic, part, began, next) values ($1, $2, 0, 0)", emne, part)
        processor = Processor(t or self.tjeneste(), pool, self.settings, Metrics(), Wake())
        rows = await pool.fetch("select topic, part, nr from position")
        processor.nr = {(r["topic"], r["part"]): r["nr"] for r in rows}
        try:
            yield processor
        finally:
            await pool.close()

    @asynccontextmanager
    async def db(self) -> AsyncIterator[Pool]:
        """The schema of the service."""
        pool = await asyncpg.create_pool(
            self.settings.database_url.get_secret_value(),
            min_size=1,
            max_size=2,
            server_settings={"search_path": self.navn},
        )
        try:
            yield pool
        finally:
            await pool.close()

    @asynccontextmanager
    async def hub(self) -> AsyncIterator[Hub]:
        """The hub of this one service; its schema must be there."""
        async with open_hub(self.settings, [self.navn]) as hub:
            yield hub

    async def i_ro(self) -> Balance:
        """Wait until nothing is left to do; the balance then, which must hold."""
        async with self.hub() as hub:
            await hub.wait_until_quiet(GRAENSE_S)
            (balance,) = await hub.balances()
        assert balance.differences == []
        assert balance.difference == 0
        return balance

    async def numre(self, konto: str) -> list[int]:
        """What an account has noted, in order."""
        async with self.db() as db:
            raa = await db.fetchval(
                "select array(select jsonb_array_elements_text(numre)) from konto where konto = $1", konto
            )
        return [int(n) for n in raa or ()]

    async def alle_numre(self) -> dict[str, list[int]]:
        async with self.db() as db:
            rows = await db.fetch("select konto, array(select jsonb_array_elements_text(numre)) n from konto")
        return {r["konto"]: [int(n) for n in r["n"]] for r in rows}

    async def alle_poster(self, emne: str) -> list[Any]:
        """Every record of a topic, partition by partition."""
        async with laeser(self.settings, emne) as consumer:
            dele = [TopicPartition(emne, p) for p in range(EMNER[emne].partitioner)]
            slut = await consumer.end_offsets(dele)
            fundet: list[Any] = []
            while any([await consumer.position(tp) < slut[tp] for tp in dele]):
                for poster in (await consumer.getmany(timeout_ms=500)).values():
                    fundet += poster
        return sorted(fundet, key=lambda r: (r.partition, r.offset))


@asynccontextmanager
async def laeser(settings: Settings, emne: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of a whole topic from its beginning, outside every group."""
    consumer = AIOKafkaConsumer(**client_kwargs(settings), auto_offset_reset="earliest", fetch_max_wait_ms=100)
    await consumer.start()
    try:
        dele = [TopicPartition(emne, p) for p in range(EMNER[emne].partitioner)]
        consumer.assign(dele)
        await consumer.seek_to_beginning(*dele)
        yield consumer
    finally:
        await consumer.stop()


async def vent_paa(holder: Callable[[], Awaitable[Any]], hvad: str = "") -> Any:
    """Wait until it holds; returns what it gave."""
    slut = time.monotonic() + GRAENSE_S
    while True:
        if fundet := await holder():
            return fundet
        assert time.monotonic() < slut, f"ventede forgæves: {hvad}"
        await asyncio.sleep(0.05)


def kuvert(besked: Besked, id_: str, noegle: str) -> Kuvert:
    """The envelope a sender would use."""
    return Kuvert(besked, id_, "/test", datetime.now(UTC), noegle)


def indsat(konto: str, numre: Iterable[int], **felter: Any) -> list[Indsat]:
    """Messages of one account."""
    return [Indsat(konto=konto, nr=n, **felter) for n in numre]


def som_par(headers: Headers) -> list[tuple[str, bytes | None]]:
    return [(n, v) for n, v in headers]


async def tabeller(db: Pool, navne: Sequence[str]) -> dict[str, list[Any]]:
    """Whole tables, to compare."""
    return {n: [tuple(r.values()) for r in await db.fetch(f"select * from {n} order by 1")] for n in navne}
