"""PostgreSQL is there but refuses: serialization failures, deadlocks, a full disk, no connection left.

Every refusal is the server's own. Nobody is blamed for one: nothing is parked, and the service goes on by itself.
"""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from embedded import EmbeddedPostgres
from shared.platform.transaction import lock_class, lock_slot
from tests.faults.laengde import froe, laengde
from tests.faults.last import Last, i_orden, modtaget, under_last
from tests.faults.udfald import udfald, venter_paa, vokser
from tests.integration.hjaelp import Proces, Tavle, klargoer, skema, vent_til
from tests.integration.proeve import Indsat, Opstilling


@asynccontextmanager
async def _under_last(
    servers: list[str], database: str, hold: int = 20
) -> AsyncIterator[tuple[Opstilling, Proces, Last]]:
    """The sample service as a process under load; everything must be in order at the end."""
    seed = froe()
    opstilling = await klargoer(Opstilling(servers, database))
    async with Tavle(seed) as tavle:
        with Proces(opstilling, tavle.url) as proces:
            async with under_last(opstilling, seed, hold) as last:
                await proces.koerer()
                await vokser(lambda: modtaget(opstilling))
                yield opstilling, proces, last
            await i_orden(opstilling, tavle, last)
            assert proces.barn.poll() is None


def _gentaget(proces: Proces, hvorfor: str) -> int:
    """How many of its batches PostgreSQL made it run again for this."""
    return sum(x.get("event") == "batch gentages" and hvorfor in x.get("grund", "") for x in proces.linjer())


async def _lav_deadlock(opstilling: Opstilling, konto: str) -> None:
    """Hold a row that a batch wants, then want the lock that the batch holds: the batch, who waited first, is ended."""
    async with skema(opstilling) as db, db.transaction():
        await db.execute("set local deadlock_timeout = '1h'")
        await db.execute("select * from konto where konto = $1 for update", konto)
        await opstilling.send(Indsat(konto=konto, nr=2))
        venter = "select exists (select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like $1)"
        async with skema(opstilling) as anden:
            await vent_til(lambda: anden.fetchval(venter, "select konto%for update"), hvad="batchen venter på rækken")
        await db.execute("select pg_advisory_xact_lock($1, $2)", lock_class(opstilling.navn), lock_slot(konto))


async def test_en_deadlock_gentager_batchen(kafka_servers: list[str], database: str) -> None:
    """PostgreSQL ends the batch; it runs again, and no message notices."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    gange = laengde(2, 10)
    with Proces(opstilling) as proces:
        await proces.koerer()
        await opstilling.send(*(Indsat(konto=f"d{n}", nr=1) for n in range(gange)))
        async with skema(opstilling) as db:
            await vent_til(lambda: db.fetchval("select count(*) = $1 from konto", gange))
            for n in range(gange):
                await _lav_deadlock(opstilling, f"d{n}")
            await vent_til(lambda: db.fetchval("select sum(jsonb_array_length(numre)) = $1 from konto", 2 * gange))
            assert await db.fetchval("select count(*) from parked") == 0
            assert await db.fetchval("select count(*) from inbox") == 0
        assert _gentaget(proces, "DeadlockDetectedError") >= gange
        assert proces.sagt("venter") is None, "en deadlock er intet udfald"


async def test_serialiseringsfejl_gentager_batchen(kafka_servers: list[str], database: str) -> None:
    """Where the server is set to `serializable`, the service's own loops make each other fail: it bears that, too."""
    async with asyncpg_til(database) as db:
        navn = await db.fetchval("select current_database()")
        await db.execute(f"alter database {navn} set default_transaction_isolation = 'serializable'")
    async with _under_last(kafka_servers, database) as (_, proces, _last):
        await vent_til(
            lambda: _gentaget(proces, "SerializationError") >= laengde(3, 100), laengde(60, 300), "serialiseringsfejl"
        )


@asynccontextmanager
async def asyncpg_til(dsn: str) -> AsyncIterator[Any]:
    """A connection."""
    db = await asyncpg.connect(dsn, timeout=10)
    try:
        yield db
    finally:
        await db.close()


FULD_DISK = """
create function fuld_disk() returns trigger language plpgsql as $$
begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
create trigger fuld_disk before insert or update on {tabel} for each statement execute function fuld_disk();
"""
TOM_DISK = "drop trigger fuld_disk on {tabel}; drop function fuld_disk()"


