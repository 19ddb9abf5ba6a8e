"""Kill -9 under load: nothing lost, no effect twice, order per key kept, work goes on at once."""

import asyncio
import os
import random
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import asyncpg

from contracts.kuvert import pak_ud
from tests.integration.hjaelp import Proces, Tavle, alle, i_ro, klargoer, koerende, skema, vent_til
from tests.integration.proeve import TYPER, Indsat, Noteret, Opstilling

KONTI = 40
HOEJST_S = 10.0


class Last:
    """Sends without pause: numbers counted per account, some with an effect or a deadline, some of them again."""

    def __init__(self, opstilling: Opstilling, seed: int) -> None:
        self.opstilling = opstilling
        self.lod = random.Random(seed)
        self.sendt: dict[str, int] = defaultdict(int)
        self.effekter: set[str] = set()
        self.sidste_frist: dict[str, int] = {}
        self.gensendt = 0
        self.slut = asyncio.Event()

    def naeste(self) -> Indsat:
        konto = f"k{self.lod.randrange(KONTI)}"
        self.sendt[konto] += 1
        nr = self.sendt[konto]
        effekt = f"{konto}:{nr}" if self.lod.random() < 0.08 else ""
        frist = datetime.now(UTC) + timedelta(seconds=self.lod.uniform(0, 3)) if self.lod.random() < 0.15 else None
        if effekt:
            self.effekter.add(effekt)
        if frist:
            self.sidste_frist[konto] = nr
        return Indsat(konto=konto, nr=nr, effekt=effekt, frist=frist)

    async def koer(self) -> None:
        while not self.slut.is_set():
            nye = [self.naeste() for _ in range(40)]
            igen = [b for b in nye if self.lod.random() < 0.05]
            self.gensendt += len(igen)
            await self.opstilling.send(*nye, *igen)
            await asyncio.sleep(0.1)


async def modtaget(opstilling: Opstilling) -> int:
    try:
        async with skema(opstilling) as db:
            return await db.fetchval("select coalesce(sum(received), 0)::bigint from position")
    except asyncpg.UndefinedTableError:
        return 0


async def forbindelser_vaek(opstilling: Opstilling) -> None:
    """Until PostgreSQL has ended what the killed process was doing."""
    async with skema(opstilling) as db:
        sql = "select not exists (select 1 from pg_stat_activity where application_name = $1 and state <> 'idle')"
        await vent_til(lambda: db.fetchval(sql, f"sygesikring-{opstilling.navn}"), 20)


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


def efterse_konti(konti: dict[str, Any], last: Last) -> None:
    """Every number once and in order; every last deadline once, after the message that set it."""
    assert {k: [n for n in numre if n > 0] for k, numre in konti.items()} == {
        k: list(range(1, n + 1)) for k, n in last.sendt.items()
    }
    for konto, numre in konti.items():
        fyrede = [n for n in numre if n < 0]
        assert len(fyrede) == len(set(fyrede)), f"{konto}: en frist to gange"
        assert all(numre.index(-n) < numre.index(n) for n in fyrede), konto
        if konto in last.sidste_frist:
            assert -last.sidste_frist[konto] in fyrede, f"{konto}: en frist er tabt"


async def efterse_udgaaende(opstilling: Opstilling, konti: dict[str, Any]) -> int:
    """Every number of the state on the topic out, repeated only as the same message; returns how many were repeated."""
    ids: dict[tuple[str, int], set[str]] = defaultdict(set)
    i_alt: dict[tuple[str, int], int] = {}
    poster = await alle(opstilling, opstilling.ud)
    foerste: dict[str, list[int]] = defaultdict(list)
    for post in poster:
        kuvert = pak_ud(post.key, post.value, post.headers, TYPER)
        besked = kuvert.besked
        assert isinstance(besked, Noteret)
        if kuvert.id not in ids[besked.konto, besked.nr]:
            foerste[besked.konto].append(besked.nr)
        ids[besked.konto, besked.nr].add(kuvert.id)
        i_alt[besked.konto, besked.nr] = besked.i_alt
    assert all(len(v) == 1 for v in ids.values()), "en beslutning er udgivet som to beskeder"
    assert {k: list(v) for k, v in foerste.items()} == {k: list(v) for k, v in konti.items()}
    assert i_alt == {(k, n): plads for k, v in konti.items() for plads, n in enumerate(v, 1)}
    return len(poster) - len(ids)


