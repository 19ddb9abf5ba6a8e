"""PostgreSQL in memory: transactions as READ COMMITTED with row locks and advisory locks, in one schema.

A statement sees what is committed when it begins and what its own transaction has written. Whoever writes a row holds
it until its transaction ends; others wait, and then see the newest row. A commit takes all at once or nothing.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from shared.platform.database import END_FROZEN
from shared.platform.engine import SHARDS
from simulation.broker import Broker
from simulation.world import PROCESS, Gone, World

Row = dict[str, Any]
LONG_AGO = datetime.min.replace(tzinfo=UTC)
_GONE = object()
IDLE = frozenset({"forfaldne", "næste frist", "leje", "tag effekter", "udbakkens rækker"})
"""The statements of loops that find nothing most of the time."""
RARE = frozenset({"skriv udfald", "slet udsendte", "tilstand igen", "frister til indbakken", "indbakke", "parkere"})
"""Statements that decide much and are made seldom."""
WEIGHTS = {**dict.fromkeys(IDLE, 0.4), **dict.fromkeys(RARE, 8.0)}
"""How much oftener a statement meets with a fault than the others."""
WRITTEN = 3.0
"""The same for the end of a transaction that has written something."""
CONNECTED = 0.2
"""The same for taking a connection."""


class Schema:
    """The committed tables of one service, and who holds what."""

    def __init__(self, world: World, name: str, broker: Broker) -> None:
        self.world, self.name, self.broker = world, name, broker
        self.tables: dict[str, dict[Hashable, Any]] = {}
        self.locks: dict[Hashable, Change] = {}
        self._sequences: dict[str, int] = {}
        self.table("lease").update({n: {"shard": n, "owner": "", "epoch": 0, "until": None} for n in range(SHARDS)})
        self.table("klokke")[True] = {"forskydning_ms": 0, "version": 0, "stillet": None}
        self.on_commit: list[Callable[[Change], None]] = []

    def table(self, name: str) -> dict[Hashable, Any]:
        """The committed rows of a table by key."""
        return self.tables.setdefault(name, {})

    def next(self, sequence: str) -> int:
        """The next number; one that is drawn is gone, also when the transaction is rolled back."""
        self._sequences[sequence] = self._sequences.get(sequence, 0) + 1
        return self._sequences[sequence]

    def acquire(self, timeout: float = 0) -> "_Acquired":
        """A connection, as asyncpg's pool gives it."""
        del timeout
        return _Acquired(self)

    def statement(self, name: str) -> "_Statement":
        """A transaction of one statement."""
        return _Statement(self, name)


class _Statement:
    def __init__(self, schema: Schema, name: str) -> None:
        self._connection, self._name = Connection(schema), name
        self._change = Change(schema)

    async def __aenter__(self) -> "Change":
        self._connection.change = self._change
        try:
            return await self._connection.begin(self._name)
        except BaseException:
            self._change.end()
            raise

    async def __aexit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                await self._connection.commit(self._change)
        finally:
            self._change.end()


class _Acquired:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    async def __aenter__(self) -> "Connection":
        await self._schema.world.point("forbind", weight=CONNECTED)
        return Connection(self._schema)

    async def __aexit__(self, *_: object) -> None:
        return None


