"""The public keys that tokens are checked with, from a JWKS at an address or in a file."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, cast

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared.platform.logging import logger

ALGORITHMS = {("RSA", None): "RS256", ("EC", "P-256"): "ES256"}
"""What a key is used with, by its type and curve. Others are no keys for us; a symmetric one least of all."""
SHORTEST_RSA = 2048
"""Bits."""
FRESH_S = 600.0
"""How old the keys may be before they are fetched again."""
BETWEEN_S = 30.0
"""The least time between two fetches: tokens with made-up key ids must not make us call the issuer each time."""
BETWEEN_EMPTY_S = 1.0
"""The same while there are no keys at all."""
LONGEST_S = 24 * 3600.0
"""How long the keys may be used when they cannot be fetched again."""
LARGEST = 1 << 20
"""Bytes of a JWKS."""

Fetch = Callable[[], Awaitable[bytes]]


class KeysUnavailable(Exception):
    """There are no keys to check a token with."""


class BadSource(ValueError):
    """The setting names no place that keys may come from."""


def fetcher(source: str) -> Fetch:
    """How to read a JWKS. Raises `BadSource` for an address without TLS, except on this machine."""
    if "://" not in source:
        return lambda: asyncio.to_thread(Path(source).read_bytes)
    url = httpx.URL(source)
    if url.scheme != "https" and not (url.scheme == "http" and url.host in ("127.0.0.1", "localhost", "::1")):
        raise BadSource("OPSLAG_JWKS skal være en fil eller en https-adresse")

    async def fetch() -> bytes:
        async with httpx.AsyncClient(timeout=3.0, follow_redirects=False) as client:
            answer = await client.get(url, headers={"Accept": "application/jwk-set+json, application/json"})
        if not answer.is_success:
            raise KeysUnavailable(f"svarede {answer.status_code}")
        return answer.content

    return fetch


class Keys:
    """The keys by `kid`: fetched when needed, kept for a while, and used on for a day when the issuer is away."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._keys: Mapping[str, jwt.PyJWK] | None = None
        self._fetched = self._tried = float("-inf")
        self._lock = asyncio.Lock()

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """The key; None where the issuer has none of that id. Raises `KeysUnavailable`."""
        if self._wanting(kid):
            async with self._lock:
                if self._wanting(kid):  # while we waited, another call may have fetched them
                    await self._refresh()
        if self._keys is None or self._clock() - self._fetched > LONGEST_S:
            raise KeysUnavailable("ingen nøgler")
        return self._keys.get(kid)

    def _wanting(self, kid: str) -> bool:
        now = self._clock()
        between = BETWEEN_EMPTY_S if self._keys is None else BETWEEN_S
        if now - self._tried < between:
            return False
        return self._keys is None or kid not in self._keys or now - self._fetched > FRESH_S

    async def _refresh(self) -> None:
        self._tried = self._clock()
        try:
            self._keys = read(await self._fetch())
        except (httpx.HTTPError, OSError, KeysUnavailable, ValueError, RecursionError) as error:
            logger().warning("nøglerne til opslag kan ikke hentes", fejl=type(error).__name__)
        else:
            self._fetched = self._clock()


def read(raw: bytes) -> dict[str, jwt.PyJWK]:
    """The keys of a JWKS that we can use; others are passed over. Raises `ValueError` when it is none."""
    if len(raw) > LARGEST:
        raise ValueError("for stort")
    document: Any = json.loads(raw)
    if not isinstance(document, dict) or not isinstance(found := cast("dict[str, Any]", document).get("keys"), list):
        raise ValueError("ikke et JWKS")
    keys = (_key(cast("dict[str, Any]", k)) for k in cast("list[Any]", found) if isinstance(k, dict))
    return dict(k for k in keys if k is not None)


def _key(jwk: dict[str, Any]) -> tuple[str, jwt.PyJWK] | None:
    algorithm = ALGORITHMS.get((jwk.get("kty", ""), jwk.get("crv")))
    kid = jwk.get("kid")
    if algorithm is None or not isinstance(kid, str) or not kid:
        return None
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithm) != algorithm:
        return None
    try:
        key = jwt.PyJWK(jwk, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if isinstance(key.key, RSAPublicKey) and key.key.key_size < SHORTEST_RSA:
        return None
    return kid, key
