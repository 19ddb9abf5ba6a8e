"""The tests of the delivery: the guard of the log for the whole run, and of the record keys on the session's Kafka."""

import asyncio
from collections.abc import Generator
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from contracts.emner import EMNER
from contracts.register import BESKEDER
from contracts.ur import UrStillet
from tests import cprvagt


def _vores_tekst(post: ConsumerRecord[bytes, bytes]) -> str:
    """The key, and the headers when the hub wrote them: what others send may hold anything there."""
    vores = any(n == "ce_source" and (v or b"").startswith(b"/sygesikring/") for n, v in post.headers)
    headers = post.headers if vores else ()
    return b"\n".join([post.key or b"", *(v or b"" for _, v in headers)]).decode("utf-8", "replace")


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
        kafka.assign(dele)  # else aiokafka asks for the topics one at a time: 100 ms each, and it gives up after 40 s
        slut = {d: n for d, n in (await kafka.end_offsets(dele)).items() if n}
        if not slut:
            return [], 0
        kafka.assign(list(slut))
        mangler = dict(slut)
        while mangler:
            for d, poster in (await kafka.getmany(*mangler, timeout_ms=300, max_records=20_000)).items():
                set_ += len(poster)
                if cprvagt.har_cpr("\n".join(map(_vores_tekst, poster))):
                    fundet += [
                        f"{d.topic}/{d.partition}/{p.offset}" for p in poster if cprvagt.har_cpr(_vores_tekst(p))
                    ]
            mangler = {d: n for d, n in mangler.items() if await kafka.position(d) < n}
    return fundet, set_


@pytest.fixture(autouse=True)
def _kontrakterne_igen() -> Generator[None]:
    """Topics and messages that a test declares are gone from the contracts afterwards."""
    registre: tuple[dict[str, Any], ...] = (EMNER, BESKEDER)
    foer = [dict(r) for r in registre]
    ur = UrStillet.emne
    yield
    UrStillet.emne = ur
    for register, indhold in zip(registre, foer, strict=True):
        register.clear()
        register.update(indhold)


@pytest.fixture(scope="session")
def kafka_servers(kafka_servers: list[str]) -> Generator[list[str]]:
    """The session's Kafka; at the end no record key on it may hold a CPR number, no header of ours."""
    yield kafka_servers
    fundet, _ = asyncio.run(noegler_med_cpr(kafka_servers))
    assert not fundet, f"CPR-numre i nøgler eller headers: {fundet[:20]}"
