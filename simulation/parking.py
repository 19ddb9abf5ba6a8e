"""Those who look after what is parked: as `shared.platform.parked` over memory, and a person who uses it."""

from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka.errors import KafkaError

from shared.platform.parked import NotAllowed
from shared.platform.transaction import lock_slot
from simulation.database import Change, Row, Schema
from simulation.script import DOOMED
from simulation.statements import put_inbox
from simulation.world import World

UNREADABLE = "parkeret:"
"""How the order key begins of bytes that were released although they are no message."""
OUTAGE = (OSError, KafkaError)


def parked(schema: Schema) -> list[Row]:
    """What is parked now, in its order."""
    rows = [r for r in schema.table("parked").values() if r["resolved_at"] is None]
    return sorted(rows, key=_place)


async def release(schema: Schema, ids: Sequence[int]) -> int:
    """Back to the inbox in the order they were parked. Raises `NotAllowed` when an earlier one would stay."""
    async with schema.acquire() as connection, connection.transaction():
        change = await connection.begin("frigive")
        rows = await _open_rows(change, ids)
        _refuse_overtaking(change, rows)
        for row in sorted(rows, key=_place):
            key = row["order_key"] or f"{UNREADABLE}{row['id']}"
            kept = ("handled_id", "frist_id", "topic", "part", "ofs", "key", "value", "headers")
            put_inbox(change, key, "released", place=_place(row), **{n: row[n] for n in kept})
        _resolve(change, rows, "released")
    return len(rows)


async def discard(schema: Schema, ids: Sequence[int]) -> int:
    """Set aside for good."""
    async with schema.acquire() as connection, connection.transaction():
        change = await connection.begin("kassere")
        rows = await _open_rows(change, ids)
        _resolve(change, rows, "discarded")
    return len(rows)


async def _open_rows(change: Change, ids: Sequence[int]) -> list[Row]:
    keys = [row["order_key"] for i in ids if (row := change.get("parked", i)) is not None]
    await change.hold(*(("slot", s) for s in sorted({lock_slot(k) for k in keys if k})))
    rows: list[Row] = []
    for id_ in sorted(set(ids)):
        await change.hold(("parked", id_))
        row = change.get("parked", id_)
        if row is None or row["resolved_at"] is not None:
            raise NotAllowed(f"ikke parkeret nu: {id_}")
        rows.append(row)
    return rows


def _refuse_overtaking(change: Change, rows: Sequence[Row]) -> None:
    last: dict[str, int] = {}
    for row in rows:
        if row["blocks"] and row["order_key"]:
            last[row["order_key"]] = max(last.get(row["order_key"], 0), _place(row))
    chosen = {r["id"] for r in rows}
    for _, row in change.rows("parked"):
        left = row["blocks"] and row["resolved_at"] is None and row["id"] not in chosen
        if left and _place(row) < last.get(row["order_key"], 0):
            raise NotAllowed(f"besked {row['id']} med samme ordensnøgle er parkeret tidligere")


def _resolve(change: Change, rows: Iterable[Row], resolution: str) -> None:
    for row in rows:
        change.put("parked", row["id"], {**row, "resolved_at": change.now, "resolution": resolution})


def _place(row: Row) -> int:
    return row["place"] or row["id"]


def hopeless(row: Row) -> bool:
    """What no release will ever help."""
    unreadable = row["order_key"] is None or row["order_key"].startswith(UNREADABLE)
    return unreadable or DOOMED.encode() in (row["value"] or b"")


class Operator:
    """A person who releases and discards, now and then a little hastily."""

    def __init__(self, world: World, schemas: dict[str, Schema]) -> None:
        self.world, self.schemas = world, schemas

    async def meddle(self) -> None:
        """Some of what is parked, in the middle of trouble: not always allowed, and not always wise."""
        rng = self.world.rng
        schema = rng.choice([s for _, s in sorted(self.schemas.items())])
        rows = parked(schema)
        if not rows:
            return
        chosen = rng.sample(rows, rng.randint(1, min(3, len(rows))))
        for wanted, act in ((False, release), (True, discard)):
            ids = [r["id"] for r in chosen if hopeless(r) == wanted or (act is release and rng.random() < 0.3)]
            if ids:
                await self._try(act, schema, ids)

    async def tidy(self) -> bool:
        """Everything: the hopeless is discarded, the rest released. False: nothing was parked."""
        acted = False
        for _, schema in sorted(self.schemas.items()):
            rows = parked(schema)
            for wanted, act in ((True, discard), (False, release)):
                ids = [r["id"] for r in rows if hopeless(r) == wanted]
                if ids:
                    acted = True
                    await self._try(act, schema, ids)
        return acted

    async def _try(self, act: Any, schema: Schema, ids: list[int]) -> None:
        what = "frigivet" if act is release else "kasseret"
        try:
            self.world.hit(what, schema.name, f"{await act(schema, ids)} stk.")
        except NotAllowed:
            self.world.hit(f"{what} nægtet", schema.name)
        except OUTAGE:
            self.world.hit(f"{what} uvist", schema.name)
