"""Nets over HTTP: `POST /v1/payments`, its `charges` and `cancels`, `GET /v1/payments/<id>`, and the common routes.

In place of the hosted page a payment names a stored card: `kort-afvist` cannot be reserved, `kort-traek-fejler`
can, but not captured. Every money movement is a decision of the ledger; after a restart the payments are made from it.
Which status goes with which code is not documented by Nets; here it is always 402, and a client must read the code.
Where merchants' keys are set, a call must carry one of them, and sees that merchant's payments only. A capture is told
on `nets.haendelser` too, as a reader of the webhooks would, with the faults of `simulators.nets.webhooks`.
"""

import contextlib
import hashlib
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.betaling import NetsHaendelse
from simulators.ledger import Afgjort, Afgoerelse, Ledger, indhold_sum
from simulators.nets import webhooks
from simulators.nets.webhooks import Webhookstyring
from simulators.server import koer
from simulators.stedfortraeder import Krop, Stedfortraeder, Ugyldig, afvist, laes_krop
from simulators.styring import Fejlplan, Styring
from simulators.udgiver import Udgiver

HOLDBARHED_DAGE = 30
OPSLAG_I_TIMEN = 30
"""Questions about one payment that Nets answers in an hour."""
BETALING, TRAEK, FRIGIVELSE = "/v1/payments", "charges", "cancels"


@dataclass(slots=True)
class Betaling:
    """One payment: what is held of it, and what became of that, in øre."""

    payment_id: str
    reservation_id: str
    kommunekode: str
    """The merchant."""
    token: str
    reserveret: int
    oprettet: datetime
    trukket: int = 0
    traek_id: str = ""
    frigivet: int = 0
    opslag: deque[datetime] = field(default_factory=deque[datetime])
    """When it was asked about."""


class NyHaendelse(BaseModel):
    """What Nets shall tell by itself (`POST /haendelse`): `id` is that of the event, twice the same or not."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1)
    haendelse: NetsHaendelse


class Netsstyring(BaseModel):
    """The switches of Nets alone; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    dage_frem: int = 0
    """Days that this stand-in's own clock is ahead of the hub's."""
    holdbarhed: int = Field(default=HOLDBARHED_DAGE, ge=1)
    """Days that a reservation holds."""
    noegler: dict[str, tuple[str, ...]] = {}
    """The secret keys of each merchant (kommunekode). Empty: every key is good."""
    webhooks: Webhookstyring = Webhookstyring()


