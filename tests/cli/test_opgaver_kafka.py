"""The reference queue against a running service: shown, assigned, given up and tried again, closed."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from contracts.kuvert import Kuvert
from embedded import EmbeddedKafka
from shared.platform.kafka import producer
from shared.platform.settings import Settings
from tests.cprvagt import min_logmappe
from tests.opgaver.test_kommandoer import ANMODET, NU

ROD = Path(__file__).resolve().parents[2]
KOMMANDO = [sys.executable, "-m", "cli.main"]


async def anmod(servere: str) -> None:
    besked = ANMODET
    kuvert = Kuvert(besked, "anmodning-1", "/test", NU, besked.opgave_id)
    async with producer(Settings(kafka_bootstrap_servers=servere)) as kafka:
        await kafka.send_and_wait(besked.topic(), kuvert.vaerdi(), key=b"o1", headers=kuvert.headers())


def test_en_opgave_vises_tildeles_og_afsluttes(egen_kafka: EmbeddedKafka, database: str) -> None:
    """OPG-02: also where the queue, or the service, is killed (SIGKILL) on the way and started again."""
    servere = egen_kafka.bootstrap_servers
    miljoe = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": servere, "DATABASE_URL": database, "CPR_HEMMELIGHED": "x"}

    def kald(*ord_: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*KOMMANDO, "opgaver", "--kommune", "0630", *ord_],
            cwd=ROD, env=miljoe, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def min_opgave(stdout: str) -> list[dict[str, object]]:
        return [o for o in json.loads(stdout) if o["opgave_id"] == "o1"]

    def aabne() -> list[dict[str, object]]:
        return min_opgave(kald("--json").stdout)

    subprocess.run([*KOMMANDO, "opret"], cwd=ROD, env=miljoe, check=True, capture_output=True)
    asyncio.run(anmod(servere))
    tildel = ("--tildel", "o1", "--til", "sb-9", "--aktoer", "sb-7")
    with (min_logmappe() / "opgaver.log").open("wb") as log:
        tjeneste = subprocess.Popen([*KOMMANDO, "run", "opgaver"], cwd=ROD, env=miljoe, stdout=log, stderr=log)
        try:
            while not aabne():
                assert tjeneste.poll() is None
            for sekunder in (0.6, 1.2, 1.8, 2.4):
                draebt = subprocess.Popen(
                    [*KOMMANDO, "opgaver", "--kommune", "0630", *tildel], cwd=ROD, env=miljoe, stdout=log, stderr=log
                )
                time.sleep(sekunder)
                draebt.kill()
                draebt.wait(60)
            ikke_besvaret = kald(*tildel, "--vent", "0")
            assert ikke_besvaret.returncode in (0, 1), ikke_besvaret.stderr
            igen = kald(*tildel, "--vent", "60")
            assert igen.returncode == 0, igen.stderr
            (opgave,) = aabne()
            assert (opgave["sagsbehandler"], opgave["version"]) == ("sb-9", 2), "én gang, hvor end den blev dræbt"
            tjeneste.kill()
            tjeneste.wait(60)
            assert aabne() == [opgave], "køen er den samme, også mens hubben er nede"
            tjeneste = subprocess.Popen([*KOMMANDO, "run", "opgaver"], cwd=ROD, env=miljoe, stdout=log, stderr=log)
            lukket = kald("--afslut", "o1", "--begrundelse", "Færdig.", "--aktoer", "sb-9", "--vent", "60", "--json")
            assert (lukket.returncode, min_opgave(lukket.stdout)) == (0, []), lukket.stderr
            assert kald("--afslut", "o9", "--begrundelse", "Færdig.", "--aktoer", "sb-9").returncode == 1
        finally:
            tjeneste.terminate()
            assert tjeneste.wait(60) == 0
