"""What must hold after every run, whatever happened in it. Each check names what is broken; an empty list is good."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from contracts.brev import BrevAnmodet
from contracts.kort import KortAnmodet
from contracts.laegevalg import LaegevalgGodkendt
from contracts.opgave import OpgaveAnmodet
from shared.platform.balance import Balance
from shared.platform.records import identity, unpack_headers
from simulation.broker import Broker, Record
from simulation.database import Change, Schema
from simulation.providers import Provider
from simulation.script import Script


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
    ids = {identity_of(r) for where in schema.table("position") for r in broker.logs[where[0], where[1]]}  # type: ignore[index]
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
            if record.value is not None and topic != "ur":
                places[topic].setdefault(identity_of(record), record.offset)
    last: dict[tuple[str, bytes], int] = {}
    for id_, row in sorted(w.outbox.items()):
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


def messages(broker: Broker, kind: type[Any]) -> list[Any]:
    """The messages of one type, each once."""
    found: dict[bytes, Any] = {}
    for record in broker.records(kind.emne):
        if dict(record.headers)["ce_type"] == kind.ce_type.encode():
            assert record.value is not None
            found.setdefault(identity_of(record), kind.model_validate_json(record.value))
    return list(found.values())


def broken_rules(
    broker: Broker, witnesses: dict[str, Witness], providers: dict[str, Provider], script: Script
) -> Iterator[str]:
    """What is wrong in the matter itself: places, cards, letters, tasks."""
    yield from _places(witnesses["plo_events"].schema, script)
    approved = [g.forloeb_id for g in messages(broker, LaegevalgGodkendt)]
    cards = [k.kort_id for k in messages(broker, KortAnmodet)]
    letters = [b.brev_id for b in messages(broker, BrevAnmodet)]
    tasks = [o.opgave_id for o in messages(broker, OpgaveAnmodet)]
    for what, ids in (("godkendelser", approved), ("kort", cards), ("breve", letters), ("opgaver", tasks)):
        yield from (f"{what}: {id_} {n} gange" for id_, n in Counter(ids).items() if n > 1)
    if sorted(cards) != sorted(f"{f}:kort" for f in approved):
        yield f"{len(approved)} godkendte valg, men {len(cards)} kort"
    orders, post = providers["kortleverandøren"].accepted, providers["Digital Post"].accepted
    yield from _ledger("kort", orders, {f"kort:{k}" for k in cards})
    yield from _ledger("breve", post, {f"brev:{b}" for b in letters})
    decided = len(approved) + sum(o.aarsag == "INDREJSE_UDEN_LAEGE" for o in messages(broker, OpgaveAnmodet))
    if decided != script.personer:
        yield f"{script.personer} indrejste, men {decided} fik en læge eller en opgave"


def _ledger(what: str, accepted: Counter[str], expected: set[str]) -> Iterator[str]:
    yield from (f"{what}: {key} er modtaget {n} gange" for key, n in accepted.items() if n > 1)
    if set(accepted) != expected:
        lacking, more = sorted(expected - set(accepted)), sorted(set(accepted) - expected)
        yield f"{what}: {lacking} er ikke modtaget, {more} er for meget"


def _places(schema: Schema, script: Script) -> Iterator[str]:
    held = Counter(p.ydernummer for p, _ in schema.table("plads").values() if p.tilstand == "RESERVERET")
    for ydernummer, free in script.ledige.items():
        if held[ydernummer] > free:
            yield f"praksis {ydernummer} har {held[ydernummer]} pladser ude, men kun {free} var ledige"
        row = schema.table("yder").get(ydernummer)
        if row is not None and row[0].optagne != 1600 - free + held[ydernummer]:
            yield f"praksis {ydernummer} tæller {row[0].optagne}, men holder {held[ydernummer]} af {free}"
