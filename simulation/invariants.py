"""What must hold of the delivery after every run, whatever happened in it. Each check names what is broken."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from shared.platform.balance import Balance
from shared.platform.records import identity, unpack_headers
from shared.platform.stores import AGAIN
from simulation.broker import Broker, Record
from simulation.database import Change, Schema
from simulation.outside import is_garbage


class Witness:
    """Watches the commits of one service: what was handled, in which order, and what was to be published."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.handled: list[tuple[bytes, str, str, int, int]] = []
        """Id, order key and place of each message, in the order they were handled; of its own ones no place."""
        self.outbox: dict[int, Any] = {}
        schema.on_commit.append(self._watch)

    def _watch(self, change: Change) -> None:
        self.handled += change.noted
        for row in change.written.get("outbox", {}).values():
            if isinstance(row, dict):
                self.outbox.setdefault(row["id"], row)


def broken(broker: Broker, witnesses: dict[str, Witness]) -> Iterator[str]:
    """What is wrong in the delivery."""
    for name, w in sorted(witnesses.items()):
        yield from (f"{name}: {what}" for what in _balance(broker, w.schema))
        yield from (f"{name}: {what}" for what in _once_and_in_order(w))
        yield from (f"{name}: {what}" for what in _published(broker, w))


def balance(broker: Broker, schema: Schema) -> Balance:
    """The balance of one service, as `shared.platform.balance` draws it up."""
    b = Balance(schema.name)
    positions = schema.table("position").values()
    inbox, parked = schema.table("inbox").values(), schema.table("parked").values()
    b.received = sum(p["received"] for p in positions)
    b.duplicates = sum(p["duplicates"] for p in positions)
    b.not_read = sum(len(broker.logs[p["topic"], p["part"]]) - p["next"] for p in positions)
    b.handled = sum(h["done"] for h in schema.table("handled").values())
    b.inbox = len(inbox)
    b.waiting = sum(i["handled_id"] is not None or bool(i["topic"]) for i in inbox)
    b.parked = sum(p["resolved_at"] is None and bool(p["topic"]) for p in parked)
    b.discarded = sum(p.get("resolution") == "discarded" and bool(p["topic"]) for p in parked)
    b.unpublished = len(schema.table("outbox"))
    b.effects = dict(Counter(e["state"] for e in schema.table("effect").values()))
    b.effects_wanted = sum(schema.table("tally").values())
    return b


def _balance(broker: Broker, schema: Schema) -> Iterator[str]:
    b = balance(broker, schema)
    if b.difference:
        yield f"regnskabet går ikke op: {b.as_json()}"
    for p in schema.table("position").values():
        if p["next"] - p["began"] != p["received"] or p["jumped"]:
            yield f"{p['topic']}/{p['part']}: {p['received']} modtaget, men positionen er {p['next']}"
    read = [r for where in schema.table("position") for r in broker.logs[where[0], where[1]]]  # type: ignore[index]
    ids = {identity_of(r) for r in read if not is_garbage(r)}
    if ids != set(schema.table("handled")):
        yield f"{len(ids)} forskellige beskeder på emnerne, {len(schema.table('handled'))} husket"


def identity_of(record: Record) -> bytes:
    """The identity of a record's message."""
    headers = dict(record.headers)
    source, id_ = headers["ce_source"], headers["ce_id"]
    assert source is not None
    assert id_ is not None
    return identity(source.decode(), id_.decode())


def _once_and_in_order(w: Witness) -> Iterator[str]:
    """Also what the service sends to itself: the outcome of an effect, a deadline."""
    seen = Counter(id_ for id_, *_ in w.handled)
    yield from (f"besked {id_.hex()} er håndteret {n} gange" for id_, n in seen.items() if n > 1)
    last: dict[tuple[str, str, int], int] = {}
    for _, key, topic, part, offset in w.handled:
        if not topic or not key:
            continue
        where = (key, topic, part)
        if offset <= last.get(where, -1):
            yield f"{topic}/{part}: {offset} er håndteret efter {last[where]} med samme ordensnøgle"
        last[where] = offset


def _published(broker: Broker, w: Witness) -> Iterator[str]:
    """Every row of the outbox is on its topic, in order per key; of a compacted topic the newest state stands last."""
    places: dict[str, dict[bytes, int]] = defaultdict(dict)
    for (topic, _), log in broker.logs.items():
        for record in log:
            if not is_garbage(record) and topic != "ur":
                places[topic].setdefault(identity_of(record), record.offset)
    last: dict[tuple[str, bytes], int] = {}
    for id_, row in sorted(w.outbox.items()):
        if row["state_version"] == AGAIN:
            continue
        headers = dict(unpack_headers(row["headers"]))
        message = identity(str(headers["ce_source"], "utf-8"), str(headers["ce_id"], "utf-8"))  # type: ignore[arg-type]
        at = places[row["topic"]].get(message)
        if at is None:
            yield f"{row['topic']}: en besked fra udbakken ({id_}) er aldrig udsendt"
            continue
        where = (row["topic"], row["key"])
        if row["state_version"] is None and at < last.get(where, -1):
            yield f"{row['topic']}: beskeder med samme nøgle er udsendt i omvendt orden"
        last[where] = max(at, last.get(where, -1))
    yield from _newest_state_last(broker, w)


def _newest_state_last(broker: Broker, w: Witness) -> Iterator[str]:
    """What compaction leaves of a state is its newest version; a record that came once more from outside is no relay's.

    Readers ignore a lower version, so only what stands last counts for those who come later.
    """
    states = [r for r in w.outbox.values() if r["state_version"] is not None]
    newest = {(r["topic"], r["key"]): r["value"] for r in sorted(states, key=lambda r: r["state_version"])}
    for (topic, key), value in newest.items():
        log = [r for r in broker.records(topic) if r.key == key and not r.copy]
        if log and log[-1].value != value:
            yield f"{topic}: den nyeste tilstand af en nøgle står ikke sidst"
