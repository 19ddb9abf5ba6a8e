"""`/health` and `/metrics` of a process, over HTTP."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.platform.httpserver import HttpServer
from shared.platform.metrics import Metrics

if TYPE_CHECKING:
    from shared.platform.runtime import Runtime


class HealthServer(HttpServer):
    """Serves the state of the services running in this process, and where their read API is."""

    def __init__(
        self, runtimes: "Sequence[Runtime]", metrics: Metrics, host: str, port: int, queries: str = ""
    ) -> None:
        self.runtimes = runtimes
        self.metrics = metrics
        self.queries = queries
        routes = [Route("/health", self._health), Route("/metrics", self._metrics)]
        super().__init__(Starlette(routes=routes), host, port)

    async def _health(self, _: Request) -> Response:
        states = [r.state() for r in self.runtimes]
        healthy = all(s["sund"] for s in states)
        where = {"opslag": self.queries} if self.queries else {}
        body = json.dumps({"sund": healthy, "tjenester": states, **where}, ensure_ascii=False)
        return Response(body, 200 if healthy else 503, media_type="application/json")

    async def _metrics(self, _: Request) -> Response:
        self.metrics.lag.clear()  # a partition that moved away leaves no number behind
        for runtime in self.runtimes:
            await runtime.gauge()
        return Response(generate_latest(self.metrics.registry), media_type=CONTENT_TYPE_LATEST)
