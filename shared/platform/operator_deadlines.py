"""Running deadlines as operators see them: list them, and move them in time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.platform.database import Connection
from shared.platform.operators import Act, Change, Found, NotAllowed, Selection, acting, header, lock, record, select

STATES = ("pending", "due")
"""`due`: its instant has come, and it is released as soon as the service has read its input up to then."""
_DUE = """
case when due <= (select clock_timestamp() + forskydning_ms * interval '1 ms' from klokke)
     then 'due' else 'pending' end
"""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One running deadline; `due` is on the hub's clock, `set_at` real time."""

    id: str
    state: str
    order_key: str
    forloeb_id: str
    ce_type: str
    due: datetime
    set_at: datetime


async def find(db: Connection, selection: Selection) -> Found[Deadline]:
    """Running deadlines, the first to fall due first; `since` and `before` are about when they fall due."""
    rows = await select(
        db, "deadline", selection, id_="frist_id", when="due", state=_DUE, kind="ce_type", order="due, frist_id"
    )
    found = [
        Deadline(r["frist_id"], r["state_now"], r["order_key"], header(r["headers"], "ce_correlationid"), r["ce_type"],
                 r["due"], r["set_at"])
        for r in rows
    ]  # fmt: skip
    return Found(found, rows[0]["total"] if rows else 0)


async def move(
    db: Connection, service: str, ids: Sequence[str], to: Callable[[datetime], datetime], act: Act
) -> list[Change]:
    """Let deadlines fall due at `to(due)` instead, all or none.

    One that falls due at the same moment either is moved before it falls, and falls once at its new instant, or has
    fallen and is refused. Raises `NotAllowed`.
    """
    async with acting(db, act):
        keys = await db.fetch("select order_key from deadline where frist_id = any($1::text[])", list(ids))
        await lock(db, service, (r["order_key"] for r in keys))
        rows = await db.fetch(
            "select frist_id, order_key, due, ce_type from deadline where frist_id = any($1::text[]) "
            "order by due, frist_id for update",
            list(ids),
        )
        await _refuse_gone(db, set(ids) - {r["frist_id"] for r in rows})
        if any(r["order_key"] not in {k["order_key"] for k in keys} for r in rows):
            raise NotAllowed("en af fristerne blev sat på ny i samme øjeblik: prøv igen")
        changes = [_change(r, to(r["due"])) for r in rows]
        await db.execute(
            "update deadline d set due = x.due from unnest($1::text[], $2::timestamptz[]) x(frist_id, due) "
            "where d.frist_id = x.frist_id",
            [c.id for c in changes],
            [c.detail["after"]["due"] for c in changes],
        )
        await record(db, act, "deadlines.move", changes)
    return changes


def _change(row: Any, to: datetime) -> Change:
    detail = {"before": {"due": row["due"]}, "after": {"due": to}, "message": {"type": row["ce_type"]}}
    return Change(row["frist_id"], row["order_key"], detail)


async def _refuse_gone(db: Connection, missing: set[str]) -> None:
    """Say what became of deadlines that do not run."""
    if not missing:
        return
    rows = await db.fetch(
        "select frist_id, 'er faldet og venter på at blive behandlet' as how from inbox "
        "where frist_id = any($1::text[]) union all "
        "select frist_id, 'er faldet, og beskeden er parkeret som ' || id from parked "
        "where frist_id = any($1::text[]) and resolved_at is null",
        list(missing),
    )
    how = {r["frist_id"]: r["how"] for r in rows}
    gone = "løber ikke: den er faldet eller ophævet, eller har aldrig været her"
    raise NotAllowed("; ".join(f"fristen {m} {how.get(m, gone)}" for m in sorted(missing)))
