"""Parked messages: list them, look at one, let them go again in order, or set them aside for good."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.platform.database import Connection
from shared.platform.records import unpack_headers
from shared.platform.transaction import Transaction


class NotAllowed(Exception):
    """The order cannot be carried out; the text says why and what to do instead."""


@dataclass(frozen=True, slots=True)
class Parked:
    """One parked message as operators see it: never its content, which `raw` fetches."""

    id: int
    order_key: str | None
    blocks: bool
    origin: str
    topic: str
    part: int
    ofs: int
    ce_type: str
    reasons: tuple[str, ...]
    attempts: int
    parked_at: datetime


async def parked(db: Connection, order_key: str | None = None) -> list[Parked]:
    """What is parked now, the oldest first; of one order key when it is given."""
    rows = await db.fetch(
        "select * from parked where resolved_at is null and ($1::text is null or order_key = $1) "
        "order by coalesce(place, id)",
        order_key,
    )
    return [_parked(r) for r in rows]


def _parked(row: Any) -> Parked:
    types = [v for n, v in unpack_headers(row["headers"]) if n == "ce_type" and v]
    return Parked(
        row["id"], row["order_key"], row["blocks"], row["origin"], row["topic"], row["part"], row["ofs"],
        types[0].decode("utf-8", "replace") if types else "", tuple(row["reasons"]), row["attempts"], row["parked_at"],
    )  # fmt: skip


async def raw(db: Connection, id_: int) -> tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]:
    """Key, value and headers of a parked message, byte for byte."""
    row = await db.fetchrow("select key, value, headers from parked where id = $1", id_)
    if row is None:
        raise NotAllowed(f"der er ingen parkeret besked {id_}")
    return row["key"], row["value"], unpack_headers(row["headers"])


async def release(db: Connection, service: str, ids: Sequence[int], who: str, note: str = "") -> int:
    """Let parked messages go back to the inbox, in the order they were parked; returns how many.

    Raises `NotAllowed` when an earlier message of the same order key would stay parked: order holds.
    """
    async with db.transaction():
        rows = await _open_rows(db, service, ids)
        await _refuse_overtaking(db, rows)
        await db.execute(
            "insert into inbox (order_key, origin, handled_id, frist_id, topic, part, ofs, key, value, headers, place) "
            "select coalesce(order_key, 'parkeret:' || id), 'released', handled_id, frist_id, topic, part, ofs, key, "
            "value, headers, coalesce(place, id) from parked where id = any($1::bigint[]) order by coalesce(place, id)",
            [r["id"] for r in rows],
        )
        await _resolve(db, [r["id"] for r in rows], "released", who, note)
    return len(rows)


async def discard(db: Connection, service: str, ids: Sequence[int], who: str, note: str) -> int:
    """Set parked messages aside for good; they stay in the table with who did it and why. Returns how many."""
    if not note.strip():
        raise NotAllowed("en begrundelse mangler")
    async with db.transaction():
        rows = await _open_rows(db, service, ids)
        await _resolve(db, [r["id"] for r in rows], "discarded", who, note)
    return len(rows)


async def _open_rows(db: Connection, service: str, ids: Sequence[int]) -> list[Any]:
    keys = [
        r["order_key"] for r in await db.fetch("select order_key from parked where id = any($1::bigint[])", list(ids))
    ]
    await Transaction(db, service).lock(k for k in keys if k)
    rows = await db.fetch(
        "select id, order_key, blocks, coalesce(place, id) as place from parked "
        "where id = any($1::bigint[]) and resolved_at is null order by id for update",
        list(ids),
    )
    missing = sorted(set(ids) - {r["id"] for r in rows})
    if missing:
        raise NotAllowed(f"ikke parkeret nu: {', '.join(map(str, missing))}")
    return rows


async def _refuse_overtaking(db: Connection, rows: Sequence[Any]) -> None:
    last: dict[str, int] = {}
    for row in rows:
        if row["blocks"] and row["order_key"]:
            last[row["order_key"]] = max(last.get(row["order_key"], 0), row["place"])
    left = await db.fetchval(
        "select min(p.id) from parked p join unnest($1::text[], $2::bigint[]) x(key, last) on p.order_key = x.key "
        "where p.blocks and p.resolved_at is null and coalesce(p.place, p.id) < x.last "
        "and not p.id = any($3::bigint[])",
        list(last),
        list(last.values()),
        [r["id"] for r in rows],
    )
    if left is not None:
        raise NotAllowed(f"besked {left} med samme ordensnøgle er parkeret tidligere: frigiv eller kassér den først")


async def _resolve(db: Connection, ids: Sequence[int], resolution: str, who: str, note: str) -> None:
    await db.execute(
        "update parked set resolved_at = now(), resolution = $2, resolved_by = $3, note = $4 "
        "where id = any($1::bigint[])",
        list(ids),
        resolution,
        who,
        note,
    )
