"""The balance: what a service received against what it handled, waits for and parked; effects wanted against outcomes.

Each side is counted where it happens: records where the position moves, ids where they are recorded, effects where they
are decided. A difference is an error, and is named by its rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.platform.database import Connection


@dataclass
class Balance:
    """The balance of one service. `differences` is empty when it holds."""

    service: str
    received: int = 0
    duplicates: int = 0
    handled: int = 0
    waiting: int = 0
    parked: int = 0
    discarded: int = 0
    not_read: int = 0
    """Records on the topics that are not yet received (lag); None of the sums."""
    unpublished: int = 0
    deadlines: int = 0
    inbox: int = 0
    effects: dict[str, int] = field(default_factory=dict[str, int])
    effects_wanted: int = 0
    differences: list[str] = field(default_factory=list[str])

    @property
    def difference(self) -> int:
        """Records that nobody can account for, and effects that nobody can."""
        known = self.duplicates + self.handled + self.waiting + self.parked + self.discarded
        return abs(self.received - known) + abs(self.effects_wanted - sum(self.effects.values()))

    @property
    def quiet(self) -> bool:
        """Nothing more will happen before something comes from outside or a deadline falls due."""
        open_effects = sum(self.effects.get(s, 0) for s in ("wanted", "sending", "unknown"))
        return not (self.not_read or self.inbox or self.unpublished or open_effects)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {**vars(self), "difference": self.difference}


async def balance(db: Connection, service: str, ends: Mapping[tuple[str, int], int]) -> Balance:
    """The balance of the schema `db` works in; `ends` are the end offsets of its topics as Kafka has them.

    Taken in one snapshot, so it holds at every moment, not only when all is quiet.
    """
    async with db.transaction(isolation="repeatable_read", readonly=True):
        b = Balance(service)
        positions = await db.fetch("select * from position order by topic, part")
        b.received = sum(p["received"] for p in positions)
        b.duplicates = sum(p["duplicates"] for p in positions)
        b.not_read = sum(max(0, ends.get((p["topic"], p["part"]), p["next"]) - p["next"]) for p in positions)
        await _count_messages(db, b)
        b.effects = {r["state"]: r["n"] for r in await db.fetch("select state, count(*) n from effect group by state")}
        b.effects_wanted = (
            await db.fetchval("select coalesce(sum(n), 0)::bigint from tally where name = 'effects_wanted'")
        ) or 0
        b.differences += _offset_differences(positions)
        b.differences += await _lost(db)
    if b.difference and not b.differences:
        b.differences.append(f"{b.difference} uden spor: modtaget {b.received}, effekter ønsket {b.effects_wanted}")
    return b


async def _count_messages(db: Connection, b: Balance) -> None:
    row = await db.fetchrow(
        """
        select (select count(*) from handled where done) as handled,
               (select count(*) from inbox where handled_id is not null or topic <> '') as waiting,
               (select count(*) from inbox) as inbox,
               (select count(*) from parked where resolved_at is null and topic <> '') as parked,
               (select count(*) from parked where resolution = 'discarded' and topic <> '') as discarded,
               (select count(*) from outbox) as unpublished,
               (select count(*) from deadline) as deadlines
        """
    )
    assert row is not None
    b.handled, b.waiting, b.inbox = row["handled"], row["waiting"], row["inbox"]
    b.parked, b.discarded = row["parked"], row["discarded"]
    b.unpublished, b.deadlines = row["unpublished"], row["deadlines"]


def _offset_differences(positions: list[Any]) -> list[str]:
    """Offsets that were passed over where every offset is a message."""
    found: list[str] = []
    for p in positions:
        where = f"{p['topic']}/{p['part']}"
        if p["next"] - p["began"] != p["received"] + p["jumped"] + p["empty"]:
            found.append(f"{where}: {p['received']} modtaget, men positionen gik fra {p['began']} til {p['next']}")
        if p["jumped"]:
            found.append(f"{where}: {p['jumped']} offsets fandtes ikke, da der blev læst")
    return found


async def _lost(db: Connection) -> list[str]:
    """Messages that were received and are neither handled, waiting nor parked, by where they were read."""
    rows = await db.fetch(
        """
        select p.topic, p.part, h.ofs, encode(h.id, 'hex') id from handled h join position p using (nr)
        where not h.done
        and not exists (select 1 from inbox i where i.handled_id = h.id)
        and not exists (select 1 from parked k where k.handled_id = h.id and coalesce(k.resolution, '') <> 'released')
        order by 1, 2, 3 limit 100
        """
    )
    return [
        f"{r['topic']}/{r['part']}/{r['ofs']}: modtaget, men hverken håndteret, ventende eller parkeret" for r in rows
    ]
