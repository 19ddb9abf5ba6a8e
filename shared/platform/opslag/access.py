"""Who asks: the bearer token of a call, checked before anything else is done. In doubt nobody is let in."""

from typing import Annotated, Any

import jwt
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from contracts.base import Kommunekode
from contracts.bestilling import Rolle
from contracts.kommuner import KOMMUNER
from shared.domain.cpr import ligner_cpr
from shared.platform.logging import logger
from shared.platform.opslag.erklaering import Bruger
from shared.platform.opslag.keys import ALGORITHMS, BadSource, Keys, KeysUnavailable, fetcher
from shared.platform.opslag.problem import Problem
from shared.platform.settings import Settings

LEEWAY_S = 30
"""How far the issuer's clock may be from ours."""
LONGEST_TOKEN = 8192
"""Characters."""
_DEMANDED = ["exp", "aud", "iss", "sub", "rolle", "kommunekode"]


class _Claims(BaseModel):
    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    sub: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    rolle: str
    kommunekode: Kommunekode


class Access:
    """Checks tokens. Without keys and an issuer in the settings it refuses every one."""

    def __init__(self, settings: Settings, keys: Keys | None = None) -> None:
        self._issuer, self._audience = settings.opslag_udsteder, settings.opslag_modtager
        self._keys = keys or _keys(settings)

    async def user(self, authorization: str | None) -> Bruger:
        """Who the header `Authorization` says that it is. Raises `Problem`."""
        if self._keys is None or not self._issuer or not self._audience:
            raise Problem("ADGANG_IKKE_SAT_OP")
        kind, _, token = (authorization or "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise Problem("TOKEN_MANGLER")
        claims = await self._claims(token.strip(), self._keys)
        if ligner_cpr(claims.sub):  # it goes to the log
            raise Problem("TOKEN_UGYLDIGT")
        try:
            rolle = Rolle(claims.rolle)
        except ValueError:
            raise Problem("ROLLE_UKENDT") from None
        if claims.kommunekode not in KOMMUNER:
            raise Problem("KOMMUNE_UKENDT")
        return Bruger(claims.sub, rolle, claims.kommunekode)

    async def _claims(self, token: str, keys: Keys) -> _Claims:
        try:
            key = await self._key(token, keys)
            # The key says what it is used with: a token cannot choose another algorithm, nor none.
            content: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY_S,
                options={"require": _DEMANDED, "strict_aud": False},
            )
            return _Claims.model_validate(content)
        except KeysUnavailable:
            raise Problem("NOEGLER_UTILGAENGELIGE") from None
        except (jwt.PyJWTError, ValidationError, ValueError, TypeError, RecursionError):
            raise Problem("TOKEN_UGYLDIGT") from None

    async def _key(self, token: str, keys: Keys) -> jwt.PyJWK:
        if len(token) > LONGEST_TOKEN:
            raise ValueError("for langt")
        header = jwt.get_unverified_header(token)
        kid = header.get("kid")
        if header.get("alg") not in ALGORITHMS.values() or not isinstance(kid, str):
            raise ValueError("uden brugbar nøgle")
        key = await keys.find(kid)
        if key is None:
            raise ValueError("ukendt nøgle")
        return key


def _keys(settings: Settings) -> Keys | None:
    if not settings.opslag_jwks:
        return None
    try:
        return Keys(fetcher(settings.opslag_jwks))
    except BadSource as error:
        logger().error("opslag er lukket", grund=str(error))
        return None