class Connection:
    """One connection; `change` is its open transaction."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.change: Change | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[None]:
        """All or nothing."""
        change = self.change = Change(self.schema)
        try:
            yield
            await self.commit(change)
        finally:
            self.change = None
            change.end()

    async def commit(self, change: "Change") -> None:
        """All becomes visible, or nobody knows. Where nothing was written there is nothing that could go wrong."""
        world = self.schema.world
        change.refuse_if_ended()
        if not change.written:
            change.end()
            return
        await world.point("før commit", weight=WRITTEN)
        change.refuse_if_ended()
        if world.chance(world.faults.cut * WRITTEN):
            if world.chance(0.5):
                change.commit()
            change.end()
            world.hit("røg", "commit", self.schema.name)
            raise Gone("forbindelsen røg under commit")
        change.commit()
        change.end()
        await world.point("efter commit", weight=WRITTEN)

    async def begin(self, name: str) -> "Change":
        """A statement begins on the open transaction: it may never come through."""
        world = self.schema.world
        weight = WEIGHTS.get(name, 1.5)
        await world.point(name, weight=weight)
        if world.chance(world.faults.cut * weight):
            world.hit("røg", name, self.schema.name)
            raise Gone("forbindelsen røg")
        assert self.change is not None
        self.change.refuse_if_ended()
        return self.change

    async def fetchval(self, sql: str, timeout: float = 0) -> Any:  # noqa: ASYNC109  the driver's
        """The pulse, the one statement that nobody has put into a store: how many frozen transactions it ended."""
        assert sql == END_FROZEN
        await self.schema.world.point("puls")
        if self.schema.world.chance(self.schema.world.faults.cut):
            raise Gone("forbindelsen røg")
        return 0


class Change:
    """An open transaction: what it has written, and what it holds."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.now = schema.world.now
        self.written: dict[str, dict[Hashable, Any]] = {}
        self.noted: list[Any] = []
        """What those who watch the run want to know at the commit."""
        self._held: list[Hashable] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._waits_for: Change | None = None
        self.ended = False
        self._process = PROCESS.get()
        if self._process is not None:
            self._process.transactions[self] = None

    def get(self, table: str, key: Hashable) -> Any:
        """The row as this transaction sees it; None: there is none."""
        own = self.written.get(table)
        found = own.get(key, self) if own else self
        if found is self:
            return self.schema.table(table).get(key)
        return None if found is _GONE else found

    def rows(self, table: str) -> Iterator[tuple[Any, Any]]:
        """Keys and rows as this transaction sees them now."""
        own = self.written.get(table)
        if not own:
            yield from list(self.schema.table(table).items())
            return
        committed = self.schema.table(table)
        yield from [(k, v) for k, v in committed.items() if k not in own]
        yield from [(k, v) for k, v in own.items() if v is not _GONE]

    def put(self, table: str, key: Hashable, row: Any) -> None:
        """Write a row that this transaction holds, or that is new."""
        self.written.setdefault(table, {})[key] = row

    def delete(self, table: str, key: Hashable) -> None:
        """Take a row away that this transaction holds."""
        self.written.setdefault(table, {})[key] = _GONE

    async def hold(self, *locks: Hashable) -> None:
        """Lock, in this order; waits for those who hold them. Raises a deadlock as PostgreSQL does."""
        for lock in locks:
            while (holder := self.schema.locks.get(lock)) is not None and holder is not self:
                if self._would_wait_for_itself(holder):
                    raise asyncpg.DeadlockDetectedError("deadlock detected")
                self._waits_for = holder
                waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                holder._waiters.append(waiter)
                try:
                    await waiter
                finally:
                    self._waits_for = None
                self.refuse_if_ended()
            if holder is None:
                self.schema.locks[lock] = self
                self._held.append(lock)

    def held_by_another(self, lock: Hashable) -> bool:
        """Whether `skip locked` passes it over."""
        return self.schema.locks.get(lock) not in (None, self)

    def _would_wait_for_itself(self, holder: "Change") -> bool:
        at: Change | None = holder
        while at is not None:
            if at is self:
                return True
            at = at._waits_for
        return False

    async def update(
        self, table: str, keys: Iterable[Any], change: Callable[[Row], Row | None], where: Callable[[Row], bool]
    ) -> list[Row]:
        """Lock the rows that match, look again, and write them; None deletes. The rows as they are then."""
        done: list[Row] = []
        for key in [k for k in keys if (row := self.get(table, k)) is not None and where(row)]:
            await self.hold((table, key))
            row = self.get(table, key)
            if row is None or not where(row):
                continue
            new = change(row)
            if new is None:
                self.delete(table, key)
            else:
                self.put(table, key, new)
            done.append(row if new is None else new)
        return done

    def commit(self) -> None:
        """Make it all visible."""
        for table, rows in self.written.items():
            committed = self.schema.table(table)
            for key, row in rows.items():
                if row is _GONE:
                    committed.pop(key, None)
                else:
                    committed[key] = row
        for watch in self.schema.on_commit:
            watch(self)

    def end(self) -> None:
        """Give up every lock; what was not committed is gone."""
        if self.ended:
            return
        self.ended = True
        if self._process is not None:
            self._process.transactions.pop(self, None)
        for lock in self._held:
            del self.schema.locks[lock]
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def refuse_if_ended(self) -> None:
        """The server has ended it: its process stood still for too long."""
        if self.ended:
            raise Gone("transaktionen er afsluttet af serveren")

    def hub_now(self) -> datetime:
        """The hub's now."""
        return self.schema.world.now + timedelta(milliseconds=self.get("klokke", True)["forskydning_ms"])
