"""Kill -9 at named points under load: every point is hit, nothing is lost, nothing done twice."""

import random
import signal
from collections import Counter
from itertools import cycle, islice

from tests.faults import punkter
from tests.faults.laengde import froe, laengde
from tests.faults.last import efterse, forbindelser_vaek, under_last
from tests.faults.proces import Saarbar
from tests.integration.hjaelp import Proces, Tavle, klargoer
from tests.integration.proeve import Opstilling

KORT = (
    punkter.EFTER_POLL, punkter.FOER_COMMIT, punkter.EFTER_COMMIT, punkter.FOER_OFFSETS, punkter.EFTER_OFFSETS,
    punkter.MELLEM_UDGIV_OG_SLET, punkter.UNDER_KALD, punkter.EFTER_KALD, punkter.AFGIVER, punkter.STOP_RELAE,
)  # fmt: skip
"""The ten of the short form: one of each kind."""
ALLE = (*punkter.I_DRIFT, *punkter.I_REBALANCE, *punkter.I_STOP)
FULDT_ANTAL = 54
"""Kills of the full form, more than two of each point."""


async def _fald(opstilling: Opstilling, url: str, punkt: str, nr: int) -> None:
    """Start the service and let it kill itself at a point."""
    indstillinger = {"FEJLPUNKT": punkt, "FEJLPUNKT_NR": str(nr), "KAFKA_MEDLEM": "proeve-0"}
    if punkt == punkter.AFGIVER:
        indstillinger["KAFKA_MEDLEM"] = ""  # only one who joins by another name makes it give something up
    with Saarbar(opstilling, url, **indstillinger) as proces:
        if punkt in punkter.I_STOP:
            await proces.koerer()
            proces.signal(signal.SIGTERM)
        if punkt == punkter.AFGIVER:
            await proces.koerer()
            with Proces(opstilling, url, KAFKA_MEDLEM="proeve-1"):
                await proces.faldt()
        await proces.faldt()
    await forbindelser_vaek(opstilling)


async def test_draebt_paa_hvert_punkt_under_last_taber_intet_og_goer_intet_to_gange(
    kafka_servers: list[str], database: str
) -> None:
    seed = froe()
    lod = random.Random(seed)
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    plan = list(laengde(KORT, tuple(islice(cycle(ALLE), FULDT_ANTAL))))
    lod.shuffle(plan)
    ramt: Counter[str] = Counter()
    async with Tavle(seed) as tavle:
        async with under_last(opstilling, seed, hold=20) as last:
            for punkt in plan:
                gang = 1 if punkt in (*punkter.I_STOP, *punkter.I_REBALANCE) else lod.randint(1, 6)
                await _fald(opstilling, tavle.url, punkt, gang)
                ramt[punkt] += 1
        print("ramt:", dict(ramt))
        await efterse(opstilling, tavle, last)
    assert set(ramt) == set(plan)
    assert ramt.total() >= laengde(10, 50)
