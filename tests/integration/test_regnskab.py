"""The balance: zero through everything the delivery does, and every kind of loss found and named by its row."""

import asyncio
import json
import re
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from typer.testing import CliRunner

from cli import hub as cli_hub
from cli import main
from shared.platform.balance import Balance
from shared.platform.kafka import client_kwargs
from shared.platform.parked import discard, parked, release
from tests.integration.hjaelp import Tavle, hub, i_ro, klargoer, koerende, skema, vent_til
from tests.integration.proeve import Indsat, Opstilling, Planer


async def gjort_op(opstilling: Opstilling) -> Balance:
    async with hub(opstilling) as h:
        return (await h.balances())[0]


def tal(b: Balance) -> dict[str, int]:
    return {
        k: v for k in ("received", "duplicates", "handled", "waiting", "parked", "discarded") if (v := getattr(b, k))
    }


async def test_regnskabet_gaar_op_gennem_alt_hvad_der_kan_ske_en_besked(
    kafka_servers: list[str], database: str
) -> None:
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    Planer.fejl.clear()
    Planer.fejl["tre"] = 10**9
    async with Tavle() as tavle, koerende(opstilling, tavle.url), skema(opstilling) as db:
        gode = [Indsat(konto=f"k{k}", nr=n, effekt=f"e{k}" if n == 1 else "") for n in range(1, 21) for k in range(10)]
        await opstilling.send(*gode)
        b = await i_ro(opstilling)
        assert (tal(b), b.differences, b.difference) == ({"received": 200, "handled": 200}, [], 0)
        assert (b.effects_wanted, b.effects) == (10, {"done": 10})

        await opstilling.send(*gode[:30])
        b = await i_ro(opstilling)
        assert (tal(b), b.difference) == ({"received": 230, "handled": 200, "duplicates": 30}, 0)

        await opstilling.send(Indsat(konto="f", nr=1, fejl="tre"), *(Indsat(konto="f", nr=n) for n in (2, 3)))
        await opstilling.send_raa(b"gift", b"\xff", [("ce_id", None)])
        await vent_til(lambda: db.fetchval("select count(*) = 4 from parked"), hvad="fire parkerede")
        b = await i_ro(opstilling)
        assert (tal(b), b.difference) == ({"received": 234, "handled": 200, "duplicates": 30, "parked": 4}, 0)

        Planer.fejl.clear()
        Planer.fejl["tre"] = 0
        f = [p.id for p in await parked(db, "f")]
        await release(db, opstilling.navn, f, "test")
        b = await i_ro(opstilling)
        assert (tal(b), b.difference) == ({"received": 234, "handled": 203, "duplicates": 30, "parked": 1}, 0)

        (gift,) = await parked(db)
        await release(db, opstilling.navn, [gift.id], "test")
        await vent_til(lambda: db.fetchval("select exists (select 1 from parked where id > $1)", gift.id), hvad="igen")
        b = await i_ro(opstilling)
        assert (tal(b), b.difference) == ({"received": 234, "handled": 203, "duplicates": 30, "parked": 1}, 0)

        await discard(db, opstilling.navn, [p.id for p in await parked(db)], "test", "kan ikke læses")
        b = await i_ro(opstilling)
        expected = {"received": 234, "handled": 203, "duplicates": 30, "discarded": 1}
        assert (tal(b), b.difference, b.differences) == (expected, 0, [])


