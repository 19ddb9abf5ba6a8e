"""The servers of one measurement: Kafka, PostgreSQL with its safety on, and the stand-ins, all of them fresh."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from bench.meter import Reading, peak_mb
from embedded import EmbeddedKafka, EmbeddedPostgres
from shared.platform.settings import Settings

SECRET = "bench-hemmelighed"  # noqa: S105 - keys of made-up people
ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "build" / "bench"


class BenchError(Exception):
    """A measurement that is none: something was lost, or did not come to an end."""


@dataclass
class Stack:
    """What runs."""

    kafka: EmbeddedKafka
    postgres: EmbeddedPostgres
    settings: Settings
    ours: list["subprocess.Popen[bytes]"] = field(default_factory=list["subprocess.Popen[bytes]"])
    outside: list["subprocess.Popen[bytes]"] = field(default_factory=list["subprocess.Popen[bytes]"])

    def environment(self) -> dict[str, str]:
        """For a process of ours."""
        s = self.settings
        return {
            **os.environ,
            "KAFKA_BOOTSTRAP_SERVERS": s.kafka_bootstrap_servers,
            "DATABASE_URL": s.database_url.get_secret_value(),
            "CPR_HEMMELIGHED": SECRET,
            "KORTLEVERANDOER_URL": s.kortleverandoer_url,
            "DIGITAL_POST_URL": s.digital_post_url,
            "NETS_URL": s.nets_url,
            "NETS_NOEGLE": SECRET,
            "LOG_NIVEAU": "WARNING",
            "PYTHONPATH": str(ROOT),
        }

    def start(self, name: str, *arguments: str, **environment: str) -> None:
        """One process of ours: `python -m ...`."""
        LOGS.mkdir(parents=True, exist_ok=True)
        with (LOGS / f"{name}.log").open("wb") as log:
            self.ours.append(
                subprocess.Popen(
                    [sys.executable, "-m", *arguments],
                    env={**self.environment(), **environment},
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            )

    def require_alive(self) -> None:
        """Raises `BenchError` when a process of ours has ended."""
        for child in self.ours:
            if child.poll() is not None:
                raise BenchError(f"en proces sluttede med status {child.returncode}: se {LOGS}")

    def reading(self) -> Reading:
        """CPU spent so far."""
        pids: Mapping[str, Sequence[int]] = {
            "ours": [c.pid for c in self.ours],
            "postgres": [self.postgres.pid] if self.postgres.pid else [],
            "kafka": self.kafka.pids,
            "outside": [c.pid for c in self.outside],
        }
        return Reading.take(pids)

    def peak_mb(self) -> float:
        """The most memory the app's processes held."""
        return peak_mb(c.pid for c in self.ours)

    async def ledgers(self) -> dict[str, dict[str, Any]]:
        """The stand-ins' own sums."""
        urls = {"kortleverandoer": self.settings.kortleverandoer_url, "digital_post": self.settings.digital_post_url}
        async with httpx.AsyncClient(timeout=120, trust_env=False) as http:
            return {name: (await http.get(f"{url}/ledger/sum")).json() for name, url in urls.items()}

    def end(self, children: list["subprocess.Popen[bytes]"]) -> None:
        """SIGTERM, then SIGKILL to what does not go."""
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        children.clear()


@asynccontextmanager
async def open_stack(found: Settings) -> AsyncGenerator[Stack]:
    """Start fresh servers and stand-ins; leaving the context ends everything."""
    kafka, postgres = EmbeddedKafka(), EmbeddedPostgres()
    try:
        await asyncio.gather(asyncio.to_thread(kafka.start), asyncio.to_thread(postgres.start))
        settings = found.model_copy(
            update={
                "kafka_bootstrap_servers": kafka.bootstrap_servers,
                "database_url": SecretStr(postgres.dsn()),
                "cpr_hemmelighed": SecretStr(SECRET),
            }
        )
        stack = Stack(kafka, postgres, settings)
        try:
            for name in ("kortleverandoer", "digital_post", "nets"):
                setattr(settings, f"{name}_url", await _simulator(stack, name))
            yield stack
        finally:
            await asyncio.to_thread(stack.end, stack.ours)
            await asyncio.to_thread(stack.end, stack.outside)
    finally:
        await asyncio.gather(asyncio.to_thread(kafka.stop), asyncio.to_thread(postgres.stop))


async def _simulator(stack: Stack, name: str) -> str:
    """A stand-in that only answers: it is given no Kafka, so no card's status comes back."""
    environment = {k: v for k, v in stack.environment().items() if k != "KAFKA_BOOTSTRAP_SERVERS"}
    child = subprocess.Popen(  # noqa: ASYNC220 - forked at once; what takes time is waited for below
        [sys.executable, "-m", "simulators", name],
        env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    )  # fmt: skip
    stack.outside.append(child)
    assert child.stdout is not None
    line = await asyncio.to_thread(child.stdout.readline)
    if not line:
        raise BenchError(f"stand-in'en {name} startede ikke")
    return str(json.loads(line)["url"])
