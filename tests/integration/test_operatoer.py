"""Operators beside a running service: a moved deadline falls once, a settled call is told once, whoever comes first."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.platform import operator_deadlines, operator_effects
from shared.platform.deadlines import Deadlines
from shared.platform.operator_effects import Verdict
from shared.platform.operators import Act, NotAllowed, Selection
from shared.platform.tjeneste import IkkeSendt, Svar, Tjeneste
from shared.platform.transaction import Transaction
from tests.integration.proeve import Anmeld, Anmelder, Anmeldt, Indsat
from tests.integration.scene import GRAENSE_S, Scene, indsat, laeser, vent_paa
from tests.integration.udbyder import HOLD, Udbyder

BENTE = Act("bente", "en prøve")


async def flyt(db: Any, s: Scene, *ids: str, til: datetime) -> int:
    async with db.acquire() as forbindelse:
        return len(await operator_deadlines.move(forbindelse, s.navn, ids, lambda _: til, BENTE))


async def afgoer(db: Any, t: Tjeneste, effekt: str, udfald: str, /, **felter: str) -> None:
    async with db.acquire() as forbindelse:
        await operator_effects.settle(forbindelse, t, [effekt], Verdict(udfald, fields=felter), BENTE)  # type: ignore[arg-type]


async def svar(s: Scene, konto: str) -> list[str]:
    """The outcomes that an account has heard of."""
    async with s.db() as db:
        fundet = "select array(select jsonb_array_elements_text(svar)) from konto where konto = $1"
        return list(await db.fetchval(fundet, konto) or ())


async def tilstande(db: Any) -> dict[str, str]:
    return {r["noegle"]: r["state"] for r in await db.fetch("select noegle, state from effect")}


async def ro(s: Scene) -> None:
    """Nothing left to do by itself; what nobody knows may be left."""
    async with s.hub() as hub:
        await hub.wait_until_quiet(GRAENSE_S)


# --- deadlines -------------------------------------------------------------------------------------------------------


async def test_en_flyttet_frist_falder_en_gang_paa_sit_nye_tidspunkt(kafka_servers: list[str], database: str) -> None:
    """One later, one into the past (at once), one untouched; what has fallen cannot be moved."""
    s = Scene(kafka_servers, database)
    await s.opret()
    start = datetime.now(UTC)
    async with s.koerer(), s.koerer(), s.db() as db, s.hub() as hub:
        await s.send(*(Indsat(konto=k, nr=1, frist=start + timedelta(days=1)) for k in "abc"))
        await s.i_ro()
        assert await flyt(db, s, "frist:a", til=start + timedelta(days=10)) == 1
        assert await flyt(db, s, "frist:b", til=start - timedelta(days=1)) == 1
        await s.i_ro()
        assert await s.alle_numre() == {"a": [1], "b": [1, -1], "c": [1]}
        await hub.set_clock(start + timedelta(days=2))
        await s.i_ro()
        assert await s.alle_numre() == {"a": [1], "b": [1, -1], "c": [1, -1]}
        with pytest.raises(NotAllowed, match="frist:c løber ikke"):
            await flyt(db, s, "frist:a", "frist:c", til=start + timedelta(days=5))
        await hub.set_clock(start + timedelta(days=9))
        await s.i_ro()
        assert await s.numre("a") == [1], "alle eller ingen: den blev ikke flyttet"
        await hub.set_clock(start + timedelta(days=11))
        balance = await s.i_ro()
    assert await s.alle_numre() == {k: [1, -1] for k in "abc"}
    assert (balance.deadlines, balance.received, balance.handled) == (0, 3, 3)


async def test_en_frist_der_flyttes_idet_den_falder(kafka_servers: list[str], database: str) -> None:
    """Both orders and the same instant: each deadline either falls now or runs on with its new instant, never both."""
    s = Scene(kafka_servers, database)
    await s.opret()
    antal, nu = 60, datetime.now(UTC)
    navne = [f"k{n}" for n in range(antal)]
    await s.send(*(Indsat(konto=k, nr=1, frist=nu) for k in navne))
    async with s.processor() as p, laeser(s.settings, s.ind) as consumer, s.db() as db:

        async def intet() -> None: ...

        ventet = {(s.ind, part): 0 for part in range(3)}
        while await p.pool.fetchval("select count(*) from deadline") < antal:
            for poster in (await consumer.getmany(timeout_ms=1000)).values():
                await p.records(poster, ventet)
        await p.pool.execute("update position set read_until = $1", nu + timedelta(hours=1))
        frister = Deadlines(s.navn, [s.ind, s.ind2], p.pool, p.wake, intet)
        senere = nu + timedelta(days=1)

        async def proev(navn: str) -> bool:
            try:
                return await flyt(db, s, f"frist:{navn}", til=senere) == 1
            except NotAllowed as error:
                return "er faldet og venter" not in str(error)

        flyttet = {k: await proev(k) for k in navne[:20]}
        holder = await p.pool.acquire()
        async with holder.transaction():  # nobody gets a key until all stand in line
            await Transaction(holder, s.navn).lock(navne)
            samtidig = [asyncio.create_task(proev(k)) for k in navne[20:22]]
            await _venter_paa_laas(p.pool, 2)
            falder = asyncio.create_task(frister.release())
            await _venter_paa_laas(p.pool, 3)
        await p.pool.release(holder)
        flyttet |= dict(zip(navne[20:22], await asyncio.gather(*samtidig), strict=True))
        faldet = await falder
        flyttet |= {k: await proev(k) for k in navne[22:]}
        i_inbox = [r["order_key"] for r in await p.pool.fetch("select order_key from inbox where origin = 'deadline'")]
        loeber = {r["order_key"]: r["due"] for r in await p.pool.fetch("select order_key, due from deadline")}
    assert [flyttet[k] for k in navne[:20]] == [True] * 20, "før den falder: flyttet"
    assert [flyttet[k] for k in navne[22:]] == [False] * 38, "efter: afvist"
    assert loeber == {k: senere for k in navne if flyttet[k]}
    assert sorted(i_inbox) == sorted(k for k in navne if not flyttet[k])
    assert faldet == len(i_inbox)


async def _venter_paa_laas(pool: Any, antal: int) -> None:
    laase = (
        "select count(*) from pg_locks l join pg_database d on d.oid = l.database "
        "where not granted and locktype = 'advisory' and datname = current_database()"
    )

    async def saa_mange() -> bool:
        return await pool.fetchval(laase) >= antal

    await vent_paa(saa_mange, f"{antal} venter på en lås")


# --- effects ---------------------------------------------------------------------------------------------------------


class Tavs(Anmelder):
    """The answer of its receiver is always lost, and it can never be asked."""

    async def send(self, noegle: str, indhold: Anmeld, nu: datetime) -> Svar:
        await super().send(noegle, indhold, nu)
        raise ConnectionResetError("svaret udeblev")

    def ukendt(self, noegle: str, indhold: Anmeld) -> Anmeldt:
        return Anmeldt(konto=indhold.konto, noegle=noegle, svar="ukendt")


def med(s: Scene, klient: Any, url: str) -> Tjeneste:
    t = s.tjeneste(url)
    t.effekt("anmeld", lambda _: klient(url), udfoert=(Anmeldt,), afvist=(Anmeldt,))
    return t


async def test_et_ukendt_udfald_afgoeres_og_hoeres_en_gang(kafka_servers: list[str], database: str) -> None:
    """The hub could not find out; a person did. In order with the account's other messages, and never sent again."""
    s = Scene(kafka_servers, database)
    await s.opret()
    async with Udbyder() as udbyder, s.db() as db:
        t = med(s, Tavs, udbyder.url)
        async with s.koerer(t), s.koerer(t):
            await s.send(*indsat("a", [1], effekt="e"), *indsat("b", [1], effekt="f"))
            await ro(s)
            assert await tilstande(db) == {"e": "unknown", "f": "unknown"}
            assert await svar(s, "a") == ["e=ukendt"]
            await afgoer(db, t, "e", "done", svar="ja")
            await afgoer(db, t, "f", "refused", svar="nej")
            await s.send(*indsat("a", [2], effekt="e"), *indsat("b", [2], effekt="f"))
            balance = await s.i_ro()
            with pytest.raises(NotAllowed, match="allerede afgjort"):
                await afgoer(db, t, "e", "refused", svar="nej")
    assert await svar(s, "a") == ["e=ukendt", "e=ja"]
    assert await svar(s, "b") == ["f=ukendt", "f=nej"]
    assert (balance.effects, balance.effects_wanted) == ({"done": 1, "refused": 1}, 2)
    assert (udbyder.sendt("e"), udbyder.sendt("f")) == (1, 1)


