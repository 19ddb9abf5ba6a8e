"""`/health` and `/metrics` of a process, over HTTP."""

import asyncio
import json
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.platform.metrics import Metrics

if TYPE_CHECKING:
    from shared.platform.runtime import Runtime


class HealthServer:
    """Serves the state of the services running in this process."""

    def __init__(self, runtimes: "Sequence[Runtime]", metrics: Metrics, host: str, port: int) -> None:
        self.runtimes = runtimes
        self.metrics = metrics
        self._socket = socket.create_server((host, port))
        self.url = f"http://{host}:{self._socket.getsockname()[1]}"
        routes = [Route("/health", self._health), Route("/metrics", self._metrics)]
        config = uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off", access_log=False)
        self._server = uvicorn.Server(config)
        self._server.capture_signals = _no_signals  # pyright: ignore[reportAttributeAccessIssue]
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to answer."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))

    async def stop(self) -> None:
        """Stop answering."""
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.wait([self._task], timeout=3)

    async def _health(self, _: Request) -> Response:
        states = [r.state() for r in self.runtimes]
        healthy = all(s["sund"] for s in states)
        body = json.dumps({"sund": healthy, "tjenester": states}, ensure_ascii=False)
        return Response(body, 200 if healthy else 503, media_type="application/json")

    async def _metrics(self, _: Request) -> Response:
        self.metrics.lag.clear()  # a partition that moved away leaves no number behind
        for runtime in self.runtimes:
            await runtime.gauge()
        return Response(generate_latest(self.metrics.registry), media_type=CONTENT_TYPE_LATEST)


class _no_signals:  # stands in for uvicorn's context manager: the process handles its own signals
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...
