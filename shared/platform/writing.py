"""What a batch has decided, as one statement: every table it touches is a part of it, however many rows it changes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shared.platform.engine import Due, Outgoing, Plan, Wanted
from shared.platform.tabel import Tabel

_ARGUMENT = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class Part:
    """One `insert`, `update` or `delete`, its arguments numbered from `$1`; a later part may select from its `name`.

    `rows` is how many rows it must change, where that can fail.
    """

    name: str
    sql: str
    args: Sequence[Any]
    rows: int | None = None


def decided(plan: Plan, shard: int) -> list[Part]:
    """The parts of a plan in the order in which they take effect; `shard` spreads counters over rows."""
    parts = [
        _rows(table, [plan.loaded.rows[table][key] for key in changed])
        for table, changed in plan.loaded.changed.items()
        if changed
    ]
    if plan.outbox:
        parts += _outbox(plan.outbox)
    if plan.deadlines:
        parts += _deadlines(plan.deadlines)
    if plan.effects:
        parts += _effects(list(plan.effects.values()), shard)
    return parts


@lru_cache(maxsize=1000)
def together(parts: tuple[tuple[str, str, int], ...]) -> str:
    """One statement of parts (name, sql, number of arguments); it gives how many rows each changed."""
    named: list[str] = []
    before = 0
    for name, sql, count in parts:
        named.append(f"{name} as ({_numbered(sql, before)} returning 1)")
        before += count
    counts = ", ".join(f"(select count(*) from {name})" for name, *_ in parts)
    return f"with {', '.join(named)} select {counts}"


def _numbered(sql: str, before: int) -> str:
    return _ARGUMENT.sub(lambda m: f"${int(m[1]) + before}", sql)


def _rows(table: Tabel[Any], rows: Sequence[tuple[Any, int]]) -> Part:
    values = [_in(c.ind, [getattr(row, c.navn) for row, _ in rows]) for c in table.kolonner]
    return Part(f"ny_{table.navn}", _rows_sql(table), [*values, [version + 1 for _, version in rows]], len(rows))


@lru_cache(maxsize=100)
def _rows_sql(table: Tabel[Any]) -> str:
    """Rows are written where nobody has changed them since they were read."""
    columns = table.kolonner
    names = [c.navn for c in columns]
    types = ", ".join(
        f"${n}::{'text' if c.sqltype == 'jsonb' else c.sqltype}[]" for n, c in enumerate(columns, start=1)
    )
    chosen = ", ".join(f"x.{c.navn}::jsonb" if c.sqltype == "jsonb" else f"x.{c.navn}" for c in columns)
    sets = ", ".join(f"{n} = excluded.{n}" for n in (*names, "raekkeversion"))
    return (
        f"insert into {table.navn} as t ({', '.join(names)}, raekkeversion) "
        f"select {chosen}, x.v from unnest({types}, ${len(columns) + 1}::bigint[]) x({', '.join(names)}, v) "
        f"on conflict ({table.noeglefelt}) do update set {sets} where t.raekkeversion = excluded.raekkeversion - 1"
    )


def _outbox(outgoing: Sequence[Outgoing]) -> list[Part]:
    newest = list({(o.topic, o.key): o for o in outgoing if o.state_version is not None}.values())
    out = Part(
        "udsendt",
        "insert into outbox (shard, topic, key, value, headers, state_version) "
        "select shard, topic, key, value, headers, version from unnest($1::smallint[], $2::text[], $3::bytea[], "
        "$4::bytea[], $5::bytea[], $6::bigint[]) with ordinality "
        "x(shard, topic, key, value, headers, version, nr) order by nr",
        columns(outgoing, "shard", "topic", "key", "value", "headers", "state_version"),
    )
    state = Part(
        "udsendt_tilstand",
        "insert into published_state as s (topic, key, version, value, headers) "
        "select * from unnest($1::text[], $2::bytea[], $3::bigint[], $4::bytea[], $5::bytea[]) "
        "on conflict (topic, key) do update set version = excluded.version, value = excluded.value, "
        "headers = excluded.headers where s.version <= excluded.version",
        columns(newest, "topic", "key", "state_version", "value", "headers"),
    )
    return [out, state] if newest else [out]


def _deadlines(deadlines: dict[str, Due | None]) -> list[Part]:
    due = [d for d in deadlines.values() if d is not None]
    revoked = [id_ for id_, d in deadlines.items() if d is None]
    new = Part(
        "ny_frist",
        "insert into deadline (frist_id, order_key, due, ce_type, key, value, headers) "
        "select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], "
        "$5::bytea[], $6::bytea[], $7::bytea[]) "
        "on conflict (frist_id) do update set order_key = excluded.order_key, due = excluded.due, "
        "ce_type = excluded.ce_type, key = excluded.key, value = excluded.value, headers = excluded.headers, "
        "set_at = now()",
        columns(due, "frist_id", "order_key", "due", "ce_type", "key", "value", "headers"),
    )
    gone = Part("uden_frist", "delete from deadline where frist_id = any($1::text[])", [revoked])
    fallen = Part("faldet_frist", "delete from inbox where frist_id = any($1::text[])", [list(deadlines)])
    return [*([new] if due else []), *([gone] if revoked else []), fallen]


def _effects(effects: Sequence[Wanted], shard: int) -> list[Part]:
    wanted = Part(
        "ny_effekt",
        "insert into effect (noegle, art, order_key, value, headers) "
        "select * from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bytea[]) "
        "on conflict (noegle) do nothing",
        [
            [e.wish.noegle for e in effects],
            [e.wish.art for e in effects],
            [e.wish.ordensnoegle for e in effects],
            [e.value for e in effects],
            [e.headers for e in effects],
        ],
    )
    counted = Part(
        "talt_effekt",
        "insert into tally as t (name, shard, n) select 'effects_wanted', $1::int, count(*) from ny_effekt "
        "on conflict (name, shard) do update set n = t.n + excluded.n",
        [shard],
    )
    return [wanted, counted]


def _in(convert: Callable[[Any], Any] | None, values: list[Any]) -> list[Any]:
    return values if convert is None else [convert(v) for v in values]


def columns(objects: Sequence[Any], *names: str) -> list[list[Any]]:
    """The values of some fields, one list for each."""
    return [[getattr(o, name) for o in objects] for name in names]
