"""Order per order key: through retries, parking and release, restarts, rebalances, and between two topics."""

import asyncio
from typing import Any

import pytest

from shared.platform import parked
from shared.platform.engine import backoff
from tests.integration.proeve import Indsat, Planer
from tests.integration.scene import Scene, indsat, vent_paa
from tests.integration.seddel import med_sedler, noget

TAALMODIG = {"forsoeg": 10_000}
"""A limit that a test does not reach: what fails keeps being retried."""


async def venter(s: Scene, konto: str, antal: int) -> None:
    """Wait until so many messages of an account stand in the inbox."""

    async def saa_mange() -> bool:
        async with s.db() as db:
            return await db.fetchval("select count(*) from inbox where order_key = $1", konto) == antal

    await vent_paa(saa_mange, f"{antal} i inbox for {konto}")


async def haandteret(s: Scene, konto: str, numre: list[int]) -> None:
    async def lig() -> bool:
        return await s.numre(konto) == numre

    await vent_paa(lig, f"{konto}: {numre}")


async def parkerede(s: Scene, konto: str) -> list[parked.Parked]:
    async with s.db() as db, db.acquire() as forbindelse:
        return await parked.parked(forbindelse, konto)


async def antal_parkeret(s: Scene, konto: str, antal: int) -> list[parked.Parked]:
    async def saa_mange() -> list[parked.Parked]:
        fundet = await parkerede(s, konto)
        return fundet if len(fundet) == antal else []

    return await vent_paa(saa_mange, f"{antal} parkeret for {konto}")


async def frigiv(s: Scene, *ids: int) -> int:
    async with s.db() as db, db.acquire() as forbindelse:
        return await parked.release(forbindelse, s.navn, ids, "tester")


async def kasser(s: Scene, *ids: int, grund: str = "en fejl hos afsenderen") -> int:
    async with s.db() as db, db.acquire() as forbindelse:
        return await parked.discard(forbindelse, s.navn, ids, "tester", grund)


def ofs_i_orden(fundet: list[parked.Parked]) -> list[int]:
    return [p.ofs for p in fundet]


async def test_efterfoelgere_venter_og_andre_gaar_videre(kafka_servers: list[str], database: str) -> None:
    s = Scene(kafka_servers, database, partitioner=1)
    await s.opret()
    async with s.koerer(settings=s.settings.model_copy(update=TAALMODIG)):
        await s.send(*indsat("a", [0], fejl="x"), *indsat("a", [1, 2]), *indsat("b", [0, 1, 2]))
        await venter(s, "a", 3)
        await haandteret(s, "b", [0, 1, 2])
        await s.send(*indsat("a", [3]), *indsat("b", [3]))
        await haandteret(s, "b", [0, 1, 2, 3])
        await venter(s, "a", 4)
        assert await s.numre("a") == []
        async with s.db() as db:
            forsoeg = [r["attempts"] for r in await db.fetch("select attempts from inbox order by seq")]
            fejl = await db.fetchval("select last_error from inbox order by seq limit 1")
        assert forsoeg[0] >= 1
        assert forsoeg[1:] == [0, 0, 0], "kun den fejlende forsøges"
        assert "plantet fejl x" in fejl
        assert "1234" not in fejl, "ingen CPR-numre i fejlen"
        Planer.fejl["x"] = 0
        balance = await s.i_ro()
    assert await s.alle_numre() == {"a": [0, 1, 2, 3], "b": [0, 1, 2, 3]}
    assert (balance.handled, balance.parked) == (8, 0)


async def test_fejler_n_gange_og_lykkes_saa(kafka_servers: list[str], database: str) -> None:
    """Three failing tries of four: retried by itself, and the followers come after."""
    s = Scene(kafka_servers, database)
    await s.opret()
    Planer.fejl["x"] = 3
    async with s.koerer():
        await s.send(*indsat("a", [0, 1]), *indsat("a", [2], fejl="x"), *indsat("a", [3]))
        balance = await s.i_ro()
    assert await s.numre("a") == [0, 1, 2, 3]
    assert len(await s.alle_poster(s.ud)) == 4
    assert (balance.handled, balance.parked) == (4, 0)


def test_genforsoeg_venter_dobbelt_saa_laenge_med_jitter() -> None:
    for forsoeg, top in ((1, 0.5), (2, 1.0), (3, 2.0), (8, 60.0), (500, 60.0)):
        proever = [backoff(forsoeg, 0.5, 60.0) for _ in range(300)]
        assert all(top / 2 <= p <= top for p in proever)
        assert max(proever) - min(proever) > top / 4, "to tjenester må ikke slå i takt"


