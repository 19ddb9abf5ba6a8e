"""Deadlines: the right instant over both changes of the clock, after an outage over midnight, and in masses."""

import asyncio
import json
import random
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.kuvert import pak_ud
from embedded import EmbeddedPostgres
from services.kortbestilling.rules import afhentningsfrist
from services.laegevalg.rules import dispensationsfrist, pladsfrist
from shared.domain.datoer import KOEBENHAVN
from shared.platform.deadlines import BATCH, Deadlines
from tests.faults.laengde import froe, laengde
from tests.faults.udfald import udfald
from tests.integration.hjaelp import Proces, hub, i_ro, klargoer, skema, vent_til
from tests.integration.proeve import TYPER, Indsat, Noteret, Opstilling
from tests.integration.scene import Scene

VENTENDE = 100_000


def dansk(tekst: str) -> datetime:
    """An instant by the clock on the wall."""
    return datetime.fromisoformat(tekst).replace(tzinfo=KOEBENHAVN)


def utc(tekst: str) -> datetime:
    return datetime.fromisoformat(tekst).replace(tzinfo=UTC)


# Denmark: summer time from 28 March 2027 02:00 to 31 October 2027 03:00. Worked out by hand.
OVER_SKIFTET = (
    #                  counted from                  falls due
    (dispensationsfrist, dansk("2027-03-13T12:00"), utc("2027-03-27T23:00")),  # 00:00 on the day of the change
    (dispensationsfrist, dansk("2027-03-14T23:59"), utc("2027-03-28T22:00")),  # 00:00 the day after: 23 hours later
    (dispensationsfrist, dansk("2027-03-20T00:00"), utc("2027-04-03T22:00")),
    (dispensationsfrist, dansk("2027-10-16T12:00"), utc("2027-10-30T22:00")),  # 00:00 on the day of the change
    (dispensationsfrist, dansk("2027-10-17T00:00"), utc("2027-10-31T23:00")),  # 00:00 the day after: 25 hours later
    (dispensationsfrist, dansk("2027-10-20T23:59"), utc("2027-11-03T23:00")),
    (pladsfrist, dansk("2027-03-27T23:30"), utc("2027-04-03T22:00")),
    (afhentningsfrist, dansk("2027-01-31T08:00"), utc("2027-04-30T22:00")),
)  # fmt: skip


async def test_frister_falder_paa_rette_tid_over_begge_skift_og_kun_en_gang(
    kafka_servers: list[str], database: str
) -> None:
    """Half a minute before nothing has happened; at the instant it has, once, and the handler is told that instant."""
    s = Scene(kafka_servers, database)
    await s.opret()
    for regel, fra, ventet in OVER_SKIFTET:
        assert regel(fra) == ventet, f"{regel.__name__} fra {fra}"
    ventede = [ventet for *_, ventet in OVER_SKIFTET]
    async with s.koerer(), s.hub() as h, s.db() as db:
        await h.set_clock(utc("2027-01-01T00:00"))
        await s.send(*(Indsat(konto=f"k{nr}", nr=1, frist=frist) for nr, frist in enumerate(ventede)))
        await s.i_ro()
        for frist in sorted(set(ventede)):
            await h.set_clock(frist - timedelta(seconds=30))
            await s.i_ro()
            assert await s.alle_numre() == _faldne(ventede, frist - timedelta(seconds=30)), f"før {frist}"
            await h.set_clock(frist)
            await s.i_ro()
            assert await s.alle_numre() == _faldne(ventede, frist), f"ved {frist}"
            sidst = await db.fetchval("select max(sidst) from konto")
            assert frist <= sidst < frist + timedelta(minutes=1)
        await h.set_clock(utc("2028-01-01T00:00"))
        balance = await s.i_ro()
        assert await s.alle_numre() == _faldne(ventede, utc("2028-01-01T00:00"))
    assert (balance.deadlines, balance.parked) == (0, 0)


def _faldne(frister: list[datetime], nu: datetime) -> dict[str, list[int]]:
    return {f"k{nr}": [1, -1] if frist <= nu else [1] for nr, frist in enumerate(frister)}


async def test_et_svar_i_tide_vinder_efter_et_udfald_hen_over_midnat(
    kafka_servers: list[str], egen_postgres: EmbeddedPostgres
) -> None:
    """Half of the answers come a moment before midnight, while PostgreSQL is away; it is back when the day is over."""
    opstilling = await klargoer(Opstilling(kafka_servers, egen_postgres.dsn()))
    svarede, tavse = [f"s{n}" for n in range(20)], [f"t{n}" for n in range(20)]
    with Proces(opstilling) as proces:
        await proces.koerer()
        async with hub(opstilling) as h:
            midnat = dansk("2027-03-28T00:00").astimezone(UTC)
            await h.set_clock(midnat - timedelta(hours=1))
            await opstilling.send(*(Indsat(konto=k, nr=1, frist=midnat) for k in (*svarede, *tavse)))
            await i_ro(opstilling)
            await h.set_clock(midnat - timedelta(seconds=laengde(6, 30)))

        async def vaek_og_svar() -> None:
            egen_postgres.kill()
            await opstilling.send(*(Indsat(konto=k, nr=2, ophaev=True) for k in svarede))

        async with udfald(proces, vaek_og_svar) as maaling:
            await asyncio.sleep(laengde(6, 60))
            maaling.slut()
            await asyncio.to_thread(egen_postgres.start)
        maaling.ventede_roligt()
        async with skema(opstilling) as db:
            await vent_til(lambda: db.fetchval("select not exists (select 1 from deadline)"), hvad="fristerne faldt")
            b = await i_ro(opstilling)
            rows = await db.fetch("select konto, array(select jsonb_array_elements(numre)::int) n from konto")
    assert {r["konto"]: r["n"] for r in rows} == {k: [1, 2] for k in svarede} | {k: [1, -1] for k in tavse}
    assert (b.difference, b.parked, b.received) == (0, 0, 60)