async def test_regnskabet_gaar_op_i_ethvert_oejeblik_under_last(kafka_servers: list[str], database: str) -> None:
    """Taken while messages flow, fail and are retried: never a difference, not only at rest."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    Planer.fejl.clear()
    Planer.fejl.update({f"to{n}": 2 for n in range(50)})
    async with koerende(opstilling), hub(opstilling) as h:
        for runde in range(1, 11):
            await opstilling.send(
                *(Indsat(konto=f"k{k}", nr=runde, fejl=f"to{k}" if runde == 3 else "") for k in range(50))
            )
            for _ in range(3):
                b = (await h.balances())[0]
                assert (b.difference, b.differences) == (0, []), tal(b)
        await h.wait_until_quiet(60)
        assert tal((await h.balances())[0]) == {"received": 500, "handled": 500}


TAB = {
    "en række i inbox er slettet": ("delete from inbox where order_key = 'v'", r"/\d/\d+: modtaget, men hverken"),
    "en parkeret række er slettet": (
        "delete from parked where handled_id is not null",
        r"/\d/\d+: modtaget, men hverken",
    ),
    "giften i parked er slettet": ("delete from parked where handled_id is null", "uden spor"),
    "handled.done er sat til false": (
        "update handled set done = false where id = (select id from handled where done limit 1)",
        r"/\d/\d+: modtaget, men hverken",
    ),
    "en effekt er slettet": ("delete from effect where noegle = 'e1'", "effekt"),
    "en position er flyttet frem": (
        "update position set next = next + 5 where part = 1",
        r"/1: \d+ modtaget, men positionen",
    ),
    "en position er flyttet tilbage": (
        "update position set next = next - 1 where part = 2",
        r"/\d: \d+ modtaget, men positionen",
    ),
}


async def _med_lidt_af_hvert(opstilling: Opstilling) -> None:
    """Handled, waiting, parked and poison, an effect; the service is stopped afterwards."""
    Planer.fejl.clear()
    opstilling.settings.forsoeg = 2
    vent = opstilling.settings.model_copy(
        update={"forsoeg": 50, "genforsoeg_foerste_s": 60.0, "genforsoeg_laengste_s": 60.0}
    )
    async with Tavle() as tavle, skema(opstilling) as db:
        async with koerende(opstilling, tavle.url):
            gode = [Indsat(konto=f"k{n}", nr=1, effekt=f"e{n}" if n < 3 else "") for n in range(30)]
            await opstilling.send(*gode, Indsat(konto="p", nr=1, fejl="altid"))
            await opstilling.send_raa(b"gift", None, [])
            await vent_til(lambda: db.fetchval("select count(*) = 2 from parked"), hvad="to parkerede")
            await i_ro(opstilling)
        async with koerende(opstilling, tavle.url, settings=vent):
            await opstilling.send(Indsat(konto="v", nr=1, fejl="altid"))
            await vent_til(lambda: db.fetchval("select count(*) = 1 from inbox where attempts > 0"), hvad="en venter")


async def _regnskab_fra_kommandoen(opstilling: Opstilling, monkeypatch: pytest.MonkeyPatch, *ord_: str) -> Any:
    """The command itself, in a thread, for it has a loop of its own."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", opstilling.settings.kafka_bootstrap_servers)
    monkeypatch.setenv("DATABASE_URL", opstilling.settings.database_url.get_secret_value())
    monkeypatch.setattr(cli_hub, "service_names", lambda: [opstilling.navn])
    return await asyncio.to_thread(CliRunner().invoke, main.app, ["balance", *ord_])


async def test_ethvert_tab_findes_naevnes_og_giver_status_1(
    kafka_servers: list[str], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    await _med_lidt_af_hvert(opstilling)
    svar = await _regnskab_fra_kommandoen(opstilling, monkeypatch, "--json")
    assert svar.exit_code == 0, svar.output
    (s,) = json.loads(svar.output)["services"]
    assert (s["handled"], s["waiting"], s["parked"], s["difference"]) == (30, 1, 2, 0)
    async with skema(opstilling) as db:
        for navn, (sql, naevnt) in TAB.items():
            tabeller = ("inbox", "parked", "handled", "effect", "position")
            for t in tabeller:
                await db.execute(f"create table kopi_{t} as select * from {t}")
            assert await db.execute(sql) in {"DELETE 1", "UPDATE 1"}, navn
            b = await gjort_op(opstilling)
            assert b.differences, navn
            assert any(re.search(naevnt, linje) for linje in b.differences), (navn, b.differences)
            svar = await _regnskab_fra_kommandoen(opstilling, monkeypatch, "--json")
            assert svar.exit_code == 1, navn
            assert json.loads(svar.output)["services"][0]["differences"] == b.differences
            for t in tabeller:
                await db.execute(f"delete from {t}")
                await db.execute(f"insert into {t} overriding system value select * from kopi_{t}")
                await db.execute(f"drop table kopi_{t}")
            assert (await gjort_op(opstilling)).differences == [], navn
    svar = await _regnskab_fra_kommandoen(opstilling, monkeypatch)
    assert svar.exit_code == 0
    assert "difference 0" in svar.output


async def test_offsets_der_forsvandt_foer_de_blev_laest_naevnes(
    kafka_servers: list[str], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    async with koerende(opstilling):
        await opstilling.send(*(Indsat(konto="a", nr=n) for n in range(1, 6)))
        b = await i_ro(opstilling)
    assert b.differences == []
    await opstilling.send(*(Indsat(konto="a", nr=n) for n in range(6, 11)))
    async with skema(opstilling) as db:
        part, naeste = await db.fetchrow("select part, next from position where received > 0")
    admin = AIOKafkaAdminClient(**client_kwargs(opstilling.settings))
    await admin.start()
    try:
        await admin.delete_records({TopicPartition(opstilling.ind, part): RecordsToDelete(before_offset=naeste + 3)})
    finally:
        await admin.close()
    async with koerende(opstilling):
        b = await i_ro(opstilling)
    assert b.differences == [f"{opstilling.ind}/{part}: 3 offsets fandtes ikke, da der blev læst"]
    assert (b.received, b.handled) == (7, 7)
    svar = await _regnskab_fra_kommandoen(opstilling, monkeypatch, "--json")
    assert svar.exit_code == 1
