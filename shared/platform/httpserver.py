"""An ASGI app served inside the process of a service."""

import asyncio
import socket

import uvicorn
from starlette.types import ASGIApp


class HttpServer:
    """Serves an app at `url`; port 0 takes a free one. With `most`, more calls at once are answered with 503."""

    def __init__(self, app: ASGIApp, host: str, port: int, most: int | None = None) -> None:
        self._socket = socket.create_server((host, port))
        self.url = f"http://{host}:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            app, log_config=None, lifespan="off", access_log=False, server_header=False, limit_concurrency=most
        )
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


class _no_signals:  # stands in for uvicorn's context manager: the process handles its own signals
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...
