"""Deadlines: set, moved and revoked with the decision; fire once, as messages, in order, never before
an answer in time."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.kuvert import Kuvert
from contracts.ur import UrStillet
from shared.platform.clock import Clock
from shared.platform.deadlines import Deadlines
from shared.platform.kafka import producer
from tests.integration.proeve import Indsat, Planer
from tests.integration.scene import Scene, indsat, laeser, vent_paa

FREMTID = datetime(2999, 1, 1, tzinfo=UTC)
TAALMODIG = {"forsoeg": 10_000}


async def frister(s: Scene) -> list[tuple[Any, ...]]:
    async with s.db() as db:
        return [tuple(r) for r in await db.fetch("select frist_id, order_key, due from deadline order by 1")]


async def i_inbox(s: Scene, konto: str, slags: list[str]) -> None:
    """Wait until exactly these stand in the inbox of an account, in this order."""

    async def saadan() -> bool:
        async with s.db() as db:
            rows = await db.fetch("select origin from inbox where order_key = $1 order by seq", konto)
        return [r["origin"] for r in rows] == slags

    await vent_paa(saadan, f"{konto}: {slags} i inbox")


async def test_saettes_flyttes_og_ophaeves_med_beslutningen(kafka_servers: list[str], database: str) -> None:
    s = Scene(kafka_servers, database)
    await s.opret()
    async with s.koerer(settings=s.settings.model_copy(update=TAALMODIG)):
        await s.send(*indsat("a", [1], frist=FREMTID), *indsat("b", [1], frist=FREMTID))
        await s.i_ro()
        assert await frister(s) == [("frist:a", "a", FREMTID), ("frist:b", "b", FREMTID)]
        senere = FREMTID + timedelta(days=14)
        await s.send(*indsat("a", [2], frist=senere), *indsat("b", [2], ophaev=True))
        await s.i_ro()
        assert await frister(s) == [("frist:a", "a", senere)]
        await s.send(
            *indsat("a", [3], ophaev=True, fejl="x"),
            *indsat("c", [1], frist=FREMTID, fejl="x"),
            *indsat("d", [1], frist=FREMTID), *indsat("d", [2], ophaev=True),
            *indsat("e", [1], frist=FREMTID), *indsat("e", [2], frist=senere),
        )  # fmt: skip
        await i_inbox(s, "a", ["kafka"])
        await i_inbox(s, "c", ["kafka"])
        await vent_paa(lambda: _har(s, "e", [1, 2]), "e")
        await vent_paa(lambda: _har(s, "d", [1, 2]), "d")
        assert await frister(s) == [("frist:a", "a", senere), ("frist:e", "e", senere)], (
            "en fejlet beslutning ændrer intet"
        )
        Planer.fejl["x"] = 0
        balance = await s.i_ro()
    assert await frister(s) == [("frist:c", "c", FREMTID), ("frist:e", "e", senere)]
    assert balance.deadlines == 2


async def _har(s: Scene, konto: str, numre: list[int]) -> bool:
    return await s.numre(konto) == numre


async def test_falder_en_gang_selv_med_to_medlemmer_og_genstart(kafka_servers: list[str], database: str) -> None:
    s = Scene(kafka_servers, database)
    await s.opret()
    om_lidt = datetime.now(UTC) + timedelta(days=1)
    konti = [f"k{n}" for n in range(60)]
    async with s.koerer(), s.koerer(), s.hub() as hub:
        await s.send(*(Indsat(konto=k, nr=1, frist=om_lidt) for k in konti))
        await s.i_ro()
        await hub.set_clock(om_lidt + timedelta(seconds=1))
        await s.i_ro()
    async with s.koerer():
        balance = await s.i_ro()
    assert await s.alle_numre() == {k: [1, -1] for k in konti}
    assert (balance.deadlines, balance.received, balance.handled) == (0, 60, 60)


async def test_uret_frem_lader_alle_forfaldne_falde_i_orden(kafka_servers: list[str], database: str) -> None:
    """In the order they fall due, over all keys; what is not yet due stays. Rubbish on `ur` does not stop the clock."""
    s = Scene(kafka_servers, database, partitioner=1)
    await s.opret()
    start = datetime.now(UTC).replace(microsecond=0)
    dage = [17, 3, 40, 9, 28, 1, 33, 12]
    async with s.koerer(), s.hub() as hub:
        await s.send(*(Indsat(konto=f"k{d}", nr=d, frist=start + timedelta(days=d)) for d in dage))
        await s.i_ro()
        async with producer(s.settings) as kafka:
            for vaerdi, headers in ((None, []), (b"\xff", [("ce_id", None)]), (b'{"forskydning_ms":1}', [])):
                await kafka.send_and_wait(s.ur, vaerdi, key=b"ur", headers=headers)
        await hub.set_clock(start + timedelta(days=30))
        await s.i_ro()
        faldet = [int(p.value.split(b'"nr":')[1].split(b",")[0]) for p in await s.alle_poster(s.ud)][len(dage) :]
        assert faldet == [-1, -3, -9, -12, -17, -28]
        assert [f[0] for f in await frister(s)] == ["frist:k33", "frist:k40"]
        async with s.db() as db:
            sidst = await db.fetchval("select sidst from konto where konto = 'k1'")
        assert sidst >= start + timedelta(days=30), "handleren ser hubbens nu"
        await hub.set_clock(start + timedelta(days=41))
        balance = await s.i_ro()
    assert balance.deadlines == 0
    assert await s.alle_numre() == {f"k{d}": [d, -d] for d in dage}


async def test_uret_stillet_mens_tjenesten_var_nede(kafka_servers: list[str], database: str) -> None:
    """The first message that is handled already sees the new now; the newest version counts."""
    s = Scene(kafka_servers, database)
    await s.opret()
    real = datetime.now(UTC)
    async with producer(s.settings) as kafka:
        for version, dage in ((1, 10), (3, 400), (2, 20)):
            stillet = UrStillet(forskydning_ms=dage * 86_400_000, version=version, stillet_af="t", stillet=real)
            k = Kuvert(stillet, f"ur-{version}", "/test", real, "ur")
            await kafka.send_and_wait(s.ur, k.vaerdi(), key=b"ur", headers=k.headers())
    await s.send(*indsat("a", [1], frist=real + timedelta(days=399)))
    async with s.koerer():
        await s.i_ro()
        async with s.db() as db:
            sidst = await db.fetchval("select sidst from konto")
    assert timedelta(days=399) < sidst - real < timedelta(days=401)
    assert await s.numre("a") == [1, -1]


async def test_uret_stilles_ogsaa_naar_databasen_svigter_midt_i_det(
    kafka_servers: list[str], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    s = Scene(kafka_servers, database)
    await s.opret()
    oprindelig = Clock.apply
    svigtet: list[UrStillet] = []

    async def apply(self: Clock, setting: UrStillet) -> None:
        if not svigtet:
            svigtet.append(setting)
            raise ConnectionResetError("databasen røg")
        await oprindelig(self, setting)

    async with s.koerer(), s.hub() as hub:
        monkeypatch.setattr(Clock, "apply", apply)
        await hub.set_clock(datetime.now(UTC) + timedelta(days=5))
        assert svigtet
        assert await hub.now() > datetime.now(UTC) + timedelta(days=4)


async def test_en_fejlende_besked_foran_holder_fristen_tilbage(kafka_servers: list[str], database: str) -> None:
    """One account's head gets well, the next one's revokes, the third's moves the deadline that waits behind it."""
    s = Scene(kafka_servers, database)
    await s.opret()
    start = datetime.now(UTC)
    om_en_dag, om_et_aar = start + timedelta(days=1), start + timedelta(days=365)
    konti = "abc"
    async with s.koerer(settings=s.settings.model_copy(update=TAALMODIG)), s.hub() as hub:
        await s.send(*(Indsat(konto=k, nr=1, frist=om_en_dag) for k in (*konti, "d")))
        await s.i_ro()
        await s.send(
            *indsat("a", [2], fejl="x"),
            *indsat("b", [2], fejl="x", ophaev=True),
            *indsat("c", [2], fejl="x", frist=om_et_aar),
        )
        for k in konti:
            await i_inbox(s, k, ["kafka"])
        await hub.set_clock(start + timedelta(days=2))
        for k in konti:
            await i_inbox(s, k, ["kafka", "deadline"])
        await s.send(*(Indsat(konto=k, nr=3) for k in konti))
        for k in konti:
            await i_inbox(s, k, ["kafka", "deadline", "kafka"])
        await vent_paa(lambda: _har(s, "d", [1, -1]), "andre konti går videre")
        assert [await s.numre(k) for k in konti] == [[1], [1], [1]]
        Planer.fejl["x"] = 0
        balance = await s.i_ro()
        assert [await s.numre(k) for k in konti] == [[1, 2, -1, 3], [1, 2, 3], [1, 2, 3]]
        assert [f[:2] for f in await frister(s)] == [("frist:c", "c")]
        assert (balance.received, balance.handled) == (10, 10)
        await hub.set_clock(om_et_aar + timedelta(days=1))
        await s.i_ro()
    assert await s.numre("c") == [1, 2, 3, -2]


