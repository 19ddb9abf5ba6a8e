"""The tests of the delivery: the guard of the log for the whole run, and of the record keys on the session's Kafka."""

import asyncio
from collections.abc import Generator

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests import cprvagt


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.has_plugin("cprvagt"):
        config.pluginmanager.register(cprvagt, "cprvagt")


async def noegler_med_cpr(servers: list[str]) -> tuple[list[str], int]:
    """Where on Kafka a record key or header may hold a CPR number, and how many records were looked at."""
    fundet: list[str] = []
    set_ = 0
    async with AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest") as kafka:
        emner = {t for t in await kafka.topics() if not t.startswith("__")}
        dele = [TopicPartition(e, p) for e in emner for p in kafka.partitions_for_topic(e) or ()]
        slut = {d: n for d, n in (await kafka.end_offsets(dele)).items() if n}
        if not slut:
            return [], 0
        kafka.assign(list(slut))
        while any([await kafka.position(d) < n for d, n in slut.items()]):
            for d, poster in (await kafka.getmany(timeout_ms=300, max_records=10_000)).items():
                for p in poster:
                    set_ += 1
                    tekst = b"\n".join([p.key or b"", *(v or b"" for _, v in p.headers)]).decode("utf-8", "replace")
                    if cprvagt.har_cpr(tekst):
                        fundet.append(f"{d.topic}/{d.partition}/{p.offset}")
    return fundet, set_


@pytest.fixture(scope="session")
def kafka_servers(kafka_servers: list[str]) -> Generator[list[str]]:
    """The session's Kafka; at the end no record key or header that any test put there may hold a CPR number."""
    yield kafka_servers
    fundet, _ = asyncio.run(noegler_med_cpr(kafka_servers))
    assert not fundet, f"CPR-numre i nøgler eller headers: {fundet[:20]}"
