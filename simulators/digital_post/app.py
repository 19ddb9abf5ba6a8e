"""Digital Post over HTTP: `POST /tilmelding`, `POST /breve`, `GET /breve/<key>`, and the common routes.

Who is registered follows from the CPR number and the seed (85 % of those who are 15 or older) unless the control table
says otherwise. The numbers themselves are neither kept nor told.
"""

import contextlib
import hashlib
import random
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.dispensation import Dispensationssvar, DispensationSvar
from shared.domain.cpr import foedselsdato
from shared.domain.datoer import alder, dato
from simulators.ledger import Afgjort, Afgoerelse, Ledger, indhold_sum
from simulators.server import koer
from simulators.stedfortraeder import Krop, Stedfortraeder, Ugyldig, afvist, laes_krop
from simulators.styring import Fejlplan, Styring
from simulators.udgiver import Udgiver

CPR = re.compile(r"^\d{10}$")
ANDEL_TILMELDT = 0.85
TILMELDES_FRA_AAR = 15
KANALER = ("DIGITAL", "FYSISK")
TEKSTFELTER = ("afsender", "titel", "tekst")


class PersonStyring(BaseModel):
    """A line of the control table: `fritaget` people are registered nowhere."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    cpr: str = Field(pattern=CPR.pattern)
    tilmeldt: bool = True
    fritaget: bool = False


class Praksissvar(BaseModel):
    """What a practice answers (`POST /praksissvar`): `id` is that of the message, the same again or not."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1)
    forloeb_id: str
    svar: Dispensationssvar
    modtaget: AwareDatetime | None = None
    """None: now, on the hub's clock."""


PERSONER: TypeAdapter[list[PersonStyring]] = TypeAdapter(list[PersonStyring])


def _uden_60(cpr: str) -> str:
    """Fictive and replacement numbers have 60 added to the day; whoever has one is as old as the rest of it says."""
    return f"{int(cpr[:2]) - 60:02d}{cpr[2:]}" if int(cpr[:2]) > 60 else cpr


@dataclass(frozen=True, slots=True)
class Registrering:
    """What Digital Post says of a person."""

    tilmeldt: bool
    fritaget: bool


