"""The connection is cut in the middle of a commit: nobody here knows whether it happened, and nothing depends on it."""

import asyncio

from tests.faults.laengde import froe, laengde
from tests.faults.last import i_orden, under_last
from tests.faults.pgproxy import ANDET, COMMIT, EFTER, FOER, Proxy
from tests.integration.hjaelp import Proces, Tavle, klargoer, vent_til
from tests.integration.proeve import Opstilling

KLIP = laengde(4, 40)
"""Of each kind at least: commits and other statements, before they reach the server and before the answer."""
ANDELE = {COMMIT: 0.25, ANDET: 0.01}


async def test_forbindelsen_klippes_midt_i_et_commit(kafka_servers: list[str], database: str) -> None:
    seed = froe()
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    async with Tavle(seed) as tavle, Proxy(database, seed) as proxy:
        gennem_proxy = {"DATABASE_URL": proxy.dsn}
        with Proces(opstilling, tavle.url, **gennem_proxy) as proces:
            async with under_last(opstilling, seed, hold=20) as last:
                await proces.koerer()
                proxy.andele = ANDELE
                slags = [(hvad, hvornaar) for hvad in (COMMIT, ANDET) for hvornaar in (FOER, EFTER)]
                await vent_til(lambda: min(proxy.klippet[s] for s in slags) >= KLIP, laengde(60, 400), "klippene")
                proxy.andele = {}
                await asyncio.sleep(0.5)
            print("klippet:", dict(proxy.klippet))
            await i_orden(opstilling, tavle, last)
            assert proces.barn.poll() is None
            assert all(proxy.klippet[s] >= KLIP for s in slags)
