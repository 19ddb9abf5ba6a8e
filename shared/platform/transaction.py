"""The SQL of one batch. Every method is one statement whatever the size of the batch."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.platform.database import Conflict, Connection, Moved
from shared.platform.engine import Loaded, Plan
from shared.platform.records import Item, Stored, pack_headers, unpack_headers
from shared.platform.tabel import Soegning, Tabel
from shared.platform.writing import columns, decided, together

LOCK_SLOTS = 4096
"""Order keys are hashed into this many advisory locks, which bounds the server's lock table."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a batch moves one partition: `n` records read from `old` up to `new`.

    `jumped` offsets were gone before they could be read; `empty` ones never held a message (markers of transactions,
    what compaction removed).
    """

    topic: str
    part: int
    old: int
    new: int
    n: int
    duplicates: int
    jumped: int
    empty: int


def lock_slot(order_key: str) -> int:
    """The advisory lock of an order key."""
    return int.from_bytes(hashlib.blake2b(order_key.encode(), digest_size=4).digest(), "big") % LOCK_SLOTS


def lock_class(schema: str) -> int:
    """The lock space of a service."""
    return int.from_bytes(hashlib.blake2b(schema.encode(), digest_size=4).digest(), "big", signed=True)


class Transaction:
    """The statements of a batch on an open transaction. `shard` spreads counters over rows."""

    def __init__(self, connection: Connection, schema: str, shard: int = 0) -> None:
        self.db = connection
        self.schema = schema
        self.shard = shard

    async def lock(self, order_keys: Iterable[str]) -> None:
        """One transaction at a time works on an order key, over all members, also where no row exists yet."""
        slots = sorted({lock_slot(key) for key in order_keys})
        await self.db.execute(
            "select pg_advisory_xact_lock($1, slot) from unnest($2::int[]) slot", lock_class(self.schema), slots
        )

    async def remember(self, items: Sequence[Item], nr: dict[tuple[str, int], int]) -> set[bytes]:
        """Record the ids of messages read from Kafka; returns those that were new."""
        ids = list({item.id: item for item in reversed(items)}.values())
        rows = await self.db.fetch(
            "insert into handled (id, nr, ofs, done) "
            "select id, nr, ofs, true from unnest($1::bytea[], $2::smallint[], $3::bigint[]) x(id, nr, ofs) "
            "on conflict (id) do nothing returning id",
            [i.id for i in ids],
            [nr[i.raw.topic, i.raw.partition] for i in ids],
            [i.raw.offset for i in ids],
        )
        return {row["id"] for row in rows}

    async def advance(self, steps: Sequence[Step]) -> None:
        """Move the positions, each from where this member thought it was. Raises `Moved` when one is elsewhere."""
        moved = await self.db.fetchval(
            """
            with u as (
                update position p
                set next = x.new, received = received + x.n, duplicates = duplicates + x.dup, jumped = jumped + x.jump,
                    empty = p.empty + x.empty
                from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                            $8::bigint[]) x(topic, part, old, new, n, dup, jump, empty)
                where p.topic = x.topic and p.part = x.part and p.next = x.old
                returning 1
            ) select count(*) from u
            """,
            *columns(steps, "topic", "part", "old", "new", "n", "duplicates", "jumped", "empty"),
        )
        if moved != len(steps):
            raise Moved("positionen er en anden end ventet")

    async def count_duplicates(self, partitions: Sequence[tuple[str, int]]) -> None:
        """Messages read earlier that turned out to be known."""
        if partitions:
            await self.db.execute(
                "update position p set duplicates = duplicates + 1 from unnest($1::text[], $2::int[]) x(topic, part) "
                "where p.topic = x.topic and p.part = x.part",
                [topic for topic, _ in partitions],
                [part for _, part in partitions],
            )

    async def surroundings(self, order_keys: Iterable[str]) -> tuple[datetime, set[str], set[str]]:
        """The hub's now, the order keys with messages in the inbox, and those with parked messages that block."""
        rows = await self.db.fetch(
            """
            select null::text as key, 'nu' as kind, clock_timestamp() + forskydning_ms * interval '1 ms' as nu
            from klokke
            union all
            select distinct order_key, 'inbox', null::timestamptz from inbox where order_key = any($1::text[])
            union all
            select distinct order_key, 'parked', null::timestamptz from parked
            where order_key = any($1::text[]) and blocks and resolved_at is null
            """,
            list(set(order_keys)),
        )
        nu = next(r["nu"] for r in rows if r["kind"] == "nu")
        return nu, *({r["key"] for r in rows if r["kind"] == kind} for kind in ("inbox", "parked"))  # pyright: ignore[reportReturnType]

    async def load(self, items: Sequence[Item]) -> Loaded:
        """Read and lock every row the handlers of these items declare: one statement per search and per table."""
        loaded = Loaded()
        wanted: dict[Tabel[Any], set[str]] = {}
        searches: dict[Soegning, tuple[Tabel[Any], set[str]]] = {}
        for item in items:
            for reading in item.registered.laeser if item.registered and item.kuvert else ():
                if reading.soegning is not None:
                    argument = _safe(reading.soegning.argument, item)
                    searches.setdefault(reading.soegning, (reading.tabel, set()))[1].update(argument)
                elif reading.noegler is not None:
                    wanted.setdefault(reading.tabel, set()).update(*_safe(reading.noegler, item))
        for search, (table, arguments) in searches.items():
            for argument, key in await self.search(search, table, list(arguments)):
                loaded.found.setdefault((search, argument), []).append(key)
                wanted.setdefault(table, set()).add(key)
        for table in sorted(wanted, key=lambda t: t.navn):
            loaded.rows[table] = await self.rows(table, wanted[table])
        return loaded

    async def search(self, search: Soegning, table: Tabel[Any], arguments: list[str]) -> Sequence[Any]:
        """Pairs (argument, key) in the search's order."""
        del table
        return await self.db.fetch(search.sql, arguments)

    async def rows(self, table: Tabel[Any], keys: Iterable[str]) -> dict[str, tuple[Any, int]]:
        """Rows by key with the version read, locked in the order of the key."""
        names = ", ".join(c.navn for c in table.kolonner)
        found = await self.db.fetch(
            f"select {names}, raekkeversion from {table.navn} "
            f"where {table.noeglefelt} = any($1::text[]) order by {table.noeglefelt} for update",
            list(keys),
        )
        outs = [c.ud for c in table.kolonner]
        result: dict[str, tuple[Any, int]] = {}
        for record in found:
            *values, version = record.values()
            row = table.raekke(*(v if out is None else out(v) for v, out in zip(values, outs, strict=True)))
            result[table.noegle_af(row)] = (row, version)
        return result

    async def write(self, plan: Plan) -> None:
        """Everything a plan holds, in a number of statements that does not grow with it."""
        await self._write_decided(plan)
        await self._write_inbox(plan.queued)
        await self._write_parked(plan.parked)
        await self._park_keys(plan.exhausted)
        undone = [i.handled_id for i, *_ in (*plan.queued, *plan.parked) if i.handled_id]
        if undone:
            await self._not_done(undone)

    async def _write_decided(self, plan: Plan) -> None:
        """Rows, messages, deadlines and effects. Raises `Conflict` when a row is no longer as it was read."""
        parts = decided(plan, self.shard)
        if not parts:
            return
        sql = together(tuple((p.name, p.sql, len(p.args)) for p in parts))
        done = await self.db.fetchrow(sql, *(a for p in parts for a in p.args))
        assert done is not None
        for part, count in zip(parts, done, strict=True):
            if part.rows not in (None, count):
                raise Conflict(f"{part.name}: en række er ændret af en anden")

    async def _not_done(self, ids: Sequence[bytes]) -> None:
        await self.db.execute("update handled set done = false where id = any($1::bytea[])", ids)

    async def _write_inbox(self, queued: Sequence[tuple[Item, str]]) -> None:
        new = [(i, e) for i, e in queued if not i.seq]
        if new:
            await self.db.execute(
                "insert into inbox (order_key, origin, handled_id, topic, part, ofs, key, value, headers, attempts, "
                "last_error, next_at) select order_key, 'kafka', id, topic, part, ofs, key, value, headers, attempts, "
                "error, now() + wait * interval '1 second' "
                "from unnest($1::text[], $2::bytea[], $3::text[], $4::int[], $5::bigint[], $6::bytea[], $7::bytea[], "
                "$8::bytea[], $9::int[], $10::text[], $11::float8[]) "
                "x(order_key, id, topic, part, ofs, key, value, headers, attempts, error, wait)",
                [i.order_key for i, _ in new],
                [i.handled_id for i, _ in new],
                *_raw([i for i, _ in new]),
                [i.attempts for i, _ in new],
                [e for _, e in new],
                [i.wait for i, _ in new],
            )
        failed = [(i, e) for i, e in queued if i.seq and e]
        if failed:
            await self.db.execute(
                "update inbox set attempts = x.attempts, last_error = x.error, "
                "next_at = now() + x.wait * interval '1 second' "
                "from unnest($1::bigint[], $2::int[], $3::text[], $4::float8[]) x(seq, attempts, error, wait) "
                "where inbox.seq = x.seq",
                [i.seq for i, _ in failed],
                [i.attempts for i, _ in failed],
                [e for _, e in failed],
                [i.wait for i, _ in failed],
            )

    async def _write_parked(self, parked: Sequence[tuple[Item, tuple[str, ...], bool]]) -> None:
        if not parked:
            return
        items = [i for i, *_ in parked]
        await self.db.execute(
            "insert into parked (order_key, blocks, origin, handled_id, frist_id, topic, part, ofs, key, value, "
            "headers, attempts, reasons) "
            "select order_key, blocks, origin, id, frist, topic, part, ofs, key, value, headers, attempts, "
            "string_to_array(reasons, chr(10)) "
            "from unnest($1::text[], $2::bool[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::int[], "
            "$8::bigint[], $9::bytea[], $10::bytea[], $11::bytea[], $12::int[], $13::text[]) "
            "x(order_key, blocks, origin, id, frist, topic, part, ofs, key, value, headers, attempts, reasons)",
            [i.order_key or None for i in items],
            [blocks for *_, blocks in parked],
            [i.origin for i in items],
            [i.handled_id for i in items],
            [i.frist_id for i in items],
            *_raw(items),
            [i.attempts for i in items],
            [
                "\n".join(reason.replace("\n", " ").replace("\x00", "") for reason in reasons)
                for _, reasons, _ in parked
            ],
        )

    async def _park_keys(self, order_keys: Sequence[str]) -> None:
        if not order_keys:
            return
        await self.db.execute(
            """
            with moved as (delete from inbox where order_key = any($1::text[]) returning *)
            insert into parked (order_key, blocks, origin, handled_id, frist_id, topic, part, ofs, key, value, headers,
                                attempts, place, reasons)
            select order_key, true, origin, handled_id, frist_id, topic, part, ofs, key, value, headers, attempts,
                   place,
                   array[case when last_error = '' then 'venter på en tidligere parkeret besked med samme ordensnøgle'
                         else last_error end]
            from moved order by seq
            """,
            list(set(order_keys)),
        )

    async def due_inbox(self, limit: int) -> list[str]:
        """Order keys whose first waiting message is due."""
        rows = await self.db.fetch(
            "select k.order_key from (select distinct on (order_key) order_key, seq, next_at from inbox "
            "order by order_key, seq) k where k.next_at <= now() order by k.seq limit $1",
            limit,
        )
        return [r["order_key"] for r in rows]

    async def inbox_rows(self, order_keys: Sequence[str], limit: int) -> list[dict[str, Any]]:
        """The waiting messages of these keys in order, once their locks are held; keys no longer due are left out."""
        rows = await self.db.fetch(
            "select i.* from inbox i where i.order_key = any($1::text[]) and "
            "(select h.next_at from inbox h where h.order_key = i.order_key order by h.seq limit 1) <= now() "
            "order by i.seq limit $2",
            list(order_keys),
            limit,
        )
        return [dict(r) for r in rows]

    async def leave_inbox(self, seqs: Sequence[int], handled_ids: Sequence[bytes]) -> None:
        """Messages of the inbox that were handled or parked."""
        await self.db.execute("delete from inbox where seq = any($1::bigint[])", seqs)
        if handled_ids:
            await self.db.execute("update handled set done = true where id = any($1::bytea[])", handled_ids)


def stored(row: dict[str, Any]) -> Stored:
    """The raw message of an inbox or parked row."""
    headers = unpack_headers(row["headers"])
    return Stored(row["topic"], row["part"], row["ofs"], row["key"], row["value"], headers)


def _safe(find: Callable[[Any], Any], item: Item) -> list[Any]:
    """What a reading wants; a bug in it is met again, and blamed on its message, when the handler is about to run."""
    assert item.kuvert is not None
    try:
        found = find(item.kuvert.besked)
    except Exception:
        return []
    return [] if found is None else [found]


def _raw(items: Sequence[Item]) -> list[list[Any]]:
    return [
        [i.raw.topic for i in items],
        [i.raw.partition for i in items],
        [i.raw.offset for i in items],
        [i.raw.key for i in items],
        [i.raw.value for i in items],
        [pack_headers(i.raw.headers) for i in items],
    ]
