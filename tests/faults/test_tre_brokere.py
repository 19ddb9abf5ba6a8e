"""Three brokers, three replicas, two of them in sync: one after the other dies; the group's coordinator moves."""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from embedded import EmbeddedKafka
from shared.platform.kafka import client_kwargs, topic_settings
from tests.faults.laengde import FULD, HOLD, froe, laengde
from tests.faults.last import i_orden, under_last
from tests.faults.vagt import Vagt, kommer_videre, siger, siger_intet
from tests.integration.hjaelp import Proces, Tavle, klargoer, vent_til
from tests.integration.proeve import Opstilling

BROKERE = (1, 2, 3)
NEDE_S = laengde(2.0, 60.0)
KUN_FULDT = pytest.mark.skipif(not FULD, reason="kun i make faults: det korte er en del af den anden test")


@pytest.fixture(scope="module")
def klynge() -> Generator[EmbeddedKafka]:
    """Three brokers, each also a controller."""
    with EmbeddedKafka(brokers=3, tests=True) as brokere:
        yield brokere


@asynccontextmanager
async def paa_klyngen(klynge: EmbeddedKafka, database: str) -> AsyncIterator[tuple[Opstilling, Tavle, Proces, Proces]]:
    """The service as two processes at work on the cluster."""
    opstilling = Opstilling(klynge.servers, database)
    opstilling.settings = opstilling.settings.model_copy(update={"kafka_replication": 3})
    await klargoer(opstilling)
    async with Tavle() as tavle:
        with Proces(opstilling, tavle.url) as en, Proces(opstilling, tavle.url) as anden:
            await en.koerer()
            await anden.koerer()
            yield opstilling, tavle, en, anden


async def koordinator(opstilling: Opstilling, *uden: int) -> int:
    """The broker that coordinates the service's group now; not one of `uden`, which may still be remembered."""

    async def find() -> int:
        admin = AIOKafkaAdminClient(**client_kwargs(opstilling.settings))
        try:
            await admin.start()
            fundet = await admin.find_coordinator(opstilling.navn)
        except KafkaError:  # it was asked of the dead one
            return 0
        finally:
            await admin.close()
        return 0 if fundet in uden else fundet

    return await vent_til(find, 60, "gruppen har ingen koordinator")


async def test_emnerne_taaler_at_en_broker_doer(klynge: EmbeddedKafka, database: str) -> None:
    """What is confirmed stands on two brokers: three replicas, and no write with fewer than two in sync."""
    opstilling = Opstilling(klynge.servers, database)
    opstilling.settings = opstilling.settings.model_copy(update={"kafka_replication": 3})
    await klargoer(opstilling)
    admin = AIOKafkaAdminClient(**client_kwargs(opstilling.settings))
    await admin.start()
    try:
        emner = await admin.describe_topics([opstilling.ind, opstilling.ud, opstilling.ur])
    finally:
        await admin.close()
    assert {len(p["replicas"]) for e in emner for p in e["partitions"]} == {3}
    assert (await topic_settings(opstilling.settings, opstilling.ud))["min.insync.replicas"] == "2"


async def test_en_og_saa_en_til_draebes_under_last(klynge: EmbeddedKafka, database: str) -> None:
    """With one down it goes on; with two it waits, says so and loses nothing; with one of them back it goes on.

    The first to die coordinates the group, so that moves as well.
    """
    async with paa_klyngen(klynge, database) as (opstilling, tavle, *medlemmer):
        try:
            async with under_last(opstilling, froe(), HOLD) as last:
                await kommer_videre(opstilling, last)
                foerste = await koordinator(opstilling)
                klynge.kill(foerste)
                await kommer_videre(opstilling, last)
                anden = await koordinator(opstilling, foerste)
                await asyncio.sleep(NEDE_S)
                await kommer_videre(opstilling, last)
                await siger_intet(*medlemmer)

                klynge.kill(anden)
                vagter = [Vagt(p) for p in medlemmer]
                await asyncio.gather(*(siger(p, "Kafka", "udgives") for p in medlemmer))
                await asyncio.sleep(NEDE_S)
                for vagt in vagter:
                    vagt.efterse()

                await asyncio.to_thread(klynge.begin, foerste)
                await kommer_videre(opstilling, last)
                await siger_intet(*medlemmer)
            await i_orden(opstilling, tavle, last)
        finally:
            await asyncio.to_thread(klynge.start)


@KUN_FULDT
async def test_koordinatoren_flytter(klynge: EmbeddedKafka, database: str) -> None:
    """The broker that coordinates the group is restarted, as in an upgrade: cleanly, and with a kill."""
    async with paa_klyngen(klynge, database) as (opstilling, tavle, *medlemmer):
        async with under_last(opstilling, froe(), HOLD) as last:
            for nr in range(6):
                await kommer_videre(opstilling, last)
                foer = await koordinator(opstilling)
                if nr % 2:
                    klynge.kill(foer)
                await asyncio.to_thread(klynge.restart, foer)
            await kommer_videre(opstilling, last)
            await siger_intet(*medlemmer)
        await i_orden(opstilling, tavle, last)


@KUN_FULDT
async def test_uden_last_siges_det_at_partitioner_ikke_kan_naas(klynge: EmbeddedKafka, database: str) -> None:
    """Nothing is to be published, one broker of three still answers: what cannot be read is said all the same."""
    async with paa_klyngen(klynge, database) as (opstilling, tavle, *medlemmer):
        async with under_last(opstilling, froe(), HOLD) as last:
            await kommer_videre(opstilling, last)
        await i_orden(opstilling, tavle, last)
        try:
            for broker in BROKERE[:2]:
                klynge.kill(broker)
            await asyncio.gather(*(siger(p, "Kafka svarer ikke") for p in medlemmer))
        finally:
            await asyncio.to_thread(klynge.start)
        await siger_intet(*medlemmer)