async def test_parkeres_med_efterfoelgere_og_frigives_i_orden(kafka_servers: list[str], database: str) -> None:
    s = Scene(kafka_servers, database, partitioner=1)
    await s.opret()
    async with s.koerer():
        await s.send(*indsat("a", [0]), *indsat("a", [1], fejl="x"), *indsat("a", [2, 3]), *indsat("b", [0]))
        fundet = await antal_parkeret(s, "a", 3)
        assert ofs_i_orden(fundet) == [1, 2, 3]
        assert fundet[0].attempts == 4
        await s.send(*indsat("a", [4]), *indsat("b", [1]))
        fundet = await antal_parkeret(s, "a", 4)
        assert ofs_i_orden(fundet) == [1, 2, 3, 5], "en ny besked parkeres bagest"
        balance = await s.i_ro()
        assert (await s.numre("a"), await s.numre("b")) == ([0], [0, 1])
        assert (balance.parked, balance.handled) == (4, 3)

        with pytest.raises(parked.NotAllowed, match=f"besked {fundet[0].id} "):
            await frigiv(s, fundet[1].id)
        with pytest.raises(parked.NotAllowed, match=f"besked {fundet[1].id} "):
            await frigiv(s, fundet[0].id, fundet[2].id)
        assert await parkerede(s, "a") == fundet

        Planer.fejl["x"] = 0
        assert await frigiv(s, fundet[0].id) == 1
        await haandteret(s, "a", [0, 1])
        await s.send(*indsat("a", [5]))
        await antal_parkeret(s, "a", 4)
        assert await s.numre("a") == [0, 1], "resten venter endnu på operatøren"
        rest = [p.id for p in await parkerede(s, "a")]
        assert await frigiv(s, *reversed(rest)) == 4
        balance = await s.i_ro()
        with pytest.raises(parked.NotAllowed, match="ikke parkeret nu"):
            await frigiv(s, rest[0])
    assert await s.numre("a") == [0, 1, 2, 3, 4, 5]
    assert (balance.parked, balance.handled) == (0, 8)


async def test_frigivet_der_fejler_igen_staar_stadig_foerst(kafka_servers: list[str], database: str) -> None:
    """Parked again, it keeps its place before the followers that were never released."""
    s = Scene(kafka_servers, database, partitioner=1)
    await s.opret()
    async with s.koerer():
        await s.send(*indsat("a", [0], fejl="x"), *indsat("a", [1, 2]))
        fundet = await antal_parkeret(s, "a", 3)
        await frigiv(s, fundet[0].id)
        await antal_parkeret(s, "a", 2)
        fundet = await antal_parkeret(s, "a", 3)
        assert ofs_i_orden(fundet) == [0, 1, 2]
        with pytest.raises(parked.NotAllowed, match=f"besked {fundet[0].id} "):
            await frigiv(s, fundet[1].id)
        await frigiv(s, *[p.id for p in fundet[:2]])
        await antal_parkeret(s, "a", 1)
        fundet = await antal_parkeret(s, "a", 3)
        assert ofs_i_orden(fundet) == [0, 1, 2]
        Planer.fejl["x"] = 0
        await frigiv(s, *[p.id for p in fundet])
        await s.i_ro()
    assert await s.numre("a") == [0, 1, 2]


async def test_kasseres_med_begrundelse(kafka_servers: list[str], database: str) -> None:
    s = Scene(kafka_servers, database)
    await s.opret()
    async with s.koerer():
        await s.send(*indsat("a", [0], fejl="x"), *indsat("a", [1, 2]))
        fundet = await antal_parkeret(s, "a", 3)
        with pytest.raises(parked.NotAllowed, match="begrundelse"):
            await kasser(s, fundet[0].id, grund="  ")
        assert await kasser(s, fundet[0].id) == 1
        assert (await s.i_ro()).discarded == 1
        assert await frigiv(s, *[p.id for p in fundet[1:]]) == 2
        balance = await s.i_ro()
    assert await s.numre("a") == [1, 2]
    assert (balance.discarded, balance.handled, balance.parked) == (1, 2, 0)
    async with s.db() as db:
        raekke = await db.fetchrow("select resolution, resolved_by, note from parked where id = $1", fundet[0].id)
    assert tuple(raekke) == ("discarded", "tester", "en fejl hos afsenderen")


async def test_genstart_midt_i_holder_ordenen(kafka_servers: list[str], database: str) -> None:
    s = Scene(kafka_servers, database)
    await s.opret()
    taalmodig = s.settings.model_copy(update=TAALMODIG)
    async with s.koerer(settings=taalmodig):
        await s.send(*indsat("a", [0]), *indsat("a", [1], fejl="x"), *indsat("a", [2]))
        await venter(s, "a", 2)
    await s.send(*indsat("a", [3, 4]), *indsat("b", [0, 1]))
    async with s.koerer(settings=taalmodig):
        await venter(s, "a", 4)
        await haandteret(s, "b", [0, 1])
        assert await s.numre("a") == [0]
    Planer.fejl["x"] = 0
    async with s.koerer(settings=taalmodig):
        await s.i_ro()
    assert await s.alle_numre() == {"a": [0, 1, 2, 3, 4], "b": [0, 1]}


