"""A card order's schema as its own processor has left it: messages parked, deadlines, calls in every state."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr
from typer.testing import CliRunner

from cli.main import app
from contracts.base import Besked
from contracts.kort import KortStatus, Kortstatuskode
from contracts.kuvert import Kuvert
from shared.platform.balance import Balance, balance
from shared.platform.database import migrate, open_pool
from shared.platform.metrics import Metrics
from shared.platform.processor import Processor, Wake
from shared.platform.records import Stored
from shared.platform.runtime import load_service, migrations_of
from shared.platform.settings import Settings
from tests.kortbestilling.eksempler import ANMODET

NAVN = "kortbestilling"
EMNE = "kort.anmodninger"
STATUS = "kortleverandoer.status"
CPR = ANMODET.cpr
KORT = [f"kort-{n}" for n in range(6)]
TABELLER = (
    "position",
    "handled",
    "inbox",
    "outbox",
    "deadline",
    "effect",
    "parked",
    "tally",
    "operator_action",
    "kort",
)


@dataclass
class Svar:
    """What a command said, and its status."""

    status: int
    ud: str
    fejl: str

    @property
    def json(self) -> Any:
        return json.loads(self.ud)


def kald(*ord_: str) -> Svar:
    """Run `sygesikring` in this process."""
    fundet = CliRunner().invoke(app, list(ord_))
    if fundet.exception is not None and not isinstance(fundet.exception, SystemExit):
        raise fundet.exception
    return Svar(fundet.exit_code, fundet.stdout, fundet.stderr)


class Skema:
    """The schema, from a test that waits for nothing."""

    def __init__(self, database: str) -> None:
        self.settings = Settings(database_url=SecretStr(database), forsoeg=1)

    def koer(self, arbejde: Callable[[Processor], Awaitable[Any]]) -> Any:
        """Work with the service's own processor."""

        async def aaben() -> Any:
            pool = await open_pool(self.settings, NAVN)
            try:
                processor = Processor(load_service(NAVN, self.settings), pool, self.settings, Metrics(), Wake())
                rows = await pool.fetch("select topic, part, nr from position")
                processor.nr = {(r["topic"], r["part"]): r["nr"] for r in rows}
                return await arbejde(processor)
            finally:
                await pool.close()

        return asyncio.run(aaben())

    def hent(self, sql: str, *vaerdier: Any) -> list[tuple[Any, ...]]:
        async def laes(p: Processor) -> list[tuple[Any, ...]]:
            return [tuple(r) for r in await p.pool.fetch(sql, *vaerdier)]

        return self.koer(laes)

    def udfoer(self, sql: str, *vaerdier: Any) -> None:
        async def skriv(p: Processor) -> None:
            await p.pool.execute(sql, *vaerdier)

        self.koer(skriv)

    def modtag(self, *poster: Stored) -> None:
        """A batch from Kafka."""

        async def batch(p: Processor) -> None:
            ventet = {(r["topic"], r["part"]): r["next"] for r in await p.pool.fetch("select * from position")}
            await p.records(poster, ventet)

        self.koer(batch)

    def inbox(self) -> None:
        """Work off the inbox."""

        async def tom(p: Processor) -> None:
            while await p.inbox():
                pass

        self.koer(tom)

    def balance(self) -> Balance:
        async def opgoer(p: Processor) -> Balance:
            async with p.pool.acquire() as db:
                return await balance(db, NAVN, {})

        return self.koer(opgoer)

    def tabeller(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that is in the schema, to compare."""

        async def laes(p: Processor) -> dict[str, list[tuple[Any, ...]]]:
            return {t: [tuple(r) for r in await p.pool.fetch(f"select * from {t} order by 1, 2")] for t in TABELLER}

        return self.koer(laes)


def post(besked: Besked, ofs: int, emne: str = EMNE) -> Stored:
    """A record as its sender would have published it."""
    k = Kuvert(
        besked, f"t-{emne}-{ofs}", "/test", datetime.now(UTC), besked.recordnoegle(), forloeb_id=f"forloeb-{ofs}"
    )
    return Stored(emne, 0, ofs, k.noegle.encode(), k.vaerdi(), k.headers())


def byg(database: str) -> Skema:
    """Six cards asked for, each with its call; two statuses of unknown cards and one that is no message, parked."""
    skema = Skema(database)
    asyncio.run(migrate(skema.settings, NAVN, migrations_of(NAVN)))
    for emne in (EMNE, STATUS):
        skema.udfoer("insert into position (topic, part, began, next) values ($1, 0, 0, 0)", emne)
    skema.modtag(*(post(ANMODET.model_copy(update={"kort_id": k, "forloeb_id": f"forloeb-{n}"}), n)
                   for n, k in enumerate(KORT)))  # fmt: skip
    tid = datetime(2024, 11, 6, tzinfo=UTC)
    fremmede = [KortStatus(kort_id=f"fremmed-{n}", status=Kortstatuskode.TRUKKET, tidspunkt=tid) for n in range(2)]
    vroevl = Stored(STATUS, 0, 2, b"x", b'{"navn": "0909994005"}', [("ce_type", f"dk.{CPR}".encode())])
    skema.modtag(*(post(f, n, STATUS) for n, f in enumerate(fremmede)), vroevl)
    ukendt = "update effect set state = 'unknown', next_at = 'infinity', last_error = $2 where noegle = $1"
    skema.udfoer(ukendt, f"kort:{KORT[0]}", f"svaret udeblev for {CPR}")
    skema.udfoer(ukendt, f"kort:{KORT[1]}", "svaret udeblev")
    skema.udfoer(
        "update effect set state = 'sending', claimed_by = 'm', claimed_until = now() + interval '1 hour' "
        "where noegle = $1",
        f"kort:{KORT[2]}",
    )
    skema.udfoer("update effect set state = 'done', settled_at = now() where noegle = $1", f"kort:{KORT[3]}")
    return skema
