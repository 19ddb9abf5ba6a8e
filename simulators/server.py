"""A stand-in as a real HTTP server: in a process of its own or inside another, on a free port, cleanly stopped."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Generator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class AfbrydeligProtokol(HttpToolsProtocol):
    """HTTP where a handler can cut the connection as a failing network would."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope: Any = self.scope
        scope["afbryd"] = self.transport.abort
        scope["skriv"] = self.transport.write


class Afbrudt(Response):
    """No answer: the connection is cut without a byte, or after the first bytes of the answer (`halvt`)."""

    def __init__(self, request: Request, halvt: Response | None = None) -> None:
        super().__init__()
        self._afbryd = request.scope["afbryd"]
        self._halvt = halvt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut; the rest waits for the server to have noticed."""
        if self._halvt is not None:
            krop = bytes(self._halvt.body)
            await send(
                {"type": "http.response.start", "status": self._halvt.status_code, "headers": self._halvt.raw_headers}
            )
            await send({"type": "http.response.body", "body": krop[: len(krop) // 2], "more_body": True})
            await asyncio.sleep(0.05)
        self._afbryd()
        while (await receive())["type"] != "http.disconnect":
            pass


class Vroevl(Response):
    """Bytes that are no HTTP, then the connection is cut."""

    def __init__(self, request: Request, bytes_: bytes) -> None:
        super().__init__()
        self._afbryd, self._skriv = request.scope["afbryd"], request.scope["skriv"]
        self._bytes = bytes_

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write past the server; the rest waits for it to have noticed."""
        self._skriv(self._bytes)
        await asyncio.sleep(0.05)
        self._afbryd()
        while (await receive())["type"] != "http.disconnect":
            pass


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals belong to the process we run in."""
        yield


@contextlib.asynccontextmanager
async def koer(app: Starlette, vaert: str = "127.0.0.1", port: int = 0) -> AsyncGenerator[str]:
    """Run a stand-in; gives its address. Port 0: a free one."""
    # The protocol is named: asyncio sets TCP_NODELAY only then, and without it each answer waits 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as lytter:
        lytter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        lytter.bind((vaert, port))
        server = _Server(
            uvicorn.Config(
                app,
                http=AfbrydeligProtokol,
                lifespan="on",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        opgave = asyncio.create_task(server.serve(sockets=[lytter]))
        try:
            while not server.started:
                if opgave.done():
                    opgave.result()
                    raise RuntimeError("simulatoren kunne ikke starte")
                await asyncio.sleep(0.01)
            yield f"http://{vaert}:{lytter.getsockname()[1]}"
        finally:
            server.should_exit = True
            await opgave
