"""HTTP calls to the outside, read the way effects need it: surely not accepted, answered, or nobody knows."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import quote

import aiohttp
import httpx
from yarl import URL

from shared.platform.tjeneste import IkkeSendt

TIDSGRAENSER = httpx.Timeout(connect=1.0, read=3.0, write=2.0, pool=1.0)
"""Seconds. Inside what `shared.platform.effects` gives a call, so that we, not it, say what happened."""
IKKE_FUNDET = 404
_FORBINDELSER = 128
_LEDIG_S = 2.0
"""Idle connections are dropped before a server would: one it closes under our request leaves us not knowing."""
_FOR_TRAVL = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)
_INTET_SENDT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_LAENGSTE_VENT = timedelta(hours=1)


class UvistSvar(Exception):
    """Nobody knows whether the call had an effect. The text holds nothing of the call's content."""


class HttpKlient:
    """Calls to one outside system over HTTP with JSON.

    An answer is a pair (status, JSON object) for 2xx, 404 and a 4xx that carries a `kode`. No connection, 429 and
    503 are `IkkeSendt`; everything else is `UvistSvar`.
    """

    def __init__(self, navn: str, url: str, tidsgraenser: httpx.Timeout = TIDSGRAENSER) -> None:
        if not url:
            raise ValueError(f"{navn}: adressen mangler i indstillingerne")
        self._navn = navn
        self._url = url.rstrip("/")
        t = tidsgraenser
        self._tid = aiohttp.ClientTimeout(
            connect=(t.pool or 0) + (t.connect or 0), sock_connect=t.connect, sock_read=t.read
        )
        self._http: aiohttp.ClientSession | None = None

    async def post(self, sti: str, krop: Mapping[str, Any], noegle: str = "") -> tuple[int, dict[str, Any]]:
        """POST `krop`; `noegle` goes along as `Idempotency-Key`."""
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": noegle} if noegle else {})
        indhold = json.dumps(krop, ensure_ascii=False, separators=(",", ":")).encode()
        return await self._kald("POST", sti, indhold, headers)

    async def hent(self, sti: str, noegle: str) -> tuple[int, dict[str, Any]]:
        """GET what is kept under a key."""
        return await self._kald("GET", f"{sti}/{quote(noegle, safe='')}")

    async def luk(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()

    async def _kald(
        self, metode: str, sti: str, indhold: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_FORBINDELSER, keepalive_timeout=_LEDIG_S),
                timeout=self._tid,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        url = URL(self._url + sti, encoded=True)
        try:
            async with self._http.request(metode, url, data=indhold, headers=headers, allow_redirects=False) as svar:
                return self._laes(svar.status, svar.headers, await svar.read())
        except _INTET_SENDT as fejl:
            raise IkkeSendt(f"{self._navn}: ingen forbindelse ({type(fejl).__name__})") from None
        except (aiohttp.ClientError, TimeoutError) as fejl:
            raise UvistSvar(f"{self._navn}: svaret udeblev ({type(fejl).__name__})") from None

    def _laes(self, status: int, headers: Mapping[str, str], indhold: bytes) -> tuple[int, dict[str, Any]]:
        if status in _FOR_TRAVL:
            raise IkkeSendt(f"{self._navn}: svarede {status}", vent=_vent(headers.get("Retry-After", "")))
        objekt = _objekt(indhold)
        if objekt is not None and httpx.codes.is_success(status):
            return status, objekt
        if objekt is not None and httpx.codes.is_client_error(status) and objekt.get("kode"):
            return status, objekt
        if status == IKKE_FUNDET:
            return status, {}
        raise UvistSvar(f"{self._navn}: svarede {status} med et svar, vi ikke kan bruge")


def _objekt(raa: bytes) -> dict[str, Any] | None:
    try:
        indhold: Any = json.loads(raa)
    except ValueError:
        return None
    return cast("dict[str, Any]", indhold) if isinstance(indhold, dict) else None


def _vent(retry_after: str) -> timedelta | None:
    """`Retry-After` is a number of seconds or a date; anything else, or a time past, is no wish."""
    try:
        vent = timedelta(seconds=int(retry_after))
    except (ValueError, OverflowError):
        try:
            vent = parsedate_to_datetime(retry_after).astimezone(UTC) - datetime.now(UTC)
        except (ValueError, OverflowError):
            return None
    return min(vent, _LAENGSTE_VENT) if vent > timedelta() else None