async def test_orden_mellem_to_emner(kafka_servers: list[str], database: str) -> None:
    """The head came on one topic; a message of the same key on the other topic waits behind it."""
    s = Scene(kafka_servers, database)
    await s.opret()
    async with s.koerer(settings=s.settings.model_copy(update=TAALMODIG)):
        await s.send(*indsat("a", [0], fejl="x"))
        await venter(s, "a", 1)
        await s.send(*indsat("a", [1]), *indsat("b", [0]), emne=s.ind2)
        await haandteret(s, "b", [0])
        await venter(s, "a", 2)
        assert await s.numre("a") == []
        Planer.fejl["x"] = 0
        await s.i_ro()
    assert await s.numre("a") == [0, 1]


async def test_orden_gennem_rebalancer(kafka_servers: list[str], database: str) -> None:
    """Under load a second member joins, leaves and joins again; some messages fail once."""
    s = Scene(kafka_servers, database)
    await s.opret()
    konti = [f"k{n}" for n in range(12)]
    beskeder = [Indsat(konto=k, nr=n, fejl=f"{k}{n}" if n % 40 == 7 else "") for n in range(120) for k in konti]
    Planer.fejl.update({b.fejl: 1 for b in beskeder if b.fejl})

    async def last() -> None:
        for n in range(0, len(beskeder), 120):
            await s.send(*beskeder[n : n + 120])
            await asyncio.sleep(0.1)

    async with s.koerer(), asyncio.TaskGroup() as opgaver:
        opgaver.create_task(last())
        for _ in range(2):
            async with s.koerer() as anden:

                async def har_dele(medlem: Any = anden) -> bool:
                    return bool(medlem.ingest.consumer.assignment())

                await vent_paa(har_dele, "det andet medlem har partitioner")
    async with s.koerer():
        balance = await s.i_ro()
    assert await s.alle_numre() == {k: list(range(120)) for k in konti}
    assert (balance.handled, balance.duplicates) == (len(beskeder), 0)
    ud = [(p.key, int(p.value.split(b'"nr":')[1].split(b",")[0])) for p in await s.alle_poster(s.ud)]
    for k in konti:
        assert list(dict.fromkeys(nr for noegle, nr in ud if noegle == k.encode())) == list(range(120))


async def test_uventet_besked_parkeres_alene(kafka_servers: list[str], database: str) -> None:
    s = Scene(kafka_servers, database)
    await s.opret()
    async with s.koerer(med_sedler(s.tjeneste())):
        await s.send(noget("a", 0), noget("a", 1, "uventet"), noget("a", 2))
        fundet = await antal_parkeret(s, "a", 1)
        await haandteret(s, "a", [0, 2])
        assert (fundet[0].blocks, fundet[0].reasons) == (False, ("konto: ingen overgang fra LUKKET ved SeddelSkrevet",))
        balance = await s.i_ro()
        assert (balance.handled, balance.parked) == (2, 1)
        await frigiv(s, fundet[0].id)
        igen = await antal_parkeret(s, "a", 1)
        assert igen[0].id != fundet[0].id
        await s.i_ro()


SLAGS = [
    "nul i tekst",
    "nul i json",
    "for stort tal",
    "frist med nul",
    "effekt med nul",
    "effekt uden ordensnøgle",
    "lang fristnøgle",
]


@pytest.mark.parametrize("slags", SLAGS)
async def test_det_databasen_afviser_rammer_kun_sin_egen_besked(
    slags: str, kafka_servers: list[str], database: str
) -> None:
    """One message of 500 leads to something that cannot be written: it alone is set aside, and 499 are handled."""
    s = Scene(kafka_servers, database, partitioner=1)
    await s.opret()
    beskeder = [noget(f"k{n}", n, slags if n == 333 else "") for n in range(500)]
    await s.send(*beskeder)
    async with s.koerer(med_sedler(s.tjeneste("http://127.0.0.1:9"))):
        fundet = await antal_parkeret(s, "k333", 1)
        balance = await s.i_ro()
    assert fundet[0].attempts == 4
    assert await s.alle_numre() == {f"k{n}": [n] for n in range(500) if n != 333}
    assert (balance.handled, balance.parked) == (499, 1)


async def test_den_uskyldige_foerste_af_noeglen_faar_ikke_skylden(kafka_servers: list[str], database: str) -> None:
    """The head failed and is retried; a follower leads to what the database refuses: only the follower is parked."""
    s = Scene(kafka_servers, database, partitioner=1)
    await s.opret()
    Planer.fejl["x"] = 2
    async with s.koerer(med_sedler(s.tjeneste())):
        await s.send(*indsat("a", [0], fejl="x"), *indsat("a", [1]), noget("a", 2, "for stort tal"), *indsat("a", [3]))
        fundet = await antal_parkeret(s, "a", 2)
        balance = await s.i_ro()
    assert ofs_i_orden(fundet) == [2, 3]
    assert await s.numre("a") == [0, 1]
    assert (balance.handled, balance.parked) == (2, 2)
