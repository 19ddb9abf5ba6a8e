"""What the loops ask, over memory: the classes of `shared.platform.stores` with the same answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.platform.engine import Due
from shared.platform.stores import (
    AGAIN,
    SETTLED,
    ClockStore,
    DeadlineStore,
    EffectStore,
    OutboxStore,
    PositionStore,
    Settled,
)
from shared.platform.transaction import lock_slot
from simulation.database import LONG_AGO, Change, Row, Schema
from simulation.statements import put_inbox, put_outbox

FOR_EVER = datetime.max.replace(tzinfo=LONG_AGO.tzinfo)


class MemoryOutbox(OutboxStore):
    """The outbox and its leases."""

    pool: Schema  # pyright: ignore[reportIncompatibleVariableOverride]

    async def take_leases(self, member: str, seconds: float) -> dict[int, int]:
        async with self.pool.statement("leje") as change:
            until = change.now + timedelta(seconds=seconds)

            def mine(row: Row) -> bool:
                return row["owner"] == member or row["until"] is None or row["until"] < change.now

            def renewed(row: Row) -> Row:
                return {**row, "owner": member, "until": until, "epoch": row["epoch"] + (row["owner"] != member)}

            shards = [n for n, _ in change.rows("lease")]
            taken = await change.update("lease", shards, renewed, mine)
            return {r["shard"]: r["epoch"] for r in taken}

    async def give_back(self, member: str) -> None:
        async with self.pool.statement("giv tilbage") as change:
            shards = [n for n, _ in change.rows("lease")]
            await change.update("lease", shards, lambda r: {**r, "until": None}, lambda r: r["owner"] == member)

    async def waiting(self, shards: Sequence[int], limit: int, without: Sequence[tuple[str, bytes]]) -> list[Any]:
        async with self.pool.statement("udbakkens rækker") as change:
            rows = [r for _, r in change.rows("outbox") if r["shard"] in shards]
            oldest = sorted((r for r in rows if (r["topic"], r["key"]) not in without), key=lambda r: r["id"])[:limit]
            return [_as_sent(change, r) for r in oldest]

    async def delete(self, ids: Sequence[int], member: str, epochs: Mapping[int, int]) -> set[int]:
        async with self.pool.statement("slet udsendte") as change:
            ours: set[int] = set()
            for shard, epoch in epochs.items():
                await change.hold(("lease", shard))
                lease = change.get("lease", shard)
                if (lease["owner"], lease["epoch"]) == (member, epoch):
                    ours.add(shard)
            gone = await change.update("outbox", ids, lambda _: None, lambda r: r["shard"] in ours)
            return {r["id"] for r in gone}

    async def state_again(self, rows: Sequence[tuple[str, bytes, int]]) -> None:
        async with self.pool.statement("tilstand igen") as change:
            for topic, key, shard in dict.fromkeys(rows):
                if change.get("published_state", (topic, key)) is not None:
                    put_outbox(change, shard, topic, key, b"", b"", AGAIN)


def _as_sent(change: Change, row: Row) -> Row:
    if row["state_version"] != AGAIN:
        return row
    state = change.get("published_state", (row["topic"], row["key"]))
    return {**row, "value": state["value"], "headers": state["headers"]}


class MemoryDeadlines(DeadlineStore):
    """The running deadlines."""

    pool: Schema  # pyright: ignore[reportIncompatibleVariableOverride]

    async def until_next(self) -> float | None:
        async with self.pool.statement("næste frist") as change:
            due: list[datetime] = [d.due for _, d in change.rows("deadline")]
            return (min(due) - change.hub_now()).total_seconds() if due else None

    async def release(self, limit: int) -> int:
        async with self.pool.acquire() as connection, connection.transaction():
            change = await connection.begin("forfaldne frister")
            ready = self._ready(change)[:limit]
            if not ready:
                return 0
            change = await connection.begin("låse frister")
            await change.hold(*(("slot", s) for s in sorted({lock_slot(d.order_key) for d in ready})))
            change = await connection.begin("frister til indbakken")
            now, before = change.hub_now(), {d.frist_id: d for d in ready}
            ids = [i for i in before if (d := change.get("deadline", i)) is not None and d.due <= now]
            gone: list[Due] = []
            for id_ in ids:
                await change.hold(("deadline", id_))
                due = change.get("deadline", id_)
                if due is not None and due.due <= now:
                    change.delete("deadline", id_)
                    gone.append(due)
            for d in sorted(gone, key=lambda d: (d.due, d.frist_id)):
                put_inbox(
                    change, d.order_key, "deadline", frist_id=d.frist_id, key=d.key, value=d.value, headers=d.headers
                )
            return len(gone)

    def _ready(self, change: Change) -> list[Due]:
        clock = change.get("klokke", True)
        offset, moved = timedelta(milliseconds=clock["forskydning_ms"]), clock["stillet"] or LONG_AGO
        positions = [p for (topic, _), p in change.rows("position") if topic in self.topics]
        read = min((p["read_until"] or LONG_AGO for p in positions), default=None)
        if read is None:
            return []
        now = change.hub_now()
        due = [d for _, d in change.rows("deadline") if d.due <= now and max(d.due - offset, moved) <= read]
        return sorted(due, key=lambda d: (d.due, d.frist_id))


class MemoryEffects(EffectStore):
    """The effects."""

    pool: Schema  # pyright: ignore[reportIncompatibleVariableOverride]

    async def claim(self, arts: Sequence[str], limit: int, lease: float, settle: float) -> list[Any]:
        async with self.pool.statement("tag effekter") as change:
            now = change.now
            snapshot = dict(change.rows("effect"))
            free = {k: r for k, r in snapshot.items() if not change.held_by_another(("effect", k))}
            for key, row in free.items():
                if row["state"] == "sending" and row["claimed_until"] is not None and row["claimed_until"] < now:
                    lost = {"state": "unknown", "next_at": now + timedelta(seconds=settle), "claimed_until": None}
                    await change.hold(("effect", key))
                    change.put("effect", key, {**row, **lost, "last_error": "processen forsvandt under kaldet"})
            due = [r for r in free.values() if r["state"] in ("wanted", "unknown") and r["next_at"] <= now]
            chosen = sorted((r for r in due if r["art"] in arts), key=lambda r: r["next_at"])[:limit]
            return [await self._take(change, r, lease) for r in chosen]

    async def _take(self, change: Change, row: Row, lease: float) -> Row:
        wanted = row["state"] == "wanted"
        until = change.now + timedelta(seconds=lease)
        new = {
            **row,
            "state": "sending" if wanted else row["state"],
            "attempts": row["attempts"] + wanted,
            "asked": row["asked"] + (not wanted),
            "claimed_by": self.member,
            "claimed_until": until,
            "next_at": until,
        }
        await change.hold(("effect", row["noegle"]))
        change.put("effect", row["noegle"], new)
        return {**new, "ask": not wanted, "nu": change.hub_now()}

    async def record(self, outcomes: Sequence[Settled]) -> list[str]:
        async with self.pool.statement("skriv udfald") as change:
            before = dict(change.rows("effect"))
            written: dict[str, str] = {}
            for o in {o.noegle: o for o in reversed(outcomes)}.values():
                written |= {r["noegle"]: r["order_key"] for r in await self._record(change, o)}
            for o in outcomes:
                if o.noegle in written and o.answer is not None:
                    key, (value, headers) = written[o.noegle], o.answer
                    put_inbox(change, key, "effect", key=key.encode(), value=value, headers=headers)
            late = [
                o
                for o in outcomes
                if o.state in SETTLED and before[o.noegle]["state"] in SETTLED and before[o.noegle]["state"] != o.state
            ]
            for o in late:
                row = change.get("effect", o.noegle)
                change.put("effect", o.noegle, {**row, "last_error": f"modtageren har siden svaret {o.state}"})
            return [o.noegle for o in late]

    async def any_open(self, art: str) -> bool:
        async with self.pool.statement("åbne effekter") as change:
            rows = [r for _, r in change.rows("effect")]
            states = ("wanted", "sending", "unknown")
            return any(r["art"] == art and r["state"] in states and r["next_at"] < FOR_EVER for r in rows)

    async def set_aside(self, keys: Sequence[str]) -> None:
        async with self.pool.statement("læg til side") as change:
            aside = {"state": "unknown", "next_at": FOR_EVER, "claimed_until": None}
            aside["last_error"] = "indholdet kan ikke læses af denne version"
            await change.update("effect", keys, lambda r: {**r, **aside}, lambda _: True)

    async def _record(self, change: Change, o: Settled) -> list[Row]:
        settled = o.state in SETTLED
        again = FOR_EVER if o.wait == float("inf") else change.now + timedelta(seconds=o.wait)

        def open_(row: Row) -> bool:
            mine = (row["claimed_by"], row["attempts"], row["asked"]) == (self.member, *o.claim)
            return row["state"] in ("sending", "unknown", "wanted") and (settled or mine)

        new = {
            "state": o.state, "last_error": o.error, "claimed_until": None, "next_at": again,
            "settled_at": change.now if settled else None,
        }  # fmt: skip
        return await change.update("effect", [o.noegle], lambda r: {**r, **new}, open_)


class MemoryPositions(PositionStore):
    """Where each partition stands."""

    pool: Schema  # pyright: ignore[reportIncompatibleVariableOverride]

    async def positions(self) -> list[Any]:
        async with self.pool.statement("positioner") as change:
            return [r for _, r in change.rows("position")]

    async def begin(self, began: Sequence[tuple[str, int, int]]) -> None:
        async with self.pool.statement("begynd") as change:
            for topic, part, offset in began:
                number = self.pool.next("position")
                await change.hold(("position", (topic, part)))
                if change.get("position", (topic, part)) is None:
                    row = {
                        "topic": topic, "part": part, "nr": number, "began": offset, "next": offset, "received": 0,
                        "duplicates": 0, "jumped": 0, "empty": 0, "read_until": None,
                    }  # fmt: skip
                    change.put("position", (topic, part), row)

    async def beyond(self, topics: Mapping[str, int]) -> list[tuple[str, int]]:
        async with self.pool.statement("for mange partitioner") as change:
            return sorted((t, p) for (t, p), _ in change.rows("position") if t in topics and p >= topics[t])

    async def step_over(self, where: tuple[str, int], here: int, there: int, gone: int) -> bool:
        def over(row: Row) -> Row:
            lost, empty = row["jumped"] + gone, row["empty"] + there - here - gone
            return {**row, "next": there, "jumped": lost, "empty": empty}

        async with self.pool.statement("intet at læse") as change:
            return bool(await change.update("position", [where], over, lambda r: r["next"] == here))

    async def now(self) -> datetime:
        async with self.pool.statement("klokken"):
            return self.pool.world.now

    async def read_until(self, until: Sequence[tuple[str, int, datetime]]) -> None:
        async with self.pool.statement("læst til") as change:
            for topic, part, instant in until:
                await change.update(
                    "position",
                    [(topic, part)],
                    lambda r, i=instant: {**r, "read_until": i},
                    lambda r, i=instant: r["read_until"] is None or r["read_until"] < i,
                )


class MemoryClock(ClockStore):
    """The hub's clock."""

    pool: Schema  # pyright: ignore[reportIncompatibleVariableOverride]

    async def set(self, forskydning_ms: int, version: int) -> None:
        async with self.pool.statement("stil uret") as change:
            new = {"forskydning_ms": forskydning_ms, "version": version, "stillet": self.pool.world.now}
            await change.update("klokke", [True], lambda r: {**r, **new}, lambda r: r["version"] < version)
