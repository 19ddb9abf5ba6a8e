"""Parked messages: list them, look at one, let them go again in order, or set them aside for good."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from shared.platform.database import Connection
from shared.platform.operators import (
    Act,
    Change,
    Found,
    NotAllowed,
    Selection,
    acting,
    header,
    lock,
    record,
    select,
    shown,
)
from shared.platform.records import unpack_headers

__all__ = ["NotAllowed", "Parked", "discard", "find", "parked", "raw", "release", "resolve"]

Resolution = Literal["released", "discarded"]
STATES = ("parked", "released", "discarded")


@dataclass(frozen=True, slots=True)
class Parked:
    """One parked message as operators see it: never its content, which `raw` fetches."""

    id: int
    state: str
    order_key: str | None
    forloeb_id: str
    blocks: bool
    origin: str
    topic: str
    part: int
    ofs: int
    ce_type: str
    reasons: tuple[str, ...]
    attempts: int
    parked_at: datetime
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    note: str | None = None


async def parked(db: Connection, order_key: str | None = None) -> list[Parked]:
    """What is parked now, the oldest first; of one order key when it is given."""
    return (await find(db, Selection(order_key=order_key or "", states=("parked",)))).rows


async def find(db: Connection, selection: Selection) -> Found[Parked]:
    """Parked messages, also those let go or discarded, in the order in which they would be released."""
    rows = await select(
        db, "parked", selection, id_="id", when="parked_at", kind="topic", order="coalesce(place, id)",
        state="coalesce(resolution, 'parked')",
    )  # fmt: skip
    return Found([_parked(r) for r in rows], rows[0]["total"] if rows else 0)


def _parked(row: Any) -> Parked:
    return Parked(
        row["id"], row["state_now"], row["order_key"] and shown(row["order_key"]),
        header(row["headers"], "ce_correlationid"), row["blocks"], row["origin"], row["topic"], row["part"],
        row["ofs"], header(row["headers"], "ce_type"), tuple(map(shown, row["reasons"])), row["attempts"],
        row["parked_at"], row["resolved_at"], row["resolved_by"], row["note"],
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
    return len(await resolve(db, service, ids, "released", Act(who, note)))


async def discard(db: Connection, service: str, ids: Sequence[int], who: str, note: str) -> int:
    """Set parked messages aside for good; they stay in the table with who did it and why. Returns how many."""
    return len(await resolve(db, service, ids, "discarded", Act(who, note)))


async def resolve(db: Connection, service: str, ids: Sequence[int], resolution: Resolution, act: Act) -> list[Change]:
    """Release or discard; returns what became of each, in the order they were parked."""
    if resolution == "discarded" and not act.why.strip() and not act.dry:
        raise NotAllowed("en begrundelse mangler")
    async with acting(db, act):
        rows = await _open_rows(db, service, ids)
        chosen = [r["id"] for r in rows]
        if resolution == "released":
            await _refuse_overtaking(db, rows)
            await db.execute(
                "insert into inbox (order_key, origin, handled_id, frist_id, topic, part, ofs, key, value, headers, "
                "place) select coalesce(order_key, 'parkeret:' || id), 'released', handled_id, frist_id, topic, part, "
                "ofs, key, value, headers, coalesce(place, id) from parked where id = any($1::bigint[]) "
                "order by coalesce(place, id)",
                chosen,
            )
        await db.execute(
            "update parked set resolved_at = now(), resolution = $2, resolved_by = $3, note = $4 "
            "where id = any($1::bigint[])",
            chosen,
            resolution,
            shown(act.who),
            shown(act.why),
        )
        changes = [_change(r, resolution) for r in rows]
        await record(db, act, "parked.release" if resolution == "released" else "parked.discard", changes)
    return changes


def _change(row: Any, resolution: Resolution) -> Change:
    message = {"type": header(row["headers"], "ce_type"), "topic": row["topic"], "part": row["part"], "ofs": row["ofs"]}
    detail = {"before": {"state": "parked"}, "after": {"state": resolution}, "message": message}
    return Change(str(row["id"]), row["order_key"] or "", detail)


async def _open_rows(db: Connection, service: str, ids: Sequence[int]) -> list[Any]:
    keys = await db.fetch("select order_key from parked where id = any($1::bigint[])", list(ids))
    await lock(db, service, (r["order_key"] for r in keys))
    rows = await db.fetch(
        "select *, coalesce(place, id) as stands from parked "
        "where id = any($1::bigint[]) and resolved_at is null order by coalesce(place, id) for update",
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
            last[row["order_key"]] = max(last.get(row["order_key"], 0), row["stands"])
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
