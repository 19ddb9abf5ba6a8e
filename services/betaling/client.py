"""All calls to Nets, in the shape of its Payment API (version 1).

A decision is read from the code in the body, never from the bare status. Nets takes an idempotency key for payments and
captures but not for cancels; a cancel done twice says so itself (1019), and every payment can be asked about.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import httpx
from pydantic import SecretStr

from services.betaling import rules
from services.betaling.forloeb.beskeder import (
    FrigivelseAccepteret,
    FrigivelseAfvist,
    IntetAtFrigive,
    Kald,
    ReservationAccepteret,
    ReservationAfvist,
    TraekAccepteret,
    TraekAfvist,
)
from shared.domain.udfald import InternBesked
from shared.platform.httpclient import TIDSGRAENSER, UvistSvar
from shared.platform.tjeneste import Afvist, IkkeSendt, Svar, Udfoert

AFKLARINGSTID = timedelta(seconds=3)
VENT_LAENGST_S = 3600
_INTET_SENDT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_SENERE = frozenset({401, 429, 503})
"""Refused at the door, nothing done: a key that is not (yet) known, too many calls, too busy."""


class Nets(ABC):
    """What the three clients share: the connection, the key, and how an answer is read.

    Each municipality is a merchant of its own, known by its key (`noegler`, by kommunekode); `noegle` is for the rest.
    """

    def __init__(
        self,
        url: str,
        noegle: SecretStr,
        afklaringstid: timedelta = AFKLARINGSTID,
        tidsgraenser: httpx.Timeout = TIDSGRAENSER,
        noegler: Mapping[str, SecretStr] | None = None,
    ) -> None:
        if not url:
            raise ValueError("Nets: adressen mangler i indstillingerne")
        self.afklaringstid = afklaringstid
        self._noegle, self._noegler = noegle, dict(noegler or {})
        self._http = httpx.AsyncClient(base_url=url, timeout=tidsgraenser, trust_env=False)

    @abstractmethod
    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """Make the call."""

    @abstractmethod
    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """What became of it."""

    def ukendt(self, noegle: str, indhold: Any) -> InternBesked | None:
        """Nets can always be asked, or the same call made again under the same key."""
        return None

    async def luk(self) -> None:
        """Close connections."""
        await self._http.aclose()

    async def _post(
        self, kald: Kald, sti: str, krop: Mapping[str, Any], noegle: str = ""
    ) -> tuple[int, dict[str, Any]]:
        return await self._kald("POST", sti, krop, self._fra(kald) | ({"Idempotency-Key": noegle} if noegle else {}))

    def _fra(self, kald: Kald) -> dict[str, str]:
        """Who asks: the merchant, by its secret key alone."""
        hemmelig = self._noegler.get(kald.kommunekode, self._noegle).get_secret_value()
        return {"Authorization": hemmelig} if hemmelig else {}

    async def _betaling(self, kald: Kald) -> dict[str, Any]:
        """What Nets knows of a payment."""
        status, svar = await self._kald("GET", f"/v1/payments/{kald.payment_id}", None, self._fra(kald))
        betaling = svar.get("payment")
        if status != 200 or not isinstance(betaling, dict):
            raise UvistSvar(f"Nets: svarede {status} på et spørgsmål om en betaling")
        return cast(dict[str, Any], betaling)

    async def _kald(
        self, metode: str, sti: str, krop: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any]]:
        try:
            svar = await self._http.request(metode, sti, json=krop, headers=headers)
        except _INTET_SENDT as fejl:
            raise IkkeSendt(f"Nets: ingen forbindelse ({type(fejl).__name__})") from None
        except httpx.HTTPError as fejl:
            raise UvistSvar(f"Nets: svaret udeblev ({type(fejl).__name__})") from None
        if svar.status_code in _SENERE:
            raise IkkeSendt(f"Nets: svarede {svar.status_code}", vent=_vent(svar))
        if svar.status_code == 204:
            return svar.status_code, {}
        objekt = _objekt(svar)
        if objekt is None or svar.is_server_error:
            raise UvistSvar(f"Nets: svarede {svar.status_code} med et svar, vi ikke kan bruge")
        return svar.status_code, objekt


class Reservationer(Nets):
    """`POST /v1/payments`: hold the amount on the card that was given."""

    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """Reserve."""
        kald = Kald.model_validate(indhold)
        status, svar = await self._post(kald, "/v1/payments", _ordre(kald), noegle)
        if httpx.codes.is_success(status):
            payment_id = svar.get("paymentId")
            if not isinstance(payment_id, str) or not payment_id:
                raise UvistSvar("Nets: reserverede uden at sige, under hvilket nummer")
            return Udfoert(ReservationAccepteret(reservation_id=kald.reservation_id, payment_id=payment_id))
        return Afvist(ReservationAfvist(reservation_id=kald.reservation_id, kode=_kode(status, svar)))

    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """Nets cannot be asked by our reference; the same call under the same key is answered as the first was."""
        return None


class Traek(Nets):
    """`POST /v1/payments/<id>/charges`: capture the whole amount, under the reservation as key (BET-21)."""

    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """Capture."""
        kald = Kald.model_validate(indhold)
        status, svar = await self._post(
            kald, f"/v1/payments/{kald.payment_id}/charges", {"amount": kald.beloeb_oere}, noegle
        )
        if httpx.codes.is_success(status):
            return _trukket(kald, svar.get("chargeId"))
        return Afvist(TraekAfvist(reservation_id=kald.reservation_id, kode=_kode(status, svar)))

    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """Was the payment captured?"""
        kald = Kald.model_validate(indhold)
        traek: Any = (await self._betaling(kald)).get("charges") or []
        return _trukket(kald, traek[0].get("chargeId")) if traek else None


class Frigivelser(Nets):
    """`POST /v1/payments/<id>/cancels`: let the amount go. Without a key: done twice, the second says 1019."""

    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """Release. Released before is what was wished for; run out before is too, but then nothing was released."""
        kald = Kald.model_validate(indhold)
        status, svar = await self._post(kald, f"/v1/payments/{kald.payment_id}/cancels", {"amount": kald.beloeb_oere})
        kode = "" if httpx.codes.is_success(status) else _kode(status, svar)
        if not kode or kode in rules.ALLEREDE_FRIGIVET:
            return Udfoert(FrigivelseAccepteret(reservation_id=kald.reservation_id))
        if kode in rules.UDLOEBET:
            return Udfoert(IntetAtFrigive(reservation_id=kald.reservation_id))
        return Afvist(FrigivelseAfvist(reservation_id=kald.reservation_id, kode=kode))

    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """Was the payment cancelled? An amount that is zero is absent."""
        kald = Kald.model_validate(indhold)
        sum_: Any = (await self._betaling(kald)).get("summary") or {}
        if sum_.get("cancelledAmount", 0) > 0:
            return Udfoert(FrigivelseAccepteret(reservation_id=kald.reservation_id))
        return None


def _ordre(kald: Kald) -> dict[str, Any]:
    """The order names neither the person nor the card's number."""
    beloeb = kald.beloeb_oere
    vare = {
        "reference": "sundhedskort",
        "name": "Sundhedskort",
        "quantity": 1,
        "unit": "stk",
        "unitPrice": beloeb,
        "taxRate": 0,
        "taxAmount": 0,
        "grossTotalAmount": beloeb,
        "netTotalAmount": beloeb,
    }
    return {
        "order": {"items": [vare], "amount": beloeb, "currency": "DKK", "reference": kald.reservation_id},
        "checkout": {"charge": False},
        "merchant": kald.kommunekode,
        "paymentMethod": {"token": kald.betalingskort},
    }


def _trukket(kald: Kald, traek_id: Any) -> Svar:
    if not isinstance(traek_id, str) or not traek_id:
        raise UvistSvar("Nets: trak beløbet uden at sige, under hvilket nummer")
    return Udfoert(TraekAccepteret(reservation_id=kald.reservation_id, traek_id=traek_id))


def _kode(status: int, svar: Mapping[str, Any]) -> str:
    """Nets' own code; where the body has none, the status stands for it. Codes we do not know are kept."""
    return str(svar.get("code") or svar.get("kode") or status)


def _objekt(svar: httpx.Response) -> dict[str, Any] | None:
    if not svar.content and svar.is_client_error:
        return {}
    try:
        indhold: Any = svar.json()
    except ValueError:
        return None
    return cast(dict[str, Any], indhold) if isinstance(indhold, dict) else None


def _vent(svar: httpx.Response) -> timedelta | None:
    sekunder = svar.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(sekunder), VENT_LAENGST_S)) if sekunder.isascii() and sekunder.isdigit() else None
