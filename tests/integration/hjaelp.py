"""Helpers of the delivery tests: a service in the loop or in a child process, a provider with a ledger, waiting."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import uvicorn
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cli.hub import Hub, open_hub
from contracts.emner import EMNER
from shared.platform.balance import Balance
from shared.platform.database import dsn
from shared.platform.health import HealthServer
from shared.platform.kafka import client_kwargs
from shared.platform.metrics import Metrics
from shared.platform.runtime import Runtime
from tests.cprvagt import min_logmappe
from tests.integration.proeve import MIGRATIONS, Opstilling, tjeneste

ROD = Path(__file__).parents[2]


async def vent_til(holder: Callable[[], Any], sekunder: float = 30, hvad: str = "") -> Any:
    """The first true answer of `holder` (plain or async); fails with its last answer after a generous time."""
    slut = time.monotonic() + sekunder
    while True:
        svar = holder()
        if isinstance(svar, Awaitable):
            svar = await svar
        if svar:
            return svar
        if time.monotonic() > slut:
            raise AssertionError(f"skete ikke på {sekunder} s: {hvad or holder} (sidst {svar!r})")
        await asyncio.sleep(0.03)


async def klargoer(opstilling: Opstilling) -> Opstilling:
    """With its topics."""
    await opstilling.opret()
    return opstilling


@asynccontextmanager
async def koerende(
    opstilling: Opstilling, url: str = "", emner: tuple[str, ...] = (), settings: Any = None
) -> AsyncIterator[Runtime]:
    """The sample service running in this loop; stopped cleanly on the way out."""
    service = tjeneste(opstilling.navn, emner or (opstilling.ind,), url)
    runtime = Runtime(service, settings or opstilling.settings, Metrics(), MIGRATIONS)
    try:
        await runtime.start()
        yield runtime
    finally:
        await runtime.stop()


@asynccontextmanager
async def helbred(*runtimes: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """`/health` and `/metrics` of these, over HTTP."""
    server = HealthServer(runtimes, runtimes[0].metrics, "127.0.0.1", 0)
    await server.start()
    try:
        async with httpx.AsyncClient(base_url=server.url, timeout=15, trust_env=False) as http:
            yield http
    finally:
        await server.stop()


@asynccontextmanager
async def skema(opstilling: Opstilling) -> AsyncIterator[Any]:
    """A connection to the service's schema."""
    db = await asyncpg.connect(
        dsn(opstilling.settings, opstilling.navn), server_settings={"search_path": opstilling.navn}, timeout=10
    )
    try:
        yield db
    finally:
        await db.close()


@asynccontextmanager
async def hub(opstilling: Opstilling) -> AsyncIterator[Hub]:
    async with open_hub(opstilling.settings, [opstilling.navn]) as h:
        yield h


async def i_ro(opstilling: Opstilling, sekunder: float = 60) -> Balance:
    """Wait until the service has nothing to do; its balance then."""
    async with hub(opstilling) as h:
        await h.wait_until_quiet(sekunder)
        return (await h.balances())[0]


async def alle(opstilling: Opstilling, emne: str) -> list[ConsumerRecord[Any, Any]]:
    """Every record of a topic now, by partition in order."""
    async with AIOKafkaConsumer(**client_kwargs(opstilling.settings), auto_offset_reset="earliest") as kafka:
        dele = [TopicPartition(emne, p) for p in range(EMNER[emne].partitioner)]
        kafka.assign(dele)
        slut = await kafka.end_offsets(dele)
        fundet: list[Any] = []
        while any([await kafka.position(d) < slut[d] for d in dele]):
            for poster in (await kafka.getmany(timeout_ms=500, max_records=5000)).values():
                fundet += poster
        return fundet


