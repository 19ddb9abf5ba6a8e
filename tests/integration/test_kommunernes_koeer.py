"""All 98 queues at once, on real Kafka and PostgreSQL: each municipality gets its own, all of it, and nothing twice."""

import uuid
from collections import defaultdict
from collections.abc import Iterator

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic import SecretStr

from contracts.base import Besked
from contracts.emner import EMNER, OPGAVEEMNER
from contracts.kommuner import KOMMUNER
from contracts.kuvert import Kuvert, pak_ud
from services.opgaver.app import TJENESTE
from shared.platform.kafka import client_kwargs, create_topics, producer
from shared.platform.metrics import Metrics
from shared.platform.runtime import Runtime, migrations_of
from shared.platform.settings import Settings
from tests.integration.hjaelp import vent_til
from tests.opgaver.test_kommandoer import AFSLUT, ANMODET, NU, OPRET, TILDEL, med
from tests.opgaver.test_noter import NOTAT, RET

KODER = sorted(KOMMUNER)
VENTET = {
    "hubbens": ["OpgaveOprettet"],
    "egen": ["OpgaveOprettetV2", "OpgaveTildelt", "OpgaveAfsluttet"],
    "notat": ["NotatOprettet", "NotatRettet"],
    "naboens": ["OpgavekommandoAfvist"],
}
"""What each queue gets about each task or note, in order."""


def nabo(kode: str, skridt: int) -> str:
    return KODER[(KODER.index(kode) + skridt) % len(KODER)]


def oprettelser(kode: str, loeb: str) -> Iterator[Besked]:
    yield med(ANMODET, opgave_id=f"{loeb}-{kode}-hubbens", kommunekode=kode)
    yield med(OPRET, opgave_id=f"{loeb}-{kode}-egen", kommunekode=kode)
    yield med(NOTAT, notat_id=f"{loeb}-{kode}-notat", kommunekode=kode)


def behandling(kode: str, loeb: str) -> Iterator[Besked]:
    """Its own are assigned, closed and corrected; the neighbour's it tries to close."""
    yield med(AFSLUT, opgave_id=f"{loeb}-{nabo(kode, 1)}-egen", kommando_id=f"fra-{kode}", kommunekode=kode)
    yield med(TILDEL, opgave_id=f"{loeb}-{kode}-egen", kommunekode=kode)
    yield med(AFSLUT, opgave_id=f"{loeb}-{kode}-egen", kommunekode=kode)
    yield med(RET, notat_id=f"{loeb}-{kode}-notat", kommunekode=kode)


async def send(settings: Settings, loeb: str) -> int:
    """All municipalities' in turn, everything twice; how many records."""
    sendt = 0
    async with producer(settings) as kafka:
        for trin in (oprettelser, behandling) * 2:
            for kode in KODER:
                for nr, besked in enumerate(trin(kode, loeb)):
                    noegle, ce_id = besked.recordnoegle(), f"{loeb}-{trin.__name__}-{kode}-{nr}"
                    kuvert = Kuvert(besked, ce_id, f"/proeve/{kode}", NU, noegle)
                    await kafka.send(besked.topic(), kuvert.vaerdi(), key=noegle.encode(), headers=kuvert.headers())
                    sendt += 1
        await kafka.flush()
    return sendt


async def staar_der(settings: Settings) -> int:
    """Records that others have left on the topics that the service hears."""
    async with AIOKafkaConsumer(**client_kwargs(settings)) as kafka:
        dele = [TopicPartition(e, p) for e in TJENESTE.emner for p in range(EMNER[e].partitioner)]
        begyndte = await kafka.beginning_offsets(dele)
        return sum((await kafka.end_offsets(dele)).values()) - sum(begyndte.values())


def hvad(id_: str, kode: str, loeb: str) -> str:
    """Which of the things of a municipality, or of its neighbour, an id is."""
    if id_ == f"{loeb}-{nabo(kode, 1)}-egen":
        return "naboens"
    assert id_.startswith(f"{loeb}-{kode}-"), f"{id_} i køen for {kode}"
    return id_.removeprefix(f"{loeb}-{kode}-")


async def koeerne(settings: Settings, loeb: str) -> dict[str, dict[str, list[str]]]:
    """What stands in each queue of this run: by municipality, and by what it is about, in order."""
    fundet: dict[str, dict[str, list[str]]] = {kode: defaultdict(list) for kode in KODER}
    async with AIOKafkaConsumer(**client_kwargs(settings), auto_offset_reset="earliest") as kafka:
        dele = [TopicPartition(e.navn, 0) for e in OPGAVEEMNER]
        kafka.assign(dele)
        slut = {d: n for d, n in (await kafka.end_offsets(dele)).items() if n}
        kafka.assign(list(slut))
        while any([await kafka.position(d) < n for d, n in slut.items()]):
            for del_, poster in (await kafka.getmany(timeout_ms=500, max_records=5000)).items():
                for post in poster:
                    kuvert, kode = pak_ud(post.key, post.value, post.headers), del_.topic.removeprefix("opgaver.")
                    noegle = kuvert.besked.recordnoegle()
                    if noegle.startswith(loeb):
                        assert vars(kuvert.besked)["kommunekode"] == kode
                        fundet[kode][hvad(noegle, kode, loeb)].append(type(kuvert.besked).__name__)
    return fundet


async def test_hver_kommunes_koe_faar_sit_en_gang_og_intet_af_de_andres(
    kafka_servers: list[str], database: str
) -> None:
    """OPG-02, OPG-09, SIK-01: 98 municipalities at once; every command and request is sent twice."""
    settings = Settings(kafka_bootstrap_servers=",".join(kafka_servers), database_url=SecretStr(database))
    loeb = f"koe{uuid.uuid4().hex[:8]}"
    await create_topics(settings)
    runtime = Runtime(TJENESTE, settings, Metrics(), migrations_of("opgaver"))
    i_alt = await staar_der(settings) + await send(settings, loeb)
    await runtime.start()
    db = await asyncpg.connect(database, server_settings={"search_path": "opgaver"})
    try:

        async def haandteret() -> bool:
            laest = "select coalesce(sum(received), 0) >= $1 and not exists (select 1 from outbox) from position"
            return await db.fetchval(laest, i_alt)

        await vent_til(haandteret, 60, "alt læst og udgivet")
    finally:
        await db.close()
        await runtime.stop()
    fundet = await koeerne(settings, loeb)
    assert {kode: dict(koe) for kode, koe in fundet.items()} == dict.fromkeys(KODER, VENTET)
