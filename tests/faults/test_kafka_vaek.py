"""Kafka hangs, is stopped, is killed: everything waits, says why, loses nothing and goes on by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager, suppress

import pytest
from aiokafka.client import AIOKafkaClient

from embedded import EmbeddedKafka
from tests.faults.laengde import HOLD, froe, laengde
from tests.faults.last import i_orden, under_last
from tests.faults.vagt import Vagt, kommer_videre, siger, siger_intet
from tests.integration.hjaelp import Proces, Tavle, klargoer
from tests.integration.proeve import Opstilling

VAEK_S = laengde(2.0, 60.0)


@pytest.fixture(scope="module")
def udsat_kafka() -> Generator[EmbeddedKafka]:
    """A broker of these tests' own."""
    with EmbeddedKafka(tests=True) as broker:
        yield broker


@asynccontextmanager
async def to_medlemmer(opstilling: Opstilling, tavle: Tavle) -> AsyncIterator[tuple[Proces, Proces]]:
    """The service as two processes, both at work."""
    with Proces(opstilling, tavle.url) as en, Proces(opstilling, tavle.url) as anden:
        await en.koerer()
        await anden.koerer()
        yield en, anden


async def test_der_spoerges_om_klyngen_med_pauser(udsat_kafka: EmbeddedKafka) -> None:
    """aiokafka's own loops ask again at once, for ever: a producer that has no id yet, a partition without a leader."""
    spurgt: list[int] = []

    async def spoerg(klient: AIOKafkaClient, sekunder: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(sekunder):
                while True:
                    await klient.force_metadata_update()
                    spurgt[-1] += 1

    klient = AIOKafkaClient(bootstrap_servers=udsat_kafka.servers)
    await klient.bootstrap()
    try:
        spurgt.append(0)
        await spoerg(klient, 1)
        await asyncio.to_thread(udsat_kafka.kill)
        spurgt.append(0)
        await spoerg(klient, 3)
    finally:
        await klient.close()
        await asyncio.to_thread(udsat_kafka.start)
    assert 1 <= spurgt[0] <= 10
    assert 1 <= spurgt[1] <= 8


def _haenger(kafka: EmbeddedKafka) -> Callable[[], object]:
    kafka.pause()
    return kafka.resume


def _standset(kafka: EmbeddedKafka) -> Callable[[], object]:
    kafka.halt()
    return kafka.start


def _draebt(kafka: EmbeddedKafka) -> Callable[[], object]:
    kafka.kill()
    return kafka.start


DRAEBT = pytest.param(_draebt, id="dræbt (SIGKILL)")
MAADER = (
    pytest.param(_haenger, id="hænger (SIGSTOP)"),
    pytest.param(_standset, id="standset rent"),
    DRAEBT,
)


@pytest.mark.parametrize("goer", laengde((DRAEBT,), MAADER))
async def test_kafka_er_vaek_under_last(
    goer: Callable[[EmbeddedKafka], Callable[[], object]], udsat_kafka: EmbeddedKafka, database: str
) -> None:
    opstilling = await klargoer(Opstilling(udsat_kafka.servers, database))
    async with Tavle() as tavle, to_medlemmer(opstilling, tavle) as medlemmer:
        async with under_last(opstilling, froe(), HOLD) as last:
            await kommer_videre(opstilling, last)
            vagter = [Vagt(p) for p in medlemmer]
            tilbage = await asyncio.to_thread(goer, udsat_kafka)
            try:
                await asyncio.gather(*(siger(p, "Kafka", "udgives") for p in medlemmer))
                await asyncio.sleep(VAEK_S)
                for vagt in vagter:
                    vagt.efterse()
            finally:
                await asyncio.to_thread(tilbage)
            await kommer_videre(opstilling, last)
            await siger_intet(*medlemmer)
        await i_orden(opstilling, tavle, last)