async def test_et_svar_i_tide_vinder_selv_om_tjenesten_var_nede(kafka_servers: list[str], database: str) -> None:
    """The answer lay on the topic when the deadline fell due; both are there when the service comes back."""
    s = Scene(kafka_servers, database)
    await s.opret()
    async with s.koerer():
        frist = datetime.now(UTC) + timedelta(seconds=4)
        await s.send(*indsat("a", [1], frist=frist), *indsat("b", [1], frist=frist))
        await vent_paa(lambda: _har(s, "b", [1]), "b")
        await vent_paa(lambda: _har(s, "a", [1]), "a")
    assert len(await frister(s)) == 2
    await s.send(*indsat("a", [2], ophaev=True), emne=s.ind2)
    await asyncio.sleep(max(0.0, (frist - datetime.now(UTC)).total_seconds()) + 0.1)
    async with s.koerer():
        await s.i_ro()
    assert await s.alle_numre() == {"a": [1, 2], "b": [1, -1]}


async def test_intet_falder_foer_alt_input_er_laest(kafka_servers: list[str], database: str) -> None:
    """Every partition of every topic has to be read up to the due instant; one that lags holds all back."""
    s = Scene(kafka_servers, database)
    await s.opret()
    frist = datetime.now(UTC) - timedelta(hours=1)
    await s.send(*(Indsat(konto=f"k{n}", nr=1, frist=frist) for n in range(9)))
    async with s.processor() as p, laeser(s.settings, s.ind) as consumer:

        async def intet() -> None: ...

        f = Deadlines(s.navn, [s.ind, s.ind2], p.pool, p.wake, intet)
        ventet = {(s.ind, part): 0 for part in range(3)}
        while await p.pool.fetchval("select count(*) from deadline") < 9:
            for poster in (await consumer.getmany(timeout_ms=1000)).values():
                await p.records(poster, ventet)
        assert await f.release() == 0, "intet er meldt læst"
        await p.pool.execute("update position set read_until = $1", frist + timedelta(minutes=1))
        await p.pool.execute("update position set read_until = null where topic = $1 and part = 2", s.ind2)
        assert await f.release() == 0
        await p.pool.execute(
            "update position set read_until = $1 where topic = $2 and part = 2", frist - timedelta(seconds=1), s.ind2
        )
        assert await f.release() == 0
        await p.pool.execute("update position set read_until = $1", frist + timedelta(seconds=1))
        assert await f.release() == 9
        assert await f.release() == 0
