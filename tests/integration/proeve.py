"""A small service for the tests of the delivery: an account that notes what comes, in order."""

import asyncio
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
from pydantic import SecretStr

from contracts.base import Besked, Oejeblik
from contracts.emner import EMNER, Emne
from contracts.kuvert import Kuvert
from contracts.ur import UrStillet
from shared.domain.udfald import InternBesked, OenskEffekt, SaetFrist, Udfald
from shared.platform.kafka import create_topics, producer
from shared.platform.records import Headers
from shared.platform.settings import Settings
from shared.platform.tabel import Tabel
from shared.platform.tjeneste import Afvist, IkkeSendt, Svar, Tjeneste, Udfoert

MIGRATIONS = Path(__file__).parent / "proeve_migrations"


class Indsat(Besked):
    """Something for an account. `fejl` fails that often (by the handler's count); `ryd` revokes the deadline."""

    ce_type: ClassVar[str] = "proeve.Indsat.v1"
    noeglefelt: ClassVar[str] = "konto"
    konto: str
    nr: int
    fejl: str = ""
    frist: Oejeblik | None = None
    ophaev: bool = False
    effekt: str = ""
    tekst: str = ""


class Noteret(Besked):
    ce_type: ClassVar[str] = "proeve.Noteret.v1"
    noeglefelt: ClassVar[str] = "konto"
    konto: str
    nr: int
    i_alt: int
    kanal: ClassVar[str] = ""

    def topic(self) -> str:
        return Noteret.emne


class FristNaaet(InternBesked):
    ce_type: ClassVar[str] = "proeve.FristNaaet.v1"
    konto: str
    nr: int


class Anmeldt(InternBesked):
    ce_type: ClassVar[str] = "proeve.Anmeldt.v1"
    konto: str
    noegle: str
    svar: str


class Anmeld(InternBesked):
    ce_type: ClassVar[str] = "proeve.Anmeld.v1"
    konto: str
    noegle: str


@dataclass(frozen=True, slots=True)
class Konto:
    konto: str
    numre: tuple[int, ...]
    svar: tuple[str, ...]
    sidst: datetime | None


KONTI: Tabel[Konto] = Tabel("konto", Konto, "konto")
TOM = Konto("", (), (), None)


class Fejlende(Exception):
    """A planted bug."""


class Planer:
    """What the handlers of this process do wrong: text in `fejl` to how many times it fails."""

    fejl: ClassVar[dict[str, int]] = {}


def naar_indsat(besked: Indsat, konto: Konto | None, nu: datetime) -> Udfald:
    if besked.fejl and Planer.fejl.get(besked.fejl, 10**9) > 0:
        Planer.fejl[besked.fejl] = Planer.fejl.get(besked.fejl, 10**9) - 1
        raise Fejlende(f"plantet fejl {besked.fejl} for 010180-1234")
    foer = konto or replace(TOM, konto=besked.konto)
    ny = replace(foer, numre=(*foer.numre, besked.nr), sidst=nu)
    udfald = Udfald(raekker=(ny,), beskeder=(Noteret(konto=besked.konto, nr=besked.nr, i_alt=len(ny.numre)),))
    if besked.frist is not None:
        svar = FristNaaet(konto=besked.konto, nr=-besked.nr)
        udfald += Udfald(frister=(SaetFrist(f"frist:{besked.konto}", besked.frist, svar),))
    if besked.ophaev:
        udfald += Udfald(ophaevede=(f"frist:{besked.konto}",))
    if besked.effekt:
        oenske = OenskEffekt(besked.effekt, "anmeld", besked.konto, Anmeld(konto=besked.konto, noegle=besked.effekt))
        udfald += Udfald(effekter=(oenske,))
    return udfald


def naar_frist(besked: FristNaaet, konto: Konto | None, nu: datetime) -> Udfald:
    foer = konto or replace(TOM, konto=besked.konto)
    return Udfald(
        raekker=(replace(foer, numre=(*foer.numre, besked.nr), sidst=nu),),
        beskeder=(Noteret(konto=besked.konto, nr=besked.nr, i_alt=len(foer.numre) + 1),),
    )


def naar_anmeldt(besked: Anmeldt, konto: Konto | None, nu: datetime) -> Udfald:
    foer = konto or replace(TOM, konto=besked.konto)
    return Udfald(raekker=(replace(foer, svar=(*foer.svar, f"{besked.noegle}={besked.svar}")),))


