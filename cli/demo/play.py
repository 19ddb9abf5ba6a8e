"""The play: sixty days on the hub's clock, night by night, with a damaged delivery, rubbish and lost answers in it."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

import httpx

from cli.demo.drejebog import Drejebog, Nat
from cli.demo.world import DemoError, World
from contracts.kuvert import Kuvert
from ingest.cpr.indlaesning import Resultat, indlaes
from shared.platform.kafka import producer
from simulators.registre import beskadigelse
from simulators.styring import Fejl

WAIT_S = 120.0
"""How long the hub may take to come to rest at one step; it takes fractions of a second."""
BESKADIGET_NAT, VROEVL_NAT, TABTE_SVAR_NAT = 2, 4, 6
"""On which nights something goes wrong."""
TABTE_SVAR = 2
VROEVL: tuple[tuple[str, bytes | None, str], ...] = (
    ("ikke JSON", b"000011090120250203 HALLO", "dk.sygesikring.CprHaendelse.v1"),
    ("ikke UTF-8", b"\xe6\xf8\xe5\xff", "dk.sygesikring.CprHaendelse.v1"),
    ("ukendt type", b"{}", "dk.sygesikring.CprGaade.v7"),
    ("felter mangler", b'{"kode": "A05"}', "dk.sygesikring.CprHaendelse.v1"),
    ("tombstone", None, "dk.sygesikring.PersonOpdateret.v1"),
)
"""What is thrown on `cpr.haendelser`: what it is, value, type."""


@dataclass(frozen=True, slots=True)
class Levering:
    """One file handed in and what the intake said of it."""

    fil: str
    dag: date
    udgivet: int
    uaendret: bool
    fejl: tuple[str, ...]


@dataclass
class Status:
    """How far the play has come; the screen reads it while it goes on."""

    begynder: datetime
    slutter: datetime
    dage: int
    now: datetime
    fase: str = ""
    haendelser: list[str] = field(default_factory=list[str])
    """What is worth telling, newest last."""
    leveringer: list[Levering] = field(default_factory=list[Levering])
    skridt: int = 0
    begyndt: float = field(default_factory=time.monotonic)

    @property
    def dag(self) -> int:
        """Days played."""
        return min(self.dage, max(0, (self.now - self.begynder).days))

    @property
    def sekunder(self) -> float:
        """Seconds of real time since it began."""
        return time.monotonic() - self.begyndt

    def fortael(self, tekst: str) -> None:
        """Tell something."""
        self.haendelser.append(tekst)


class Play:
    """Plays the script in the world."""

    def __init__(self, world: World, drejebog: Drejebog, status: Status) -> None:
        self.world, self.drejebog, self.status = world, drejebog, status
        self.mappe = world.folder / "udtraek"
        self.mappe.mkdir(exist_ok=True)

    async def run(self) -> None:
        """All of it. Raises `NotQuiet` when the hub does not come to rest, `DemoError` when an intake goes wrong."""
        hub, bog = self.world.hub, self.drejebog
        self.status.fase = "Stiller uret"
        await hub.set_clock(bog.begynder, "demo")
        self.status.fase = "Indlæser praksisser"
        await self._publish(
            Kuvert(y, f"yder-{y.ydernummer}", "/regionerne", y.opdateret, y.ydernummer) for y in bog.praksisser()
        )
        await hub.wait_until_quiet(WAIT_S)
        self.status.fase = "Spiller"
        for nr, nat in enumerate(bog.naetter):
            await self._to(nat.hentes)
            await self._nat(nr, nat)
        await self._to(bog.slutter)
        self.status.fase = "Gør regnskabet op"

    async def _to(self, til: datetime) -> None:
        def step(now: datetime) -> None:
            self.status.now = now

        self.status.skridt += await self.world.hub.forward(til, step, WAIT_S, "demo")

    async def _nat(self, nr: int, nat: Nat) -> None:
        fil = nat.skriv(self.mappe, linjeskift=nr % 5 != 4)
        if nr == BESKADIGET_NAT:
            hel = fil.read_bytes()
            beskadigelse.indsaet_vroevl(fil)
            await self._levering(nat, afvises=True)
            fil.write_bytes(hel)
            await self._levering(nat)
            await self._levering(nat)
        else:
            await self._levering(nat)
        if nr == VROEVL_NAT:
            await self._throw_rubbish()
        if nr == TABTE_SVAR_NAT:
            await self._lose_answers()

    async def _levering(self, nat: Nat, afvises: bool = False) -> None:
        """Hand a file in, as `sygesikring ingest cpr` does."""
        fil = self.mappe / f"D{nat.dag:%y%m%d}.L110901"
        resultat = await indlaes([fil], self.world.settings)
        levering = _levering(fil.name, nat.dag, resultat)
        self.status.leveringer.append(levering)
        if bool(levering.fejl) is not afvises:
            raise DemoError(
                f"CPR-udtrækket {fil.name} blev ikke behandlet som ventet: {'; '.join(levering.fejl) or 'taget imod'}."
            )
        if levering.fejl:
            self.status.fortael(f"{fil.name} er beskadiget og afvises hel: {levering.fejl[0]}")
        elif levering.uaendret:
            self.status.fortael(f"{fil.name} kommer igen: intet ændret")
        else:
            self.status.fortael(f"CPR-udtræk {fil.name}: {levering.udgivet} beskeder")

    async def _throw_rubbish(self) -> None:
        async with producer(self.world.settings, linger_ms=0) as kafka:
            for nr, (_, vaerdi, type_) in enumerate(VROEVL):
                headers = [("ce_id", b"vroevl-%d" % nr), ("ce_source", b"/ukendt"), ("ce_type", type_.encode()),
                           ("ce_time", self.status.now.isoformat().encode())]  # fmt: skip
                await kafka.send_and_wait("cpr.haendelser", vaerdi, key=b"vroevl-%d" % nr, headers=headers)
        self.status.fortael(f"{len(VROEVL)} vrøvlebeskeder lægges på cpr.haendelser: de skal parkeres")

    async def _lose_answers(self) -> None:
        """The supplier accepts the next orders, and its answers are lost on the way."""
        async with httpx.AsyncClient(timeout=5) as http:
            body = {"naeste": [Fejl.SVAR_TABT] * TABTE_SVAR}
            (await http.post(f"{self.world.settings.kortleverandoer_url}/styring", json=body)).raise_for_status()
        self.status.fortael(f"Leverandørens næste {TABTE_SVAR} svar går tabt: der skal spørges, ikke bestilles igen")

    async def _publish(self, kuverter: Iterable[Kuvert]) -> None:
        async with producer(self.world.settings) as kafka:
            sent = [
                await kafka.send(k.besked.topic(), k.vaerdi(), key=k.noegle.encode(), headers=k.headers())
                for k in kuverter
            ]
            for answer in sent:
                await answer


def _levering(fil: str, dag: date, resultat: Resultat) -> Levering:
    udgivet = sum(f.udgivet or 0 for f in resultat.filer)
    fejl = tuple(f"linje {f.linje}, {f.felt}: {f.grund}" for f in resultat.fejl)
    return Levering(fil, dag, udgivet, any(f.uaendret for f in resultat.filer), fejl)


def ny_status(drejebog: Drejebog) -> Status:
    """The status of a play that has not begun."""
    return Status(drejebog.begynder, drejebog.slutter, drejebog.dage, drejebog.begynder)
