"""A provider at the other end of an effect: a real HTTP server with a ledger, that fails as a test tells it to."""

import asyncio
from collections import Counter, defaultdict, deque
from contextlib import suppress
from typing import Self
from urllib.parse import unquote

OK = "ok"
AFVIS = "afvis"
"""422: refused for good."""
OPTAGET = "optaget"
"""503 before acceptance."""
TABT_EFTER = "tabt efter"
"""Accepts, then cuts the connection without an answer."""
TABT_FOER = "tabt foer"
"""Cuts the connection before it has accepted."""
HOLD = "hold"
"""Accepts, then keeps its answer until `slip` is set."""
FEJL = "fejl"
"""500: nobody knows."""

_TEKST = {
    200: "OK",
    404: "Not Found",
    422: "Unprocessable Content",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Udbyder:
    """`plan[key]` is what the next calls with that key meet, one after the other; then all is well.

    It deliberately knows no idempotency: a second acceptance of a key would show in the ledger.
    """

    def __init__(
        self, plan: dict[str, list[str]] | None = None, svar: dict[str, list[int]] | None = None, port: int = 0
    ) -> None:
        self.port = port
        self.svar = defaultdict(deque[int], {k: deque(v) for k, v in (svar or {}).items()})
        """What the next questions about a key are answered with, whatever is true."""
        self.plan = defaultdict(deque[str], {k: deque(v) for k, v in (plan or {}).items()})
        self.kald: list[tuple[str, str]] = []
        """Every request in order: (method, key)."""
        self.accepteret: Counter[str] = Counter()
        self.afvist: set[str] = set()
        self.slip = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._forbindelser: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._forbindelse, "127.0.0.1", self.port)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for opgave in self._forbindelser:
            opgave.cancel()
        await asyncio.gather(*self._forbindelser, return_exceptions=True)
        await self._server.wait_closed()

    def spurgt(self, noegle: str) -> int:
        return self.kald.count(("GET", noegle))

    def sendt(self, noegle: str) -> int:
        return self.kald.count(("POST", noegle))

    async def _forbindelse(self, ind: asyncio.StreamReader, ud: asyncio.StreamWriter) -> None:
        opgave = asyncio.current_task()
        assert opgave is not None
        self._forbindelser.add(opgave)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                while await self._et_kald(ind, ud):
                    pass
        finally:
            self._forbindelser.discard(opgave)
            ud.close()

    async def _et_kald(self, ind: asyncio.StreamReader, ud: asyncio.StreamWriter) -> bool:
        hoved = (await ind.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        felter = {n.lower(): v.strip() for n, _, v in (linje.partition(":") for linje in hoved[1:])}
        await ind.readexactly(int(felter.get("content-length", "0")))
        metode, sti, _ = hoved[0].split(" ")
        status = await (
            self._spoerg(unquote(sti.rsplit("/", 1)[1])) if metode == "GET" else self._anmeld(felter["idempotency-key"])
        )
        if status is None:
            return False
        ud.write(f"HTTP/1.1 {status} {_TEKST[status]}\r\ncontent-length: 0\r\n\r\n".encode())
        await ud.drain()
        return True

    async def _spoerg(self, noegle: str) -> int:
        self.kald.append(("GET", noegle))
        if self.svar[noegle]:
            return self.svar[noegle].popleft()
        if noegle in self.afvist:
            return 422
        return 200 if self.accepteret[noegle] else 404

    async def _anmeld(self, noegle: str) -> int | None:
        self.kald.append(("POST", noegle))
        plan = self.plan[noegle]
        match plan.popleft() if plan else OK:
            case "optaget":
                return 503
            case "afvis":
                self.afvist.add(noegle)
                return 422
            case "tabt foer":
                return None
            case "fejl":
                return 500
            case "tabt efter":
                self.accepteret[noegle] += 1
                return None
            case "hold":
                self.accepteret[noegle] += 1
                await self.slip.wait()
                return 200
            case _:
                self.accepteret[noegle] += 1
                return 200
