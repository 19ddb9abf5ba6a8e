"""The tests of the delivery: the guard of the log for the whole run, and of the record keys on the session's Kafka."""

import asyncio
from collections.abc import Generator

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from tests import cprvagt


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.has_plugin("cprvagt"):
        config.pluginmanager.register(cprvagt, "cprvagt")


async def noegler_med_cpr(servers: list[str]) -> tuple[list[str], int]:
    """Where on Kafka a record key, or a header that the hub wrote, may hold a CPR number; how many were seen."""
    fundet: list[str] = []
    set_ = 0
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        emner = [t for t in await admin.describe_topics() if not t["topic"].startswith("__")]
    finally:
        await admin.close()
    async with AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest") as kafka:
        dele = [TopicPartition(e["topic"], p["partition"]) for e in emner for p in e["partitions"]]
        slut = {d: n for d, n in (await kafka.end_offsets(dele)).items() if n}
        if not slut:
            return [], 0
        kafka.assign(list(slut))
        while any([await kafka.position(d) < n for d, n in slut.items()]):
            for d, poster in (await kafka.getmany(timeout_ms=300, max_records=10_000)).items():
                for p in poster:
                    set_ += 1
                    vores = any(n == "ce_source" and (v or b"").startswith(b"/sygesikring/") for n, v in p.headers)
                    bytes_ = [p.key or b"", *(v or b"" for _, v in p.headers if vores)]
                    if cprvagt.har_cpr(b"\n".join(bytes_).decode("utf-8", "replace")):
                        fundet.append(f"{d.topic}/{d.partition}/{p.offset}")
    return fundet, set_


@pytest.fixture(scope="session")
def kafka_servers(kafka_servers: list[str]) -> Generator[list[str]]:
    """The session's Kafka; at the end no record key on it may hold a CPR number, no header of ours."""
    yield kafka_servers
    fundet, _ = asyncio.run(noegler_med_cpr(kafka_servers))
    assert not fundet, f"CPR-numre i nøgler eller headers: {fundet[:20]}"
