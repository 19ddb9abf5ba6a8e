"""Digital Post over HTTP: `POST /tilmelding`, `POST /breve`, `POST /praksisbreve`, what became of a key, and the
common routes. Practices answer as planned (`praksis` of `/styring`), or on command (`POST /praksissvar`).

Who is registered follows from the CPR number and the seed (85 % of those who are 15 or older) unless the control table
says otherwise. The numbers themselves are neither kept nor told.
"""

import contextlib
import hashlib
import random
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.dispensation import Dispensationssvar, DispensationSvar
from shared.domain.cpr import foedselsdato
from shared.domain.datoer import alder, dato
from simulators.digital_post.praksis import PLANER, Praksisplan, Praksissvar, plan_for, svaret
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
        self.udgiver = Udgiver(servere, "/digital-post", DispensationSvar.emne, lambda p: ledger.noter_fortalt(p.id_))
        self._personer: dict[str, Registrering] = {}
        self._praksis: tuple[Praksisplan, ...] = ()
        for kendt in ledger.afgoerelser.values():
            self._planlaeg_svar(kendt.kendetegn)

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
        modtager = _objekt(krop.get("modtager"))
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
        modtager, reference = _objekt(krop.get("modtager")), _objekt(krop.get("svarreference"))
        tekster = (
            *(krop.get(felt) for felt in TEKSTFELTER), modtager.get("ydernummer"), modtager.get("navn"),
            reference.get("forloeb_id"), reference.get("person_id"),
        )  # fmt: skip
        if not all(isinstance(t, str) and t for t in tekster):
            raise Ugyldig("UGYLDIGT_BREV")
        kvittering = hashlib.sha256(f"kvittering:{noegle}".encode()).hexdigest()[:32]
        svar = {"kvittering": kvittering, "leveret": nu.astimezone(UTC).isoformat()}
        kendetegn = {"kanal": "DIGITAL", "titel": krop["titel"], "ydernummer": modtager["ydernummer"], **reference}
        if krop.get("svar_oenskes") is True:
            kendetegn |= self._vaelg_svar(reference["forloeb_id"], modtager["ydernummer"], nu)
            self._planlaeg_svar(kendetegn)
        return Afgoerelse("/praksisbreve", noegle, indhold_sum(krop), Afgjort.ACCEPTERET, 201, svar, kendetegn)

    def _vaelg_svar(self, forloeb_id: str, ydernummer: str, leveret: datetime) -> Krop:
        """What the practice will answer by itself, to be remembered; empty where it stays silent."""
        plan = plan_for(self._praksis, ydernummer)
        valgt = svaret(plan, self.fejlplan.styring.seed, forloeb_id, leveret)
        if valgt is None:
            return {}
        fortaelles = valgt[1] + timedelta(minutes=plan.forsinket_minutter)
        return {
            "planlagt_svar": valgt[0].value,
            "modtages": valgt[1].isoformat(),
            "fortaelles": fortaelles.isoformat(),
            "gange": plan.gange,
        }

    def _planlaeg_svar(self, brev: Krop) -> None:
        if "planlagt_svar" not in brev:
            return
        besked = DispensationSvar(
            forloeb_id=brev["forloeb_id"],
            person_id=brev["person_id"],
            svar=Dispensationssvar(brev["planlagt_svar"]),
            modtaget=datetime.fromisoformat(brev["modtages"]),
        )
        for nr in range(1, brev["gange"] + 1):
            id_ = f"praksissvar-{brev['forloeb_id']}{'' if nr == 1 else f':{nr}'}"
            if id_ not in self.ledger.fortalt:
                self.udgiver.planlaeg(datetime.fromisoformat(brev["fortaelles"]), besked, id_)

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

    def naeste(self) -> datetime | None:
        """The next answer of a practice."""
        return self.udgiver.naeste()

    def stil(self, aendring: Krop) -> None:
        """`personer` adds to the control table, `praksis` is how practices answer; the rest are the common switches."""
        rest: dict[str, Any] = dict(aendring)
        personer = PERSONER.validate_python(rest.pop("personer", []))
        praksis = PLANER.validate_python(rest.pop("praksis")) if "praksis" in rest else self._praksis
        super().stil(rest)
        self._praksis = praksis
        self._personer.update({p.cpr: Registrering(p.tilmeldt, p.fritaget) for p in personer})


def _objekt(raa: Any) -> Krop:
    """A part of the body that should be an object; empty where it is none."""
    return cast(Krop, raa) if isinstance(raa, dict) else {}


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
