"""The SQL of the loops beside the batches: outbox, deadlines, effects, positions, the clock.

One class for each loop with what the loop asks of the database and nothing more; the simulation has the same classes
over memory, and one suite holds both to the same answers. The SQL of a batch is in `transaction`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from shared.platform.database import Pool
from shared.platform.transaction import Transaction

Partition = tuple[str, int]
AGAIN = -1
"""State version of a row of the outbox that stands for the newest state of its key, found when it is sent."""


class OutboxStore:
    """What the relay asks: its leases, the rows that wait, and their end."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def take_leases(self, member: str, seconds: float) -> dict[int, int]:
        """Renew this member's leases and take those that have run out: shard to epoch, which grows with each owner."""
        rows = await self.pool.fetch(
            "update lease set owner = $1, epoch = epoch + (owner <> $1)::int, until = now() + $2 * interval '1 second' "
            "where until < now() or owner = $1 returning shard, epoch",
            member,
            seconds,
        )
        return {r["shard"]: r["epoch"] for r in rows}

    async def give_back(self, member: str) -> None:
        """Let others have this member's shards at once."""
        await self.pool.execute("update lease set until = '-infinity' where owner = $1", member)

    async def waiting(self, shards: Sequence[int], limit: int, without: Sequence[tuple[str, bytes]]) -> list[Any]:
        """The oldest rows of these shards, in order, but none of the (topic, key) to be left alone."""
        return await self.pool.fetch(
            """
            select id, topic, key, state_version,
                case when state_version = $5 then (
                    select s.value from published_state s where s.topic = o.topic and s.key = o.key
                ) else value end as value,
                case when state_version = $5 then (
                    select s.headers from published_state s where s.topic = o.topic and s.key = o.key
                ) else headers end as headers
            from outbox o where shard = any($1::smallint[])
            and not exists (
                select 1 from unnest($3::text[], $4::bytea[]) w(topic, key) where w.topic = o.topic and w.key = o.key
            )
            order by id limit $2
            """,
            shards,
            limit,
            [topic for topic, _ in without],
            [key for _, key in without],
            AGAIN,
        )

    async def delete(self, ids: Sequence[int], member: str, epochs: Mapping[int, int]) -> set[int]:
        """Remove rows that Kafka has confirmed, of the shards this member has had since `epochs`; those it removed.

        Another's are left to him: were the last rows of a key gone while he sends its first, those would stand last.
        """
        rows = await self.pool.fetch(
            """
            with ours as materialized (
                select l.shard from lease l join unnest($2::smallint[], $3::bigint[]) e(shard, epoch) using (shard)
                where l.owner = $4 and l.epoch = e.epoch for share of l
            )
            delete from outbox where id = any($1) and shard in (select shard from ours) returning id
            """,
            ids,
            list(epochs),
            list(epochs.values()),
            member,
        )
        return {r["id"] for r in rows}

    async def state_again(self, rows: Sequence[tuple[str, bytes, int]]) -> None:
        """Have the newest state of these (topic, key, shard) published once more.

        Which that is, is found when it is sent: a newer one may be decided, and sent, before this is committed.
        """
        await self.pool.execute(
            "insert into outbox (shard, topic, key, value, headers, state_version) "
            "select x.shard, s.topic, s.key, '', '', $4 from published_state s "
            "join (select distinct * from unnest($1::text[], $2::bytea[], $3::smallint[]) u(topic, key, shard)) x "
            "on x.topic = s.topic and x.key = s.key",
            [topic for topic, _, _ in rows],
            [key for _, key, _ in rows],
            [shard for _, _, shard in rows],
            AGAIN,
        )


_DUE = """
with klokken as materialized (
    select clock_timestamp() + forskydning_ms * interval '1 ms' as nu,
           forskydning_ms * interval '1 ms' as forskydning, stillet from klokke
), laest as (
    select min(coalesce(read_until, '-infinity')) as til from position where topic = any($1::text[])
)
select frist_id, order_key, due from deadline
where due <= (
    select case when stillet <= til then least(nu, til + forskydning) else '-infinity' end
    from klokken, laest
)
order by due, frist_id limit $2
"""
"""Keys and order keys of the deadlines that are due and whose input has been read."""


