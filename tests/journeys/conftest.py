"""A hub of its own for the journeys: every part a process, started and driven by the commands that an operator uses."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import asyncpg
import pytest

from embedded import EmbeddedKafka
from tests.cprvagt import min_logmappe
from tests.journeys.rejse import HEMMELIGHED, Rejse, Simulator
from tests.opslag.udsteder import UDSTEDER, jwks

ROD = Path(__file__).resolve().parents[2]
KOMMANDO = [sys.executable, "-m", "cli.main"]


def _miljoe(kafka: EmbeddedKafka, database: str, simulatorer: dict[str, str]) -> dict[str, str]:
    return {
        **{k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "PYTHONDONTWRITEBYTECODE"}},
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "DATABASE_URL": database,
        "CPR_HEMMELIGHED": HEMMELIGHED,
        "GENFORSOEG_FOERSTE_S": "0.1",
        **simulatorer,
    }


def _start(ord_: list[str], miljoe: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as ud:
        return subprocess.Popen([*KOMMANDO, *ord_], cwd=ROD, env=miljoe, stdout=subprocess.PIPE, stderr=ud)


async def _alle_er_startet(database: str, tjenester: list[str]) -> None:
    """Every service has its positions: from then on nothing that is sent goes unseen by the look for quiet."""
    forbindelse = await asyncpg.connect(database)
    try:
        async with asyncio.timeout(120):
            for tjeneste in tjenester:
                tabel = f"{tjeneste}.position"
                while not await forbindelse.fetchval("select to_regclass($1) is not null", tabel):
                    await asyncio.sleep(0.1)
                while not await forbindelse.fetchval(f"select exists(select 1 from {tabel})"):
                    await asyncio.sleep(0.1)
    finally:
        await forbindelse.close()


def _opslag(log: Path) -> str:
    """Where the read API answers, as the service says in its log."""
    til = time.monotonic() + 30
    while time.monotonic() < til:
        for linje in log.read_text().splitlines():
            sagt = json.loads(linje) if linje.startswith("{") and linje.endswith("}") else {}
            if sagt.get("event") == "opslag" and "adresse" in sagt:
                return sagt["adresse"]
        time.sleep(0.1)
    raise TimeoutError("tjenesterne har ikke sagt, hvor de kan spørges")


@pytest.fixture(scope="package")
def hub_database(postgres_dsn: str) -> Generator[str]:
    """A database for the hub of the journeys."""
    import uuid
    from urllib.parse import urlsplit, urlunsplit

    from embedded.postgres import execute, quote_name

    navn = f"rejser_{uuid.uuid4().hex[:12]}"
    execute(postgres_dsn, f"CREATE DATABASE {quote_name(navn)}")
    yield urlunsplit(urlsplit(postgres_dsn)._replace(path=f"/{navn}"))
    execute(postgres_dsn, f"DROP DATABASE {quote_name(navn)} WITH (FORCE)")


@pytest.fixture(scope="package")
def hub_miljoe(hub_database: str) -> Generator[dict[str, str]]:
    """The environment of a running hub: Kafka, database, simulators and all services."""
    logge = min_logmappe()
    processer: list[subprocess.Popen[bytes]] = []
    with EmbeddedKafka(tests=True) as kafka:
        try:
            base = _miljoe(kafka, hub_database, {})
            subprocess.run([*KOMMANDO, "opret"], cwd=ROD, env=base, check=True, capture_output=True)
            urls: dict[str, str] = {}
            for navn in ("kortleverandoer", "digital_post", "nets", "cpr_online"):
                simulator = Simulator(_start(["simulator", navn], base, logge / f"{navn}.log"))
                processer.append(simulator.proces)
                urls[f"{navn.upper()}_URL"] = simulator.adresse()
            noegler = logge / "jwks.json"
            noegler.write_bytes(jwks())
            opslag = {"OPSLAG_JWKS": str(noegler), "OPSLAG_UDSTEDER": UDSTEDER}
            miljoe = _miljoe(kafka, hub_database, urls | opslag)
            tjenester = sorted(f.parent.name for f in (ROD / "services").glob("*/app.py"))
            processer.append(_start(["run", *tjenester], miljoe, logge / "tjenester.log"))
            asyncio.run(_alle_er_startet(hub_database, tjenester))
            yield miljoe | {"OPSLAG_URL": _opslag(logge / "tjenester.log")}
        finally:
            for proces in processer:
                proces.terminate()
            koder = [proces.wait(30) for proces in processer]
            for proces in processer:
                if proces.stdout:
                    proces.stdout.close()
        assert koder[-1] == 0, (logge / "tjenester.log").read_text()[-3000:]


@pytest.fixture
async def rejse(hub_miljoe: dict[str, str]) -> AsyncGenerator[Rejse]:
    """One journey; it sees only the messages that come while it lasts."""
    async with Rejse.begynd(hub_miljoe) as begyndt:
        yield begyndt
    await asyncio.sleep(0)
