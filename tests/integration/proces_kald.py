"""The test service as a process of its own, to be killed.

`python -m tests.integration.proces_kald NAME KAFKA DSN PARTITIONS URL`
"""

import asyncio
import signal
import sys

from shared.platform.metrics import Metrics
from shared.platform.runtime import Runtime
from tests.integration.proeve import MIGRATIONS
from tests.integration.scene import Scene


async def main(navn: str, kafka: str, dsn: str, partitioner: str, url: str) -> None:
    s = Scene(kafka.split(","), dsn, int(partitioner), navn)
    runtime = Runtime(s.tjeneste(url), s.settings, Metrics(), MIGRATIONS)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    try:
        await runtime.start()
        await stop.wait()
    finally:
        await runtime.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
