"""The second way on the running hub: people who have a doctor, choose a closed one, and what can be done about it."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.base import Besked
from contracts.bestilling import AnnullerForloeb, LaegevalgAendret, LaegevalgBestilt
from contracts.dispensation import DispensationSvar
from contracts.noegle import cpr_noegle
from contracts.plo import PraksisNedlaegges
from contracts.yder import Yderstatus
from tests.journeys.rejse import HEMMELIGHED, Rejse, borger, dansk, person_id, yder

VEJLE = "0630"
_numre = itertools.count(1)


@dataclass(frozen=True)
class Vaelger:
    """One person and his order."""

    navn: str
    cpr: str
    ydernummer: str
    """The practice he chooses."""

    @property
    def noegle(self) -> str:
        return cpr_noegle(self.cpr, HEMMELIGHED)

    @property
    def person_id(self) -> str:
        return person_id(self.cpr)

    @property
    def forloeb_id(self) -> str:
        return f"laegevalg-{self.navn}"


class Valg:
    """People with doctor Y1 in Vejle who choose Y2, closed but with room below its maximum."""

    def __init__(self, rejse: Rejse, aaben: str, lukket: str) -> None:
        self.rejse, self.aaben, self.lukket = rejse, aaben, lukket
        self.alle: list[Besked] = []
        """Everything the hub published since the orders."""

    @classmethod
    async def begynd(
        cls, rejse: Rejse, foer: str = "2024-02-06T08:00", status: Yderstatus = Yderstatus.LUKKET
    ) -> "Valg":
        nr = next(_numre)
        valg = cls(rejse, f"71{nr:02d}01", f"71{nr:02d}02")
        await rejse.ur(foer)
        mest = 600 + 20 * nr  # more room than at the practices of the journeys before: who enters is assigned this one
        await rejse.ydere(yder(valg.aaben, VEJLE, mest), yder(valg.lukket, VEJLE, 0, status))
        return valg

    async def folk(self, *navne: str) -> list[Vaelger]:
        """People who entered, and were assigned a doctor by the hub itself."""
        nr = int(self.aaben[2:4])
        vaelgere = [
            Vaelger(f"{navn}-{self.rejse.mrk}", f"{61 + i % 28:02d}0{1 + i // 28}85{nr:02d}{i % 100:02d}", self.lukket)
            for i, navn in enumerate(navne, 1)
        ]
        for v in vaelgere:
            person = borger(v.cpr, f"{v.navn.split('-')[0]} Ærø", "1985-01-01", VEJLE, "2024-02-05")
            await self.rejse.cpr(person, "A05", "2024-02-05", "2024-02-05")
        await self.rejse.ro()
        return vaelgere

    async def bestil(self, *vaelgere: Vaelger, ur: str = "2024-03-04T10:15", **andet: Any) -> None:
        """Orders; does not wait."""
        if ur:
            await self.rejse.ur(ur)
        nu = await self.rejse.hub.now()
        for v in vaelgere:
            felter: dict[str, Any] = {
                "noegle": v.noegle, "bestilling_id": v.navn, "kanal": "SELVBETJENING", "aktoer": "login-1",
                "rolle": "BORGER", "kommunekode": VEJLE, "cpr": v.cpr, "ydernummer": v.ydernummer,
                "virkningsdato": date(2024, 4, 3), "bestilt": nu, "betalingskort": "kort-1",
            }  # fmt: skip
            besked = LaegevalgBestilt(**(felter | andet))
            await self.rejse.udgiv(besked, v.noegle, f"bestil-{besked.bestilling_id}", nu)

    async def annuller(self, *vaelgere: Vaelger, gang: int = 1) -> None:
        """A caseworker cancels; does not wait."""
        nu = await self.rejse.hub.now()
        for v in vaelgere:
            besked = AnnullerForloeb(
                noegle=v.noegle, bestilling_id=f"an{gang}-{v.navn}", kanal="SAGSBEHANDLER", aktoer="sb-7",
                rolle="SAGSBEHANDLER", forloeb_id=v.forloeb_id, grund="fortrudt", bestilt=nu,
            )  # fmt: skip
            await self.rejse.udgiv(besked, v.noegle, besked.bestilling_id, nu)

    async def flyt(self, v: Vaelger, til: str) -> None:
        """A caseworker moves the choice to another day; does not wait."""
        nu = await self.rejse.hub.now()
        besked = LaegevalgAendret(
            noegle=v.noegle, bestilling_id=f"flyt-{v.navn}", kanal="SAGSBEHANDLER", aktoer="sb-7",
            rolle="SAGSBEHANDLER", forloeb_id=v.forloeb_id, virkningsdato=date.fromisoformat(til), bestilt=nu,
        )  # fmt: skip
        await self.rejse.udgiv(besked, v.noegle, besked.bestilling_id, nu)

    async def svar(self, v: Vaelger, svar: str, modtaget: datetime | str | None = None, gang: int = 1) -> None:
        """The practice answers; does not wait."""
        hvornaar = dansk(*modtaget.split("T")) if isinstance(modtaget, str) else modtaget
        hvornaar = hvornaar or await self.rejse.hub.now()
        besked = DispensationSvar(forloeb_id=v.forloeb_id, person_id=v.person_id, svar=svar, modtaget=hvornaar)
        await self.rejse.udgiv(besked, v.person_id, f"svar{gang}-{v.navn}", hvornaar)

    async def luk(self, lukkedato: str) -> None:
        """The region tells that Y2 closes; does not wait."""
        nu = await self.rejse.hub.now()
        besked = PraksisNedlaegges(ydernummer=self.lukket, lukkedato=date.fromisoformat(lukkedato), meddelt=nu)
        await self.rejse.udgiv(besked, self.lukket, f"luk-{self.lukket}-{self.rejse.mrk}", nu)

    async def kortet(self, v: Vaelger, status: str, tidspunkt: str | None = None) -> None:
        """The supplier tells of the card."""
        krop = {"kort_id": f"{v.forloeb_id}:kort", "status": status}
        if tidspunkt:
            krop["tidspunkt"] = dansk(*tidspunkt.split("T")).isoformat()
        await self.stil("kortleverandoer", "/status", krop)

    async def stil(self, navn: str, sti: str, krop: Any) -> None:
        """A control call to a stand-in."""
        await self.rejse.stil(navn, sti, krop)

    # --- what is seen -------------------------------------------------------------------------------------------------

    async def ro(self) -> None:
        """Wait for rest; keep what was published."""
        self.alle += [k.besked for k in await self.rejse.ro()]

    async def frem_til(self, tidspunkt: str) -> None:
        """Move the clock from deadline to deadline."""
        await self.rejse.frem_til(tidspunkt)
        await self.ro()

    def om(self, v: Vaelger, *typer: type[Besked]) -> list[Any]:
        """What was published about a choice, of some types."""
        return [b for b in self.alle if isinstance(b, typer or Besked) and self._er_om(b, v)]

    def antal(self, v: Vaelger) -> dict[str, int]:
        """How often each type was published about a choice and what follows from it."""
        navne = [type(b).__name__ for b in self.om(v)]
        return {n: navne.count(n) for n in sorted(set(navne))}

    @staticmethod
    def _er_om(besked: Any, v: Vaelger) -> bool:
        return getattr(besked, "forloeb_id", None) in (v.forloeb_id, f"{v.forloeb_id}:brev")

    async def tilstand(self, v: Vaelger) -> str:
        """The state of the choice."""
        sql = "select tilstand from valg where forloeb_id = $1"
        return await self.rejse.hub.database("laegevalg").fetchval(sql, v.forloeb_id) or "INGEN"

    async def er(self, v: Vaelger, tilstand: str) -> bool:
        """Whether the choice is there."""
        return await self.tilstand(v) == tilstand

    async def laege(self, v: Vaelger) -> str:
        """The doctor the person has."""
        return await self.rejse.hub.database("laegevalg").fetchval(
            "select ydernummer from sikret where person_id = $1", v.person_id
        )

    async def optagne(self) -> int:
        """How many Y2 counts."""
        return await self.rejse.hub.database("plo_events").fetchval(
            "select optagne from yder where ydernummer = $1", self.lukket
        )

    async def penge(self, v: Vaelger) -> tuple[int, int, int]:
        """Reserved, captured and released at Nets, in øre."""
        return await self.rejse.penge(v.forloeb_id)

    async def stemmer(self, vaelgere: Sequence[Vaelger]) -> None:
        """Place and money are held or used where the choice stands, and were given back once where it does not."""
        staar = 0
        for v in vaelgere:
            tilstand, antal = await self.tilstand(v), self.antal(v)
            faldet = tilstand in ("AFVIST", "ANNULLERET")
            staar += not faldet
            _, trukket, frigivet = await self.penge(v)
            assert not (trukket and frigivet), v.navn
            assert bool(frigivet) is faldet, (v.navn, tilstand)
            assert antal.get("PladsFrigivet", 0) + antal.get("PladsBortfaldet", 0) == faldet, (v.navn, antal)
            assert antal.get("BetalingFrigivet", 0) == faldet, (v.navn, antal)
            assert antal.get("BetalingTrukket", 0) == bool(trukket), (v.navn, antal)
            assert antal.get("LaegevalgGodkendt", 0) <= 1, (v.navn, antal)
            assert antal.get("LaegevalgAfvist", 0) + antal.get("LaegevalgAnnulleret", 0) == faldet, (v.navn, antal)
        assert await self.optagne() == 1600 + staar
        await self.rejse.balance()


async def vent(betingelse: Callable[[], Any]) -> None:
    """Until a condition holds; a minute of real time at most."""
    async with asyncio.timeout(60):
        while not await betingelse():
            await asyncio.sleep(0.05)
