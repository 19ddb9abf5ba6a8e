"""HTTP calls to the outside, read the way effects need it: surely not accepted, answered, or nobody knows."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import quote

import httpx

from shared.platform.tjeneste import IkkeSendt

TIDSGRAENSER = httpx.Timeout(connect=1.0, read=3.0, write=2.0, pool=1.0)
"""Seconds. Inside what `shared.platform.effects` gives a call, so that we, not it, say what happened."""
IKKE_FUNDET = 404
_FORBINDELSER = httpx.Limits(max_connections=50, keepalive_expiry=2.0)
"""Idle connections are dropped before a server would: one it closes under our request leaves us not knowing."""
_FOR_TRAVL = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)
_INTET_SENDT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
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
        self._http = httpx.AsyncClient(base_url=url, timeout=tidsgraenser, limits=_FORBINDELSER, trust_env=False)

    async def post(self, sti: str, krop: Mapping[str, Any], noegle: str = "") -> tuple[int, dict[str, Any]]:
        """POST `krop`; `noegle` goes along as `Idempotency-Key`."""
        return await self._kald("POST", sti, krop=krop, headers={"Idempotency-Key": noegle} if noegle else {})

    async def hent(self, sti: str, noegle: str) -> tuple[int, dict[str, Any]]:
        """GET what is kept under a key."""
        return await self._kald("GET", f"{sti}/{quote(noegle, safe='')}")

    async def luk(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _kald(
        self, metode: str, sti: str, krop: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        try:
            svar = await self._http.request(metode, sti, json=krop, headers=headers)
        except _INTET_SENDT as fejl:
            raise IkkeSendt(f"{self._navn}: ingen forbindelse ({type(fejl).__name__})") from None
        except httpx.HTTPError as fejl:
            raise UvistSvar(f"{self._navn}: svaret udeblev ({type(fejl).__name__})") from None
        return self._laes(svar)

    def _laes(self, svar: httpx.Response) -> tuple[int, dict[str, Any]]:
        status = svar.status_code
        if status in _FOR_TRAVL:
            raise IkkeSendt(f"{self._navn}: svarede {status}", vent=_vent(svar.headers.get("Retry-After", "")))
        objekt = _objekt(svar)
        if objekt is not None and svar.is_success:
            return status, objekt
        if objekt is not None and svar.is_client_error and objekt.get("kode"):
            return status, objekt
        if status == IKKE_FUNDET:
            return status, {}
        raise UvistSvar(f"{self._navn}: svarede {status} med et svar, vi ikke kan bruge")


def _objekt(svar: httpx.Response) -> dict[str, Any] | None:
    try:
        indhold: Any = svar.json()
    except ValueError:
        return None
    return cast(dict[str, Any], indhold) if isinstance(indhold, dict) else None


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
