"""A clean stop, a dead consumer, and what `/health` and `/metrics` say of a service that waits."""

import asyncio
import re
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from embedded import EmbeddedPostgres
from shared.platform.runtime import ServiceDied
from shared.platform.transaction import lock_class, lock_slot
from tests.integration.hjaelp import Proces, Tavle, helbred, hub, i_ro, klargoer, koerende, skema, vent_til
from tests.integration.proeve import Indsat, Opstilling, Planer

FRIST_S = 3
"""Grace time of the processes here."""
TAALMOD_S = 4 * FRIST_S + 20
"""A process that ends in its grace time has ended by then on any machine."""


async def numre(opstilling: Opstilling) -> dict[str, list[int]]:
    async with skema(opstilling) as db:
        rows = await db.fetch("select konto, array(select jsonb_array_elements(numre)::int) numre from konto")
    return {r["konto"]: r["numre"] for r in rows}


async def test_sigterm_under_last_slutter_rent_og_intet_er_taget_to_gange(
    kafka_servers: list[str], database: str
) -> None:
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    sendt = {f"k{k}": list(range(1, 301)) for k in range(20)}
    for gang in range(2):
        with Proces(opstilling, NEDLUKNING_S=str(FRIST_S), BATCH_STOERRELSE="50") as proces:
            await proces.koerer()
            halve = range(150 * gang + 1, 150 * gang + 151)
            await opstilling.send(*(Indsat(konto=k, nr=n) for n in halve for k in sendt))
            proces.signal(signal.SIGTERM)
            assert await proces.slut(TAALMOD_S) == 0
            assert proces.sagt("stoppet")
        async with skema(opstilling) as db:
            assert await db.fetchval("select count(*) from lease where until > now()") == 0
    async with koerende(opstilling):
        b = await i_ro(opstilling)
    assert await numre(opstilling) == sendt
    assert (b.received, b.duplicates, b.difference) == (6000, 0, 0)


async def test_sigterm_giver_en_batch_tilbage_som_ikke_kan_blive_faerdig(
    kafka_servers: list[str], database: str
) -> None:
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    with Proces(opstilling, NEDLUKNING_S=str(FRIST_S)) as proces:
        await proces.koerer()
        async with skema(opstilling) as db:
            await db.execute("select pg_advisory_lock($1, $2)", lock_class(opstilling.navn), lock_slot("laast"))
            await opstilling.send(Indsat(konto="laast", nr=1))
            venter = "select exists (select 1 from pg_locks where locktype = 'advisory' and not granted)"
            await vent_til(lambda: db.fetchval(venter), hvad="batchen venter på låsen")
            proces.signal(signal.SIGTERM)
            assert await proces.slut(TAALMOD_S) == 0
            assert proces.sagt("stoppet")
            assert await db.fetchval("select sum(received) from position") == 0
    async with koerende(opstilling):
        await i_ro(opstilling)
    assert await numre(opstilling) == {"laast": [1]}


async def test_sigterm_mens_postgresql_er_vaek_slutter_i_tide(
    kafka_servers: list[str], egen_postgres: EmbeddedPostgres
) -> None:
    opstilling = await klargoer(Opstilling(kafka_servers, egen_postgres.dsn()))
    with Proces(opstilling, NEDLUKNING_S=str(FRIST_S)) as proces:
        await proces.koerer()
        egen_postgres.kill()
        await opstilling.send(Indsat(konto="a", nr=1))
        await vent_til(lambda: proces.sagt("venter"))
        proces.signal(signal.SIGTERM)
        assert await proces.slut(TAALMOD_S) == 0


async def test_sigterm_mens_den_starter_slutter_i_tide(
    kafka_servers: list[str], egen_postgres: EmbeddedPostgres
) -> None:
    opstilling = await klargoer(Opstilling(kafka_servers, egen_postgres.dsn()))
    egen_postgres.kill()
    with Proces(opstilling, NEDLUKNING_S=str(FRIST_S)) as proces:
        await vent_til(lambda: proces.sagt("venter"), 60)
        async with httpx.AsyncClient(base_url=proces.url, trust_env=False) as http:
            svar = await http.get("/health")
        assert svar.status_code == 200
        assert svar.json()["tjenester"][0]["venter_paa"]["start"]
        proces.signal(signal.SIGTERM)
        assert await proces.slut(TAALMOD_S) == 0


