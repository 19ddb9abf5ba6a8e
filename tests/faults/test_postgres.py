"""PostgreSQL is away: hung, stopped or killed, while messages, effects and deadlines go on coming."""

import asyncio
import os
import signal

from embedded import EmbeddedPostgres
from tests.faults.laengde import froe, laengde
from tests.faults.last import i_orden, modtaget, under_last
from tests.faults.udfald import udfald, vokser
from tests.integration.hjaelp import Proces, Tavle, klargoer, vent_til
from tests.integration.proeve import Opstilling

VAEK_S = laengde(3, 60)


async def _stop_rent(server: EmbeddedPostgres) -> None:
    """A fast shutdown, as an operator does it: every connection is ended, and the data are whole."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGINT)
    await vent_til(lambda: server.pid is None, 30, "serveren stopper")


async def test_postgresql_er_vaek_og_kommer_igen(kafka_servers: list[str], egen_postgres: EmbeddedPostgres) -> None:
    """Each time for a while, then killed and restarted at once, over and over."""
    seed = froe()
    opstilling = await klargoer(Opstilling(kafka_servers, egen_postgres.dsn()))
    async with Tavle(seed) as tavle:
        with Proces(opstilling, tavle.url) as proces:
            async with under_last(opstilling, seed, hold=10) as last:
                await proces.koerer()
                for begynd, slut in (
                    (egen_postgres.pause, egen_postgres.resume),
                    (lambda: _stop_rent(egen_postgres), egen_postgres.start),
                    (egen_postgres.kill, egen_postgres.start),
                ):
                    await vokser(lambda: modtaget(opstilling))
                    async with udfald(proces, begynd) as maaling:
                        await asyncio.sleep(VAEK_S)
                        maaling.slut()
                        await asyncio.to_thread(slut)
                    maaling.ventede_roligt()
                    await vokser(lambda: modtaget(opstilling))
                for _ in range(laengde(1, 20)):
                    egen_postgres.kill()
                    await asyncio.to_thread(egen_postgres.start)
                    await vokser(lambda: modtaget(opstilling))
            await i_orden(opstilling, tavle, last)
            assert proces.barn.poll() is None
