"""Between a service and PostgreSQL: a proxy that can cut a connection at a commit, before it passes or after.

It reads the protocol only as far as it must: which of the client's messages ask for an answer, and what a commit is.
"""

import asyncio
import random
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

FOER, EFTER = "før", "efter"
COMMIT, ANDET = "commit", "andet"
_SPOERG, _SYNK = b"Q", b"S"
_KLAR = b"Z"


class Proxy:
    """Cuts a share of the exchanges, `andele` of the commits and of the other statements.

    `klippet` counts by what it was (`COMMIT`, `ANDET`) and when (`FOER` it reached the server, so it never happened;
    `EFTER` it happened, before the answer came back).
    """

    def __init__(self, dsn: str, seed: int) -> None:
        self._dsn = urlsplit(dsn)
        self._server_sti = f"{parse_qs(self._dsn.query)['host'][0]}/.s.PGSQL.5432"
        self._mappe = tempfile.TemporaryDirectory(prefix="pgp-")
        self._lod = random.Random(seed)
        self._server: asyncio.Server | None = None
        self._opgaver: set[asyncio.Task[None]] = set()
        self.andele: dict[str, float] = {}
        self.klippet: Counter[tuple[str, str]] = Counter()

    @property
    def dsn(self) -> str:
        """The address to give the service."""
        query = f"host={quote(self._mappe.name, safe='/')}&port=5432"
        return urlunsplit(self._dsn._replace(query=query))

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._forbindelse, Path(self._mappe.name) / ".s.PGSQL.5432")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for opgave in self._opgaver:
            opgave.cancel()
        await asyncio.gather(*self._opgaver, return_exceptions=True)
        self._mappe.cleanup()

    async def _forbindelse(self, klient_ind: asyncio.StreamReader, klient_ud: asyncio.StreamWriter) -> None:
        opgave = asyncio.current_task()
        assert opgave is not None
        self._opgaver.add(opgave)
        server_ud: asyncio.StreamWriter | None = None
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                server_ind, server_ud = await asyncio.open_unix_connection(self._server_sti)
                forbindelse = _Forbindelse(self, klient_ind, klient_ud, server_ind, server_ud)
                await forbindelse.koer()
        finally:
            self._opgaver.discard(opgave)
            for ud in (klient_ud, server_ud):
                if ud is not None:
                    ud.transport.abort() if ud is klient_ud else ud.close()

    def klip(self, hvad: str) -> str:
        """Whether this exchange is cut, and when; empty: not."""
        if self._lod.random() >= self.andele.get(hvad, 0.0):
            return ""
        hvornaar = self._lod.choice((FOER, EFTER))
        self.klippet[hvad, hvornaar] += 1
        return hvornaar


class _Forbindelse:
    """One connection through the proxy."""

    def __init__(
        self, proxy: Proxy, klient_ind: asyncio.StreamReader, klient_ud: asyncio.StreamWriter,
        server_ind: asyncio.StreamReader, server_ud: asyncio.StreamWriter,
    ) -> None:  # fmt: skip
        self.proxy = proxy
        self.klient_ind, self.klient_ud = klient_ind, klient_ud
        self.server_ind, self.server_ud = server_ind, server_ud
        self.stum = asyncio.Event()
        """Set: the answer to what was last sent is awaited and thrown away with the connection."""

    async def koer(self) -> None:
        """Until one end is closed or the connection is cut."""
        laengde = await self.klient_ind.readexactly(4)
        self.server_ud.write(laengde + await self.klient_ind.readexactly(int.from_bytes(laengde) - 4))
        retninger = {asyncio.create_task(self._fra_klienten()), asyncio.create_task(self._fra_serveren())}
        try:
            await asyncio.wait(retninger, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for retning in retninger:
                retning.cancel()
            await asyncio.gather(*retninger, return_exceptions=True)

    async def _fra_klienten(self) -> None:
        while True:
            hoved, krop = await _besked(self.klient_ind)
            if hoved[:1] in (_SPOERG, _SYNK):
                commit = hoved[:1] == _SPOERG and krop[:6].upper() == b"COMMIT"
                match self.proxy.klip(COMMIT if commit else ANDET):
                    case "før":
                        return
                    case "efter":
                        self.stum.set()
                    case _:
                        pass
            self.server_ud.write(hoved + krop)
            await self.server_ud.drain()

    async def _fra_serveren(self) -> None:
        while True:
            hoved, krop = await _besked(self.server_ind)
            if self.stum.is_set():
                if hoved[:1] == _KLAR:
                    return
                continue
            self.klient_ud.write(hoved + krop)
            await self.klient_ud.drain()


async def _besked(ind: asyncio.StreamReader) -> tuple[bytes, bytes]:
    hoved = await ind.readexactly(5)
    return hoved, await ind.readexactly(int.from_bytes(hoved[1:]) - 4)
