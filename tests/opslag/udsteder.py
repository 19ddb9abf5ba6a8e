"""An issuer of tokens, and a service with two queries, for the tests of the read API."""

import json
import time
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from shared.platform.opslag.access import Access
from shared.platform.opslag.app import QueryApp
from shared.platform.opslag.keys import Keys
from shared.platform.opslag.laeser import Laeser
from shared.platform.settings import Settings
from shared.platform.tabel import Soegning, Tabel
from shared.platform.tjeneste import Tjeneste
from tests.motor import Motor

UDSTEDER, MODTAGER = "https://login.example", "sygesikring"


def noegle(kid: str, slags: str = "RSA", bits: int = 2048) -> Any:
    """A private key, the same for the same id."""
    return _lavet(kid, slags, bits)


@cache
def _lavet(_kid: str, slags: str, bits: int) -> Any:
    return ec.generate_private_key(ec.SECP256R1()) if slags == "EC" else rsa.generate_private_key(65537, bits)


def offentlig(kid: str, slags: str = "RSA", bits: int = 2048, **andet: Any) -> dict[str, Any]:
    """The public key as a JWK."""
    algoritme = ECAlgorithm if slags == "EC" else RSAAlgorithm
    return {**algoritme.to_jwk(noegle(kid, slags, bits).public_key(), as_dict=True), "kid": kid, **andet}


def jwks(*noegler: Mapping[str, Any]) -> bytes:
    return json.dumps({"keys": noegler or [offentlig("rsa"), offentlig("ec", "EC")]}).encode()


def paastande(**andet: Any) -> dict[str, Any]:
    """The claims of a good token; None leaves one out."""
    felter = {
        "iss": UDSTEDER, "aud": MODTAGER, "sub": "sb-7", "exp": int(time.time()) + 300, "rolle": "SAGSBEHANDLER",
        "kommunekode": "0630",
    }  # fmt: skip
    return {n: v for n, v in (felter | andet).items() if v is not None}


def token(kid: str = "rsa", slags: str = "RSA", **andet: Any) -> str:
    alg = "ES256" if slags == "EC" else "RS256"
    return jwt.encode(paastande(**andet), noegle(kid, slags), alg, headers={"kid": kid})


def indstillinger(**andet: Any) -> Settings:
    return Settings(opslag_jwks="/findes/ikke", opslag_udsteder=UDSTEDER, opslag_modtager=MODTAGER, **andet)


class Hentning:
    """What the issuer answers with, and how often it was asked. An exception is raised."""

    def __init__(self, svar: bytes | Exception) -> None:
        self.svar, self.kald, self.nu = svar, 0, 1000.0

    async def __call__(self) -> bytes:
        self.kald += 1
        if isinstance(self.svar, Exception):
            raise self.svar
        return self.svar

    def noegler(self) -> Keys:
        return Keys(self, lambda: self.nu)


class Motorlaeser:
    """Reads the rows of a service in memory, as the database would give them."""

    def __init__(self, motor: Motor, nu: Any) -> None:
        self._motor, self._nu = motor, nu

    async def raekker(self, tabel: Tabel[Any], noegler: Iterable[str]) -> Mapping[str, Any]:
        raekker = self._motor.raekker[tabel.navn]
        return {n: raekker[n] for n in noegler if n in raekker}

    async def soeg(self, tabel: Tabel[Any], soegning: Soegning, spoergsmaal: Any) -> Sequence[Any]:
        argument = soegning.argument(spoergsmaal)
        raekker = self._motor.raekker[tabel.navn]
        return [] if argument is None else [raekker[n] for n in soegning.hukommelse(raekker.values(), argument)]

    async def nu(self) -> Any:
        return self._nu


class Hukommelse:
    """A source over one reader; an exception instead of a reader is raised when it is opened."""

    def __init__(self, laeser: Laeser | Exception) -> None:
        self._laeser = laeser

    @asynccontextmanager
    async def reader(self) -> AsyncGenerator[Laeser]:
        if isinstance(self._laeser, Exception):
            raise self._laeser
        yield self._laeser

    async def close(self) -> None: ...


def klient(
    tjeneste: Tjeneste,
    laeser: Laeser | Exception,
    noegler: Keys | None = None,
    settings: Settings | None = None,
    *,
    kast: bool = True,
) -> httpx.AsyncClient:
    """A caller of the app, without a server between."""
    adgang = Access(settings or indstillinger(), noegler or Hentning(jwks()).noegler())
    app = QueryApp([tjeneste], adgang, lambda _: Hukommelse(laeser))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app.asgi, raise_app_exceptions=kast), base_url="http://hub")


def som(bruger: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {bruger}"}