async def efterse(opstilling: Opstilling, tavle: Tavle, last: Last) -> None:
    """Everything that the issue promises about a service that was killed."""
    async with koerende(opstilling, tavle.url):
        b = await i_ro(opstilling, 90)
        async with skema(opstilling) as db:
            await vent_til(lambda: db.fetchval("select not exists (select 1 from deadline)"), 30, "frister")
        b = await i_ro(opstilling)
    async with skema(opstilling) as db:
        rows = await db.fetch("select konto, numre::text numre, svar::text svar from konto")
    konti = {r["konto"]: [int(n) for n in r["numre"].strip("[]").split(",")] for r in rows}
    efterse_konti(konti, last)
    gentaget = await efterse_udgaaende(opstilling, konti)
    svar = sorted(s.strip(' "') for r in rows for s in r["svar"].strip("[]").split(",") if s.strip())
    assert svar == sorted(f"{e}=ja" for e in last.effekter)
    flere = {n: antal for n, antal in tavle.accepteret.items() if antal != 1}
    assert not flere, f"accepteret flere gange: {flere}"
    assert set(tavle.accepteret) == last.effekter
    sendt = sum(last.sendt.values())
    assert (b.difference, b.differences) == (0, [])
    assert (b.received, b.handled, b.duplicates) == (sendt + last.gensendt, sendt, last.gensendt)
    print(f"sendt {sendt}, gensendt {last.gensendt}, udgivet igen {gentaget}, effekter {len(last.effekter)}, "
          f"spurgt om {len(tavle.spurgt)}")  # fmt: skip


def froe() -> int:
    """`PROEVE_SEED` repeats a run."""
    return int(os.environ.get("PROEVE_SEED", "0")) or random.randrange(1, 10**6)


async def draebt_under_last(
    kafka_servers: list[str], database: str, gange: int, **indstillinger: str
) -> list[tuple[float, float]]:
    seed = froe()
    print(f"PROEVE_SEED={seed}")
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    last = Last(opstilling, seed)
    async with Tavle(seed) as tavle:
        opgave = asyncio.create_task(last.koer())
        try:
            tider = await draeb_og_genstart(opstilling, tavle, gange, random.Random(seed), **indstillinger)
        finally:
            last.slut.set()
            await opgave
        print("sekunder til noget nyt var taget ind (fra start af processen, fra den var oppe):", tider)
        await efterse(opstilling, tavle, last)
    return tider


async def test_draebt_tyve_gange_under_last_taber_intet_og_goer_intet_to_gange(
    kafka_servers: list[str], database: str
) -> None:
    tider = await draebt_under_last(kafka_servers, database, 20, KAFKA_MEDLEM="proeve-0")
    assert tider[-1][1] < HOEJST_S


async def test_to_processer_med_samme_medlemsnavn_taber_intet_og_goer_intet_to_gange(
    kafka_servers: list[str], database: str
) -> None:
    """A mistake in KAFKA_MEDLEM: they take the partitions from each other, and the position is the fence."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    last = Last(opstilling, froe())
    tvilling = opstilling.settings.model_copy(update={"kafka_medlem": "tvilling"})
    async with Tavle() as tavle:
        opgave = asyncio.create_task(last.koer())
        try:
            async with koerende(opstilling, tavle.url, settings=tvilling):
                await asyncio.sleep(1)
                async with koerende(opstilling, tavle.url, settings=tvilling):
                    await asyncio.sleep(6)
        finally:
            last.slut.set()
            await opgave
        await efterse(opstilling, tavle, last)


async def test_draebt_uden_fast_medlemsnavn_fortsaetter_inden_ti_sekunder(
    kafka_servers: list[str], database: str
) -> None:
    """Without a name of its own the dead member's partitions come back when its session has run out."""
    tider = await draebt_under_last(kafka_servers, database, 3)
    assert tider[-1][1] < HOEJST_S
