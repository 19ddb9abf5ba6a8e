"""The paid look-up against running servers: asked by command, its answer lost, paid once, and the person known."""

import asyncio
import json
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
from aiokafka import AIOKafkaConsumer

from contracts.base import Besked
from contracts.cpr import AfsoningMeldt, Trin
from contracts.cpr_opslag import CprOpslagUdfoert
from contracts.kuvert import Kuvert, pak_ud
from contracts.noegle import cpr_noegle
from contracts.person import PersonAfsoningMeldt, PersonTilstand
from embedded import EmbeddedKafka
from shared.platform.kafka import producer
from shared.platform.settings import Settings
from simulators.cpr_online.app import run
from tests.cpr_events.opslagsverden import CPR, bestilt, person
from tests.cprvagt import min_logmappe
from tests.simulators.klienter import stil

ROD = Path(__file__).resolve().parents[2]
KOMMANDO = [sys.executable, "-m", "cli.main"]


@contextmanager
def koerende(miljoe: dict[str, str]) -> Generator[None]:
    subprocess.run([*KOMMANDO, "opret"], cwd=ROD, env=miljoe, check=True, capture_output=True)
    with (min_logmappe() / "cpr_events.log").open("wb") as log:
        tjeneste = subprocess.Popen([*KOMMANDO, "run", "cpr_events"], cwd=ROD, env=miljoe, stdout=log, stderr=log)
        try:
            yield
        finally:
            tjeneste.terminate()
            assert tjeneste.wait(60) == 0


@asynccontextmanager
async def laeser(servere: str) -> AsyncGenerator[AIOKafkaConsumer]:
    emner = ("cpr.opslag.svar", "person.tilstand", "person.haendelser")
    forbruger = AIOKafkaConsumer(*emner, bootstrap_servers=servere, auto_offset_reset="earliest")
    await forbruger.start()
    try:
        yield forbruger
    finally:
        await forbruger.stop()


async def send(servere: str, *beskeder: Besked) -> None:
    noegle = cpr_noegle(CPR, "x")
    async with producer(Settings(kafka_bootstrap_servers=servere)) as kafka:
        for besked in beskeder:
            kuvert = Kuvert(besked, uuid.uuid4().hex, "/test", datetime.now(UTC), noegle)
            await kafka.send_and_wait(
                besked.topic(), kuvert.vaerdi(), key=noegle.encode(), headers=kuvert.headers(), partition=0
            )


def er_om(besked: Besked, opslag_id: str) -> bool:
    """Whether a message is about the person, or the answer."""
    if isinstance(besked, PersonTilstand | PersonAfsoningMeldt):
        return besked.person.cpr == CPR
    return isinstance(besked, CprOpslagUdfoert) and besked.opslag_id == opslag_id


async def spil(servere: str, url: str, opslag_id: str) -> tuple[list[Besked], dict[str, int]]:
    """What is told of the person until all three have come, and the bill."""
    nu = datetime.now(UTC)
    kommando = bestilt(opslag_id=opslag_id, bestilt=nu)
    fundne: list[Besked] = []
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http, laeser(servere) as forbruger:
        (await http.post("/personer", json=person().model_dump(mode="json"))).raise_for_status()
        await stil(url, naeste=["SVAR_TABT"])
        await send(servere, AfsoningMeldt(cpr=CPR, trin=Trin.START, dato=nu.date(), registreret=nu), kommando, kommando)
        async with asyncio.timeout(90):
            while len({type(b) for b in fundne}) < 3:
                record = await forbruger.getone()
                besked = pak_ud(record.key, record.value, record.headers).besked
                if er_om(besked, opslag_id):
                    fundne.append(besked)
        return fundne, (await http.get("/regning")).json()


def test_cpr_16_svaret_gaar_tabt_og_opslaget_betales_een_gang(egen_kafka: EmbeddedKafka, database: str) -> None:
    """CPR-16, CPR-03: the command twice, the answer lost; and what waited for the person counts by itself."""
    servere = egen_kafka.bootstrap_servers  # a topic `ur` of its own: others move the clock of the shared one
    miljoe = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": servere, "DATABASE_URL": database, "CPR_HEMMELIGHED": "x"}

    async def proev() -> tuple[list[Besked], dict[str, int]]:
        async with run() as url:
            with koerende({**miljoe, "CPR_ONLINE_URL": url}):
                return await spil(servere, url, uuid.uuid4().hex)

    fundne, regning = asyncio.run(proev())
    assert regning == {"0630": 1}
    assert sorted(type(b).__name__ for b in fundne) == ["CprOpslagUdfoert", "PersonAfsoningMeldt", "PersonTilstand"]
    assert len({vars(b)["person_id"] for b in fundne}) == 1
    optalt = subprocess.run(
        [*KOMMANDO, "cpr", "opslag", "--json"], cwd=ROD, env=miljoe, check=True, capture_output=True, text=True
    )
    (linje,) = json.loads(optalt.stdout)
    assert (linje["kommunekode"], linje["bestilt"], linje["betalt"], linje["uden_svar"]) == ("0630", 1, 1, 0)
