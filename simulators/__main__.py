"""`python -m simulators NAME`: one stand-in as a process of its own; prints its address as one line of JSON."""

import argparse
import asyncio
import importlib
import json
import os
import signal
import sys
from pathlib import Path

from simulators.styring import Styring

NAVNE = ("kortleverandoer", "digital_post", "nets", "cpr_online")


def _argumenter(argv: list[str] | None) -> argparse.Namespace:
    laeser = argparse.ArgumentParser(prog="python -m simulators", description="Stedfortrædere for omverdenen")
    laeser.add_argument("navn", choices=NAVNE)
    laeser.add_argument("--host", default="127.0.0.1")
    laeser.add_argument("--port", type=int, default=0, help="0: en ledig port")
    laeser.add_argument("--ledger", type=Path, help="fil, som overlever en genstart")
    laeser.add_argument("--seed", type=int, default=0)
    laeser.add_argument("--kafka", default=os.environ.get("KAFKA_BOOTSTRAP_SERVERS", ""), help="vært:port,...")
    return laeser.parse_args(argv)


async def koer_til_signal(navn: str, valg: argparse.Namespace) -> None:
    """Run until SIGTERM or SIGINT."""
    slut = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signalnr in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signalnr, slut.set)
    modul = importlib.import_module(f"simulators.{navn}.app")
    koerende = modul.run(valg.kafka, valg.ledger, Styring(seed=valg.seed), valg.host, valg.port)
    async with koerende as url:
        sys.stdout.write(json.dumps({"navn": navn, "url": url, "pid": os.getpid()}) + "\n")
        sys.stdout.flush()
        await slut.wait()


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    valg = _argumenter(argv)
    asyncio.run(koer_til_signal(valg.navn, valg))
    return 0


if __name__ == "__main__":
    sys.exit(main())
