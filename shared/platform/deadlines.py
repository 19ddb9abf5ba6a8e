"""Deadlines that fall due become messages of the inbox, once, in order with the other messages of their key."""

from collections.abc import Awaitable, Callable

from shared.platform.database import Pool
from shared.platform.processor import Wake, wait_for_wake
from shared.platform.transaction import Transaction

BATCH = 500


class Deadlines:
    """Releases what is due.

    A deadline is released only when this service has read all its input up to the instant it falls due: an answer
    that came in time but is read late, after an outage, still comes first.
    """

    def __init__(
        self, service: str, topics: list[str], pool: Pool, wake: Wake, mark_read: Callable[[], Awaitable[None]]
    ) -> None:
        self.service, self.topics, self.pool, self.wake = service, topics, pool, wake
        self.mark_read = mark_read

    async def step(self) -> None:
        """Release what is due, then rest until something may be."""
        wait = await self._until_next()
        if wait is not None and wait <= 0:
            await self.mark_read()
            if await self.release() == BATCH:
                return
            wait = 0.1
        await wait_for_wake(self.wake.deadlines, min(0.5, wait) if wait is not None else 0.5)

    async def _until_next(self) -> float | None:
        """Seconds until the first deadline falls due on the hub's clock."""
        return await self.pool.fetchval(
            "select extract(epoch from min(due) - "
            "(select clock_timestamp() + forskydning_ms * interval '1 ms' from klokke))::float8 from deadline"
        )

    async def release(self) -> int:
        """Move deadlines that are due to the inbox, the earliest first; returns how many.

        The limit is one value, found once: so the index is read from its start to there, whatever waits behind.
        """
        async with self.pool.acquire(timeout=10) as connection, connection.transaction():
            candidates = await connection.fetch(
                """
                with klokken as materialized (
                    select clock_timestamp() + forskydning_ms * interval '1 ms' as nu,
                           forskydning_ms * interval '1 ms' as forskydning, stillet from klokke
                ), laest as (
                    select min(coalesce(read_until, '-infinity')) as til from position where topic = any($1::text[])
                )
                select frist_id, order_key from deadline
                where due <= (
                    select case when stillet <= til then least(nu, til + forskydning) else '-infinity' end
                    from klokken, laest
                )
                order by due, frist_id limit $2
                """,
                self.topics,
                BATCH,
            )
            if not candidates:
                return 0
            await Transaction(connection, self.service).lock(r["order_key"] for r in candidates)
            moved = await connection.fetchval(
                """
                with gone as (
                    delete from deadline where frist_id = any($1::text[])
                    and due <= (select clock_timestamp() + forskydning_ms * interval '1 ms' from klokke)
                    returning *
                ), ind as (
                    insert into inbox (order_key, origin, frist_id, topic, key, value, headers)
                    select order_key, 'deadline', frist_id, '', key, value, headers from gone order by due, frist_id
                    returning 1
                ) select count(*) from ind
                """,
                [r["frist_id"] for r in candidates],
            )
        self.wake.inbox.set()
        return int(moved)
