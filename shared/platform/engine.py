"""The decision of a batch, without I/O: messages and rows in, everything that must be written out.

Handlers run in order; a later message sees the rows as the earlier ones left them. A handler that fails changes
nothing, and only the messages of its own order key wait.
"""

import hashlib
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.base import Besked
from contracts.emner import EMNER
from contracts.kuvert import STOERSTE_BESKED, Kuvert, efterproev
from shared.domain.cpr import masker
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import OenskEffekt, SaetFrist, Udfald
from shared.platform.records import Item, pack_headers, valid_order_key
from shared.platform.tabel import Laesning, Soegning, Tabel
from shared.platform.tjeneste import Tjeneste

LONGEST_KEY = 1000
LONGEST_HEADERS = 20_000
"""Bytes: with the largest value they fit in one request to Kafka."""
SHARDS = 4
"""Shards of the outbox; each is published by one relay at a time."""


@dataclass(slots=True)
class Loaded:
    """The rows a batch has read, and as its handlers have left them."""

    rows: dict[Tabel[Any], dict[str, tuple[Any, int]]] = field(
        default_factory=dict[Tabel[Any], dict[str, tuple[Any, int]]]
    )
    found: dict[tuple[Soegning, str], list[str]] = field(default_factory=dict[tuple[Soegning, str], list[str]])
    changed: dict[Tabel[Any], dict[str, int]] = field(default_factory=dict[Tabel[Any], dict[str, int]])
    """Key to the version read (0: the row is new)."""

    def read(self, reading: Laesning, message: Besked) -> Any:
        """What a handler is given for one of its declared readings."""
        rows = self.rows.get(reading.tabel, {})
        if reading.soegning is not None:
            argument = reading.soegning.argument(message)
            keys: Iterable[str] = () if argument is None else self.found.get((reading.soegning, argument), ())
        else:
            assert reading.noegler is not None
            keys = reading.noegler(message)
        if not reading.flere:
            return next((rows[k][0] for k in keys if k in rows), None)
        return {k: rows[k][0] for k in keys if k in rows}

    def put(self, table: Tabel[Any], row: Any) -> None:
        """Leave a row as a handler decided it."""
        rows = self.rows.setdefault(table, {})
        key = table.noegle_af(row)
        version = rows[key][1] if key in rows else 0
        rows[key] = (row, version)
        self.changed.setdefault(table, {}).setdefault(key, version)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for the outbox."""

    shard: int
    topic: str
    key: bytes
    value: bytes
    headers: bytes
    state_version: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline to set: the message that comes, ready to read."""

    frist_id: str
    order_key: str
    due: datetime
    ce_type: str
    key: bytes
    value: bytes
    headers: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """An effect to make."""

    wish: OenskEffekt
    value: bytes
    headers: bytes


@dataclass(slots=True)
class Plan:
    """Everything a batch leads to."""

    loaded: Loaded
    nu: datetime
    handled: list[Item] = field(default_factory=list[Item])
    skipped: int = 0
    queued: list[tuple[Item, str]] = field(default_factory=list[tuple[Item, str]])
    """To wait in the inbox, with the error (empty: it waits behind another)."""
    parked: list[tuple[Item, tuple[str, ...], bool]] = field(default_factory=list[tuple[Item, tuple[str, ...], bool]])
    """Item, reasons, and whether later messages of its key wait behind it."""
    exhausted: list[str] = field(default_factory=list[str])
    """Order keys whose first message is hopeless: parked with all its followers."""
    outbox: list[Outgoing] = field(default_factory=list[Outgoing])
    deadlines: dict[str, Due | None] = field(default_factory=dict[str, Due | None])
    """By `frist_id`; None revokes."""
    effects: dict[str, Wanted] = field(default_factory=dict[str, Wanted])
    noted: list[str] = field(default_factory=list[str])
    """Names of what handlers ask to have counted."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a failing message is tried, and how long it waits between (seconds, doubling, with jitter)."""

    attempts: int
    first_s: float = 0.5
    longest_s: float = 60.0
    on_error: Callable[[Item, BaseException], None] = lambda item, error: None

    def wait(self, attempts: int) -> float:
        """Seconds until the next try after this many."""
        return backoff(attempts, self.first_s, self.longest_s)


def backoff(attempts: int, first_s: float, longest_s: float) -> float:
    """Doubling wait in seconds with full jitter over its upper half."""
    top = min(longest_s, first_s * 2 ** min(attempts - 1, 30))
    return top * (0.5 + random.random() / 2)


def decide(
    service: Tjeneste,
    items: Iterable[Item],
    loaded: Loaded,
    waiting: set[str],
    parked: set[str],
    nu: datetime,
    limits: Limits,
) -> Plan:
    """Run the handlers of a batch.

    `waiting` are the order keys with messages in the inbox (empty when the inbox itself is being worked off), `parked`
    those with parked messages that block.
    """
    plan = Plan(loaded, nu)
    held = set(waiting)
    for item in items:
        if item.kuvert is None:
            plan.parked.append((item, item.reasons, False))
        elif item.registered is None:
            plan.skipped += 1
            plan.handled.append(item)
        elif item.order_key in parked and item.origin != "released":
            plan.parked.append((item, ("venter på en tidligere parkeret besked med samme ordensnøgle",), True))
        elif item.order_key in held:
            plan.queued.append((item, ""))
        elif item.frist_id is not None and item.frist_id in plan.deadlines:
            plan.handled.append(item)
        else:
            _handle(service, item, plan, held, limits)
    return plan


