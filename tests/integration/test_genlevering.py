"""The same message again, at once, after a rebalance and a year later, is handled once."""

from datetime import UTC, datetime, timedelta

from contracts.ur import UrStillet
from shared.platform.runtime import Runtime
from tests.integration.proeve import Indsat
from tests.integration.scene import Scene, indsat, tabeller, vent_paa
from tests.integration.udbyder import Udbyder

ALT = ("konto", "handled", "outbox", "deadline", "effect", "inbox", "parked", "published_state")


async def modtaget(s: Scene, antal: int) -> None:
    """Wait until so many records have been read."""

    async def saa_mange() -> bool:
        async with s.db() as db:
            return await db.fetchval("select sum(received) from position") == antal

    await vent_paa(saa_mange, f"{antal} modtaget")


async def test_samme_besked_igen_med_det_samme(kafka_servers: list[str], database: str) -> None:
    s = Scene(kafka_servers, database)
    await s.opret()
    async with s.koerer():
        beskeder = [b for k in "abcæ" for b in indsat(k, range(5))]
        await s.send(*beskeder, *beskeder)
        await s.send(*beskeder[::-1])
        balance = await s.i_ro()
    assert await s.alle_numre() == {k: [0, 1, 2, 3, 4] for k in "abcæ"}
    assert len(await s.alle_poster(s.ud)) == 20
    assert (balance.received, balance.duplicates, balance.handled) == (60, 40, 20)


async def test_samme_besked_efter_at_et_medlem_kom_og_gik(kafka_servers: list[str], database: str) -> None:
    s = Scene(kafka_servers, database)
    await s.opret()
    beskeder = [b for k in "abcdef" for b in indsat(k, range(3))]

    async def deler(*medlemmer: Runtime) -> None:
        async def alle_har() -> bool:
            dele = [len(m.ingest.consumer.assignment()) for m in medlemmer if m.ingest]
            return all(dele) and sum(dele) == 6

        await vent_paa(alle_har, f"{len(medlemmer)} medlemmer deler partitionerne")

    async with s.koerer() as foerste:
        await s.send(*beskeder)
        await s.i_ro()
        async with s.koerer() as andet:
            await deler(foerste, andet)
            await s.send(*beskeder)
            await modtaget(s, 36)
        await deler(foerste)
        await s.send(*beskeder)
        await modtaget(s, 54)
        balance = await s.i_ro()
    assert await s.alle_numre() == {k: [0, 1, 2] for k in "abcdef"}
    assert len(await s.alle_poster(s.ud)) == 18
    assert (balance.duplicates, balance.handled) == (36, 18)


async def test_samme_besked_et_aar_senere_paa_hubbens_ur(kafka_servers: list[str], database: str) -> None:
    """`handled` never forgets: the clock of every member says a year later, also after a restart."""
    s = Scene(kafka_servers, database)
    await s.opret()
    async with s.koerer() as tjeneste:
        await s.send(*indsat("a", range(3)))
        await s.i_ro()
        et_aar = UrStillet(forskydning_ms=366 * 86_400_000, version=1, stillet_af="tester", stillet=datetime.now(UTC))
        await tjeneste.clock.apply(et_aar)
        await s.send(*indsat("a", [3]), *indsat("a", range(3)))
        await modtaget(s, 7)
        await s.i_ro()
        async with s.db() as db:
            sidst = await db.fetchval("select sidst from konto")
        assert sidst - datetime.now(UTC) > timedelta(days=365), "uret er virkelig flyttet"
    async with s.koerer():
        await s.send(*indsat("a", range(4)))
        await modtaget(s, 11)
        balance = await s.i_ro()
    assert await s.numre("a") == [0, 1, 2, 3]
    assert (balance.duplicates, balance.handled) == (7, 4)


async def test_et_register_der_genudsender_en_hel_dag_aendrer_intet(kafka_servers: list[str], database: str) -> None:
    """State, deadlines, effects, outbox and what was published stay as they are, row for row."""
    s = Scene(kafka_servers, database)
    await s.opret()
    frist = datetime(2999, 1, 1, tzinfo=UTC)
    dag = [
        Indsat(
            konto=f"k{n % 40}",
            nr=n,
            frist=frist if n % 3 else None,
            ophaev=n % 7 == 0,
            effekt=f"e{n}" if n % 5 == 0 else "",
        )
        for n in range(400)
    ]
    async with Udbyder() as udbyder, s.koerer(s.tjeneste(udbyder.url)):
        await s.send(*dag)
        await s.i_ro()
        udgivet = len(await s.alle_poster(s.ud))
        async with s.db() as db:
            foer = await tabeller(db, ALT)
            kald = list(udbyder.kald)
            await s.send(*dag)
            await modtaget(s, 800)
            await s.i_ro()
            assert await tabeller(db, ALT) == foer
        assert udbyder.kald == kald
        assert len(udbyder.accepteret) == 80
    assert udgivet == len(await s.alle_poster(s.ud)) == 400
