"""An outage seen from outside the service: what it says in its log and in `/health`, and what it spends on waiting."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import psutil

from tests.integration.hjaelp import Proces, vent_til

STOERSTE_ANDEL = 0.3
"""Share of a processor that a waiting service may use; a loop without a rest takes a whole one."""
FLEST_LINJER = 6
"""Log lines of an outage, however long it lasts: one that it waits, and what a library has to say when it begins."""


async def venter_paa(proces: Proces) -> dict[str, str]:
    """What a service says that it waits for; it must be healthy all the while."""
    async with httpx.AsyncClient(base_url=proces.url, timeout=15, trust_env=False) as http:
        svar = await http.get("/health")
    assert svar.status_code == 200, "en tjeneste, der venter, er ikke død"
    return svar.json()["tjenester"][0]["venter_paa"]


class Maaling:
    """What a process did from one moment to another."""

    def __init__(self, proces: Proces) -> None:
        self.proces = proces
        self._barn = psutil.Process(proces.barn.pid)
        self._fra = self._nu()
        self.linjer: list[dict[str, Any]] = []
        self.sekunder = self.cpu = 0.0

    def _nu(self) -> tuple[float, float, int]:
        tider = self._barn.cpu_times()
        return time.monotonic(), tider.user + tider.system, len(self.proces.linjer())

    def slut(self) -> None:
        """Until here."""
        sekunder, cpu, _ = self._nu()
        self.sekunder, self.cpu = sekunder - self._fra[0], cpu - self._fra[1]
        self.linjer = self.proces.linjer()[self._fra[2] :]

    def ventede_roligt(self, flest: int = FLEST_LINJER, venter: int = 1) -> None:
        """It waited without a hot loop: few lines, one of them why (more where it could go on between), little CPU."""
        hvad = f"{self.sekunder:.1f} s: {self.cpu:.2f} s processor, {len(self.linjer)} linjer"
        sagt = [x for x in self.linjer if x.get("event") == "venter"]
        print(f"  udfald på {hvad}: {[x['grund'][:60] for x in sagt]}")
        assert 1 <= len(sagt) <= venter, f"hvad den venter på, siges ikke netop én gang: {sagt}"
        assert len(self.linjer) <= flest + 2 * venter, f"{hvad}: {self.linjer}"
        assert self.cpu < STOERSTE_ANDEL * self.sekunder, hvad


@asynccontextmanager
async def udfald(proces: Proces, begynd: Callable[[], Any]) -> AsyncIterator[Maaling]:
    """The service waits as it should from when `begynd` made the fault, says why, and goes on by itself afterwards.

    The fault must be over when the context is left; the measuring stops when the test says so, before that.
    """
    maaling = Maaling(proces)
    begyndt = begynd()
    if isinstance(begyndt, Awaitable):
        await begyndt
    await vent_til(lambda: venter_paa(proces), 30, "/health siger, at den venter")
    yield maaling
    await vent_til(lambda: _venter_ikke(proces), 60, "/health siger, at den er videre")


async def _venter_ikke(proces: Proces) -> bool:
    return await venter_paa(proces) == {}


async def vokser(tal: Callable[[], Any], sekunder: float = 60, hvad: str = "intet kommer ind") -> None:
    """Wait until a count is larger than it is now."""
    foer = await tal()

    async def mere() -> bool:
        return await tal() > foer

    await vent_til(mere, sekunder, hvad)
