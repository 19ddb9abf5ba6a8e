"""Where queries read: the service's own database, in a transaction that cannot write."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import asyncpg

from shared.platform.database import READ_ONLY, Pool, close_pool, open_pool
from shared.platform.opslag.laeser import Laeser, Postgreslaeser
from shared.platform.settings import Settings

CONNECTIONS = 4
PATIENCE_S = 5.0
"""How long a query waits for a connection."""
STATEMENT_S = 8.0
"""How long it waits for a statement: longer than the server takes to end one that is slow (`READ_ONLY`)."""


class Source(Protocol):
    """Gives a reader for one query."""

    def reader(self) -> AbstractAsyncContextManager[Laeser]:
        """The reader, within one transaction."""
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...


MakeSource = Callable[[str], Source]
"""By the name of the service."""


class Database:
    """A pool of its own, so that queries take nothing from the messages; opened when the first query comes."""

    def __init__(self, settings: Settings, service: str) -> None:
        self._settings, self._service = settings, service
        self._pool: Pool | None = None
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def reader(self) -> AsyncGenerator[Laeser]:
        pool = await self._opened()
        async with (
            pool.acquire(timeout=PATIENCE_S) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield Postgreslaeser(connection)

    async def _opened(self) -> Pool:
        async with asyncio.timeout(PATIENCE_S), self._lock:
            if self._pool is None:
                self._pool = await open_pool(
                    self._settings,
                    self._service,
                    CONNECTIONS,
                    name="-opslag",
                    seconds=STATEMENT_S,
                    server_settings=READ_ONLY,
                )
            return self._pool

    async def close(self) -> None:
        if self._pool is not None:
            await close_pool(self._pool)


OUTAGE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What the database may answer with when it is away, or not yet made."""
OWN_FAULT = (asyncpg.ReadOnlySQLTransactionError, asyncpg.DataError, asyncpg.SyntaxOrAccessError)
"""Of these, what no waiting mends; a table that is not there yet is waited for."""
