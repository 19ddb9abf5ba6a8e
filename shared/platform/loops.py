"""What every background loop of a service has in common: it waits in an outage, says why once, and never spins."""

import asyncio
from collections.abc import Awaitable, Callable

from shared.platform.engine import backoff
from shared.platform.waits import Waits


class Loop:
    """Runs `step` for ever; a step rests by itself."""

    def __init__(self, name: str, waits: Waits, step: Callable[[], Awaitable[None]]) -> None:
        self.name = name
        self.waits = waits
        self.step = step
        self.outage = ""

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; an error is said, and the step tried again with backoff."""
        failures = 0
        while not stop.is_set():
            try:
                await self.step()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # whatever it is, the loop must go on
                failures += 1
                self.outage = self.waits.begin(self.name, error)
                await rest(stop, backoff(failures, 0.2, 10))
            else:
                if self.outage:
                    self.waits.end(self.name)
                failures, self.outage = 0, ""


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Until it is time to stop, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
