"""What a process says and uses while it waits for a server that is away: why, once, and no hot loop."""

import time
from contextlib import suppress
from typing import Any

import httpx
import psutil

from tests.faults.last import Last, modtaget
from tests.integration.hjaelp import Proces, vent_til
from tests.integration.proeve import Opstilling

BIBLIOTEK_PR_10_S = 20
"""Lines of libraries that the log lets through (`shared.platform.logging`)."""
EGNE_I_ALT = 15
EGNE_PR_S = 0.5
CPU_ANDEL = 0.2
"""Seconds of CPU a second, far above what waiting takes; one loop without a pause takes a whole one."""


async def venter_paa(proces: Proces) -> dict[str, str]:
    """What `/health` of a process says that it waits for; it is healthy all the while."""
    async with httpx.AsyncClient(timeout=15, trust_env=False) as http:
        tilstand: dict[str, Any] = (await http.get(f"{proces.url}/health")).json()
    assert tilstand["sund"] is True, tilstand
    (tjeneste,) = tilstand["tjenester"]
    return tjeneste["venter_paa"]


async def siger(proces: Proces, *ord_: str, sekunder: float = 40) -> str:
    """Wait until `/health` names one of the words; the text it stands in."""

    async def sagt() -> str:
        with suppress(httpx.HTTPError):
            tekst = "; ".join((await venter_paa(proces)).values())
            return tekst if any(o in tekst for o in ord_) else ""
        return ""

    return await vent_til(sagt, sekunder, f"/health siger {ord_}")


async def siger_intet(*processer: Proces) -> None:
    """Wait until none of them waits for anything."""

    async def stille() -> bool:
        return not any([await venter_paa(p) for p in processer])

    await vent_til(stille, 60, "/health siger, at det er forbi")


async def kommer_videre(opstilling: Opstilling, last: Last) -> None:
    """New messages are taken in."""
    foer = last.antal

    async def videre() -> bool:
        return await modtaget(opstilling) > foer

    await vent_til(videre, 90, "der kommer ikke noget nyt ind")


class Vagt:
    """Watches a process from now on."""

    def __init__(self, proces: Proces) -> None:
        self.proces = proces
        self._cpu = psutil.Process(proces.barn.pid)
        self._linjer = len(proces.linjer())
        self._brugt = self._forbrug()
        self._fra = time.monotonic()

    def _forbrug(self) -> float:
        tider = self._cpu.cpu_times()
        return tider.user + tider.system

    def sagt(self) -> list[dict[str, Any]]:
        """What it has logged since, in its own words."""
        return [linje for linje in self.proces.linjer()[self._linjer :] if "tjeneste" in linje]

    def efterse(self, *, venter: bool = True) -> None:
        """It said why it waits, said little, and used little."""
        gaaet = time.monotonic() - self._fra
        egne = self.sagt()
        alle = len(self.proces.linjer()) - self._linjer
        brugt = self._forbrug() - self._brugt
        print(f"{gaaet:.0f} s: {len(egne)} egne linjer, {alle - len(egne)} fra biblioteker, {brugt:.1f} s CPU")
        if venter:
            assert any(linje.get("event") in ("venter", "kan ikke udgive") for linje in egne), egne
        assert len(egne) <= EGNE_I_ALT + EGNE_PR_S * gaaet, [linje.get("event") for linje in egne]
        assert alle - len(egne) <= BIBLIOTEK_PR_10_S * (gaaet / 10 + 1)
        assert brugt <= 2 + CPU_ANDEL * gaaet
