"""CPR's paid single look-up over HTTP: `POST /opslag`, `GET /opslag/<key>`, its bill, and the common routes.

It knows those it was told of (`POST /personer`) and nobody else.
"""

import contextlib
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.cpr import CprPerson
from simulators.ledger import Afgjort, Afgoerelse, Ledger, indhold_sum
from simulators.server import koer
from simulators.stedfortraeder import Krop, Stedfortraeder, Ugyldig, afvist, laes_krop
from simulators.styring import Fejlplan, Styring

KRAEVEDE = ("cpr", "kommunekode", "aktoer", "grund")
UKENDT_NUMMER = "UKENDT_NUMMER"


class CprOnline(Stedfortraeder):
    """The register, and who pays for what was asked of it."""

    def __init__(self, ledger: Ledger, fejlplan: Fejlplan) -> None:
        super().__init__(ledger, fejlplan)
        self._personer: dict[str, CprPerson] = {}

    def app(self) -> Starlette:
        """The HTTP application."""
        return Starlette(
            routes=[
                Route("/opslag", self._slaa_op, methods=["POST"]),
                Route("/opslag/{noegle:path}", self._opslag),
                Route("/personer", self._tilfoej, methods=["POST"]),
                Route("/regning", self._regning),
                *self.ruter(),
            ],
            lifespan=self._liv,
        )

    @contextlib.asynccontextmanager
    async def _liv(self, _app: Starlette) -> AsyncGenerator[None]:
        yield
        self.ledger.luk()

    async def _slaa_op(self, request: Request) -> Response:
        return await self.modtag(request, self._nyt_opslag)

    def _nyt_opslag(self, noegle: str, krop: Krop) -> Afgoerelse:
        """Answered from the register as it stands, and the same for ever under the key. Nobody found costs, too."""
        if any(not isinstance(krop.get(felt), str) or not krop[felt] for felt in KRAEVEDE):
            raise Ugyldig("UGYLDIGT_OPSLAG")
        sum_, betaler = indhold_sum(krop), {"kommunekode": krop["kommunekode"]}
        person = self._personer.get(krop["cpr"])
        if person is None:
            return Afgoerelse("/opslag", noegle, sum_, Afgjort.AFVIST, 422, {"kode": UKENDT_NUMMER}, betaler)
        svar = {"person": person.model_dump(mode="json")}
        return Afgoerelse("/opslag", noegle, sum_, Afgjort.ACCEPTERET, 200, svar, betaler)

    async def _opslag(self, request: Request) -> Response:
        noegle = request.path_params["noegle"]
        return await self.slaa_op(request, noegle, lambda: self.fundet(noegle))

    async def _tilfoej(self, request: Request) -> Response:
        """A person as the register has him from now on, under each of his numbers."""
        try:
            person = CprPerson.model_validate(await laes_krop(request))
        except (Ugyldig, ValidationError):
            return afvist("UGYLDIG_PERSON", 400)
        for nummer in (person.cpr, *person.tidligere_cpr):
            self._personer[nummer] = person
        return JSONResponse({}, 201)

    async def _regning(self, _request: Request) -> Response:
        """Look-ups to pay by municipality."""
        kommuner = (a.kendetegn.get("kommunekode") for a in self.ledger.afgoerelser.values())
        return JSONResponse(dict(Counter(k for k in kommuner if k)))


def byg(ledger: Path | None = None, styring: Styring | None = None) -> Starlette:
    """The application."""
    return CprOnline(Ledger(ledger), Fejlplan(styring)).app()


@contextlib.asynccontextmanager
async def run(
    servere: str = "",
    ledger: Path | None = None,
    styring: Styring | None = None,
    vaert: str = "127.0.0.1",
    port: int = 0,
) -> AsyncGenerator[str]:
    """The look-up, running inside this process; gives its address. It does without Kafka."""
    del servere
    async with koer(byg(ledger, styring), vaert, port) as url:
        yield url