class Tavle:
    """A provider that knows no idempotency keys: every call it accepts counts. It answers when asked about a key."""

    def __init__(self, seed: int | None = None) -> None:
        self.accepteret: Counter[str] = Counter()
        self.kald: Counter[str] = Counter()
        self.spurgt: Counter[str] = Counter()
        self._lod = random.Random(seed)
        self._langsom = seed is not None
        self._server: uvicorn.Server | None = None
        self._opgave: asyncio.Task[None] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _dryp(self) -> None:
        if self._langsom:
            await asyncio.sleep(self._lod.choice((0, 0, 0.02, 0.15)))

    async def _anmeld(self, request: Request) -> Response:
        noegle = request.headers["Idempotency-Key"]
        self.kald[noegle] += 1
        await self._dryp()
        self.accepteret[noegle] += 1
        await self._dryp()
        return Response()

    async def _spoerg(self, request: Request) -> Response:
        noegle = request.path_params["noegle"]
        self.spurgt[noegle] += 1
        return Response(status_code=200 if self.accepteret[noegle] else 404)

    async def start(self) -> None:
        ruter = [
            Route("/anmeld", self._anmeld, methods=["POST"]),
            Route("/anmeld/{noegle:path}", self._spoerg),
        ]
        config = uvicorn.Config(
            Starlette(routes=ruter), host="127.0.0.1", port=self.port, log_config=None, lifespan="off",
            access_log=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._opgave = asyncio.create_task(self._server._serve())
        await vent_til(lambda: self._server and self._server.started)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server and self._opgave:
            self._server.should_exit = True
            await asyncio.wait([self._opgave], timeout=5)

    async def __aenter__(self) -> "Tavle":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


class Proces:
    """The sample service as a process of its own; what it says is kept where the log guard looks."""

    modul = "tests.integration.proces"

    def __init__(self, opstilling: Opstilling, url: str = "", **indstillinger: str) -> None:
        s = opstilling.settings
        bestilling = {
            "navn": opstilling.navn,
            "emner": [opstilling.ind],
            "ud": opstilling.ud,
            "ur": opstilling.ur,
            "url": url,
        }
        miljoe = {
            **os.environ,
            "KAFKA_BOOTSTRAP_SERVERS": s.kafka_bootstrap_servers,
            "DATABASE_URL": s.database_url.get_secret_value(),
            "KAFKA_SESSION_TIMEOUT_MS": str(s.kafka_session_timeout_ms),
            "GENFORSOEG_FOERSTE_S": str(s.genforsoeg_foerste_s),
            "GENFORSOEG_LAENGSTE_S": str(s.genforsoeg_laengste_s),
            "FORSOEG": str(s.forsoeg),
            "PYTHONPATH": str(ROD),
            **indstillinger,
        }
        self.log = min_logmappe() / f"{opstilling.navn}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as ud:
            self.barn = subprocess.Popen(
                [sys.executable, "-m", self.modul, json.dumps(bestilling)],
                cwd=ROD, env=miljoe, stdin=subprocess.DEVNULL, stdout=ud, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def linjer(self) -> list[dict[str, Any]]:
        """What it has logged as JSON."""
        fundet: list[dict[str, Any]] = []
        for linje in self.log.read_text("utf-8", errors="replace").splitlines():
            with suppress(json.JSONDecodeError):
                fundet.append(json.loads(linje))
        return fundet

    def sagt(self, event: str) -> dict[str, Any] | None:
        return next((linje for linje in self.linjer() if linje.get("event") == event), None)

    async def koerer(self, sekunder: float = 40) -> None:
        """Wait until it handles messages."""
        await vent_til(lambda: self.sagt("kører") or self.barn.poll() is not None, sekunder, self.log.read_text())
        assert self.barn.poll() is None, self.log.read_text()

    @property
    def url(self) -> str:
        linje = self.sagt("helbred")
        assert linje is not None
        return linje["adresse"]

    def signal(self, nummer: int) -> None:
        self.barn.send_signal(nummer)

    async def slut(self, sekunder: float) -> int:
        """Its exit status; fails when it does not end in time."""
        await vent_til(
            lambda: self.barn.poll() is not None, sekunder, f"processen endte ikke: {self.log.read_text()[-3000:]}"
        )
        assert self.barn.returncode is not None
        return self.barn.returncode

    def draeb(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self.barn.poll() is None:
            self.barn.send_signal(signal.SIGKILL)
        self.barn.wait(10)

    def __enter__(self) -> "Proces":
        return self

    def __exit__(self, *_: object) -> None:
        self.draeb()
