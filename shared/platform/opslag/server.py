"""The read API of a process: one port for the services that run in it."""

from collections.abc import Sequence
from functools import partial

from shared.platform.httpserver import HttpServer
from shared.platform.opslag.access import Access
from shared.platform.opslag.app import QueryApp
from shared.platform.opslag.source import Database
from shared.platform.settings import Settings
from shared.platform.tjeneste import Tjeneste

MOST_AT_ONCE = 200
"""Calls; each may wait for a connection to the database, and more would only wait longer."""


class QueryServer(HttpServer):
    """Answers the queries of some services from their databases."""

    def __init__(self, services: Sequence[Tjeneste], settings: Settings) -> None:
        self._app = QueryApp(services, Access(settings), partial(Database, settings))
        super().__init__(self._app.asgi, settings.opslag_vaert, settings.opslag_port, MOST_AT_ONCE)

    async def stop(self) -> None:
        """Stop answering, and give back the connections."""
        await super().stop()
        await self._app.close()


def query_server(services: Sequence[Tjeneste], settings: Settings) -> QueryServer | None:
    """The server; None where none of the services declares a query."""
    asked = [s for s in services if s.opslag.opslag]
    return QueryServer(asked, settings) if asked else None
