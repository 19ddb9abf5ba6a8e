"""What operators do to a service's delivery: choosing rows, carrying it out or trying it, and who did what and why."""

import json
import re
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared.domain.cpr import masker
from shared.platform.database import Connection
from shared.platform.records import pack_headers, unpack_headers
from shared.platform.transaction import Transaction

LOCK_S = 10
"""Seconds an operator waits for a service that works on the same order key."""
_UUID = re.compile(r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", re.IGNORECASE)

T = TypeVar("T")


class NotAllowed(Exception):
    """The order cannot be carried out; the text says why and what to do instead."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who does it and why. A dry run is carried out, looked at, and taken back."""

    who: str
    why: str
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What an act did to one row; `detail` holds what was before and what is after."""

    id: str
    order_key: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows a list shows; an empty field chooses all. `limit` 0 is no limit."""

    ids: tuple[str, ...] = ()
    order_key: str = ""
    forloeb_id: str = ""
    types: tuple[str, ...] = ()
    """CloudEvents types, any of them."""
    kind: str = ""
    """Topic of a parked message, kind of an effect."""
    states: tuple[str, ...] = ()
    since: datetime | None = None
    before: datetime | None = None
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """The rows shown, and how many there are."""

    rows: list[T]
    total: int


@dataclass(frozen=True, slots=True)
class Action:
    """Something an operator has done."""

    id: int
    at: datetime
    who: str
    what: str
    target: str
    order_key: str
    why: str
    detail: dict[str, Any] = field(default_factory=dict[str, Any])


async def select(
    db: Connection, table: str, s: Selection, *, id_: str, when: str, state: str, kind: str, order: str
) -> list[Any]:
    """Rows of a delivery table that fit a selection, each with `total` and `state_now`.

    The other arguments are SQL expressions of the table: its id, the instant `since` and `before` are about, its
    state, its kind, and the order.
    """
    return await db.fetch(
        f"""
        select *, count(*) over () as total from (select *, {state} as state_now from {table}) r
        where ($1::text[] is null or {id_}::text = any($1)) and ($2::text is null or order_key = $2)
        and ($3::bytea is null or position($3 in headers) > 0)
        and ($4::bytea[] is null or exists (select 1 from unnest($4::bytea[]) h where position(h in headers) > 0))
        and ($5::text is null or {kind} = $5) and ($6::text[] is null or state_now = any($6))
        and ($7::timestamptz is null or {when} >= $7) and ($8::timestamptz is null or {when} < $8)
        order by {order} limit $9
        """,
        list(s.ids) or None,
        s.order_key or None,
        _header("ce_correlationid", s.forloeb_id) if s.forloeb_id else None,
        [_header("ce_type", t) for t in s.types] or None,
        s.kind or None,
        list(s.states) or None,
        s.since,
        s.before,
        s.limit or None,
    )


def _header(name: str, value: str) -> bytes:
    """A header as it stands in a row, to look for."""
    return pack_headers([(name, value.encode("utf-8", "surrogateescape"))])


def header(packed: bytes, name: str) -> str:
    """A header of a stored message as it may be shown; empty when it is missing or the headers are damaged."""
    try:
        found = [v for n, v in unpack_headers(packed) if n == name and v]
    except Exception:  # bytes that anybody may have sent, or that were damaged: there is nothing to show
        return ""
    return shown(found[0].decode("utf-8", "replace")) if found else ""


def shown(text: str) -> str:
    """Text from a row as an operator may see it: no CPR number. A UUID, whose digits may look like one, is kept."""
    return "".join(part if n % 2 else masker(part) for n, part in enumerate(_UUID.split(text)))


@asynccontextmanager
async def acting(db: Connection, act: Act) -> AsyncGenerator[None]:
    """One transaction of an operator. A dry run does everything that the real one does, and is rolled back.

    Raises `LockNotAvailableError` when a service holds the order key for longer than `LOCK_S`.
    """
    transaction = db.transaction()
    await transaction.start()
    try:
        await db.execute(f"set local lock_timeout = '{round(LOCK_S * 1000)}ms'")
        yield
    except BaseException:
        await transaction.rollback()
        raise
    if act.dry:
        await transaction.rollback()
    else:
        await transaction.commit()


async def lock(db: Connection, service: str, order_keys: Iterable[str | None]) -> None:
    """Work alone on these order keys: no batch of the service does meanwhile."""
    await Transaction(db, service).lock(k for k in order_keys if k)


async def record(db: Connection, act: Act, what: str, changes: Sequence[Change]) -> None:
    """Write down what was done, in the transaction that does it. A dry run leaves no gap in the numbers."""
    if act.dry:
        return
    await db.execute(
        "insert into operator_action (who, what, target, order_key, why, detail) "
        "select $1, $2, target, order_key, $3, detail::jsonb "
        "from unnest($4::text[], $5::text[], $6::text[]) x(target, order_key, detail)",
        shown(act.who),
        what,
        shown(act.why),
        [c.id for c in changes],
        [c.order_key for c in changes],
        [as_json(c.detail) for c in changes],
    )


async def actions(db: Connection, s: Selection, who: str = "", what: str = "") -> Found[Action]:
    """What operators have done, the newest first. `ids` are targets."""
    rows = await db.fetch(
        """
        select *, count(*) over () as total from operator_action
        where ($1::text[] is null or target = any($1)) and ($2::text is null or order_key = $2)
        and ($3::text is null or who = $3) and ($4::text is null or what = $4)
        and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)
        order by id desc limit $7
        """,
        list(s.ids) or None,
        s.order_key or None,
        who or None,
        what or None,
        s.since,
        s.before,
        s.limit or None,
    )
    found = [
        Action(r["id"], r["at"], r["who"], r["what"], r["target"], r["order_key"], r["why"], json.loads(r["detail"]))
        for r in rows
    ]
    return Found(found, rows[0]["total"] if rows else 0)


def as_json(value: Any, indent: int | None = None) -> str:
    """JSON of rows and details: instants in ISO 8601, dataclasses by field."""
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else asdict(value)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows of a service's table have a value, and the first and last time."""

    value: str
    count: int
    first: datetime
    last: datetime


async def counted(db: Connection, table: str, column: str, at: str) -> list[Counted]:
    """The values of a column, most frequent first. The names come from the program, never from a person."""
    rows = await db.fetch(f"select {column}, count(*), min({at}), max({at}) from {table} group by 1 order by 2 desc, 1")
    return [Counted(*row) for row in rows]
