"""Deadlines that fall due become messages of the inbox, once, in order with the other messages of their key."""

from collections.abc import Awaitable, Callable

from shared.platform.database import Pool
from shared.platform.processor import Wake
from shared.platform.stores import DeadlineStore

BATCH = 500


class Deadlines:
    """Releases what is due.

    A deadline is released only when this service has read all its input up to the instant it falls due: an answer
    that came in time but is read late, after an outage, still comes first.
    """

    Store = DeadlineStore

    def __init__(
        self, service: str, topics: list[str], pool: Pool, wake: Wake, mark_read: Callable[[], Awaitable[None]]
    ) -> None:
        self.store = self.Store(pool, service, topics)
        self.wake, self.mark_read = wake, mark_read

    async def step(self) -> None:
        """Release what is due, then rest until something may be."""
        wait = await self.store.until_next()
        if wait is not None and wait <= 0:
            await self.mark_read()
            if await self.release() == BATCH:
                return
            wait = 0.1
        await self.wake.rest(self.wake.deadlines, min(0.5, wait) if wait is not None else 0.5)

    async def release(self) -> int:
        """Move deadlines that are due to the inbox, the earliest first; returns how many."""
        moved = await self.store.release(BATCH)
        if moved:
            self.wake.inbox.set()
        return moved
