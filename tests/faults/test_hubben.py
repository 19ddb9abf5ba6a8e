"""The faults on the hub itself: its real services are killed at named points, and its database is killed under them."""

import asyncio
import random
from collections import Counter

from embedded import EmbeddedKafka, EmbeddedPostgres
from shared.platform.runtime import service_names
from tests.faults import punkter
from tests.faults.hubben import Hubben
from tests.faults.laengde import FULD, froe, laengde
from tests.faults.udfald import vokser

UDAD = ["betaling", "digital_post", "kortbestilling"]
"""The services that call somebody outside."""
INDE = sorted(set(service_names()) - set(UDAD))
PUNKTER = laengde(
    (punkter.UNDER_KALD, punkter.MELLEM_UDGIV_OG_SLET),
    (*punkter.I_REBALANCE[1:], *(p for p in punkter.I_DRIFT if "frist" not in p)),
)
"""(The first way has no deadline that falls due.)"""
INDE_PUNKTER = (punkter.EFTER_COMMIT, punkter.FOER_COMMIT, punkter.MELLEM_UDGIV_OG_SLET) if FULD else ()


async def _fald(hubben: Hubben, navne: list[str], punkt: str, lod: random.Random) -> None:
    with hubben.tjenester(navne, FEJLPUNKT=punkt, FEJLPUNKT_NR=str(lod.randint(1, 4))) as proces:
        await proces.faldt()


async def test_hubben_draebes_paa_navngivne_punkter_og_databasen_under_den(
    egen_kafka: EmbeddedKafka, egen_postgres: EmbeddedPostgres
) -> None:
    """Each person who enters has one card and two letters, whatever falls on the way."""
    lod = random.Random(froe())
    ramt: Counter[str] = Counter()
    async with Hubben.aaben(egen_kafka.bootstrap_servers, egen_postgres.dsn()) as hubben:
        async with hubben.under_last():
            with hubben.tjenester(INDE) as inde:
                await inde.koerer()
                for punkt in PUNKTER:
                    await _fald(hubben, UDAD, punkt, lod)
                    ramt[punkt] += 1
            for punkt in INDE_PUNKTER:
                await _fald(hubben, INDE, punkt, lod)
                ramt[punkt] += 1
        async with hubben.alle(INDE, UDAD):
            async with hubben.under_last():
                for _ in range(laengde(1, 5)):
                    await vokser(hubben.kort)
                    egen_postgres.kill()
                    await asyncio.sleep(laengde(1, 20))
                    await asyncio.to_thread(egen_postgres.start)
                await vokser(hubben.kort)
            await hubben.i_orden()
    print("ramt:", dict(ramt))
    assert set(ramt) >= set(PUNKTER)
