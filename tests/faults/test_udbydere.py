"""The card supplier, Digital Post and Nets fail in every way they can, under load: the ledgers are exact at the end."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from cli.hub import Hub, open_hub
from contracts.base import Besked
from contracts.betaling import FrigivBetaling, ReserverBetaling, TraekBetaling
from contracts.kuvert import Kuvert
from embedded import EmbeddedKafka
from shared.domain.datoer import dato
from shared.platform.kafka import producer
from tests.faults.hubben import Hubben, Tjenester
from tests.faults.laengde import froe, laengde
from tests.faults.test_hubben import INDE, UDAD
from tests.faults.udfald import vokser
from tests.faults.vagt import Vagt
from tests.integration.hjaelp import vent_til
from tests.simulators.klienter import stil, summer

UDBYDERE = ("kortleverandoer", "digital_post", "nets")
FEJLENE = {
    "AFBRUDT": 0.05, "SVAR_TABT": 0.05, "HALVT_SVAR": 0.05, "FEJL_500": 0.05, "FEJL_500_EFTER": 0.05, "OPTAGET": 0.03,
    "TRAVL": 0.03, "LANGSOM": 0.02, "ULAESELIG": 0.05, "VROEVL": 0.05,
}  # fmt: skip
"""Nearly half of all calls and questions."""
BETALINGER = laengde(10, 400)
VAEK_S = laengde(3.0, 60.0)
RETRY_AFTER_S = 10
FLEST_FORSOEG = 90
"""What is under way when it begins, then one call at a time with longer and longer pauses."""


async def styr(hubben: Hubben, **kontakter: Any) -> None:
    for navn in UDBYDERE:
        await stil(hubben.url(navn), **kontakter)


async def anmod(hubben: Hubben, beskeder: Mapping[str, Besked]) -> None:
    """Publish what other services ask of `betaling`, by the id of the message."""
    nu = await hubben.hub.now()
    async with producer(hubben.hub.settings) as kafka:
        for id_, besked in beskeder.items():
            k = Kuvert(besked, id_, "/test", nu, besked.recordnoegle())
            await kafka.send_and_wait(besked.topic(), k.vaerdi(), key=k.noegle.encode(), headers=k.headers())


def _om(nr: int) -> dict[str, str]:
    return {"reservation_id": f"res-{nr}", "forloeb_id": f"forloeb-{nr}", "person_id": f"person-{nr}"}


async def reserver(hubben: Hubben) -> None:
    dag = dato(await hubben.hub.now())
    kort = {"kommunekode": "0630", "bestillingsdato": dag, "betalingskort": "kort-1"}
    await anmod(hubben, {f"r{n}": ReserverBetaling(**_om(n), **kort) for n in range(BETALINGER)})


async def traek_og_frigiv(hubben: Hubben) -> None:
    """Every other is captured, the rest released."""
    traek = {f"t{n}": TraekBetaling(**_om(n)) for n in range(0, BETALINGER, 2)}
    await anmod(
        hubben, {**traek, **{f"f{n}": FrigivBetaling(**_om(n), grund="ANNULLERET") for n in range(1, BETALINGER, 2)}}
    )


async def efterse_penge(hubben: Hubben) -> None:
    """Each payment reserved once, and captured or released once, to the øre."""
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        penge = (await http.get(f"{hubben.url('nets')}/penge")).json()
    betalinger = penge["betalinger"]
    assert set(betalinger) == {f"res-{n}" for n in range(BETALINGER)}
    gebyr = betalinger["res-0"]["reserveret"]
    assert gebyr > 0
    for n in range(BETALINGER):
        ventet = {"reserveret": gebyr, "trukket": 0 if n % 2 else gebyr, "frigivet": gebyr if n % 2 else 0}
        assert betalinger[f"res-{n}"] == ventet, n
    assert (penge["reserveret"], penge["trukket"] + penge["frigivet"]) == (gebyr * BETALINGER,) * 2


async def alle_maader(hubben: Hubben, seed: int) -> None:
    """Slow, lost after acceptance, 429, 5xx, broken bytes, closed half-way; the questions fail in the same ways."""
    await styr(hubben, seed=seed, fejl=FEJLENE, opslag=True, vent_s=4, retry_after_s=1)
    async with hubben.under_last(laengde(2, 5)):
        await vokser(hubben.kort)
        await asyncio.sleep(laengde(3, 120))
    ramt = {navn: (await summer(hubben.url(navn)))["fejl"] for navn in ("kortleverandoer", "digital_post")}
    print(ramt)
    await styr(hubben, fejl={})
    await hubben.i_orden()
    assert len({fejl for fejl_ in ramt.values() for fejl in fejl_}) >= laengde(6, len(FEJLENE)), ramt


async def test_nets_fejler_paa_alle_maader_og_pengene_stemmer(egen_kafka: EmbeddedKafka, database: str) -> None:
    """Reserved under faults, captured and released under faults. (What is asked for here belongs to no process.)"""
    seed = froe()
    async with (
        Hubben.aaben(egen_kafka.bootstrap_servers, database) as hubben,
        open_hub(hubben.hub.settings, ["betaling"]) as betaling,
    ):
        with hubben.tjenester(["betaling"]) as proces:
            await proces.koerer()
            await stil(hubben.url("nets"), seed=seed, fejl=FEJLENE, opslag=True, vent_s=4, retry_after_s=1)
            await reserver(hubben)
            await vent_til(lambda: _reserveret(betaling), laengde(120, 600), "ikke alle blev reserveret")
            await traek_og_frigiv(hubben)
            await asyncio.sleep(2)
            await stil(hubben.url("nets"), fejl={})
            await betaling.wait_until_quiet(120)
            (b,) = await betaling.balances()
        print((await summer(hubben.url("nets")))["fejl"])
        await efterse_penge(hubben)
    assert (b.difference, b.differences, b.parked) == (0, [], 0), b.as_json()
    assert b.effects == {"done": 2 * BETALINGER}


async def _reserveret(betaling: Hub) -> bool:
    sql = "select count(*) from betaling where tilstand = 'RESERVERET'"
    return await betaling.database("betaling").fetchval(sql) == BETALINGER


async def vaek_en_time(hubben: Hubben, udad: Tjenester) -> None:
    """Too busy, or every connection is cut, for an hour of the clock: it says so, holds its calls back, and goes on."""
    morgen = (await hubben.hub.now() + timedelta(days=1)).replace(hour=6, minute=0)
    await hubben.hub.set_clock(morgen)  # a letter decided on one day is not sent on the next
    async with hubben.under_last(laengde(2, 5)):
        for nr, fejl in enumerate(laengde(("AFBRUDT",), ("OPTAGET", "AFBRUDT"))):
            await vokser(hubben.kort)
            vagt = Vagt(udad)
            await styr(hubben, fejl={fejl: 1.0}, opslag=True, retry_after_s=RETRY_AFTER_S)
            await siger_effekter(udad)
            foer = await kald(hubben)
            for skridt in range(1, 7):
                await asyncio.sleep(VAEK_S / 6)
                await hubben.hub.set_clock(morgen + timedelta(minutes=60 * nr + 10 * skridt))
            vagt.efterse()
            forsoeg = {navn: antal - foer[navn] for navn, antal in (await kald(hubben)).items()}
            print(fejl, forsoeg)
            assert max(forsoeg.values()) <= FLEST_FORSOEG, forsoeg
            await styr(hubben, fejl={})
    await hubben.i_orden()
    await vent_til(lambda: siger_intet(udad), 30, "/health siger, at det er forbi")


async def kald(hubben: Hubben) -> dict[str, int]:
    """Calls and questions that each receiver has had."""
    sumlinjer = {navn: await summer(hubben.url(navn)) for navn in UDBYDERE}
    return {navn: s["anmodninger"] + s["opslag"] for navn, s in sumlinjer.items()}


async def venter(proces: Tjenester) -> dict[str, dict[str, str]]:
    """What `/health` says that each service waits for; all are healthy."""
    async with httpx.AsyncClient(timeout=15, trust_env=False) as http:
        svar = (await http.get(f"{proces.url}/health")).json()
    assert svar["sund"] is True, svar
    return {t["tjeneste"]: t["venter_paa"] for t in svar["tjenester"]}


async def siger_intet(proces: Tjenester) -> bool:
    return not any((await venter(proces)).values())


async def siger_effekter(proces: Tjenester) -> None:
    """Wait until `/health` names both receivers that the first way calls."""

    async def begge() -> bool:
        fundet = await venter(proces)
        return all("effekter" in fundet[n] for n in ("kortbestilling", "digital_post"))

    await vent_til(begge, 60, "/health siger, hvem der er væk")


async def accepteret_og_afvist(hubben: Hubben, seed: int) -> None:
    """The supplier takes an order and says that it refused it: one outcome, never sent again, and a person is told."""
    foer = {x["noegle"] for x in await hubben.ledger("kortleverandoer")}
    await stil(hubben.url("kortleverandoer"), fejl={"MODSAGT": 0.5}, seed=seed)
    await hubben.indrejs(20)
    await hubben.hub.wait_until_quiet(120)
    ledger = [x for x in await hubben.ledger("kortleverandoer") if x["noegle"] not in foer]
    modsagt = {x["noegle"] for x in ledger if x["fejl"].get("MODSAGT")}
    assert 0 < len(modsagt) < 20
    assert [(x["gange"], x["accepteret"]) for x in ledger] == [(1, 1)] * 20
    rows = await hubben.hub.database("kortbestilling").fetch("select noegle, state from effect")
    assert {r["noegle"]: r["state"] for r in rows if r["noegle"] not in foer} == {
        x["noegle"]: "refused" if x["noegle"] in modsagt else "done" for x in ledger
    }
    for b in await hubben.hub.balances():
        assert (b.difference, b.differences, b.parked) == (0, [], 0), b.as_json()
    assert await hubben.hub.database("opgaver").fetchval("select count(*) from opgave") == len(modsagt)


async def test_udbyderne_fejler_er_vaek_og_modsiger_sig_selv(egen_kafka: EmbeddedKafka, database: str) -> None:
    seed = froe()
    async with (
        Hubben.aaben(egen_kafka.bootstrap_servers, database) as hubben,
        hubben.alle(INDE, UDAD) as (_, udad),
    ):
        await alle_maader(hubben, seed)
        await vaek_en_time(hubben, udad)
        await accepteret_og_afvist(hubben, seed)