class DigitalPost(Stedfortraeder):
    """Registrations and letters."""

    def __init__(self, ledger: Ledger, fejlplan: Fejlplan, servere: str = "") -> None:
        super().__init__(ledger, fejlplan)
        self.udgiver = Udgiver(servere, "/digital-post")
        self._personer: dict[str, Registrering] = {}

    def app(self) -> Starlette:
        """The HTTP application."""
        return Starlette(
            routes=[
                Route("/tilmelding", self._tilmelding, methods=["POST"]),
                Route("/breve", self._send, methods=["POST"]),
                Route("/breve/{noegle:path}", self._brev),
                Route("/praksisbreve", self._send_til_praksis, methods=["POST"]),
                Route("/praksisbreve/{noegle:path}", self._brev),
                Route("/praksissvar", self._praksissvar, methods=["POST"]),
                *self.ruter(),
            ],
            lifespan=self._liv,
        )

    @contextlib.asynccontextmanager
    async def _liv(self, _app: Starlette) -> AsyncGenerator[None]:
        async with self.udgiver.koer():
            yield
        self.ledger.luk()

    def registrering(self, cpr: str) -> Registrering:
        """Registered or not, the same each time it is asked."""
        if cpr in self._personer:
            return self._personer[cpr]
        foedt = foedselsdato(cpr) or foedselsdato(_uden_60(cpr))
        if foedt is None or alder(foedt, dato(datetime.now(UTC))) < TILMELDES_FRA_AAR:
            return Registrering(tilmeldt=False, fritaget=False)
        terning = random.Random(f"{self.fejlplan.styring.seed}:{cpr}")
        return Registrering(tilmeldt=terning.random() < ANDEL_TILMELDT, fritaget=False)

    async def _tilmelding(self, request: Request) -> Response:
        try:
            cpr = (await laes_krop(request)).get("cpr")
        except Ugyldig as fejl:
            return afvist(fejl.kode, 400)
        if not isinstance(cpr, str) or not CPR.match(cpr):
            return afvist("UGYLDIGT_OPSLAG", 400)
        noegle = request.headers.get("Idempotency-Key") or "opslag uden nøgle"
        optaelling = self.ledger.optaelling("/tilmelding", noegle)
        optaelling.gange += 1
        ramt = self.fejlplan.vaelg("/tilmelding", optaelling.noegle, optaelling.gange)
        if ramt:
            optaelling.fejl[ramt.value] += 1
        self.ledger.opslag += 1
        return await self.svar(request, ramt, lambda: self._svar_paa_opslag(cpr))

    def _svar_paa_opslag(self, cpr: str) -> Response:
        registrering = self.registrering(cpr)
        return JSONResponse({"tilmeldt": registrering.tilmeldt, "fritaget": registrering.fritaget})

    async def _send(self, request: Request) -> Response:
        return await self.modtag(request, self._nyt_brev)

    def _nyt_brev(self, noegle: str, krop: Krop) -> Afgoerelse:
        raa: Any = krop.get("modtager")
        modtager: Krop = cast(Krop, raa) if isinstance(raa, dict) else {}
        tekster = [krop.get(felt) for felt in TEKSTFELTER]
        gyldig = all(isinstance(t, str) and t for t in (*tekster, modtager.get("cpr"), modtager.get("navn")))
        if krop.get("kanal") not in KANALER or not gyldig:
            raise Ugyldig("UGYLDIGT_BREV")
        kode = self._afvisning(krop["kanal"], modtager)
        kendetegn = {**{f: krop[f] for f in ("kanal", *TEKSTFELTER)}, "navn": modtager["navn"]}
        sum_ = indhold_sum(krop)
        if kode:
            return Afgoerelse("/breve", noegle, sum_, Afgjort.AFVIST, 422, {"kode": kode}, kendetegn)
        kvittering = hashlib.sha256(f"kvittering:{noegle}".encode()).hexdigest()[:32]
        svar = {"kvittering": kvittering}
        return Afgoerelse("/breve", noegle, sum_, Afgjort.ACCEPTERET, 201, svar, kendetegn)

    def _afvisning(self, kanal: str, modtager: Krop) -> str | None:
        if kanal == "FYSISK":
            return None if modtager.get("adresse") else "MANGLER_ADRESSE"
        registrering = self.registrering(modtager["cpr"])
        if registrering.fritaget:
            return "FRITAGET"
        return None if registrering.tilmeldt else "IKKE_TILMELDT"

    async def _brev(self, request: Request) -> Response:
        noegle = request.path_params["noegle"]
        return await self.slaa_op(request, noegle, lambda: self.fundet(noegle))

    async def _send_til_praksis(self, request: Request) -> Response:
        nu = await self.udgiver.nu()
        return await self.modtag(request, lambda noegle, krop: self._nyt_praksisbrev(noegle, krop, nu))

    def _nyt_praksisbrev(self, noegle: str, krop: Krop, nu: datetime) -> Afgoerelse:
        """A letter to a practice is delivered when it is accepted; what its answer must repeat is remembered."""
        raa, reference = krop.get("modtager"), krop.get("svarreference")
        modtager: Krop = cast(Krop, raa) if isinstance(raa, dict) else {}
        tekster = (*(krop.get(felt) for felt in TEKSTFELTER), modtager.get("ydernummer"), modtager.get("navn"))
        if not isinstance(reference, dict) or not all(isinstance(t, str) and t for t in tekster):
            raise Ugyldig("UGYLDIGT_BREV")
        kvittering = hashlib.sha256(f"kvittering:{noegle}".encode()).hexdigest()[:32]
        svar = {"kvittering": kvittering, "leveret": nu.astimezone(UTC).isoformat()}
        kendetegn = {"kanal": "DIGITAL", "titel": krop["titel"], "ydernummer": modtager["ydernummer"], **reference}
        return Afgoerelse("/praksisbreve", noegle, indhold_sum(krop), Afgjort.ACCEPTERET, 201, svar, kendetegn)

    async def _praksissvar(self, request: Request) -> Response:
        """A practice answers the request of a forløb: published on `dispensation.svar`."""
        if not self.udgiver.kan_udgive:
            return afvist("INGEN_KAFKA", 409)
        try:
            svar = Praksissvar.model_validate(await laes_krop(request))
        except (Ugyldig, ValidationError):
            return afvist("UGYLDIGT_SVAR", 400)
        breve = [a.kendetegn for a in self.ledger.afgoerelser.values() if a.sti == "/praksisbreve"]
        brev = next((k for k in breve if k.get("forloeb_id") == svar.forloeb_id), None)
        if brev is None:
            return afvist("UKENDT_BREV", 404)
        modtaget = svar.modtaget or await self.udgiver.nu()
        besked = DispensationSvar(
            forloeb_id=svar.forloeb_id, person_id=brev["person_id"], svar=svar.svar, modtaget=modtaget
        )
        await self.udgiver.udgiv(besked, svar.id)
        return JSONResponse({"modtaget": modtaget.astimezone(UTC).isoformat()}, 202)

    def stil(self, aendring: Krop) -> None:
        """`personer` adds to the control table; the rest are the common switches."""
        rest: dict[str, Any] = dict(aendring)
        personer = PERSONER.validate_python(rest.pop("personer", []))
        super().stil(rest)
        self._personer.update({p.cpr: Registrering(p.tilmeldt, p.fritaget) for p in personer})


def byg(servere: str = "", ledger: Path | None = None, styring: Styring | None = None) -> Starlette:
    """The application of Digital Post. Without Kafka servers no practice can answer."""
    return DigitalPost(Ledger(ledger), Fejlplan(styring), servere).app()


@contextlib.asynccontextmanager
async def run(
    servere: str = "",
    ledger: Path | None = None,
    styring: Styring | None = None,
    vaert: str = "127.0.0.1",
    port: int = 0,
) -> AsyncGenerator[str]:
    """Digital Post, running inside this process; gives its address."""
    async with koer(byg(servere, ledger, styring), vaert, port) as url:
        yield url