class DeadlineStore:
    """What the release of deadlines asks."""

    def __init__(self, pool: Pool, service: str, topics: Sequence[str]) -> None:
        self.pool, self.service, self.topics = pool, service, topics

    async def until_next(self) -> float | None:
        """Seconds until the first deadline falls due on the hub's clock."""
        return await self.pool.fetchval(
            "select extract(epoch from min(due) - "
            "(select clock_timestamp() + forskydning_ms * interval '1 ms' from klokke))::float8 from deadline"
        )

    async def release(self, limit: int) -> int:
        """Move deadlines that are due and whose input has been read to the inbox, the earliest first; how many.

        The limit is one value, found once: so the index is read from its start to there, whatever waits behind.
        """
        async with self.pool.acquire(timeout=10) as connection, connection.transaction():
            candidates = await connection.fetch(_DUE, self.topics, limit)
            if not candidates:
                return 0
            await Transaction(connection, self.service).lock(r["order_key"] for r in candidates)
            moved = await connection.fetchval(
                """
                with gone as (
                    delete from deadline d using unnest($1::text[], $2::timestamptz[]) x(frist_id, due)
                    where d.frist_id = x.frist_id and d.due = x.due
                    returning d.*
                ), ind as (
                    insert into inbox (order_key, origin, frist_id, topic, key, value, headers)
                    select order_key, 'deadline', frist_id, '', key, value, headers from gone order by due, frist_id
                    returning 1
                ) select count(*) from ind
                """,
                [r["frist_id"] for r in candidates],
                # One set anew while we waited for its lock is chosen anew: its input may not have been read so far.
                [r["due"] for r in candidates],
            )
        return int(moved)


SETTLED = ("done", "refused")
"""States of a call whose outcome is known for good."""


class Settled(NamedTuple):
    """What became of a call, as it is written down."""

    noegle: str
    state: str
    error: str
    wait: float
    """Seconds until it is taken up again; infinite: never by itself."""
    answer: tuple[bytes, bytes] | None
    """Value and headers of the message to the service."""
    claim: tuple[int, int]
    """`attempts` and `asked` as they were claimed: an answer that settles nothing counts for that claim only."""


_RECORD = """
with u as (
    update effect e
    set state = x.state, last_error = x.error, claimed_until = null,
        next_at = case when x.wait = 'infinity' then 'infinity'::timestamptz
                       else now() + x.wait * interval '1 s' end,
        settled_at = case when x.state in ('done', 'refused') then now() end
    from unnest($1::text[], $2::text[], $3::text[], $4::float8[], $9::int[], $10::int[])
        x(noegle, state, error, wait, attempts, asked)
    where e.noegle = x.noegle and e.state in ('sending', 'unknown', 'wanted')
    and (x.state in ('done', 'refused')
         or e.claimed_by = $8 and e.attempts = x.attempts and e.asked = x.asked)
    returning e.noegle, e.order_key
), told as (
    insert into inbox (order_key, origin, topic, key, value, headers)
    select u.order_key, 'effect', '', convert_to(u.order_key, 'UTF8'), m.value, m.headers
    from u join unnest($5::text[], $6::bytea[], $7::bytea[]) m(noegle, value, headers) using (noegle)
)
update effect e set last_error = 'modtageren har siden svaret ' || x.state
from unnest($1::text[], $2::text[]) x(noegle, state)
where e.noegle = x.noegle and e.state in ('done', 'refused') and x.state in ('done', 'refused')
and e.state <> x.state returning e.noegle
"""
"""Settles, tells the service, and notes on what was settled before that the receiver now says the opposite."""