async def test_en_proces_hvis_forbruger_er_doed_slutter_med_fejl(kafka_servers: list[str], database: str) -> None:
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    with Proces(opstilling, NEDLUKNING_S=str(FRIST_S)) as proces:
        await proces.koerer()
        proces.signal(signal.SIGUSR1)
        assert await proces.slut(TAALMOD_S) == 1
        assert proces.sagt("tjenesten er død")


async def _annuller(runtime: Any, _: pytest.MonkeyPatch) -> None:
    for opgave in runtime.ingest.subscriber.tasks:
        opgave.cancel()


async def _fejl(runtime: Any, patch: pytest.MonkeyPatch) -> None:
    async def getmany(*_: Any, **__: Any) -> Any:
        raise RuntimeError("en fejl i klienten")

    patch.setattr(runtime.ingest.consumer, "getmany", getmany)


async def _gruppen_doer(runtime: Any, _: pytest.MonkeyPatch) -> None:
    runtime.ingest.consumer._coordinator._coordination_task.cancel()


@pytest.mark.parametrize("skade", [_annuller, _fejl, _gruppen_doer], ids=["annulleret", "fejl i klienten", "gruppen"])
async def test_en_tjeneste_med_doed_forbruger_er_usund(
    kafka_servers: list[str], database: str, skade: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    async with koerende(opstilling) as runtime, helbred(runtime) as http:
        assert (await http.get("/health")).status_code == 200
        await skade(runtime, monkeypatch)
        with pytest.raises(ServiceDied):
            await asyncio.wait_for(runtime.until_dead(), 20)
        svar = await http.get("/health")
        assert (svar.status_code, svar.json()["sund"]) == (503, False)


async def maalinger(http: httpx.AsyncClient) -> dict[str, dict[tuple[str, ...], float]]:
    """Metric to values by labels (without the service)."""
    svar = await http.get("/metrics")
    assert svar.status_code == 200
    fundet: dict[str, dict[tuple[str, ...], float]] = {}
    for familie in text_string_to_metric_families(svar.text):
        for s in familie.samples:
            maerker = tuple(v for k, v in s.labels.items() if k != "tjeneste")
            fundet.setdefault(s.name.removeprefix("sygesikring_"), {})[maerker] = s.value
    return fundet


async def test_maalingerne_viser_hvad_der_venter(kafka_servers: list[str], database: str) -> None:
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    opstilling.settings.forsoeg = 2
    taalmodig = opstilling.settings.model_copy(
        update={"forsoeg": 50, "genforsoeg_foerste_s": 30.0, "genforsoeg_laengste_s": 60.0}
    )
    Planer.fejl.clear()
    async with Tavle() as tavle, koerende(opstilling, tavle.url) as runtime, helbred(runtime) as http:
        frist = datetime.now(UTC) + timedelta(hours=1)
        gode = [Indsat(konto=f"g{n}", nr=1) for n in range(5)]
        await opstilling.send(
            Indsat(konto="p", nr=1, fejl="altid"), *gode, Indsat(konto="e", nr=1, effekt="E1", frist=frist)
        )
        await opstilling.send_raa(b"x", b"ikke json", [])
        async with skema(opstilling) as db:
            await vent_til(lambda: db.fetchval("select count(*) = 2 from parked"), hvad="to parkerede")
            await vent_til(lambda: db.fetchval("select count(*) = 1 from effect where state = 'done'"))
        await i_ro(opstilling)
        m = await maalinger(http)
        assert m["modtaget_total"] == {(): 8}
        assert m["haandteret_total"] == {("Indsat",): 6, ("Anmeldt",): 1}
        assert m["fejlede_forsoeg_total"] == {("proeve.Indsat.v1",): 2}
        assert m["parkeret"] == {(): 2}
        assert (m["inbox_venter"], m["aeldste_sekunder"]) == ({(): 0}, {(): 0})
        assert (m["frister"], m["frister_forfaldne"]) == ({(): 1}, {(): 0})
        assert m["effekter"] == {("wanted",): 0, ("sending",): 0, ("done",): 1, ("refused",): 0, ("unknown",): 0}
        assert m["kald_total"] == {("anmeld", "done"): 1}
        assert sum(m["udgivet_total"].values()) == 6
        assert m["batch_beskeder_sum"]["kafka",] == 8
        assert 0 < m["batch_sekunder_sum"]["kafka",] < 60
        assert m["batch_sekunder_count"]["kafka",] == m["batch_beskeder_count"]["kafka",] >= 1
        efterslaeb = {k: v for k, v in m["efterslaeb"].items() if k[0] == opstilling.ind}
        assert set(efterslaeb.values()) == {0}
        assert {k[1] for k in efterslaeb} == {"0", "1", "2"}
    async with koerende(opstilling, settings=taalmodig) as runtime, helbred(runtime) as http:
        await opstilling.send(Indsat(konto="v", nr=1, fejl="altid"), Indsat(konto="v", nr=2))
        async with skema(opstilling) as db:
            await vent_til(lambda: db.fetchval("select count(*) = 2 from inbox"), hvad="to i inbox")
            await vent_til(lambda: db.fetchval("select max(attempts) > 0 from inbox"))
            await vent_til(lambda: db.fetchval("select min(received_at) < now() - interval '1 s' from inbox"))
        m = await maalinger(http)
        assert m["inbox_venter"] == {(): 2}
        assert m["aeldste_sekunder"][()] >= 1


async def test_frist_forfalden_mens_der_er_ulaest_vises_og_venter(kafka_servers: list[str], database: str) -> None:
    """What is due cannot fire while the input is unread: the metrics show both, and the lag by partition."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    async with koerende(opstilling) as runtime, helbred(runtime) as http:
        await opstilling.send(Indsat(konto="a", nr=1, frist=datetime.now(UTC) + timedelta(hours=1)))
        await i_ro(opstilling)
        async with skema(opstilling) as db, hub(opstilling) as h:
            await db.execute("select pg_advisory_lock($1, $2)", lock_class(opstilling.navn), lock_slot("laast"))
            await opstilling.send(Indsat(konto="laast", nr=1))
            venter = "select exists (select 1 from pg_locks where locktype = 'advisory' and not granted)"
            await vent_til(lambda: db.fetchval(venter))
            await opstilling.send(Indsat(konto="laast", nr=2), Indsat(konto="laast", nr=3))
            await h.set_clock(datetime.now(UTC) + timedelta(hours=2))
            await asyncio.sleep(1.5)
            m = await maalinger(http)
            assert m["frister_forfaldne"] == {(): 1}
            assert sum(m["efterslaeb"].values()) >= 1
            assert await numre(opstilling) == {"a": [1]}
            await db.execute("select pg_advisory_unlock_all()")
            await i_ro(opstilling)
            m = await maalinger(http)
            assert (m["frister_forfaldne"], m["frister"]) == ({(): 0}, {(): 0})
            assert sum(m["efterslaeb"].values()) == 0
            assert await numre(opstilling) == {"a": [1, -1], "laast": [1, 2, 3]}
            await h.set_clock(datetime.now(UTC))


async def venter_paa(http: httpx.AsyncClient) -> dict[str, str]:
    svar = await http.get("/health")
    assert svar.status_code == 200, "en tjeneste, der venter, er ikke død"
    return svar.json()["tjenester"][0]["venter_paa"]


async def test_helbred_siger_hvorfor_den_venter_og_fortsaetter_selv(
    kafka_servers: list[str], egen_postgres: EmbeddedPostgres
) -> None:
    opstilling = await klargoer(Opstilling(kafka_servers, egen_postgres.dsn()))
    async with Tavle() as tavle, koerende(opstilling, tavle.url) as runtime, helbred(runtime) as http:
        await opstilling.send(Indsat(konto="a", nr=1))
        await i_ro(opstilling)
        assert await venter_paa(http) == {}
        egen_postgres.kill()
        await opstilling.send(*(Indsat(konto=k, nr=n) for n in (2, 3) for k in "ab"))
        grund = await vent_til(lambda: _grund(http, "indlæsning"))
        assert re.search(r"Error|postgres", grund, re.IGNORECASE)
        assert (await http.get("/metrics")).status_code == 200
        egen_postgres.start()
        await i_ro(opstilling)
        await vent_til(lambda: _uden_grund(http))
        assert await numre(opstilling) == {"a": [1, 2, 3], "b": [2, 3]}

        await tavle.stop()
        await opstilling.send(Indsat(konto="a", nr=4, effekt="E"))
        assert await vent_til(lambda: _grund(http, "effekter"))
        assert (await maalinger(http))["effekter"]["wanted",] == 1
        await tavle.start()
        b = await i_ro(opstilling)
        await vent_til(lambda: _uden_grund(http))
        assert tavle.accepteret == {"E": 1}
        assert (b.parked, b.discarded, b.difference, b.effects) == (0, 0, 0, {"done": 1})


async def _grund(http: httpx.AsyncClient, del_: str) -> str:
    return (await venter_paa(http)).get(del_, "")


async def _uden_grund(http: httpx.AsyncClient) -> bool:
    return await venter_paa(http) == {}
