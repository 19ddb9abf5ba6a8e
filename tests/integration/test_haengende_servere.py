"""Servers that hang or are dead: `/health` says so and takes it back, and a stop ends in its grace time."""

import asyncio
import signal
from typing import Any

from embedded import EmbeddedKafka, EmbeddedPostgres
from shared.platform.metrics import Metrics
from shared.platform.runtime import Runtime
from tests.integration.hjaelp import Proces, i_ro, klargoer, koerende, vent_til
from tests.integration.proeve import MIGRATIONS, Indsat, Opstilling, tjeneste

FRIST_S = 3
"""Grace time of the processes here."""


def _venter_paa(runtime: Runtime) -> dict[str, str]:
    """What it waits for; it is healthy all the while."""
    tilstand = runtime.state()
    assert tilstand["sund"] is True, tilstand
    assert tilstand["doede_dele"] == []
    return tilstand["venter_paa"]


async def test_sigterm_mens_postgresql_haenger_slutter_i_tide(
    kafka_servers: list[str], egen_postgres: EmbeddedPostgres
) -> None:
    """With a batch on its way into the database; the next process takes it up."""
    opstilling = await klargoer(Opstilling(kafka_servers, egen_postgres.dsn()))
    with Proces(opstilling, NEDLUKNING_S=str(FRIST_S)) as proces:
        await proces.koerer()
        egen_postgres.pause()
        try:
            await opstilling.send(*(Indsat(konto=f"k{n}", nr=1) for n in range(50)))
            await asyncio.sleep(0.5)
            proces.signal(signal.SIGTERM)
            assert await proces.slut(FRIST_S + 10) == 0
            assert proces.sagt("stoppet")
        finally:
            egen_postgres.resume()
    async with koerende(opstilling):
        b = await i_ro(opstilling)
    assert (b.received, b.handled, b.difference) == (50, 50, 0)


async def test_helbred_siger_at_kafka_er_doed_og_at_den_er_tilbage(egen_kafka: EmbeddedKafka, database: str) -> None:
    opstilling = await klargoer(Opstilling(egen_kafka.servers, database))
    async with koerende(opstilling) as runtime:
        await vent_til(lambda: _venter_paa(runtime) == {})
        egen_kafka.kill()
        await vent_til(lambda: "Kafka svarer ikke" in _venter_paa(runtime).get("puls", ""), hvad="/health siger det")
        await asyncio.to_thread(egen_kafka.restart)
        await vent_til(lambda: _venter_paa(runtime) == {}, hvad="/health siger, at det er forbi")
        await opstilling.send(Indsat(konto="a", nr=1))
        await i_ro(opstilling)


async def test_helbred_siger_at_postgresql_haenger_og_at_den_svarer_igen(
    kafka_servers: list[str], egen_postgres: EmbeddedPostgres
) -> None:
    opstilling = await klargoer(Opstilling(kafka_servers, egen_postgres.dsn()))
    async with koerende(opstilling) as runtime:
        await vent_til(lambda: _venter_paa(runtime) == {})
        egen_postgres.pause()
        try:
            await vent_til(lambda: "PostgreSQL svarer ikke" in _venter_paa(runtime).get("puls", ""), hvad="det siges")
        finally:
            egen_postgres.resume()
        await vent_til(lambda: _venter_paa(runtime) == {}, hvad="/health siger, at det er forbi")
        await opstilling.send(Indsat(konto="a", nr=1))
        await i_ro(opstilling)


async def test_en_tjeneste_er_sund_mens_den_starter(kafka_servers: list[str], database: str) -> None:
    """It says that it is starting, at every step of the start, and that it waits for nothing else."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    service = tjeneste(opstilling.navn, (opstilling.ind,))
    runtime = Runtime(service, opstilling.settings, Metrics(), MIGRATIONS)
    sete: list[dict[str, Any]] = [runtime.state()]
    starter = asyncio.create_task(runtime.start())
    try:
        while not starter.done():
            sete.append(runtime.state())
            await asyncio.wait([starter], timeout=0.002)
        await starter
        assert _venter_paa(runtime) == {}
    finally:
        await runtime.stop()
    assert len(sete) > 10
    for tilstand in sete:
        assert (tilstand["sund"], tilstand["doede_dele"]) == (True, [])
        assert tilstand["venter_paa"] == {"start": "starter"}
