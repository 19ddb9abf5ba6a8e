"""The network to Kafka is slow, silent, and cut: under load, with the service as two processes."""

import asyncio

from tests.faults.laengde import HOLD, froe, laengde
from tests.faults.last import i_orden, under_last
from tests.faults.mellemled import kafka_bag_mellemled
from tests.faults.test_kafka_vaek import to_medlemmer
from tests.faults.vagt import Vagt, kommer_videre, siger, siger_intet
from tests.integration.hjaelp import Tavle, klargoer
from tests.integration.proeve import Opstilling

LANGSOM_S = 0.3
"""Each way: a fetch, a produce request or a heartbeat takes over half a second."""


async def test_nettet_til_kafka_er_langsomt_stumt_og_klippes(database: str) -> None:
    async with kafka_bag_mellemled() as (adresse, led), Tavle() as tavle:
        opstilling = await klargoer(Opstilling([adresse], database))
        async with to_medlemmer(opstilling, tavle) as medlemmer:
            async with under_last(opstilling, froe(), HOLD) as last:
                await kommer_videre(opstilling, last)

                led.vent_s = LANGSOM_S
                for _ in range(laengde(2, 20)):
                    await kommer_videre(opstilling, last)
                led.vent_s = 0.0

                vagter = [Vagt(p) for p in medlemmer]
                led.aaben.clear()
                await asyncio.gather(*(siger(p, "Kafka") for p in medlemmer))
                await asyncio.sleep(laengde(2, 60))
                for vagt in vagter:
                    vagt.efterse(grund="Kafka")
                led.aaben.set()
                await kommer_videre(opstilling, last)

                for _ in range(laengde(3, 40)):
                    led.klip()
                    await asyncio.sleep(0.3)
                await kommer_videre(opstilling, last)
                await siger_intet(*medlemmer)
            print(f"forbindelser i alt: {led.forbindelser}")
            await i_orden(opstilling, tavle, last)
