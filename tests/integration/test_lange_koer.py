"""A long queue of one order key: finding what is due stays cheap, and the other keys go on."""

import json
from collections.abc import Iterator
from typing import Any

from shared.platform.records import pack_headers
from shared.platform.transaction import Transaction
from tests.integration.proeve import Indsat
from tests.integration.scene import Scene, kuvert

EFTERFOELGERE = 20_000
KOE = """
insert into inbox (order_key, origin, key, value, headers, next_at)
select $1, 'effect', convert_to($1, 'UTF8'), '{}', '',
       now() + case when g = 1 then $3::int else $4::int end * interval '1 hour'
from generate_series(1, $2::int) g
"""
FORFALDEN, SENERE = -1, 1


class Optager:
    """A connection that keeps what it was asked last."""

    def __init__(self, db: Any) -> None:
        self.db = db
        self.sidste: tuple[str, tuple[Any, ...]] = ("", ())

    async def fetch(self, sql: str, *args: Any) -> Any:
        self.sidste = (sql, args)
        return await self.db.fetch(sql, *args)


def _knuder(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for under in plan.get("Plans", ()):
        yield from _knuder(under)


async def test_de_forfaldne_findes_i_orden_uden_at_hver_sammenlignes_med_hver(
    kafka_servers: list[str], database: str
) -> None:
    """Only the head of a key counts, and the plan looks at each waiting message once."""
    s = Scene(kafka_servers, database)
    async with s.processor(), s.db() as db, db.acquire() as forbindelse:
        await db.execute(KOE, "foer", 2, FORFALDEN, SENERE)
        await db.execute(KOE, "lang", EFTERFOELGERE, SENERE, FORFALDEN)
        await db.execute(KOE, "b", 1, FORFALDEN, FORFALDEN)
        await db.execute(KOE, "venter", 1, SENERE, SENERE)
        await db.execute(KOE, "a", 1, FORFALDEN, FORFALDEN)
        await db.execute("analyze inbox")
        optager = Optager(forbindelse)
        tx = Transaction(optager, s.navn)  # type: ignore[arg-type]
        assert await tx.due_inbox(500) == ["foer", "b", "a"]
        assert await tx.due_inbox(2) == ["foer", "b"]
        sql, args = optager.sidste
        svar = await forbindelse.fetchval(f"explain (format json) {sql}", *args)
        knuder = list(_knuder(json.loads(svar)[0]["Plan"]))
        assert any(k.get("Relation Name") == "inbox" for k in knuder)
        assert [k for k in knuder if "Join Type" in k or "Subplan Name" in k] == []
        await db.execute("update inbox set next_at = now() - interval '1 s' where order_key = 'lang'")
        assert await tx.due_inbox(500) == ["foer", "lang", "b", "a"]


async def test_en_anden_noegles_genforsoeg_behandles_bag_den_lange_koe(kafka_servers: list[str], database: str) -> None:
    s = Scene(kafka_servers, database)
    async with s.processor() as processor, s.db() as db:
        await db.execute(KOE, "lang", EFTERFOELGERE, SENERE, FORFALDEN)
        k = kuvert(Indsat(konto="anden", nr=1), "anden-1", "anden")
        await db.execute(
            "insert into inbox (order_key, origin, key, value, headers, attempts) "
            "values ('anden', 'effect', 'anden', $1, $2, 1)",
            k.vaerdi(),
            pack_headers(k.headers()),
        )
        await db.execute("analyze inbox")
        assert await processor.inbox() == 1
        assert await s.numre("anden") == [1]
        assert await processor.inbox() == 0
        assert await db.fetchval("select count(*) from inbox") == EFTERFOELGERE
