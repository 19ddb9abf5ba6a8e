"""The real hub for the faults: its services as processes, stand-ins with ledgers, people who enter Denmark."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Self

import httpx
from aiokafka import AIOKafkaProducer
from pydantic import SecretStr

from bench.arrivals import LETTERS, Arrivals, publish_practices
from cli.hub import Hub, open_hub, prepare
from contracts.cpr import CprHaendelse
from shared.platform.kafka import producer
from shared.platform.runtime import service_names
from shared.platform.settings import Settings
from tests.cprvagt import min_logmappe
from tests.faults.last import TAALMOD_S, TAALMODIG_MS
from tests.faults.proces import Saarbar
from tests.integration.hjaelp import ROD, vent_til

HEMMELIGHED = "fejlenes hemmelighed"
STANDINS = ("kortleverandoer", "digital_post", "nets")


class Tjenester(Saarbar):
    """Some of the hub's services as one process, started by the command; `FEJLPUNKT` in its settings hurts it."""

    def __init__(self, navne: Sequence[str], miljoe: dict[str, str], nr: int, **indstillinger: str) -> None:
        self.navne = tuple(navne)
        self.log = min_logmappe() / f"{'-'.join(navne)[:60]}-{nr}.log"
        with self.log.open("wb") as ud:
            self.barn = subprocess.Popen(
                [sys.executable, "-m", self.modul, "run", *navne],
                cwd=ROD, env=miljoe | indstillinger, stdin=subprocess.DEVNULL, stdout=ud, stderr=subprocess.STDOUT,
            )  # fmt: skip

    async def koerer(self, sekunder: float = 90) -> None:
        """Wait until all of them handle messages."""

        def alle() -> bool:
            assert self.barn.poll() is None, self.log.read_text()[-3000:]
            return sum(x.get("event") == "kører" for x in self.linjer()) == len(self.navne)

        await vent_til(alle, sekunder, f"{self.navne} kører ikke")


class Hubben:
    """A hub with everything around it. `antal` people have entered so far."""

    def __init__(self, kafka: str, dsn: str, urls: dict[str, str], hub: Hub, afsender: AIOKafkaProducer) -> None:
        self.hub, self._afsender, self._urls = hub, afsender, urls
        self.miljoe = {
            **os.environ,
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "DATABASE_URL": dsn,
            "CPR_HEMMELIGHED": HEMMELIGHED,
            "NETS_NOEGLE": HEMMELIGHED,
            "GENFORSOEG_FOERSTE_S": "0.1",
            "KAFKA_SESSION_TIMEOUT_MS": "6000",
            "PYTHONPATH": str(ROD),
            **{f"{navn.upper()}_URL": url for navn, url in urls.items()},
        }
        self.folk = Arrivals(100_000, HEMMELIGHED)
        self.antal = 0
        self._startet = 0

    @classmethod
    @asynccontextmanager
    async def aaben(cls, kafka: str, dsn: str) -> AsyncIterator[Self]:
        """Topics, schemas and stand-ins, the practices published; the services are started by the test."""
        settings = Settings(
            kafka_bootstrap_servers=kafka, database_url=SecretStr(dsn), cpr_hemmelighed=SecretStr(HEMMELIGHED)
        )
        await prepare(settings)
        async with AsyncExitStack() as stak:
            urls = {navn: await stak.enter_async_context(_standin(navn)) for navn in STANDINS}
            hub = await stak.enter_async_context(open_hub(settings))
            afsender = await stak.enter_async_context(producer(settings, request_timeout_ms=TAALMODIG_MS))
            hubben = cls(kafka, dsn, urls, hub, afsender)
            await publish_practices(settings, hubben.folk)
            yield hubben

    def tjenester(self, navne: Sequence[str], **indstillinger: str) -> Tjenester:
        """Start some services in a process."""
        self._startet += 1
        return Tjenester(navne, self.miljoe, self._startet, **indstillinger)

    @asynccontextmanager
    async def alle(self, *grupper: Sequence[str]) -> AsyncIterator[list[Tjenester]]:
        """Every service running, in these processes; ended by SIGTERM."""
        assert sorted(n for g in grupper for n in g) == service_names()
        processer = [self.tjenester(g) for g in grupper]
        try:
            for p in processer:
                await p.koerer()
            yield processer
            for p in processer:
                p.signal(signal.SIGTERM)
            for p in processer:
                assert await p.slut(60) == 0
        finally:
            for p in processer:
                p.draeb()

    async def indrejs(self, antal: int) -> None:
        """So many more people enter; returns when the events are on Kafka."""
        svar = [
            await self._afsender.send(CprHaendelse.emne, k.vaerdi(), key=k.noegle.encode(), headers=k.headers())
            for _, k in self.folk.envelopes(self.antal, antal)
        ]
        self.antal += antal
        await asyncio.gather(*svar)

    @asynccontextmanager
    async def under_last(self, pr_gang: int = 3, pause_s: float = 0.25) -> AsyncIterator[None]:
        """People enter all the time for as long as the context lasts."""
        slut = asyncio.Event()

        async def koer() -> None:
            while not slut.is_set():
                await self.indrejs(pr_gang)
                await asyncio.sleep(pause_s)

        opgave = asyncio.create_task(koer())
        try:
            yield
        finally:
            slut.set()
            await opgave

    def url(self, navn: str) -> str:
        """Where a stand-in is."""
        return self._urls[navn]

    async def ledger(self, navn: str) -> list[dict[str, Any]]:
        """What a stand-in was asked, by key."""
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            return (await http.get(f"{self._urls[navn]}/ledger")).json()["anmodninger"]

    async def kort(self) -> int:
        """Cards that the supplier was asked to make so far."""
        return len(await self.ledger("kortleverandoer"))

    async def i_orden(self) -> None:
        """At rest: the books balance, nothing is parked, and each person has one card and two letters."""
        await self.hub.wait_until_quiet(TAALMOD_S)
        for b in await self.hub.balances():
            assert (b.difference, b.differences, b.parked, b.discarded, b.quiet) == (0, [], 0, 0, True), b.as_json()
            assert b.effects_wanted == b.effects.get("done", 0), b.as_json()
        kort, breve = await self.ledger("kortleverandoer"), await self.ledger("digital_post")
        sendt = [x for x in breve if x["sti"] != "/tilmelding"]
        assert {x["sti"] for x in kort} == {"/ordrer"}
        assert [x["accepteret"] for x in kort] == [1] * self.antal
        assert [x["accepteret"] for x in sendt] == [1] * (LETTERS * self.antal)
        assert sum(x["konflikter"] for x in (*kort, *breve)) == 0
        print(f"{self.antal} indrejser: {len(kort)} kort, {len(sendt)} breve, hver én gang")


@asynccontextmanager
async def _standin(navn: str) -> AsyncIterator[str]:
    """A stand-in that only answers: without Kafka it tells nothing of its own."""
    miljoe = {k: v for k, v in os.environ.items() if k != "KAFKA_BOOTSTRAP_SERVERS"}
    barn = subprocess.Popen(  # noqa: ASYNC220 - forked at once; its address is waited for below
        [sys.executable, "-m", "simulators", navn],
        env=miljoe, cwd=ROD, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert barn.stdout is not None
        yield json.loads(await asyncio.to_thread(barn.stdout.readline))["url"]
    finally:
        barn.terminate()
        await asyncio.to_thread(barn.wait, 20)
        if barn.stdout is not None:
            barn.stdout.close()
