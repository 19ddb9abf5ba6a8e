"""What every background loop of a service has in common: it waits in an outage, says why once, and never spins."""

import asyncio
from collections.abc import Awaitable, Callable

from shared.platform.database import is_outage
from shared.platform.engine import backoff, describe
from shared.platform.logging import logger


class Loop:
    """Runs `step` for ever; a step rests by itself."""

    def __init__(self, name: str, service: str, step: Callable[[], Awaitable[None]]) -> None:
        self.name = name
        self.step = step
        self.outage = ""
        self.log = logger(tjeneste=service, del_=name)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; an error is logged when it changes, and the step tried again with backoff."""
        failures = 0
        while not stop.is_set():
            try:
                await self.step()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # whatever it is, the loop must go on
                failures += 1
                reason = describe(error)
                if not self.outage:
                    self.log.warning("venter", grund=reason, udfald=is_outage(error))
                self.outage = reason
                await rest(stop, backoff(failures, 0.2, 10))
            else:
                if self.outage:
                    self.log.info("fortsætter", efter=self.outage)
                failures, self.outage = 0, ""


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Until it is time to stop, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