class Nets(Stedfortraeder):
    """Payments."""

    def __init__(self, ledger: Ledger, fejlplan: Fejlplan, servere: str) -> None:
        super().__init__(ledger, fejlplan)
        self.udgiver = Udgiver(servere, "/nets", NetsHaendelse.emne, lambda p: ledger.noter_fortalt(p.id_))
        self._betalinger: dict[str, Betaling] = {}
        self._dage_frem = 0
        self._holdbarhed = HOLDBARHED_DAGE
        self._noegler: dict[str, tuple[str, ...]] = {}
        self._webhooks = Webhookstyring()
        for kendt in ledger.afgoerelser.values():
            self._bogfoer(kendt)
            self._fortael(kendt)

    def app(self) -> Starlette:
        """The HTTP application."""
        return Starlette(
            routes=[
                Route(BETALING, self._opret, methods=["POST"]),
                Route(f"{BETALING}/{{id}}", self._hent),
                Route(f"{BETALING}/{{id}}/{TRAEK}", self._traek, methods=["POST"]),
                Route(f"{BETALING}/{{id}}/{FRIGIVELSE}", self._frigiv, methods=["POST"]),
                Route("/haendelse", self._haendelse, methods=["POST"]),
                Route("/penge", self._penge),
                *self.ruter(),
            ],
            lifespan=self._liv,
        )

    @contextlib.asynccontextmanager
    async def _liv(self, _app: Starlette) -> AsyncGenerator[None]:
        async with self.udgiver.koer():
            yield
        self.ledger.luk()

    def _naegtet(self, request: Request, betaling_ventes: bool = True) -> Response | None:
        """401 without a merchant's key, 404 for the payment of another; None: go on."""
        if not self._noegler:
            return None
        given = request.headers.get("Authorization", "")
        kommune = next((k for k, noegler in self._noegler.items() if given in noegler), None)
        if kommune is None:
            return Response(status_code=401)
        betaling = self._betalinger.get(request.path_params.get("id", ""))
        anden = betaling_ventes and (betaling is None or betaling.kommunekode != kommune)
        return Response(status_code=404) if anden else None

    async def _nu(self) -> datetime:
        return await self.udgiver.nu() + timedelta(days=self._dage_frem)

    # --- the calls ----------------------------------------------------------------------------------------------------

    async def _opret(self, request: Request) -> Response:
        nu = await self._nu()
        return self._naegtet(request, betaling_ventes=False) or await self.modtag(
            request, lambda noegle, krop: self._ny_betaling(noegle, krop, nu)
        )

    def _ny_betaling(self, noegle: str, krop: Krop, nu: datetime) -> Afgoerelse:
        ordre: Any = krop.get("order")
        maade: Any = krop.get("paymentMethod")
        if not isinstance(ordre, dict) or not isinstance(maade, dict):
            raise Ugyldig("UGYLDIG_BETALING")
        felter, token = cast(Krop, ordre), cast(Krop, maade).get("token")
        beloeb, reference = felter.get("amount"), felter.get("reference")
        varer: list[Any] = [v.get("grossTotalAmount") for v in cast("list[Krop]", felter.get("items") or [])]
        gyldig = isinstance(beloeb, int) and beloeb > 0 and varer and all(isinstance(v, int) for v in varer)
        if not gyldig or sum(varer) != beloeb or not isinstance(reference, str) or not isinstance(token, str):
            raise Ugyldig("UGYLDIG_BETALING")
        if token == "kort-afvist":
            return _nej(BETALING, noegle, krop, "1022", "Issuer")
        payment_id = _id("payment", noegle)
        kendetegn = {
            "payment_id": payment_id, "reservation_id": reference, "token": token, "amount": beloeb,
            "oprettet": nu.isoformat(), "kommunekode": str(krop.get("merchant", "")),
        }  # fmt: skip
        return self._ja(BETALING, noegle, krop, {"paymentId": payment_id}, kendetegn)

    async def _traek(self, request: Request) -> Response:
        payment_id, nu = request.path_params["id"], await self._nu()
        return self._naegtet(request) or await self.modtag(
            request, lambda noegle, krop: self._nyt_traek(noegle, krop, payment_id, nu)
        )

    def _nyt_traek(self, noegle: str, krop: Krop, payment_id: str, nu: datetime) -> Afgoerelse:
        betaling = self._betalinger.get(payment_id)
        kode = self._spaerret(betaling, nu)
        if betaling and not kode and krop.get("amount") != betaling.reserveret:
            kode = "1001" if krop.get("amount", 0) > betaling.reserveret else "1015"
        if betaling and not kode and betaling.token == "kort-traek-fejler":
            kode = "1020"
        if kode:
            return _nej(TRAEK, noegle, krop, kode)
        traek_id = _id("charge", noegle)
        kendetegn = {
            "payment_id": payment_id, "traek_id": traek_id, "amount": krop["amount"], "trukket": nu.isoformat(),
        }  # fmt: skip
        return self._ja(TRAEK, noegle, krop, {"chargeId": traek_id}, kendetegn)

    async def _frigiv(self, request: Request) -> Response:
        """No idempotency key: each call is looked at anew."""
        payment_id, nu = request.path_params["id"], await self._nu()
        if naegtet := self._naegtet(request):
            return naegtet
        try:
            krop = await laes_krop(request)
        except Ugyldig as fejl:
            return afvist(fejl.kode, 400)
        optaelling = self.ledger.optaelling(FRIGIVELSE, f"frigiv:{payment_id}")
        optaelling.gange += 1
        ramt = self.fejlplan.vaelg(FRIGIVELSE, optaelling.noegle, optaelling.gange)
        if ramt:
            optaelling.fejl[ramt.value] += 1
        return await self.svar(request, ramt, lambda: self._ny_frigivelse(payment_id, krop, nu))

    def _ny_frigivelse(self, payment_id: str, krop: Krop, nu: datetime) -> Response:
        betaling = self._betalinger.get(payment_id)
        kode = self._spaerret(betaling, nu)
        if betaling and not kode and krop.get("amount") != betaling.reserveret:
            kode = "1007"
        if kode:
            return JSONResponse(_fejl(kode), 402)
        kendetegn = {"payment_id": payment_id, "frigivet": krop["amount"]}
        self.ledger.afgoer(self._ja(FRIGIVELSE, f"frigiv:{payment_id}", krop, {}, kendetegn, 204))
        return Response(status_code=204)

    async def _hent(self, request: Request) -> Response:
        payment_id, nu = request.path_params["id"], await self._nu()
        return self._naegtet(request) or await self.slaa_op(request, payment_id, lambda: self._vis(payment_id, nu))

    def _vis(self, payment_id: str, nu: datetime) -> Response:
        """As Nets: amounts that are zero are absent, and so are empty lists; 30 questions an hour, then 429."""
        b = self._betalinger.get(payment_id)
        if b is None:
            return Response(status_code=404)
        while b.opslag and not b.opslag[0] <= nu < b.opslag[0] + timedelta(hours=1):
            b.opslag.popleft()
        if len(b.opslag) >= OPSLAG_I_TIMEN:
            return Response(status_code=429)
        b.opslag.append(nu)
        beloeb = {"reservedAmount": b.reserveret, "chargedAmount": b.trukket, "cancelledAmount": b.frigivet}
        svar: Krop = {"paymentId": payment_id, "summary": {n: v for n, v in beloeb.items() if v}}
        if b.trukket:
            svar["charges"] = [{"chargeId": b.traek_id, "amount": b.trukket}]
        return JSONResponse({"payment": svar})

    async def _haendelse(self, request: Request) -> Response:
        if not self.udgiver.kan_udgive:
            return afvist("INGEN_KAFKA", 409)
        try:
            ny = NyHaendelse.model_validate(await laes_krop(request))
        except (Ugyldig, ValidationError):
            return afvist("UGYLDIG_HAENDELSE", 400)
        await self.udgiver.udgiv(ny.haendelse, ny.id)
        return JSONResponse({"udgivet": ny.id}, 202)

    async def _penge(self, _request: Request) -> Response:
        """Every payment, and the sums: what an exact ledger is held against."""
        alle = list(self._betalinger.values())
        return JSONResponse({
            "reserveret": sum(b.reserveret for b in alle),
            "trukket": sum(b.trukket for b in alle),
            "frigivet": sum(b.frigivet for b in alle),
            "betalinger": {
                b.reservation_id: {"reserveret": b.reserveret, "trukket": b.trukket, "frigivet": b.frigivet}
                for b in alle
            },
        })  # fmt: skip

    def _spaerret(self, betaling: Betaling | None, nu: datetime) -> str:
        """Why nothing can be captured or cancelled: the code, or nothing."""
        if betaling is None:
            return "1003"
        if betaling.frigivet:
            return "1019"
        if betaling.trukket:
            return "1008"
        return "1010" if nu - betaling.oprettet > timedelta(days=self._holdbarhed) else ""

    def genbrugt(self, sti: str) -> Response:
        """The key of a capture for another amount has a code of its own."""
        return JSONResponse(_fejl("1026"), 402) if sti.endswith(TRAEK) else super().genbrugt(sti)

    def naeste(self) -> datetime | None:
        """The next webhook."""
        return self.udgiver.naeste()

    # --- the books ----------------------------------------------------------------------------------------------------

    def _ja(self, sti: str, noegle: str, krop: Krop, svar: Krop, kendetegn: Krop, status: int = 201) -> Afgoerelse:
        afgoerelse = Afgoerelse(sti, noegle, indhold_sum(krop), Afgjort.ACCEPTERET, status, svar, kendetegn)
        self._bogfoer(afgoerelse)
        self._fortael(afgoerelse)
        return afgoerelse

    def _fortael(self, afgoerelse: Afgoerelse) -> None:
        """The webhooks of a movement, as far as the switches let them come; those told before are not told again."""
        k = afgoerelse.kendetegn
        if afgoerelse.afgjort is not Afgjort.ACCEPTERET or afgoerelse.sti == FRIGIVELSE:
            return
        betaling = self._betalinger[k["payment_id"]]
        seed = self.fejlplan.styring.seed
        if afgoerelse.sti == TRAEK:
            planlagte = webhooks.traek(self._webhooks, seed, betaling.reservation_id, k["traek_id"], k["trukket"])
        else:
            ender = betaling.oprettet + timedelta(days=self._holdbarhed)
            planlagte = webhooks.udloeb(self._webhooks, betaling.reservation_id, betaling.payment_id, ender)
        for p in planlagte:
            if p.id_ not in self.ledger.fortalt:
                self.udgiver.planlaeg(p.hvornaar, p.besked, p.id_, p.nr)

    def _bogfoer(self, afgoerelse: Afgoerelse) -> None:
        k = afgoerelse.kendetegn
        if afgoerelse.afgjort is not Afgjort.ACCEPTERET:
            return
        if afgoerelse.sti == BETALING:
            oprettet = datetime.fromisoformat(k["oprettet"])
            ny = Betaling(
                k["payment_id"], k["reservation_id"], k.get("kommunekode", ""), k["token"], k["amount"], oprettet
            )
            self._betalinger[ny.payment_id] = ny
            return
        betaling = self._betalinger[k["payment_id"]]
        self.udgiver.glem(betaling.reservation_id)
        if afgoerelse.sti == TRAEK:
            betaling.trukket, betaling.traek_id = betaling.trukket + k["amount"], k["traek_id"]
        else:
            betaling.frigivet += k["frigivet"]

    def stil(self, aendring: Krop) -> None:
        """The switches of Nets alone (`Netsstyring`); the rest are the common ones."""
        egne = Netsstyring.model_validate({n: v for n, v in aendring.items() if n in Netsstyring.model_fields})
        super().stil({n: v for n, v in aendring.items() if n not in Netsstyring.model_fields})
        for felt in egne.model_fields_set:
            setattr(self, f"_{felt}", getattr(egne, felt))


def _nej(sti: str, noegle: str, krop: Krop, kode: str, kilde: str = "Internal") -> Afgoerelse:
    return Afgoerelse(sti, noegle, indhold_sum(krop), Afgjort.AFVIST, 402, _fejl(kode, kilde))


def _fejl(kode: str, kilde: str = "Internal") -> Krop:
    return {"message": "refused", "code": kode, "source": kilde}


def _id(slags: str, noegle: str) -> str:
    """32 hexadecimal digits without dashes, as Nets writes them; the same for the same key."""
    return hashlib.sha256(f"{slags}:{noegle}".encode()).hexdigest()[:32]


def byg(servere: str = "", ledger: Path | None = None, styring: Styring | None = None) -> Starlette:
    """The application of Nets. Without Kafka servers it tells nothing by itself."""
    return Nets(Ledger(ledger), Fejlplan(styring), servere).app()


@contextlib.asynccontextmanager
async def run(
    servere: str = "",
    ledger: Path | None = None,
    styring: Styring | None = None,
    vaert: str = "127.0.0.1",
    port: int = 0,
) -> AsyncGenerator[str]:
    """Nets, running inside this process; gives its address."""
    async with koer(byg(servere, ledger, styring), vaert, port) as url:
        yield url
