"""Members that come and go, and members that freeze and wake up: the fence holds, nobody waits for the frozen ones."""

import asyncio
import random
import signal
from collections import Counter
from contextlib import ExitStack

from tests.faults import punkter
from tests.faults.laengde import HOLD, froe, laengde
from tests.faults.last import i_orden, under_last
from tests.faults.proces import Saarbar
from tests.faults.vagt import kommer_videre, siger_intet
from tests.integration.hjaelp import Proces, Tavle, alle, i_ro, klargoer, skema, vent_til
from tests.integration.proeve import Indsat, Opstilling

FROSNE = laengde(
    (punkter.BATCH_SKREVET,),
    (
        punkter.EFTER_POLL, punkter.FOER_COMMIT, punkter.BATCH_SKREVET, punkter.FOER_INBOX, punkter.FOER_FRIST,
        punkter.FOER_OFFSETS, punkter.OUTBOX_LAEST, punkter.MIDT_I_UDGIVELSE, punkter.MELLEM_UDGIV_OG_SLET,
        punkter.EFFEKT_TAGET, punkter.UNDER_KALD, punkter.EFTER_KALD,
    ),
)  # fmt: skip
"""Where one member after the other freezes; each takes over from the one before."""
SKIFT = laengde(4, 25)
VENT_S = 120
"""Seconds: the server ends one transaction of a frozen member after the other, ten seconds each."""


def frossen(opstilling: Opstilling, url: str, punkt: str, nr: int = 1) -> Saarbar:
    """A member that will freeze at the point."""
    return Saarbar(opstilling, url, FEJLPUNKT=punkt, FEJLPUNKT_NR=str(nr), FEJLPUNKT_SIGNAL="SIGSTOP")


async def vaagn(*processer: Proces) -> None:
    """They wake up, and go on until there is nothing that they wait for."""
    for proces in processer:
        proces.signal(signal.SIGCONT)
    await siger_intet(*processer)


async def test_frosne_medlemmer_holder_ingen_tilbage_og_goer_intet_igen(
    kafka_servers: list[str], database: str
) -> None:
    """All work is done while they are frozen, longer than sessions, locks and leases last; then they wake."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    async with Tavle() as tavle:
        with ExitStack() as koerende:
            frosne: list[Saarbar] = []
            async with under_last(opstilling, froe(), HOLD) as last:
                for punkt in FROSNE:
                    frosne.append(koerende.enter_context(frossen(opstilling, tavle.url, punkt, nr=3)))
                    await vent_til(lambda p=frosne[-1]: p.ramt, VENT_S, f"kom ikke til: {punkt}")
                rask = koerende.enter_context(Proces(opstilling, tavle.url))
                await rask.koerer()
                await kommer_videre(opstilling, last)
            await i_orden(opstilling, tavle, last)
            await vaagn(*frosne)
            assert [p.barn.poll() for p in frosne] == [None] * len(frosne)
            await i_orden(opstilling, tavle, last)
            nye = [Indsat(konto="ny", nr=n) for n in range(1, 31)]
            await opstilling.send(*nye)
            b = await i_ro(opstilling)
            assert (b.difference, b.differences, b.parked) == (0, [], 0)
            assert set(Counter(await ider(opstilling, "ny")).values()) == {1}


async def ider(opstilling: Opstilling, konto: str = "") -> list[bytes]:
    """The ids of what stands on the topic out, of one account or of all."""
    poster = await alle(opstilling, opstilling.ud)
    return [dict(p.headers)["ce_id"] for p in poster if not konto or p.key == konto.encode()]


async def test_et_relae_der_fryser_med_laeste_raekker_sender_dem_ikke_naar_det_vaagner(
    kafka_servers: list[str], database: str
) -> None:
    """Its lease ran out, and another sent them."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    with frossen(opstilling, "", punkter.OUTBOX_LAEST) as frosset:
        await frosset.koerer()
        await opstilling.send(*(Indsat(konto=f"k{n}", nr=1) for n in range(50)))
        await vent_til(lambda: frosset.ramt, 30, "relæet læste ikke")
        with Proces(opstilling) as anden:
            await i_ro(opstilling)
            assert len(await ider(opstilling)) == 50
            await vaagn(frosset)
            await opstilling.send(*(Indsat(konto=f"k{n}", nr=2) for n in range(50)))
            await i_ro(opstilling)
            await siger_intet(frosset, anden)
    assert set(Counter(await ider(opstilling)).values()) == {1}
    assert len(await ider(opstilling)) == 100


async def test_et_medlem_der_fryser_foer_sit_kald_ringer_ikke_naar_det_vaagner(
    kafka_servers: list[str], database: str
) -> None:
    """It had decided to call; another asked, heard that nobody had, and called. The provider knows no keys."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    async with Tavle() as tavle:
        with frossen(opstilling, tavle.url, punkter.EFFEKT_TAGET) as frosset:
            await frosset.koerer()
            await opstilling.send(*(Indsat(konto=f"k{n}", nr=1, effekt=f"e{n}") for n in range(10)))
            await vent_til(lambda: frosset.ramt, 30, "effekten blev ikke taget")
            taget = 10 - tavle.kald.total()
            with Proces(opstilling, tavle.url):
                await i_ro(opstilling)
                assert tavle.kald == {f"e{n}": 1 for n in range(10)}
                assert taget == len(tavle.spurgt) > 0
                await vaagn(frosset)
                await asyncio.sleep(2)
                b = await i_ro(opstilling)
        assert tavle.kald == {f"e{n}": 1 for n in range(10)}
    assert b.effects == {"done": 10}
    async with skema(opstilling) as db:
        assert {r["svar"] for r in await db.fetch("select svar::text from konto")} == {
            f'["e{n}=ja"]' for n in range(10)
        }


async def test_medlemmer_kommer_og_gaar_hele_tiden_under_last(kafka_servers: list[str], database: str) -> None:
    """Up to three, ended cleanly or killed; somebody joins or leaves before the last rebalance has settled."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    seed = froe()
    lod = random.Random(seed)
    async with Tavle(seed) as tavle:
        with ExitStack() as koerende:
            medlemmer: list[Proces] = []
            async with under_last(opstilling, seed, HOLD) as last:
                for _ in range(SKIFT):
                    medlemmer.append(koerende.enter_context(Proces(opstilling, tavle.url)))
                    if lod.random() < 0.7:
                        await medlemmer[-1].koerer()
                    if len(medlemmer) > 2:
                        gaar = medlemmer.pop(lod.randrange(3))
                        gaar.signal(lod.choice((signal.SIGTERM, signal.SIGKILL)))
                        if lod.random() < 0.5:
                            await gaar.slut(30)
                await medlemmer[-1].koerer()
                await kommer_videre(opstilling, last)
            await i_orden(opstilling, tavle, last)
