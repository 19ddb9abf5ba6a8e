"""Calls to the outside as operators see them: list them, and settle one whose outcome a person has found out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError

from contracts.base import Besked
from contracts.kuvert import Kuvert, Ulaeselig, grunde_til, pak_ud
from shared.domain.udfald import InternBesked
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
from shared.platform.records import pack_headers, unpack_headers
from shared.platform.stores import SETTLED
from shared.platform.tjeneste import Tjeneste

STATES = ("wanted", "sending", "unknown", "done", "refused")
Outcome = Literal["done", "refused", "wanted"]
"""How a call is settled: it was carried out, it was refused, or it never arrived and is sent again."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One call as operators see it: never its content. Instants are real time; `next_at` None: never by itself."""

    key: str
    state: str
    kind: str
    order_key: str
    forloeb_id: str
    ce_type: str
    attempts: int
    asked: int
    wanted_at: datetime
    next_at: datetime | None
    claimed_by: str
    claimed_until: datetime | None
    settled_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person has found out about a call: its outcome, and the message that tells the service."""

    outcome: Outcome
    type: str = ""
    """Name of the message; may be left out when the kind of effect has only one for this outcome."""
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    """Its fields as typed; those that the effect's own content has are taken from there."""


async def find(db: Connection, selection: Selection) -> Found[Effect]:
    """Effects, the first wanted first; `since` and `before` are about when they were wanted."""
    rows = await select(
        db, "effect", selection, id_="noegle", when="wanted_at", state="state", kind="art", order="wanted_at, noegle"
    )
    found = [
        Effect(
            r["noegle"], r["state"], r["art"], r["order_key"], header(r["headers"], "ce_correlationid"),
            header(r["headers"], "ce_type"), r["attempts"], r["asked"], r["wanted_at"],
            r["next_at"] if r["state"] in STATES[:3] and r["next_at"].year < _NEVER else None,
            r["claimed_by"], r["claimed_until"], r["settled_at"], shown(r["last_error"]),
        )
        for r in rows
    ]  # fmt: skip
    return Found(found, rows[0]["total"] if rows else 0)


_NEVER = 9999
"""The year asyncpg reads PostgreSQL's infinity as."""


async def settle(db: Connection, service: Tjeneste, keys: Sequence[str], verdict: Verdict, act: Act) -> list[Change]:
    """Settle calls whose outcome is unknown, all or none.

    The outcome reaches the service through the inbox, as one that the hub has found out itself. A call in flight, or
    being asked about, is refused: its answer may come at any moment. Raises `NotAllowed`.
    """
    async with acting(db, act):
        known = await db.fetch("select order_key from effect where noegle = any($1::text[])", list(keys))
        await lock(db, service.navn, (r["order_key"] for r in known))
        rows = await db.fetch(
            "select *, ceil(extract(epoch from claimed_until - clock_timestamp()))::int as held_s, "
            "(select clock_timestamp() + forskydning_ms * interval '1 ms' from klokke) as nu "
            "from effect where noegle = any($1::text[]) order by wanted_at, noegle for update",
            list(keys),
        )
        _refuse(rows, set(keys))
        told = [] if verdict.outcome == "wanted" else [_envelope(service, r, verdict) for r in rows]
        await _write(db, rows, verdict.outcome, told)
        changes = [_change(r, verdict, k) for r, k in zip(rows, told or [None] * len(rows), strict=True)]
        await record(db, act, "effects.settle", changes)
    return changes


def _refuse(rows: Sequence[Any], keys: set[str]) -> None:
    missing = sorted(keys - {r["noegle"] for r in rows})
    if missing:
        raise NotAllowed(f"der er ingen effekt med nøglen {', '.join(missing)}")
    for row in rows:
        key, state = row["noegle"], row["state"]
        if state in SETTLED:
            raise NotAllowed(f"{key} er allerede afgjort ({state})")
        if state == "wanted":
            raise NotAllowed(f"{key} er ikke sendt (wanted): den sendes af sig selv, og så kendes udfaldet")
        if row["held_s"] is not None and row["held_s"] > 0:
            raise NotAllowed(f"{key} er i gang netop nu ({state}): prøv igen om {row['held_s']} s")