async def test_et_kald_der_aldrig_kom_frem_sendes_igen_under_samme_noegle(
    kafka_servers: list[str], database: str
) -> None:
    s = Scene(kafka_servers, database)
    await s.opret()
    async with Udbyder() as udbyder, s.db() as db:
        async with s.koerer(med(s, Tavs, udbyder.url)):
            await s.send(*indsat("a", [1], effekt="e"))
            await ro(s)
        udbyder.accepteret.clear()
        t = s.tjeneste(udbyder.url)
        await afgoer(db, t, "e", "wanted")
        async with s.koerer(t):
            balance = await s.i_ro()
    assert await svar(s, "a") == ["e=ukendt", "e=ja"]
    assert (udbyder.sendt("e"), udbyder.accepteret["e"], balance.effects) == (2, 1, {"done": 1})


async def test_et_kald_i_luften_kan_ikke_afgoeres_og_et_sent_svar_aendrer_intet(
    kafka_servers: list[str], database: str
) -> None:
    """In flight: refused. Its process stands still past its claim: settled, and the answer that comes then is late."""
    s = Scene(kafka_servers, database)
    await s.opret()
    async with Udbyder({"e": [HOLD]}) as udbyder, s.db() as db:
        t = s.tjeneste(udbyder.url)
        async with s.koerer(t) as tjeneste:
            await s.send(*indsat("a", [1], effekt="e"))

            async def kaldt() -> bool:
                return udbyder.sendt("e") == 1

            await vent_paa(kaldt, "udbyderen er kaldt")
            with pytest.raises(NotAllowed, match=r"i gang netop nu \(sending\): prøv igen om \d s"):
                await afgoer(db, t, "e", "refused", svar="nej")
            async with db.acquire() as forbindelse, forbindelse.transaction():
                await forbindelse.execute("update effect set claimed_until = now() - interval '1 s'")
                await operator_effects.settle(forbindelse, t, ["e"], Verdict("refused", fields={"svar": "nej"}), BENTE)
            udbyder.slip.set()
            await vent_paa(_faerdig(tjeneste), "svaret er kommet")
            balance = await s.i_ro()
    assert await svar(s, "a") == ["e=nej"]
    assert balance.effects == {"refused": 1}


