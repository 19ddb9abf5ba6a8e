"""A load on the sample service that lasts as long as the fault, and what must be true when it is over."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from contracts.kuvert import Kuvert, pak_ud
from shared.platform.balance import Balance
from shared.platform.kafka import producer
from tests.integration.hjaelp import Tavle, alle, i_ro, koerende, skema, vent_til
from tests.integration.proeve import TYPER, Indsat, Noteret, Opstilling

KONTI = 40
TAALMOD_S = 600
"""Longest wait in seconds for the work that an outage left behind; nothing depends on how long it takes."""
TAALMODIG_MS = 600_000
"""The sender gives nothing up while the broker is away: what it gave up and sent again would come out of order."""


class Last:
    """Sends without pause: numbers counted per account, some with an effect or a deadline, some of them again."""

    def __init__(self, opstilling: Opstilling, seed: int, hold: int = 40, pause_s: float = 0.1) -> None:
        self.opstilling = opstilling
        self.lod = random.Random(seed)
        self.hold, self.pause_s = hold, pause_s
        self.sendt: dict[str, int] = defaultdict(int)
        self.effekter: set[str] = set()
        self.sidste_frist: dict[str, int] = {}
        self.gensendt = 0
        self.slut = asyncio.Event()

    @property
    def antal(self) -> int:
        """Different messages so far."""
        return sum(self.sendt.values())

    def naeste(self) -> Indsat:
        """The next message of some account."""
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
        """Send until `slut` is set; everything that was counted is on Kafka when it returns."""
        async with producer(self.opstilling.settings, request_timeout_ms=TAALMODIG_MS) as kafka:
            while not self.slut.is_set():
                nye = [self.naeste() for _ in range(self.hold)]
                igen = [b for b in nye if self.lod.random() < 0.05]
                self.gensendt += len(igen)
                svar: list[asyncio.Future[Any]] = []
                for b in (*nye, *igen):
                    k = Kuvert(b, f"{b.konto}-{b.nr}", "/test", datetime.now(UTC), b.konto)
                    svar.append(
                        await kafka.send(self.opstilling.ind, k.vaerdi(), key=b.konto.encode(), headers=k.headers())
                    )
                await asyncio.gather(*svar)
                await asyncio.sleep(self.pause_s)


@asynccontextmanager
async def under_last(opstilling: Opstilling, seed: int, hold: int = 40, pause_s: float = 0.1) -> AsyncIterator[Last]:
    """The load for as long as the context lasts; what it counted has been sent at the end of it."""
    last = Last(opstilling, seed, hold, pause_s)
    opgave = asyncio.create_task(last.koer())
    try:
        yield last
    except BaseException:
        opgave.cancel()  # its sender would wait for a broker that a failed test has left dead
        await asyncio.wait([opgave], timeout=5)
        raise
    last.slut.set()
    await opgave


async def modtaget(opstilling: Opstilling) -> int:
    """Records that the service has taken in."""
    try:
        async with skema(opstilling) as db:
            return await db.fetchval("select coalesce(sum(received), 0)::bigint from position")
    except asyncpg.UndefinedTableError:
        return 0


async def forbindelser_vaek(opstilling: Opstilling) -> None:
    """Until PostgreSQL has ended what a killed process was doing."""
    sql = "select * from pg_stat_activity where application_name = $1 and state <> 'idle'"
    async with skema(opstilling) as db:

        async def vaek() -> bool:
            return not await db.fetch(sql, f"sygesikring-{opstilling.navn}")

        try:
            await vent_til(vaek, 20, "PostgreSQL afslutter, hvad den dræbte var i gang med")
        except AssertionError:
            print([dict(r) for r in await db.fetch(sql, f"sygesikring-{opstilling.navn}")])
            print([dict(r) for r in await db.fetch("select * from pg_locks")])
            raise


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


def efterse_tavlen(tavle: Tavle, last: Last) -> None:
    """The provider, who knows no keys, accepted every effect once."""
    flere = {n: antal for n, antal in tavle.accepteret.items() if antal != 1}
    assert not flere, f"accepteret flere gange: {flere}"
    assert set(tavle.accepteret) == last.effekter


async def i_orden(opstilling: Opstilling, tavle: Tavle, last: Last) -> Balance:
    """Everything that is promised of a service which is at rest after any fault."""
    b = await i_ro(opstilling, TAALMOD_S)
    async with skema(opstilling) as db:
        await vent_til(lambda: db.fetchval("select not exists (select 1 from deadline)"), 30, "frister")
    b = await i_ro(opstilling, TAALMOD_S)
    async with skema(opstilling) as db:
        rows = await db.fetch("select konto, numre::text numre, svar::text svar from konto")
    konti = {r["konto"]: [int(n) for n in r["numre"].strip("[]").split(",")] for r in rows}
    efterse_konti(konti, last)
    gentaget = await efterse_udgaaende(opstilling, konti)
    svar = sorted(s.strip(' "') for r in rows for s in r["svar"].strip("[]").split(",") if s.strip())
    assert svar == sorted(f"{e}=ja" for e in last.effekter)
    efterse_tavlen(tavle, last)
    assert (b.difference, b.differences, b.parked, b.discarded, b.quiet) == (0, [], 0, 0, True)
    assert (b.received, b.handled, b.duplicates) == (last.antal + last.gensendt, last.antal, last.gensendt)
    assert b.effects == ({"done": len(last.effekter)} if last.effekter else {})
    print(f"sendt {last.antal}, gensendt {last.gensendt}, udgivet igen {gentaget}, effekter {len(last.effekter)}, "
          f"spurgt om {len(tavle.spurgt)}")  # fmt: skip
    return b


async def efterse(opstilling: Opstilling, tavle: Tavle, last: Last) -> Balance:
    """The same for a service that does not run any more: it is started, to finish what was left to do."""
    async with koerende(opstilling, tavle.url):
        return await i_orden(opstilling, tavle, last)