class EffectStore:
    """What the effects ask: to take up what is due, and to write down what became of it."""

    def __init__(self, pool: Pool, member: str) -> None:
        self.pool, self.member = pool, member

    async def claim(self, arts: Sequence[str], limit: int, lease: float, settle: float) -> list[Any]:
        """Take due effects; those whose process is gone in the middle of a call become unknown first.

        `lease`: seconds this member has them; `settle`: seconds before an unknown one may be asked about.
        """
        return await self.pool.fetch(
            """
            with abandoned as (
                update effect set state = 'unknown', next_at = now() + $4 * interval '1 s', claimed_until = null,
                                  last_error = 'processen forsvandt under kaldet'
                where state = 'sending' and claimed_until < now() and noegle in (
                    select noegle from effect where state = 'sending' and claimed_until < now() for update skip locked)
                returning noegle
            ), taken as (
                update effect e
                set state = case when c.state = 'wanted' then 'sending' else e.state end,
                    attempts = attempts + (c.state = 'wanted')::int, asked = asked + (c.state = 'unknown')::int,
                    claimed_by = $1, claimed_until = now() + $2 * interval '1 s',
                    next_at = now() + $2 * interval '1 s'
                from (
                    select noegle, state from effect
                    where state in ('wanted', 'unknown') and next_at <= now() and art = any($3::text[])
                    order by next_at limit $5 for update skip locked
                ) c
                where e.noegle = c.noegle
                returning e.*, c.state = 'unknown' as ask
            )
            select taken.*, clock_timestamp() + forskydning_ms * interval '1 ms' as nu from taken, klokke
            """,
            self.member,
            lease,
            arts,
            settle,
            limit,
        )

    async def any_open(self, art: str) -> bool:
        """Whether any call of a kind is still to be made or asked about, by whomever."""
        return await self.pool.fetchval(
            "select exists(select 1 from effect where art = $1 and state in ('wanted', 'sending', 'unknown') "
            "and next_at < 'infinity')",
            art,
        )

    async def set_aside(self, keys: Sequence[str]) -> None:
        """Effects that cannot be read are unknown until somebody looks."""
        await self.pool.execute(
            "update effect set state = 'unknown', next_at = 'infinity', claimed_until = null, "
            "last_error = 'indholdet kan ikke læses af denne version' where noegle = any($1::text[])",
            list(keys),
        )

    async def record(self, outcomes: Sequence[Settled]) -> list[str]:
        """Write outcomes down with their messages; the keys of those that were settled the other way before.

        What is settled stays, and what settles nothing does not touch a newer claim.
        """
        answers = [(o.noegle, *o.answer) for o in outcomes if o.answer is not None]
        rows = await self.pool.fetch(
            _RECORD,
            [o.noegle for o in outcomes],
            [o.state for o in outcomes],
            [o.error for o in outcomes],
            [o.wait for o in outcomes],
            [noegle for noegle, _, _ in answers],
            [value for _, value, _ in answers],
            [headers for _, _, headers in answers],
            self.member,
            [o.claim[0] for o in outcomes],
            [o.claim[1] for o in outcomes],
        )
        return [r["noegle"] for r in rows]


class PositionStore:
    """What the consumer asks: where each partition stands."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def positions(self) -> list[Any]:
        """Every partition with its next offset and its number."""
        return await self.pool.fetch("select topic, part, next, nr from position")

    async def begin(self, began: Sequence[tuple[str, int, int]]) -> None:
        """Give partitions (topic, part, first offset) a position where they have none."""
        await self.pool.execute(
            "insert into position (topic, part, began, next) "
            "select topic, part, began, began from unnest($1::text[], $2::int[], $3::bigint[]) x(topic, part, began) "
            # Without this the statement waits for every batch under way, and a start for a member that is frozen.
            "where not exists (select 1 from position p where p.topic = x.topic and p.part = x.part) "
            "on conflict (topic, part) do nothing",
            [topic for topic, _, _ in began],
            [part for _, part, _ in began],
            [offset for _, _, offset in began],
        )

    async def beyond(self, topics: Mapping[str, int]) -> list[tuple[str, int]]:
        """Partitions that have a position, but are not among the number their topic has."""
        rows = await self.pool.fetch(
            "select p.topic, p.part from position p join unnest($1::text[], $2::int[]) x(topic, antal) "
            "on p.topic = x.topic and p.part >= x.antal order by 1, 2",
            list(topics),
            list(topics.values()),
        )
        return [(r["topic"], r["part"]) for r in rows]

    async def step_over(self, where: tuple[str, int], here: int, there: int, gone: int) -> bool:
        """Move over offsets that hold no message, `gone` of them because they are lost; False: it was elsewhere."""
        moved = await self.pool.execute(
            "update position set next = $4, jumped = jumped + $5, empty = empty + $4 - $3 - $5 "
            "where topic = $1 and part = $2 and next = $3",
            *where,
            here,
            there,
            gone,
        )
        return moved == "UPDATE 1"

    async def now(self) -> datetime:
        """The database's time."""
        return await self.pool.fetchval("select clock_timestamp()")

    async def read_until(self, until: Sequence[tuple[str, int, datetime]]) -> None:
        """Partitions (topic, part, instant) have been read up to then; never back."""
        await self.pool.execute(
            "update position p set read_until = x.til from unnest($1::text[], $2::int[], $3::timestamptz[]) "
            "x(topic, part, til) where p.topic = x.topic and p.part = x.part "
            "and (read_until is null or read_until < x.til)",
            [topic for topic, _, _ in until],
            [part for _, part, _ in until],
            [instant for _, _, instant in until],
        )


class ClockStore:
    """What the hub's clock asks."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def set(self, forskydning_ms: int, version: int) -> None:
        """Keep a setting of the clock unless a newer one is known."""
        await self.pool.execute(
            "update klokke set forskydning_ms = $1, version = $2, stillet = clock_timestamp() where version < $2",
            forskydning_ms,
            version,
        )