def _faerdig(tjeneste: Any) -> Any:
    async def tom() -> bool:
        return not tjeneste.effects._running and not tjeneste.effects._unrecorded

    return tom


async def test_et_kald_hvis_indhold_ikke_kan_laeses_afgoeres_med_alle_felter(
    kafka_servers: list[str], database: str
) -> None:
    class Vaek(Anmelder):
        async def send(self, noegle: str, indhold: Anmeld, nu: datetime) -> Svar:
            raise IkkeSendt("borte")

    s = Scene(kafka_servers, database)
    await s.opret()
    async with s.db() as db:
        t = med(s, Vaek, "http://127.0.0.1:9")
        async with s.koerer(t):
            await s.send(*indsat("a", [1], effekt="e"))

            async def oensket() -> bool:
                return await db.fetchval("select count(*) from effect") == 1

            await vent_paa(oensket, "ønsket")
        await db.execute("update effect set value = '{}', headers = '\\x00', state = 'unknown', next_at = 'infinity'")
        with pytest.raises(NotAllowed, match=r"konto: missing; noegle: missing \(giv --felt"):
            await afgoer(db, t, "e", "done", svar="ja")
        async with db.acquire() as forbindelse:
            (vist,) = (await operator_effects.find(forbindelse, Selection())).rows
        assert (vist.ce_type, vist.next_at, vist.state) == ("", None, "unknown")
        await afgoer(db, t, "e", "done", konto="a", noegle="e", svar="ja")
        async with s.koerer(t):
            balance = await s.i_ro()
    assert await svar(s, "a") == ["e=ja"]
    assert balance.effects == {"done": 1}