class Anmelder:
    """The client of the tests: a real HTTP server with a ledger stands at the other end."""

    afklaringstid = timedelta(milliseconds=300)

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=2)

    async def send(self, noegle: str, indhold: Anmeld, nu: datetime) -> Svar:
        try:
            svar = await self.http.post("/anmeld", headers={"Idempotency-Key": noegle})
        except httpx.ConnectError as fejl:
            raise IkkeSendt("ingen forbindelse") from fejl
        return self._svar(svar, indhold)

    async def spoerg(self, noegle: str, indhold: Anmeld, nu: datetime) -> Svar | None:
        svar = await self.http.get(f"/anmeld/{noegle}")
        return None if svar.status_code == 404 else self._svar(svar, indhold)

    def _svar(self, svar: httpx.Response, indhold: Anmeld) -> Svar:
        if svar.status_code == 200:
            return Udfoert(Anmeldt(konto=indhold.konto, noegle=indhold.noegle, svar="ja"))
        if svar.status_code == 422:
            return Afvist(Anmeldt(konto=indhold.konto, noegle=indhold.noegle, svar="nej"))
        if svar.status_code == 503:
            raise IkkeSendt("optaget")
        raise RuntimeError(f"uventet svar {svar.status_code}")

    def ukendt(self, noegle: str, indhold: Anmeld) -> None:
        return None

    async def luk(self) -> None:
        await self.http.aclose()


def tjeneste(navn: str, emner: Iterable[str], url: str = "") -> Tjeneste:
    """The service, hearing these topics."""
    t = Tjeneste(navn, tuple(emner), (KONTI,), ordensnoegle="konto")
    laeser = KONTI.en("konto")
    t.naar(Indsat, laeser=laeser)(naar_indsat)
    t.naar(FristNaaet, laeser=laeser)(naar_frist)
    t.naar(Anmeldt, laeser=laeser)(naar_anmeldt)
    if url:
        t.effekt("anmeld", lambda _: Anmelder(url), udfoert=(Anmeldt,), afvist=(Anmeldt,))
    return t


TYPER: dict[str, type[Besked]] = {k.ce_type: k for k in (Indsat, Noteret)}
"""What the topics of the tests hold."""


def ur_paa(emne: str) -> str:
    """The hub's clock of this process is on that topic from now on."""
    EMNER[emne] = Emne(emne, "ur", "test", "test", partitioner=1, kompakteret=True, opbevaring=None)
    UrStillet.emne = emne
    return emne


class Opstilling:
    """Topics (also the clock's: others share the broker), settings and a sender of one test."""

    def __init__(self, servers: list[str], database: str, partitioner: int = 3) -> None:
        self.navn = f"proeve_{uuid.uuid4().hex[:8]}"
        self.ind, self.ind2, self.ud = f"{self.navn}.ind", f"{self.navn}.ind2", f"{self.navn}.ud"
        for emne in (self.ind, self.ind2, self.ud):
            EMNER[emne] = Emne(emne, "konto", "test", "test", partitioner=partitioner)
        Noteret.emne = self.ud
        self.ur = ur_paa(f"{self.navn}.ur")
        self.settings = Settings(
            kafka_bootstrap_servers=",".join(servers),
            database_url=SecretStr(database),
            genforsoeg_foerste_s=0.05,
            genforsoeg_laengste_s=0.2,
            forsoeg=4,
            kafka_session_timeout_ms=6000,
        )

    async def opret(self) -> None:
        await create_topics(self.settings, [EMNER[e] for e in (self.ind, self.ind2, self.ud, self.ur)])

    async def send(self, *beskeder: Indsat, emne: str = "", praefiks: str = "") -> None:
        """Publish; the id is made from the content, so the same message again is the same message."""
        async with producer(self.settings) as kafka:
            venter = []
            for b in beskeder:
                k = Kuvert(b, f"{praefiks}{b.konto}-{b.nr}", "/test", datetime.now(UTC), b.konto)
                venter.append(await kafka.send(emne or self.ind, k.vaerdi(), key=b.konto.encode(), headers=k.headers()))
            await asyncio.gather(*venter)

    async def send_raa(self, noegle: bytes | None, vaerdi: bytes | None, headers: Headers, partition: int = 0) -> Any:
        async with producer(self.settings, max_request_size=8_000_000) as kafka:
            return await kafka.send_and_wait(self.ind, vaerdi, key=noegle, headers=list(headers), partition=partition)
