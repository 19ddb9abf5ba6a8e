"""The statements of a batch over memory: as `shared.platform.transaction`, with the same answers."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.platform.database import Conflict, Moved
from shared.platform.engine import Due, Outgoing, Plan, Wanted
from shared.platform.records import Item, pack_headers
from shared.platform.tabel import Soegning, Tabel
from shared.platform.transaction import Step, Transaction, lock_slot
from simulation.database import Change, Connection, Row

BEHIND = "venter på en tidligere parkeret besked med samme ordensnøgle"


class MemoryTransaction(Transaction):
    """The same methods; what one of them writes is seen by others at the commit only."""

    db: Connection  # pyright: ignore[reportIncompatibleVariableOverride]

    async def _begin(self, name: str) -> Change:
        return await self.db.begin(name)

    async def lock(self, order_keys: Iterable[str]) -> None:
        slots = sorted({lock_slot(key) for key in order_keys})
        change = await self._begin("låse")
        await change.hold(*(("slot", slot) for slot in slots))

    async def remember(self, items: Sequence[Item], nr: dict[tuple[str, int], int]) -> set[bytes]:
        change = await self._begin("huske")
        new: set[bytes] = set()
        for item in {i.id: i for i in reversed(items)}.values():
            if change.get("handled", item.id) is None:
                await change.hold(("handled", item.id))
            if change.get("handled", item.id) is None:
                number = nr[item.raw.topic, item.raw.partition]
                row = {"id": item.id, "nr": number, "ofs": item.raw.offset, "done": True}
                change.put("handled", item.id, row)
                new.add(item.id)
        return new

    async def advance(self, steps: Sequence[Step]) -> None:
        change = await self._begin("position")
        moved = 0
        for s in steps:

            def ahead(row: Row, s: Step = s) -> Row:
                return {
                    **row,
                    "next": s.new,
                    "received": row["received"] + s.n,
                    "duplicates": row["duplicates"] + s.duplicates,
                    "jumped": row["jumped"] + s.jumped,
                    "empty": row["empty"] + s.empty,
                }

            done = await change.update("position", [(s.topic, s.part)], ahead, lambda r, s=s: r["next"] == s.old)
            moved += len(done)
        if moved != len(steps):
            raise Moved("positionen er en anden end ventet")

    async def count_duplicates(self, partitions: Sequence[tuple[str, int]]) -> None:
        if partitions:
            change = await self._begin("dubletter")
            for where in sorted(set(partitions)):
                await change.update(
                    "position", [where], lambda r: {**r, "duplicates": r["duplicates"] + 1}, lambda _: True
                )

    async def surroundings(self, order_keys: Iterable[str]) -> tuple[datetime, set[str], set[str]]:
        change = await self._begin("omgivelser")
        keys = set(order_keys)
        waiting = {r["order_key"] for _, r in change.rows("inbox")} & keys
        parked = {r["order_key"] for _, r in change.rows("parked") if r["blocks"] and r["resolved_at"] is None} & keys
        return change.hub_now(), waiting, parked

    async def search(self, search: Soegning, table: Tabel[Any], arguments: list[str]) -> Sequence[Any]:
        change = await self._begin("søge")
        rows = [row for _, (row, _) in change.rows(table.navn)]
        return [(argument, key) for argument in arguments for key in search.hukommelse(rows, argument)]

    async def rows(self, table: Tabel[Any], keys: Iterable[str]) -> dict[str, tuple[Any, int]]:
        change = await self._begin(f"læse {table.navn}")
        found: dict[str, tuple[Any, int]] = {}
        for key in sorted(k for k in set(keys) if change.get(table.navn, k) is not None):
            await change.hold((table.navn, key))
            row = change.get(table.navn, key)
            if row is not None:
                found[key] = row
        return found

    async def _write_decided(self, plan: Plan) -> None:
        for table, changed in plan.loaded.changed.items():
            await self._write_rows(table, [plan.loaded.rows[table][key] for key in changed])
        await self._write_outbox(plan.outbox)
        await self._write_deadlines(plan.deadlines)
        await self._write_effects(list(plan.effects.values()))

    async def _write_rows(self, table: Tabel[Any], rows: Sequence[tuple[Any, int]]) -> None:
        change = await self._begin(f"skrive {table.navn}")
        for row, version in rows:
            key = table.noegle_af(row)
            await change.hold((table.navn, key))
            known = change.get(table.navn, key)
            if known is not None and known[1] != version:
                raise Conflict(f"{table.navn}: en række er ændret af en anden")
            change.put(table.navn, key, (row, version + 1))

    async def _not_done(self, ids: Sequence[bytes]) -> None:
        change = await self._begin("ikke færdig")
        await change.update("handled", ids, lambda r: {**r, "done": False}, lambda _: True)

    async def _write_outbox(self, outgoing: Sequence[Outgoing]) -> None:
        if not outgoing:
            return
        change = await self._begin("udbakke")
        for o in outgoing:
            put_outbox(change, o.shard, o.topic, o.key, o.value, o.headers, o.state_version)
        newest = {(o.topic, o.key): o for o in outgoing if o.state_version is not None}
        for where, o in newest.items():
            await change.hold(("published_state", where))
            known = change.get("published_state", where)
            if known is None or known["version"] <= o.state_version:
                row = {"version": o.state_version, "value": o.value, "headers": o.headers}
                change.put("published_state", where, row)

    async def _write_deadlines(self, deadlines: dict[str, Due | None]) -> None:
        if not deadlines:
            return
        change = await self._begin("frister")
        for id_, due in deadlines.items():
            if due is not None:
                await change.hold(("deadline", id_))
                change.put("deadline", id_, due)
        revoked = [id_ for id_, due in deadlines.items() if due is None]
        await change.update("deadline", revoked, lambda _: None, lambda _: True)
        fallen = [seq for seq, row in change.rows("inbox") if row["frist_id"] in deadlines]
        await change.update("inbox", fallen, lambda _: None, lambda _: True)

    async def _write_effects(self, effects: Sequence[Wanted]) -> None:
        if not effects:
            return
        change = await self._begin("effekter")
        made = 0
        for e in effects:
            noegle = e.wish.noegle
            if change.get("effect", noegle) is None:
                await change.hold(("effect", noegle))
            if change.get("effect", noegle) is None:
                change.put("effect", noegle, _wanted(e, change.now))
                made += 1
        where = ("effects_wanted", self.shard)
        await change.hold(("tally", where))
        change.put("tally", where, (change.get("tally", where) or 0) + made)

    async def _write_inbox(self, queued: Sequence[tuple[Item, str]]) -> None:
        if not queued:
            return
        change = await self._begin("indbakke")
        for item, error in queued:
            again = change.now + timedelta(seconds=item.wait)
            if not item.seq:
                raw = item.raw
                put_inbox(
                    change, item.order_key, "kafka", key=raw.key, value=raw.value, headers=pack_headers(raw.headers),
                    handled_id=item.handled_id, topic=raw.topic, part=raw.partition, ofs=raw.offset,
                    attempts=item.attempts, last_error=error, next_at=again,
                )  # fmt: skip
            elif error:
                failed = {"attempts": item.attempts, "last_error": error, "next_at": again}
                await change.update("inbox", [item.seq], lambda r, f=failed: {**r, **f}, lambda _: True)

    async def _write_parked(self, parked: Sequence[tuple[Item, tuple[str, ...], bool]]) -> None:
        if not parked:
            return
        change = await self._begin("parkere")
        for item, reasons, blocks in parked:
            raw = item.raw
            row = {
                "order_key": item.order_key or None, "origin": item.origin, "handled_id": item.handled_id,
                "frist_id": item.frist_id, "topic": raw.topic, "part": raw.partition, "ofs": raw.offset,
                "key": raw.key, "value": raw.value, "headers": pack_headers(raw.headers), "attempts": item.attempts,
                "place": None,
            }  # fmt: skip
            _park(change, row, blocks, reasons)

    async def _park_keys(self, order_keys: Sequence[str]) -> None:
        if not order_keys:
            return
        change = await self._begin("parkere nøgler")
        seqs = sorted(seq for seq, row in change.rows("inbox") if row["order_key"] in set(order_keys))
        moved = [change.get("inbox", seq) for seq in seqs]
        await change.update("inbox", seqs, lambda _: None, lambda _: True)
        for row in moved:
            _park(change, row, True, (row["last_error"] or BEHIND,))

    async def due_inbox(self, limit: int) -> list[str]:
        async with self.db.schema.statement("forfaldne") as change:
            first = _first(change)
            due = [r for r in first.values() if r["next_at"] <= change.now]
            return [r["order_key"] for r in sorted(due, key=lambda r: r["seq"])[:limit]]

    async def inbox_rows(self, order_keys: Sequence[str], limit: int) -> list[dict[str, Any]]:
        change = await self._begin("indbakkens rækker")
        due = {k for k, r in _first(change).items() if r["next_at"] <= change.now} & set(order_keys)
        rows = [r for _, r in change.rows("inbox") if r["order_key"] in due]
        return sorted(rows, key=lambda r: r["seq"])[:limit]

    async def leave_inbox(self, seqs: Sequence[int], handled_ids: Sequence[bytes]) -> None:
        change = await self._begin("forlade indbakken")
        await change.update("inbox", seqs, lambda _: None, lambda _: True)
        await change.update("handled", handled_ids, lambda r: {**r, "done": True}, lambda _: True)


def _first(change: Change) -> dict[str, Row]:
    """The first waiting message of each order key."""
    first: dict[str, Row] = {}
    for _, row in change.rows("inbox"):
        known = first.get(row["order_key"])
        if known is None or row["seq"] < known["seq"]:
            first[row["order_key"]] = row
    return first


def put_outbox(
    change: Change, shard: int, topic: str, key: bytes, value: bytes, headers: bytes, state_version: int | None
) -> None:
    """A row of the outbox; its id is drawn now, whenever the transaction ends."""
    id_ = change.schema.next("outbox")
    row = {
        "id": id_, "shard": shard, "topic": topic, "key": key, "value": value, "headers": headers,
        "state_version": state_version,
    }  # fmt: skip
    change.put("outbox", id_, row)


def put_inbox(change: Change, order_key: str, origin: str, *, headers: bytes, **columns: Any) -> None:
    """A row of the inbox with the table's defaults."""
    seq = change.schema.next("inbox")
    row = {
        "seq": seq, "order_key": order_key, "origin": origin, "handled_id": None, "frist_id": None, "topic": "",
        "part": -1, "ofs": -1, "key": None, "value": None, "attempts": 0, "next_at": change.now, "last_error": "",
        "place": None,
    }  # fmt: skip
    change.put("inbox", seq, {**row, "headers": headers, **columns})


def _wanted(e: Wanted, now: datetime) -> Row:
    return {
        "noegle": e.wish.noegle, "art": e.wish.art, "order_key": e.wish.ordensnoegle, "value": e.value,
        "headers": e.headers, "state": "wanted", "attempts": 0, "asked": 0, "next_at": now, "claimed_by": "",
        "claimed_until": None, "settled_at": None, "last_error": "",
    }  # fmt: skip


def _park(change: Change, row: Row, blocks: bool, reasons: tuple[str, ...]) -> None:
    id_ = change.schema.next("parked")
    change.put("parked", id_, {**row, "id": id_, "blocks": blocks, "reasons": reasons, "resolved_at": None})
