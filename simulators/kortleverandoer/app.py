"""The card supplier over HTTP: `POST /ordrer`, `GET /ordrer/<key>`, `GET /naeste`, and the common routes."""

import contextlib
from collections.abc import AsyncGenerator
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.kort import KortStatus, Kortstatuskode
from simulators.kortleverandoer.statusser import Planpunkt, Statusudgiver
from simulators.ledger import Afgjort, Afgoerelse, Ledger, indhold_sum
from simulators.server import koer
from simulators.stedfortraeder import Krop, Stedfortraeder, Ugyldig, afvist, laes_krop
from simulators.styring import Fejlplan, Styring

PLAN: TypeAdapter[tuple[Planpunkt, ...]] = TypeAdapter(tuple[Planpunkt, ...])
TID: TypeAdapter[AwareDatetime] = TypeAdapter(AwareDatetime)
KRAEVEDE = ("kort_id", "cpr", "navn", "adressetype", "kommunekode", "aarsag", "gruppe", "anmodet")


class StatusNu(BaseModel):
    """A status told at once, whatever the plan says (`POST /status`)."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kort_id: str
    status: Kortstatuskode
    tidspunkt: AwareDatetime | None = None
    nr: int = 1


class Kortleverandoer(Stedfortraeder):
    """Orders and their statuses."""

    def __init__(self, ledger: Ledger, fejlplan: Fejlplan, servere: str) -> None:
        super().__init__(ledger, fejlplan)
        self.statusser = Statusudgiver(servere, ledger)
        self.udgiver = self.statusser.udgiver
        stoppet = {a.kendetegn.get("annulleret") for a in self._accepterede()}
        for kendt in self._accepterede():
            if kendt.sti == "/ordrer" and kendt.kendetegn["kort_id"] not in stoppet:
                self._planlaeg(kendt)

    def app(self) -> Starlette:
        """The HTTP application."""
        return Starlette(
            routes=[
                Route("/ordrer", self._bestil, methods=["POST"]),
                Route("/ordrer/{noegle:path}", self._ordre),
                Route("/annulleringer", self._annuller, methods=["POST"]),
                Route("/annulleringer/{noegle:path}", self._ordre),
                Route("/status", self._status, methods=["POST"]),
                *self.ruter(),
            ],
            lifespan=self._liv,
        )

    @contextlib.asynccontextmanager
    async def _liv(self, _app: Starlette) -> AsyncGenerator[None]:
        async with self.udgiver.koer():
            yield
        self.ledger.luk()

    async def _bestil(self, request: Request) -> Response:
        bestilt = await self.udgiver.nu()
        return await self.modtag(request, lambda noegle, krop: self._ny_ordre(noegle, krop, bestilt))

    def _ny_ordre(self, noegle: str, krop: Krop, bestilt: datetime) -> Afgoerelse:
        """An order counts from when it comes; our clock may be a moment behind the one it was written by."""
        if any(not isinstance(krop.get(felt), str) or not krop[felt] for felt in KRAEVEDE):
            raise Ugyldig("UGYLDIG_ORDRE")
        try:
            anmodet = TID.validate_python(krop["anmodet"])
        except ValidationError:
            raise Ugyldig("UGYLDIG_ORDRE") from None
        afgoerelse = Afgoerelse(
            "/ordrer",
            noegle,
            indhold_sum(krop),
            Afgjort.ACCEPTERET,
            201,
            {"ordre": krop["kort_id"]},
            {"kort_id": krop["kort_id"], "bestilt": max(anmodet, bestilt).isoformat()},
        )
        self._planlaeg(afgoerelse)
        return afgoerelse

    async def _annuller(self, request: Request) -> Response:
        return await self.modtag(request, self._ny_annullering)

    def _ny_annullering(self, noegle: str, krop: Krop) -> Afgoerelse:
        """An order is stopped as long as none of its statuses has been told; decided once, for ever."""
        kort_id = krop.get("kort_id")
        if not isinstance(kort_id, str) or not kort_id:
            raise Ugyldig("UGYLDIG_ANNULLERING")
        kendt = any(a.sti == "/ordrer" and a.kendetegn.get("kort_id") == kort_id for a in self._accepterede())
        kode = None if kendt else "UKENDT_ORDRE"
        fortalt = any(s["kort_id"] == kort_id for s in self.ledger.statusser)
        if fortalt or kort_id in self.udgiver.paa_vej:
            kode = "TRUKKET"
        sum_ = indhold_sum(krop)
        if kode:
            return Afgoerelse("/annulleringer", noegle, sum_, Afgjort.AFVIST, 422, {"kode": kode})
        self.udgiver.glem(kort_id)
        kendetegn = {"annulleret": kort_id}
        return Afgoerelse("/annulleringer", noegle, sum_, Afgjort.ACCEPTERET, 201, {"ordre": kort_id}, kendetegn)

    def _accepterede(self) -> list[Afgoerelse]:
        return [a for a in self.ledger.afgoerelser.values() if a.afgjort is Afgjort.ACCEPTERET]

    def _planlaeg(self, ordre: Afgoerelse) -> None:
        self.statusser.planlaeg(ordre.kendetegn["kort_id"], datetime.fromisoformat(ordre.kendetegn["bestilt"]))

    async def _ordre(self, request: Request) -> Response:
        noegle = request.path_params["noegle"]
        return await self.slaa_op(request, noegle, lambda: self.fundet(noegle))

    def naeste(self) -> datetime | None:
        """The next status to be told."""
        return self.udgiver.naeste()

    async def _status(self, request: Request) -> Response:
        if not self.udgiver.kan_udgive:
            return afvist("INGEN_KAFKA", 409)
        try:
            status = StatusNu.model_validate(await laes_krop(request))
        except (Ugyldig, ValidationError):
            return afvist("UGYLDIG_STATUS", 400)
        tidspunkt = status.tidspunkt or await self.udgiver.nu()
        ny = KortStatus(kort_id=status.kort_id, status=status.status, tidspunkt=tidspunkt)
        self.statusser.indsaet(ny, status.nr)
        return JSONResponse({"planlagt": tidspunkt.isoformat()}, 202)

    def stil(self, aendring: Krop) -> None:
        """`plan` is the plan of the orders to come; the rest are the common switches."""
        rest: dict[str, Any] = dict(aendring)
        plan = PLAN.validate_python(rest.pop("plan")) if "plan" in rest else self.statusser.plan
        super().stil(rest)
        self.statusser.plan = plan


def byg(servere: str = "", ledger: Path | None = None, styring: Styring | None = None) -> Starlette:
    """The supplier's application. Without Kafka servers it takes orders but tells nothing of them."""
    return Kortleverandoer(Ledger(ledger), Fejlplan(styring), servere).app()


@contextlib.asynccontextmanager
async def run(
    servere: str = "",
    ledger: Path | None = None,
    styring: Styring | None = None,
    vaert: str = "127.0.0.1",
    port: int = 0,
) -> AsyncGenerator[str]:
    """The supplier, running inside this process; gives its address."""
    async with koer(byg(servere, ledger, styring), vaert, port) as url:
        yield url
