"""The schema of one service, real or in memory, with one face: what the suite of the doubles is written against."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from pydantic import SecretStr

from contracts.kuvert import Kuvert
from shared.domain.udfald import OenskEffekt
from shared.platform import parked
from shared.platform.database import close_pool, migrate, open_pool
from shared.platform.engine import Due, Loaded, Outgoing, Plan, Wanted
from shared.platform.records import Item, Stored, identity, pack_headers
from shared.platform.settings import Settings
from shared.platform.stores import ClockStore, DeadlineStore, EffectStore, OutboxStore, PositionStore
from shared.platform.transaction import Transaction
from simulation import parking
from simulation.broker import Broker
from simulation.database import Schema
from simulation.statements import MemoryTransaction
from simulation.stores import MemoryClock, MemoryDeadlines, MemoryEffects, MemoryOutbox, MemoryPositions
from simulation.world import World
from tests.integration.proeve import KONTI, MIGRATIONS, Anmeld, Indsat, Konto

NAVN, EMNE = "dobbelt", "dobbelt.ind"
NR = {(EMNE, 0): 1}


@dataclass
class Skema:
    """Statements and stores over one schema."""

    pool: Any
    statements: type[Transaction]
    outbox: OutboxStore
    effekter: Callable[[str], EffectStore]
    frister: DeadlineStore
    positioner: PositionStore
    ur: ClockStore
    frigiv: Callable[[list[int]], Awaitable[int]]
    kasser: Callable[[list[int]], Awaitable[int]]
    parkeret: Callable[[], Awaitable[list[tuple[int, str | None, bool]]]]
    """Number, order key, and whether it holds others up: of what is parked now, in its order."""

    @asynccontextmanager
    async def tx(self) -> AsyncIterator[Transaction]:
        async with self.pool.acquire(timeout=10) as connection, connection.transaction():
            yield self.statements(connection, NAVN)

    async def i_tx(self, arbejde: Callable[[Transaction], Awaitable[Any]]) -> Any:
        """One piece of work in a transaction of its own."""
        async with self.tx() as tx:
            return await arbejde(tx)

    async def skriv(self, **dele: Any) -> None:
        """Write a plan of these parts."""
        async with self.tx() as tx:
            await tx.write(plan(**dele))

    async def forfaldne(self) -> list[str]:
        async with self.pool.acquire() as connection:
            return await self.statements(connection, NAVN).due_inbox(100)

    async def nu(self) -> datetime:
        nu, _, _ = await self.i_tx(lambda tx: tx.surroundings(()))
        return nu


Forloeb = Callable[[Skema], Awaitable[list[Any]]]


def i_hukommelse(forloeb: Forloeb) -> list[Any]:
    """A course of events over the double, on virtual time, without faults."""
    world = World(1)
    schema = Schema(world, NAVN, Broker(world, {}))
    pool = cast(Any, schema)

    async def parkeret() -> list[tuple[int, str | None, bool]]:
        return [(r["id"], r["order_key"], r["blocks"]) for r in parking.parked(schema)]

    skema = Skema(
        pool, MemoryTransaction, MemoryOutbox(pool), lambda medlem: MemoryEffects(pool, medlem),
        MemoryDeadlines(pool, NAVN, [EMNE]), MemoryPositions(pool), MemoryClock(pool),
        lambda ider: parking.release(schema, ider), lambda ider: parking.discard(schema, ider), parkeret,
    )  # fmt: skip
    return world.loop.run_until_complete(cast(Any, _begyndt(skema, forloeb)))


def i_postgres(dsn: str, forloeb: Forloeb) -> list[Any]:
    """The same over PostgreSQL."""

    async def koer() -> list[Any]:
        settings = Settings(database_url=SecretStr(dsn))
        await migrate(settings, NAVN, MIGRATIONS)
        pool = await open_pool(settings, NAVN)

        def hos(handling: Callable[[Any, list[int]], Awaitable[int]]) -> Callable[[list[int]], Awaitable[int]]:
            async def udfoer(ider: list[int]) -> int:
                async with pool.acquire() as db:
                    return await handling(db, ider)

            return udfoer

        async def parkeret() -> list[tuple[int, str | None, bool]]:
            async with pool.acquire() as db:
                return [(p.id, p.order_key, p.blocks) for p in await parked.parked(db)]

        try:
            skema = Skema(
                pool, Transaction, OutboxStore(pool), lambda medlem: EffectStore(pool, medlem),
                DeadlineStore(pool, NAVN, [EMNE]), PositionStore(pool), ClockStore(pool),
                hos(lambda db, ider: parked.release(db, NAVN, ider, "test")),
                hos(lambda db, ider: parked.discard(db, NAVN, ider, "test", "fordi")), parkeret,
            )  # fmt: skip
            return await _begyndt(skema, forloeb)
        finally:
            await close_pool(pool)

    return asyncio.run(koer())


def hos_begge(dsn: str) -> Callable[[Forloeb], list[Any]]:
    """A course of events over both, which must come to the same."""

    def koer(forloeb: Forloeb) -> list[Any]:
        hukommelse, postgres = i_hukommelse(forloeb), i_postgres(dsn, forloeb)
        assert hukommelse == postgres, "dobbeltgængeren svarer andet end PostgreSQL"
        return postgres

    return koer


async def _begyndt(skema: Skema, forloeb: Forloeb) -> list[Any]:
    await skema.positioner.begin([(EMNE, 0, 0)])
    return await forloeb(skema)


def plan(**dele: Any) -> Plan:
    p = Plan(Loaded(), datetime(2024, 1, 1, tzinfo=UTC))
    for navn, vaerdi in dele.items():
        setattr(p, navn, vaerdi)
    return p


def post(nr: int, konto: str = "k") -> Item:
    """A message as it was read at this offset."""
    kuvert = Kuvert(Indsat(konto=konto, nr=nr), f"{konto}-{nr}", "/test", datetime(2024, 1, 1, tzinfo=UTC), konto)
    raa = Stored(EMNE, 0, nr, konto.encode(), kuvert.vaerdi(), kuvert.headers())
    id_ = identity("/test", kuvert.id)
    return Item(raa, kuvert, order_key=konto, id=id_, handled_id=id_)


def udgaaende(nr: int, noegle: bytes = b"k", version: int | None = None) -> Outgoing:
    return Outgoing(1, "dobbelt.ud", noegle, f"nr {nr}".encode(), pack_headers([("ce_id", b"1")]), version)


def frist(id_: str, hvornaar: datetime, konto: str = "k") -> Due:
    return Due(id_, konto, hvornaar, "proeve.FristNaaet.v1", konto.encode(), b"{}", pack_headers([]))


def effekt(noegle: str) -> Wanted:
    wish = OenskEffekt(noegle, "anmeld", "k", Anmeld(konto="k", noegle=noegle))
    return Wanted(wish, b"{}", pack_headers([]))


def konto(navn: str, *numre: int) -> Konto:
    return Konto(navn, numre, (), None)


async def gem(skema: Skema, raekke: Konto, version: int) -> None:
    """Write a row that was read with this version (0: it was not there)."""
    loaded = Loaded(rows={KONTI: {raekke.konto: (raekke, version)}}, changed={KONTI: {raekke.konto: version}})
    async with skema.tx() as tx:
        await tx.write(plan(loaded=loaded))


async def er_faerdig(opgave: asyncio.Task[Any]) -> bool:
    """Whether it has come through, given time enough if nobody holds it up."""
    done, _ = await asyncio.wait([opgave], timeout=0.3)
    return bool(done)


OM_LIDT = timedelta(seconds=0.4)