TABELLER = laengde(("handled",), ("handled", "konto", "outbox", "effect", "deadline", "inbox", "position"))


@pytest.mark.parametrize("tabel", TABELLER)
async def test_disken_er_fuld_for_en_tabel(kafka_servers: list[str], database: str, tabel: str) -> None:
    """PostgreSQL refuses to write to one of the tables: that is nobody's message's fault."""
    async with _under_last(kafka_servers, database) as (opstilling, proces, _):
        async with skema(opstilling) as db:
            async with udfald(proces, lambda: db.execute(FULD_DISK.format(tabel=tabel))) as maaling:
                await asyncio.sleep(laengde(2, 8))
                maaling.slut()
                await db.execute(TOM_DISK.format(tabel=tabel))
            maaling.ventede_roligt()
            assert "DiskFull" in str(maaling.linjer)
        await vokser(lambda: modtaget(opstilling))


@pytest.fixture
def lille_disk(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """A file system of a few megabytes; skips where we may not make one."""
    mappe = Path("/tmp") / f"lilledisk-{tmp_path_factory.getbasetemp().name}"  # reachable for the server's user
    mappe.mkdir()
    monteret = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=32m,mode=0777", "tmpfs", str(mappe)], capture_output=True, check=False
    )
    try:
        if monteret.returncode:
            pytest.skip("her må ikke monteres et filsystem; fuld disk prøves med serverens egen fejlkode")
        yield mappe
    finally:
        if not monteret.returncode:
            subprocess.run(["umount", "-l", str(mappe)], check=True)
        mappe.rmdir()


VACUUM = 5
"""Times that PostgreSQL may find room in a page it has, for a batch or two, and then no more."""


def _fyld(fil: Path) -> None:
    """All the room there is, to the last page."""
    with fil.open("wb", buffering=0) as ud:
        for stykke in (65536, 4096):
            with suppress(OSError):
                while True:
                    ud.write(b"\0" * stykke)


async def test_disken_er_virkelig_fuld(
    kafka_servers: list[str], egen_postgres: EmbeddedPostgres, lille_disk: Path
) -> None:
    """The database lies on a disk that somebody else fills: the service waits until there is room again."""
    (lille_disk / "data").mkdir()
    (lille_disk / "data").chmod(0o777)
    async with asyncpg_til(egen_postgres.dsn()) as db:
        await db.execute("set allow_in_place_tablespaces = off")
        await db.execute(f"create tablespace lille location '{lille_disk / 'data'}'")
        await db.execute("create database paa_lille tablespace lille")
    async with _under_last(kafka_servers, egen_postgres.dsn("paa_lille")) as (opstilling, proces, _):
        fyld = lille_disk / "fyld"
        async with udfald(proces, lambda: _fyld(fyld)) as maaling:
            await asyncio.sleep(laengde(3, 15))
            maaling.slut()
            fyld.unlink()
        maaling.ventede_roligt(venter=VACUUM)
        assert "DiskFull" in str(maaling.linjer)
        await vokser(lambda: modtaget(opstilling))


async def test_der_er_ingen_forbindelser_tilbage(kafka_servers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Others have taken every connection the server has; ours were ended."""
    from embedded import postgres

    monkeypatch.setitem(postgres.SETTINGS, "max_connections", "30")
    with EmbeddedPostgres(tests=True) as server:
        async with _under_last(kafka_servers, server.dsn()) as (opstilling, proces, _), AsyncExitStack() as andres:
            forste = await andres.enter_async_context(asyncpg_til(server.dsn()))
            navn = f"sygesikring-{opstilling.navn}"
            async with udfald(proces, lambda: _tag_alle(andres, server.dsn(), forste, navn)) as maaling:
                await asyncio.sleep(laengde(3, 15))
                grunde = await venter_paa(proces)
                maaling.slut()
                await andres.aclose()
            maaling.ventede_roligt()
            assert any("TooManyConnectionsError" in grund for grund in grunde.values()), grunde
            await vokser(lambda: modtaget(opstilling))


async def _tag_alle(andres: AsyncExitStack, dsn: str, forste: Any, navn: str) -> None:
    """End the service's connections and take each before it can come back."""
    sql = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = $1"

    async def taget() -> bool:
        with suppress(asyncpg.TooManyConnectionsError):
            while True:
                await andres.enter_async_context(asyncpg_til(dsn))
        return await forste.fetchval(sql, navn) == 0

    await vent_til(taget, 30, "alle forbindelser er taget")
