"""What all stand-ins do: decide each key once, answer it the same for ever, fail on command, and tell what they did."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from simulators.ledger import Afgjort, Afgoerelse, Ledger, indhold_sum
from simulators.server import Afbrudt, Vroevl
from simulators.styring import Fejl, Fejlplan

Krop = dict[str, Any]
Afgoer = Callable[[str, Krop], Afgoerelse]
"""(key, body) -> the decision; may raise `Ugyldig`."""
STOERSTE_KROP = 5_000_000


class Ugyldig(Exception):
    """A request that is none: answered 400 with `kode`, and nothing is decided."""

    def __init__(self, kode: str) -> None:
        super().__init__(kode)
        self.kode = kode


def afvist(kode: str, status: int = 422) -> Response:
    """A refusal as the outside writes it."""
    return JSONResponse({"kode": kode}, status)


async def laes_krop(request: Request) -> Krop:
    """The JSON object of a request. Raises `Ugyldig`."""
    raa = await request.body()
    if len(raa) > STOERSTE_KROP:
        raise Ugyldig("FOR_STOR")
    try:
        krop: Any = json.loads(raa)
    except ValueError:
        raise Ugyldig("UGYLDIG_JSON") from None
    if not isinstance(krop, dict):
        raise Ugyldig("UGYLDIG_JSON")
    return cast(Krop, krop)


class Stedfortraeder:
    """The common part of a stand-in: its ledger, its faults, and their routes."""

    def __init__(self, ledger: Ledger, fejlplan: Fejlplan) -> None:
        self.ledger = ledger
        self.fejlplan = fejlplan

    def ruter(self) -> list[Route]:
        """Routes for health, ledger and control."""
        return [
            Route("/health", self._helbred),
            Route("/naeste", self._naeste),
            Route("/ledger", self._ledger),
            Route("/ledger/sum", self._summer),
            Route("/styring", self._styring, methods=["GET", "POST"]),
        ]

    async def modtag(self, request: Request, afgoer: Afgoer) -> Response:
        """A request with an `Idempotency-Key`: the first one decides, the same again is told the same.

        The same key with other content is answered 409.
        """
        sti, noegle = request.url.path, request.headers.get("Idempotency-Key", "")
        if not noegle:
            return afvist("MANGLER_NOEGLE", 400)
        try:
            krop = await laes_krop(request)
        except Ugyldig as fejl:
            return afvist(fejl.kode, 400)
        optaelling = self.ledger.optaelling(sti, noegle)
        optaelling.gange += 1
        ramt = self.fejlplan.vaelg(sti, noegle, optaelling.gange)
        if ramt:
            optaelling.fejl[ramt.value] += 1
        return await self.svar(request, ramt, lambda: self._afgoer(sti, noegle, krop, ramt, afgoer))

    async def slaa_op(self, request: Request, noegle: str, svar: Callable[[], Response]) -> Response:
        """A question that changes nothing; faults hit it only when `opslag` is on."""
        self.ledger.opslag += 1
        ramt = None
        if self.fejlplan.styring.opslag:
            ramt = self.fejlplan.vaelg(request.url.path, noegle, self.ledger.opslag)
        return await self.svar(request, ramt, svar)

    async def svar(self, request: Request, ramt: Fejl | None, udfoer: Callable[[], Response]) -> Response:
        """Carry out a request under a fault, or none."""
        vent = {"Retry-After": str(self.fejlplan.styring.retry_after_s)}
        match ramt:
            case Fejl.AFBRUDT:
                return Afbrudt(request)
            case Fejl.FEJL_500:
                return PlainTextResponse("intern fejl", 500)
            case Fejl.OPTAGET:
                return PlainTextResponse("optaget", 503, vent)
            case Fejl.TRAVL:
                return PlainTextResponse("for mange kald", 429, vent)
            case _:
                return await self._fortalt(request, ramt, udfoer())

    async def _fortalt(self, request: Request, ramt: Fejl | None, svar: Response) -> Response:
        """What the caller hears of what was carried out."""
        match ramt:
            case Fejl.SVAR_TABT:
                return Afbrudt(request)
            case Fejl.HALVT_SVAR:
                return Afbrudt(request, halvt=svar)
            case Fejl.FEJL_500_EFTER:
                return PlainTextResponse("intern fejl", 500)
            case Fejl.ULAESELIG:
                return PlainTextResponse("<html>ok</html>", 200)
            case Fejl.VROEVL:
                return Vroevl(request, self.fejlplan.vroevl())
            case Fejl.MODSAGT:
                return afvist(self.fejlplan.styring.afvis_kode)
            case Fejl.LANGSOM:
                await asyncio.sleep(self.fejlplan.styring.vent_s)
                return svar
            case _:
                return svar

    def _afgoer(self, sti: str, noegle: str, krop: Krop, ramt: Fejl | None, afgoer: Afgoer) -> Response:
        """Decide, without a pause in which another request could come between."""
        optaelling = self.ledger.optaelling(sti, noegle)
        kendt = self.ledger.afgoerelser.get(noegle)
        if kendt is None:
            try:
                kendt = self._afvis(sti, noegle, krop) if ramt is Fejl.AFVIS else afgoer(noegle, krop)
            except Ugyldig as fejl:
                return afvist(fejl.kode, 400)
            self.ledger.afgoer(kendt)
        elif kendt.indhold_sum != indhold_sum(krop):
            optaelling.konflikter += 1
            return self.genbrugt(sti)
        else:
            optaelling.gentaget += 1
        return JSONResponse(kendt.svar, kendt.status)

    def genbrugt(self, sti: str) -> Response:
        """The answer to a key that comes again with other content."""
        return afvist("NOEGLE_GENBRUGT", 409)

    def _afvis(self, sti: str, noegle: str, krop: Krop) -> Afgoerelse:
        kode = self.fejlplan.styring.afvis_kode
        return Afgoerelse(sti, noegle, indhold_sum(krop), Afgjort.AFVIST, 422, {"kode": kode})

    def fundet(self, noegle: str) -> Response:
        """What became of a key."""
        kendt = self.ledger.afgoerelser.get(noegle)
        if kendt is None:
            return JSONResponse({}, 404)
        return JSONResponse({**kendt.kendetegn, **kendt.svar, "tilstand": kendt.afgjort.value})

    def naeste(self) -> datetime | None:
        """The next instant on the hub's clock at which it acts by itself; None: it only answers."""
        return None

    async def _naeste(self, _request: Request) -> Response:
        naeste = self.naeste()
        return JSONResponse({"naeste": naeste.astimezone(UTC).isoformat() if naeste else None})

    async def _helbred(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _ledger(self, _request: Request) -> Response:
        return JSONResponse(self.ledger.som_json())

    async def _summer(self, _request: Request) -> Response:
        return JSONResponse(self.ledger.summer())

    async def _styring(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                self.stil(await laes_krop(request))
            except Ugyldig as fejl:
                return afvist(fejl.kode, 400)
            except ValidationError as fejl:
                felter = [".".join(map(str, f["loc"])) or f["type"] for f in fejl.errors(include_input=False)]
                return JSONResponse({"kode": "UGYLDIG_STYRING", "felter": felter}, 400)
        return JSONResponse(self.fejlplan.styring.model_dump(mode="json"))

    def stil(self, aendring: Krop) -> None:
        """Change the switches; a stand-in with switches of its own takes them out first."""
        self.fejlplan.stil(aendring)