class Lytter:
    """The pool of a service; keeps the statements about deadlines with their arguments."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self.saetninger: list[tuple[str, tuple[Any, ...]]] = []

    async def fetchval(self, sql: str, *args: Any) -> Any:
        self.saetninger.append((sql, args))
        return await self._pool.fetchval(sql, *args)

    def acquire(self, **kwargs: Any) -> Any:
        return _Laant(self._pool.acquire(**kwargs), self)


class _Laant:
    """A connection of it, while it is lent."""

    def __init__(self, laan: Any, lytter: Lytter) -> None:
        self._laan, self._lytter = laan, lytter

    async def __aenter__(self) -> Any:
        self._db = await self._laan.__aenter__()
        return self

    async def __aexit__(self, *fejl: object) -> None:
        await self._laan.__aexit__(*fejl)

    def __getattr__(self, navn: str) -> Any:
        return getattr(self._db, navn)

    async def fetch(self, sql: str, *args: Any) -> Any:
        self._lytter.saetninger.append((sql, args))
        return await self._db.fetch(sql, *args)


def _knuder(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for under in plan.get("Plans", ()):
        yield from _knuder(under)


async def test_hundredtusinde_ventende_frister_koster_intet(kafka_servers: list[str], database: str) -> None:
    """What looks for due deadlines reads the index from its start, however many there are behind."""
    s = Scene(kafka_servers, database)
    await s.opret()
    async with s.processor() as p, s.db() as db:

        async def intet() -> None: ...

        lytter = Lytter(p.pool)
        f = Deadlines(s.navn, [s.ind, s.ind2], lytter, p.wake, intet)  # pyright: ignore[reportArgumentType]
        await db.execute("update position set read_until = clock_timestamp() + interval '1 year'")
        tider: dict[int, float] = {}
        for antal in (10, VENTENDE):
            await db.execute(
                "insert into deadline (frist_id, order_key, due, ce_type, key, value, headers) "
                "select 'f' || g, 'k' || g, now() + interval '1 day' + g * interval '5 min', 't', '', '', '' "
                "from generate_series(1, $1::int) g on conflict do nothing",
                antal,
            )
            await db.execute("vacuum analyze deadline")
            maalt: list[float] = []
            for _ in range(40):
                begyndt = time.perf_counter()
                assert (await f.store.until_next() or 0) > 0
                assert await f.release() == 0
                maalt.append((time.perf_counter() - begyndt) * 1000)
            tider[antal] = statistics.median(maalt)
        print({n: f"{ms:.2f} ms" for n, ms in tider.items()}, "pr. kig efter forfaldne")
        for sql, args in dict(lytter.saetninger).items():
            plan = json.loads(await db.fetchval(f"explain (analyze, format json) {sql}", *args))[0]["Plan"]
            om_frister = [k for k in _knuder(plan) if k.get("Relation Name") == "deadline"]
            assert om_frister, sql
            assert {k.get("Index Name") for k in om_frister} == {"deadline_due"}, om_frister
            assert sum(k["Actual Rows"] * k["Actual Loops"] for k in om_frister) <= 1, "der læses mere end den første"


async def test_uret_et_aar_frem_lader_alle_falde_i_orden(kafka_servers: list[str], database: str) -> None:
    """One move of the clock over a year of deadlines: all fire, the earliest first over all keys, each once."""
    seed = froe()
    antal = laengde(4 * BATCH, VENTENDE)
    s = Scene(kafka_servers, database, partitioner=1)
    await s.opret()
    lod = random.Random(seed)
    start = datetime.now(UTC).replace(microsecond=0)
    sekunder = lod.sample(range(86_400, 360 * 86_400), antal)
    async with s.koerer(), s.hub() as h:
        for fra in range(0, antal, 10_000):
            await s.send(
                *(
                    Indsat(konto=f"k{n}", nr=1, frist=start + timedelta(seconds=sekunder[n]))
                    for n in range(fra, min(antal, fra + 10_000))
                )
            )
        await h.wait_until_quiet(laengde(60, 300))
        await h.set_clock(start + timedelta(days=366))
        begyndt = time.monotonic()
        await h.wait_until_quiet(laengde(60, 300))
        print(f"{antal} frister faldt på {time.monotonic() - begyndt:.1f} s")
        balance = await s.i_ro()
    faldne: list[str] = []
    for post in await s.alle_poster(s.ud):
        besked = pak_ud(post.key, post.value, post.headers, TYPER).besked
        assert isinstance(besked, Noteret)
        if besked.nr < 0:
            faldne.append(besked.konto)
    assert faldne == [f"k{n}" for n in sorted(range(antal), key=sekunder.__getitem__)]
    assert (balance.deadlines, balance.parked, balance.handled) == (0, 0, antal)