async def _write(db: Connection, rows: Sequence[Any], outcome: Outcome, told: Sequence[Kuvert]) -> None:
    """The new state, and the messages to the service. Whoever held the effect holds it no more."""
    await db.execute(
        "update effect set state = $2, last_error = '', claimed_by = '', claimed_until = null, next_at = now(), "
        "settled_at = case when $2 = 'wanted' then null else now() end where noegle = any($1::text[])",
        [r["noegle"] for r in rows],
        outcome,
    )
    await db.execute(
        "insert into inbox (order_key, origin, topic, key, value, headers) "
        "select order_key, 'effect', '', convert_to(order_key, 'UTF8'), value, headers "
        "from unnest($1::text[], $2::bytea[], $3::bytea[]) x(order_key, value, headers)",
        [k.noegle for k in told],
        [k.vaerdi() for k in told],
        [pack_headers(k.headers()) for k in told],
    )


def _change(row: Any, verdict: Verdict, told: Kuvert | None) -> Change:
    detail: dict[str, Any] = {"before": {"state": row["state"]}, "after": {"state": verdict.outcome}}
    detail["kind"] = row["art"]
    if told is not None:
        fields = {n: shown(str(v)) for n, v in told.besked.model_dump(mode="json").items()}
        detail["message"] = {"type": told.besked.ce_type, "fields": fields}
    return Change(row["noegle"], row["order_key"], detail)


def _envelope(service: Tjeneste, row: Any, verdict: Verdict) -> Kuvert:
    """The outcome as the service would have got it from the hub itself."""
    wanted = _content(service, row)
    message = outcome_message(service, row["art"], verdict, wanted.besked if wanted else None)
    envelope = Kuvert(
        message, f"effekt:{row['noegle']}:{verdict.outcome}", service.kilde, row["nu"], row["order_key"],
        forloeb_id=wanted.forloeb_id if wanted else header(row["headers"], "ce_correlationid"),
        aarsag_id=wanted.id if wanted else "", traceparent=wanted.traceparent if wanted else "",
    )  # fmt: skip
    try:
        pak_ud(envelope.noegle.encode(), envelope.vaerdi(), envelope.headers(), service.beskeder())
    except Ulaeselig as error:
        raise NotAllowed(f"{type(message).__name__}: {error}") from None
    return envelope


def _content(service: Tjeneste, row: Any) -> Kuvert | None:
    """What was to be sent; None when this program cannot read it, which may be why a person has to settle it."""
    try:
        return pak_ud(row["order_key"].encode(), row["value"], unpack_headers(row["headers"]), service.beskeder())
    except Exception:  # also damaged headers, and a bug in one message's own checks
        return None


def outcome_message(service: Tjeneste, kind: str, verdict: Verdict, content: Besked | None) -> InternBesked:
    """The message of an outcome, from what the effect's content says and what was typed.

    What the content says stands: an outcome typed for one card cannot reach another. Raises `NotAllowed`.
    """
    type_ = _type(service, kind, verdict)
    unknown = sorted(set(verdict.fields) - set(type_.model_fields))
    if unknown:
        raise NotAllowed(f"{type_.__name__} har ikke felterne {', '.join(unknown)}: {', '.join(type_.model_fields)}")
    own = content.model_dump(mode="json") if content else {}
    given = {n: v for n, v in own.items() if n in type_.model_fields and isinstance(v, str) and v}
    changed = sorted(n for n, v in verdict.fields.items() if given.get(n, v) != v)
    if changed:
        raise NotAllowed(f"{type_.__name__}: {', '.join(changed)} står i effekten selv og kan ikke ændres")
    try:
        return type_.model_validate_strings({**given, **verdict.fields})
    except ValidationError as error:
        reasons = "; ".join(grunde_til(error))
        raise NotAllowed(f"{type_.__name__}: {reasons} (giv --felt navn=værdi)") from None


def _type(service: Tjeneste, kind: str, verdict: Verdict) -> type[InternBesked]:
    if kind not in service.udfald:
        raise NotAllowed(f"{service.navn} har ikke sagt, hvilke udfald {kind} kan få")
    possible = service.udfald[kind].done if verdict.outcome == "done" else service.udfald[kind].refused
    fitting = [t for t in possible if not verdict.type or verdict.type in (t.__name__, t.ce_type)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(t.__name__ for t in possible) or "ingen"
    asked = f"kender ikke {verdict.type}" if verdict.type else "kræver --type"
    raise NotAllowed(f"{kind} {asked}; beskederne for {verdict.outcome} er: {names}")
