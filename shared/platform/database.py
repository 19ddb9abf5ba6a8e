"""PostgreSQL: the pool of a service, its migrations, and which errors are an outage."""

import asyncio
import hashlib
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from shared.platform.settings import Settings

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy | asyncpg.Connection
    Pool = asyncpg.Pool
else:
    Connection = Pool = object

PLATFORM_MIGRATIONS = Path(__file__).parent / "migrations"
_SUSPECT = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
)


END_FROZEN = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and usename = current_user and state = 'active'
and application_name = current_setting('application_name')
and wait_event in ('ClientRead', 'ClientWrite') and query_start < now() - interval '10 s'
"""
"""Ends what waits for a client that froze in the middle of an answer, and with it its locks: the server itself ends
only what idles between statements."""


class Conflict(Exception):
    """Another transaction changed what this one had read; the batch runs again."""


class Moved(Exception):
    """The position is not where this member thought: somebody else was here, or the outcome of a commit was lost."""


class EditedMigration(Exception):
    """A migration that has run was changed afterwards."""


def is_outage(error: BaseException) -> bool:
    """Whether to wait and try again, as opposed to blaming a message.

    Everything the driver raises counts as an outage until proven otherwise, save what the data itself can cause:
    asyncpg raises client-side errors of several kinds when a server dies in the middle of an operation.
    """
    if isinstance(error, _SUSPECT):
        return False
    kinds = (
        OSError,
        TimeoutError,
        EOFError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    )
    return isinstance(error, (*kinds, Conflict, Moved, asyncio.IncompleteReadError))


def dsn(settings: Settings, service: str) -> str:
    """The database of a service: `DATABASE_URL_<SERVICE>`, else `DATABASE_URL`."""
    own = os.environ.get(f"DATABASE_URL_{service.upper()}", "")
    return own or settings.database_url.get_secret_value()


READ_ONLY = {"default_transaction_read_only": "on", "statement_timeout": "5000"}
"""Server settings of connections that only read, and for five seconds at most."""


async def open_pool(
    settings: Settings,
    service: str,
    size: int = 8,
    *,
    name: str = "",
    seconds: float = 60,
    server_settings: Mapping[str, str] | None = None,
) -> Pool:
    """A pool whose connections work in the service's schema. The server ends a transaction that idles for 10 s.

    `seconds` is how long a statement is waited for, also where the server hangs.
    """
    return await asyncpg.create_pool(
        dsn(settings, service),
        min_size=1,
        max_size=size,
        timeout=10,
        command_timeout=seconds,
        reset=_reset,
        statement_cache_size=500,
        max_cached_statement_lifetime=0,
        server_settings={
            "search_path": service,
            "application_name": f"sygesikring-{service}{name}",
            "idle_in_transaction_session_timeout": "10000",
            "jit": "off",
            # Every statement has one shape whatever is in it: planned once per connection.
            "plan_cache_mode": "force_generic_plan",
            **(server_settings or {}),
        },
    )


async def _reset(connection: Connection) -> None:
    """Between two uses. Nothing of ours outlives its transaction, so the driver's own round trip would find nothing."""
    if connection.is_in_transaction():
        await connection.reset()


async def close_pool(pool: Pool, seconds: float = 5) -> None:
    """Close within the time given; connections still busy then are cut."""
    try:
        async with asyncio.timeout(seconds):
            await pool.close()
    except (TimeoutError, *_DRIVER):
        with suppress(*_DRIVER):
            pool.terminate()


_DRIVER = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


async def migrate(settings: Settings, service: str, folder: Path | None) -> list[str]:
    """Make the schema and run what has not run yet: the platform's files, then the service's own, in order of name.

    Safe when several members start at once. Raises `EditedMigration` when a file that has run was changed.
    Returns the names of the files it ran.
    """
    connection = await asyncpg.connect(dsn(settings, service), timeout=10)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(hashtext($1))", f"migrate:{service}")
            await connection.execute(f'create schema if not exists "{service}"')
            await connection.execute(f'set local search_path to "{service}"')
            await connection.execute("create table if not exists migration (navn text primary key, sum text not null)")
            known = {r["navn"]: r["sum"] for r in await connection.fetch("select navn, sum from migration")}
            ran: list[str] = []
            for name, sql in _files(folder):
                digest = hashlib.sha256(sql.encode()).hexdigest()
                if name not in known:
                    await connection.execute(sql)
                    await connection.execute("insert into migration values ($1, $2)", name, digest)
                    ran.append(name)
                elif known[name] != digest:
                    raise EditedMigration(f"{service}: {name} er ændret, efter at den blev kørt")
            return ran
    finally:
        await connection.close()


def _files(folder: Path | None) -> Iterable[tuple[str, str]]:
    for prefix, where in (("platform", PLATFORM_MIGRATIONS), ("tjeneste", folder)):
        for path in sorted(where.glob("*.sql")) if where and where.is_dir() else ():
            yield f"{prefix}/{path.name}", path.read_text(encoding="utf-8")