def _handle(service: Tjeneste, item: Item, plan: Plan, held: set[str], limits: Limits) -> None:
    assert item.kuvert is not None
    assert item.registered is not None
    try:
        read = [plan.loaded.read(laesning, item.kuvert.besked) for laesning in item.registered.laeser]
        outcome = item.registered.handler(item.kuvert.besked, *read, plan.nu)
        _Applied(service, item.kuvert, item, outcome, plan).commit()
        plan.handled.append(item)
    except UventetBesked as error:
        limits.on_error(item, error)
        plan.parked.append((item, (str(error),), False))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a handler raises, sys.exit too, the others go on
        limits.on_error(item, error)
        fail(item, describe(error), plan, limits)
        held.add(item.order_key)


def describe(error: BaseException) -> str:
    """An error as it may be stored and shown: short, without a CPR number."""
    return masker(f"{type(error).__name__}: {error}".replace("\x00", ""))[:500]


def fail(item: Item, error: str, plan: Plan, limits: Limits) -> None:
    """One more failed try of an item: it waits for the next, or it and its followers are parked."""
    item.attempts += 1
    item.wait = limits.wait(item.attempts)
    plan.queued.append((item, error))
    if item.attempts >= limits.attempts:
        plan.exhausted.append(item.order_key)


class _Applied:
    """An outcome turned into writes; nothing reaches the plan unless all of it can be written."""

    def __init__(self, service: Tjeneste, cause: Kuvert, item: Item, outcome: Udfald, plan: Plan) -> None:
        self.service, self.cause, self.item, self.plan = service, cause, item, plan
        self.count = 0
        self.rows = [(service.tabel_af(row), row) for row in outcome.raekker]
        self.outbox = [self._outgoing(b) for b in outcome.beskeder]
        self.deadlines: dict[str, Due | None] = dict.fromkeys(outcome.ophaevede)
        for frist in outcome.frister:
            self.deadlines[frist.frist_id] = self._due(frist)
        self.effects = {e.noegle: self._wanted(e) for e in outcome.effekter}
        self.noted = outcome.talt

    def commit(self) -> None:
        for table, row in self.rows:
            self.plan.loaded.put(table, row)
        self.plan.outbox += self.outbox
        self.plan.deadlines |= self.deadlines
        self.plan.noted += self.noted
        for key, wanted in self.effects.items():
            self.plan.effects.setdefault(key, wanted)

    def _envelope(self, message: Besked, key: str) -> Kuvert:
        if not message.ce_type:
            raise ValueError(f"{type(message).__name__} har ingen ce_type")
        self.count += 1
        seed = self.item.id + self.service.navn.encode() + self.count.to_bytes(4, "big")
        return Kuvert(
            besked=message,
            id=hashlib.blake2b(seed, digest_size=16).hexdigest(),
            kilde=self.service.kilde,
            tid=self.plan.nu,
            noegle=key,
            subject=key,
            forloeb_id=vars(message).get("forloeb_id") or self.cause.forloeb_id,
            aarsag_id=self.cause.id,
            traceparent=self.cause.traceparent,
        )

    def _outgoing(self, message: Besked) -> Outgoing:
        topic = message.topic()
        if topic not in EMNER:
            raise ValueError(f"{type(message).__name__}: emnet {topic} findes ikke")
        envelope = self._envelope(message, message.recordnoegle())
        value = envelope.vaerdi()
        if len(value) > STOERSTE_BESKED:
            raise ValueError(f"{type(message).__name__}: {len(value)} byte er for stor en besked")
        key, headers = envelope.noegle.encode(), pack_headers(envelope.headers())
        if not key or len(key) > LONGEST_KEY or len(headers) > LONGEST_HEADERS:
            raise ValueError(f"{type(message).__name__}: nøgle eller headers kan ikke udgives")
        version = getattr(message, "version", 0) if EMNER[topic].kompakteret else None
        return Outgoing(shard_of(key), topic, key, value, headers, version)

    def _due(self, frist: SaetFrist) -> Due:
        registered = self.service.handlere.get(type(frist.besked))
        if registered is None:
            raise ValueError(f"{type(frist.besked).__name__}: fristen har ingen handler")
        order_key = valid_order_key(registered.ordensnoegle(frist.besked))
        value, headers = self._kept(frist.besked, order_key)
        return Due(
            frist.frist_id, order_key, frist.hvornaar, frist.besked.ce_type, order_key.encode(), value, headers
        )  # fmt: skip

    def _wanted(self, wish: OenskEffekt) -> Wanted:
        if wish.art not in self.service.klienter:
            raise ValueError(f"effekten {wish.art} har ingen klient")
        return Wanted(wish, *self._kept(wish.indhold, valid_order_key(wish.ordensnoegle)))

    def _kept(self, message: Besked, order_key: str) -> tuple[bytes, bytes]:
        """Value and headers of what is put aside for later. Raises `Ulaeselig` when it could not be read then."""
        envelope = self._envelope(message, order_key)
        value = envelope.vaerdi()
        efterproev(type(message), value)
        return value, pack_headers(envelope.headers())


def shard_of(key: bytes) -> int:
    """The outbox shard of a record key."""
    return hashlib.blake2b(key, digest_size=2).digest()[0] % SHARDS
