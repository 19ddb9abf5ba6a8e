"""A process that waits for Kafka or a provider: it says why, in one line a part, and there is no hot loop."""

from contextlib import suppress

import httpx

from tests.faults.last import Last, modtaget
from tests.faults.udfald import STOERSTE_ANDEL, Maaling, venter_paa
from tests.integration.hjaelp import Proces, vent_til
from tests.integration.proeve import Opstilling

BIBLIOTEK_PR_10_S = 20
"""Lines of libraries that the log lets through (`shared.platform.logging`)."""
EGNE_I_ALT = 15
EGNE_PR_S = 0.3
"""What cannot be published is said at every try, five seconds apart."""


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

    ventede: list[dict[str, str]] = []

    async def stille() -> bool:
        ventede[:] = [await venter_paa(p) for p in processer]
        return not any(ventede)

    try:
        await vent_til(stille, 60, "/health siger, at det er forbi")
    except BaseException:
        print(f"venter endnu på {ventede}")
        raise


async def kommer_videre(opstilling: Opstilling, last: Last) -> None:
    """What is sent from now on is taken in: all that was sent before it, too, for it is one load."""
    foer = last.antal

    async def videre() -> bool:
        return await modtaget(opstilling) > foer

    await vent_til(videre, 90, "der kommer ikke noget nyt ind")


class Vagt(Maaling):
    """Watches a process from now on."""

    def efterse(self, *, grund: str = "") -> None:
        """It said why it waits (a line that holds `grund`), said little, and used little."""
        self.slut()
        egne = [linje for linje in self.linjer if "tjeneste" in linje]
        andre = len(self.linjer) - len(egne)
        hvad = f"{self.sekunder:.0f} s: {len(egne)} egne linjer, {andre} fra biblioteker, {self.cpu:.1f} s processor"
        print(f"  {hvad}")
        sagt = [str(linje) for linje in egne if linje.get("event") in ("venter", "kan ikke udgive")]
        assert any(grund in linje for linje in sagt), sagt
        assert len(egne) <= EGNE_I_ALT + EGNE_PR_S * self.sekunder, f"{hvad}: {[linje['event'] for linje in egne]}"
        assert andre <= BIBLIOTEK_PR_10_S * (self.sekunder // 10 + 2), hvad  # the spells that the time can touch
        assert self.cpu < 1 + STOERSTE_ANDEL * self.sekunder, hvad
