"""Kill -9 at random moments under load: nothing lost, no effect twice, order per key kept, work goes on at once."""

import asyncio
import random
import time
from functools import partial

from tests.faults.laengde import froe, laengde
from tests.faults.last import efterse, forbindelser_vaek, modtaget, under_last
from tests.integration.hjaelp import Proces, Tavle, klargoer, koerende, vent_til
from tests.integration.proeve import Opstilling

HOEJST_S = 10.0


async def draeb_og_genstart(
    opstilling: Opstilling, tavle: Tavle, gange: int, lod: random.Random, **indstillinger: str
) -> list[tuple[float, float]]:
    """Start and kill so many times at random moments.

    Gives the seconds until something new was taken in: from the start of the process, and from when Python had read
    it in (which takes seconds on a busy machine, and says nothing of the delivery).
    """
    proces = Proces(opstilling, tavle.url, **indstillinger)
    tider: list[tuple[float, float]] = []
    try:
        for nr in range(gange + 1):
            foer, fra = await modtaget(opstilling), time.monotonic()
            proces = Proces(opstilling, tavle.url, **indstillinger) if nr else proces
            if nr < gange and lod.random() < 0.15:
                await asyncio.sleep(lod.uniform(0.2, 2.0))
            else:
                await vent_til(partial(proces.sagt, "helbred"), 60, "processen kom ikke op")
                oppe = time.monotonic()
                await vent_til(partial(_mere_end, opstilling, foer, proces), 60, "intet nyt efter genstart")
                tider.append((round(time.monotonic() - fra, 1), round(time.monotonic() - oppe, 1)))
                await asyncio.sleep(lod.uniform(0.05, 1.2))
            proces.draeb() if nr < gange else None
            await forbindelser_vaek(opstilling)
        return tider
    finally:
        proces.draeb()


async def _mere_end(opstilling: Opstilling, foer: int, proces: Proces) -> bool:
    assert proces.barn.poll() is None, f"endte selv: {proces.log.read_text()[-3000:]}"
    return await modtaget(opstilling) > foer


async def draebt_under_last(
    kafka_servers: list[str], database: str, gange: int, **indstillinger: str
) -> list[tuple[float, float]]:
    seed = froe()
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    async with Tavle(seed) as tavle:
        async with under_last(opstilling, seed) as last:
            tider = await draeb_og_genstart(opstilling, tavle, gange, random.Random(seed), **indstillinger)
        print("sekunder til noget nyt var taget ind (fra start af processen, fra den var oppe):", tider)
        await efterse(opstilling, tavle, last)
    return tider


async def test_draebt_paa_tilfaeldige_tider_under_last_taber_intet_og_goer_intet_to_gange(
    kafka_servers: list[str], database: str
) -> None:
    tider = await draebt_under_last(kafka_servers, database, laengde(4, 20), KAFKA_MEDLEM="proeve-0")
    assert tider[-1][1] < HOEJST_S


async def test_to_processer_med_samme_medlemsnavn_taber_intet_og_goer_intet_to_gange(
    kafka_servers: list[str], database: str
) -> None:
    """A mistake in KAFKA_MEDLEM: they take the partitions from each other, and the position is the fence."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    tvilling = opstilling.settings.model_copy(update={"kafka_medlem": "tvilling"})
    async with Tavle() as tavle:
        async with under_last(opstilling, froe()) as last, koerende(opstilling, tavle.url, settings=tvilling):
            await asyncio.sleep(1)
            async with koerende(opstilling, tavle.url, settings=tvilling):
                await asyncio.sleep(laengde(6, 60))
        await efterse(opstilling, tavle, last)


async def test_draebt_uden_fast_medlemsnavn_fortsaetter_inden_ti_sekunder(
    kafka_servers: list[str], database: str
) -> None:
    """Without a name of its own the dead member's partitions come back when its session has run out."""
    tider = await draebt_under_last(kafka_servers, database, laengde(1, 3))
    assert tider[-1][1] < HOEJST_S
