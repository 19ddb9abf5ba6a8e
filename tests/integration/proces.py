"""The sample service as a process: `python -m tests.integration.proces '{"navn": ..., "emner": [...], ...}'`.

It runs `shared.platform.runtime.run`, as the command does. SIGUSR1 ends its consumer, as a bug would.
"""

import asyncio
import json
import signal
import sys
from typing import Any

from contracts.emner import EMNER, Emne
from shared.platform import logging, runtime
from shared.platform.settings import Settings
from tests.integration.proeve import MIGRATIONS, Noteret, tjeneste, ur_paa

PARTITIONER = 3


class Synlig(runtime.Runtime):
    """Keeps hold of itself, so that a signal can hurt it."""

    kendte: list["Synlig"] = []

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        Synlig.kendte.append(self)


def _draeb_forbruger() -> None:
    for kendt in Synlig.kendte:
        for opgave in kendt.ingest.subscriber.tasks if kendt.ingest else ():
            opgave.cancel()


async def _main(bestilling: dict[str, Any], settings: Settings) -> int:
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _draeb_forbruger)
    return await runtime.run([bestilling["navn"]], settings)


def main() -> int:
    bestilling = json.loads(sys.argv[1])
    for emne in (*bestilling["emner"], bestilling["ud"]):
        EMNER[emne] = Emne(emne, "konto", "test", "test", partitioner=PARTITIONER)
    Noteret.emne = bestilling["ud"]
    ur_paa(bestilling["ur"])
    settings = Settings()
    logging.configure(settings.log_niveau)
    runtime.Runtime = Synlig
    runtime.load_service = lambda navn, _: tjeneste(navn, bestilling["emner"], bestilling["url"])
    runtime.migrations_of = lambda _: MIGRATIONS
    return asyncio.run(_main(bestilling, settings))


if __name__ == "__main__":
    sys.exit(main())
