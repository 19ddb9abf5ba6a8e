"""A batch is one transaction, and its number of SQL statements does not grow with it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.platform.database import Moved
from shared.platform.deadlines import Deadlines
from shared.platform.ingest import Ingest
from shared.platform.processor import Processor
from shared.platform.transaction import Transaction
from tests.integration.proeve import Indsat
from tests.integration.scene import Scene, laeser, tabeller
from tests.integration.udbyder import Udbyder

STOERRELSER = (1, 10, 100, 500)
OPVARMNING = 5
"""Messages before the counting: the driver asks once per connection what the types of the database are."""
FORTID, FREMTID = datetime(2020, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
ALT = ("position", "handled", "konto", "outbox", "deadline", "effect", "inbox", "parked", "tally")


@asynccontextmanager
async def optaelling(processor: Processor, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """Every statement that goes to the server for the processor, the transaction's own included."""
    saetninger: list[str] = []
    with monkeypatch.context() as m:
        m.setattr(processor, "pool", _Lyttende(processor.pool, saetninger))
        yield saetninger


class _Lyttende:
    """The pool of a processor, which only acquires."""

    def __init__(self, pool: Any, saetninger: list[str]) -> None:
        self.pool, self.saetninger = pool, saetninger

    def acquire(self, **kwargs: Any) -> "_Lyttet":
        return _Lyttet(self.pool.acquire(**kwargs), self.saetninger)


class _Lyttet:
    """A connection from the pool whose statements are noted while it is lent."""

    def __init__(self, indre: Any, saetninger: list[str]) -> None:
        self.indre, self.saetninger = indre, saetninger

    def noter(self, record: Any) -> None:
        # The driver asks the catalogue for a type the first time a connection meets it: once, whatever the batch.
        if "pg_catalog" not in record.query and "'jit'" not in record.query:
            self.saetninger.append(" ".join(record.query.split()))

    async def __aenter__(self) -> Any:
        self.forbindelse = await self.indre.__aenter__()
        self.forbindelse.add_query_logger(self.noter)
        return self.forbindelse

    async def __aexit__(self, *fejl: Any) -> None:
        self.forbindelse.remove_query_logger(self.noter)
        await self.indre.__aexit__(*fejl)


async def praecis(consumer: Any, antal: int) -> list[Any]:
    """Exactly so many records from Kafka."""
    fundet: list[Any] = []
    while len(fundet) < antal:
        for poster in (await consumer.getmany(timeout_ms=1000, max_records=antal - len(fundet))).values():
            fundet += poster
    assert len(fundet) == antal
    return fundet


async def tael(
    kafka_servers: list[str], database: str, monkeypatch: pytest.MonkeyPatch, lav: Callable[[int], Indsat]
) -> tuple[list[list[str]], Scene]:
    """The statements of batches of each size; what each message does is made by `lav`."""
    s = Scene(kafka_servers, database)
    await s.opret()
    await s.send(*(lav(n) for n in range(OPVARMNING + sum(STOERRELSER))))
    fundet: list[list[str]] = []
    async with Udbyder() as udbyder, s.processor(s.tjeneste(udbyder.url)) as p, laeser(s.settings, s.ind) as consumer:
        ventet = {(s.ind, part): 0 for part in range(3)}
        await p.records(await praecis(consumer, OPVARMNING), ventet)
        for antal in STOERRELSER:
            poster = await praecis(consumer, antal)
            async with optaelling(p, monkeypatch) as saetninger:
                await p.records(poster, ventet)
            fundet.append(list(saetninger))
            assert await p.pool.fetchval("select sum(received) from position") == OPVARMNING + sum(
                STOERRELSER[: len(fundet)]
            )
    return fundet, s


def vis(fundet: list[list[str]]) -> str:
    return "\n".join(f"{len(f)}: " + " | ".join(s[:40] for s in f) for f in fundet)


async def test_antallet_af_saetninger_er_det_samme_for_1_10_100_og_500(
    kafka_servers: list[str], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """State, outbox, a deadline and an effect in every message; some accounts come twice."""

    def besked(n: int) -> Indsat:
        return Indsat(konto=f"k{n % 450}", nr=n, frist=FREMTID, effekt=f"e{n}")

    fundet, s = await tael(kafka_servers, database, monkeypatch, besked)
    assert len({len(f) for f in fundet}) == 1, vis(fundet)
    for f in fundet:
        assert f[0].startswith("BEGIN"), vis(fundet)
        assert f[-1].startswith("COMMIT"), vis(fundet)
        assert sum(x.startswith(("BEGIN", "COMMIT")) for x in f) == 2, "en batch er én transaktion"
        for tabel in ("konto", "deadline", "effect", "handled", "outbox"):
            assert sum(f"insert into {tabel} " in x for x in f) == 1, vis(fundet)
    assert len(fundet[0]) <= 8, vis(fundet)
    async with s.db() as db:
        antal = [
            await db.fetchval(f"select count(*) from {t}") for t in ("handled", "outbox", "effect", "deadline", "konto")
        ]
    assert antal == [616, 616, 616, 450, 450]


async def test_ogsaa_naar_frister_ophaeves_og_noget_fejler_eller_er_ulaeseligt(
    kafka_servers: list[str], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of mixed messages: revoked deadlines, failing handlers; the most that a batch can need is bounded."""

    def besked(n: int) -> Indsat:
        return Indsat(
            konto=f"k{n}", nr=n, ophaev=n % 2 == 0, frist=FREMTID if n % 2 else None, effekt=f"e{n}",
            fejl="x" if n % 5 == 4 else "",
        )  # fmt: skip

    fundet, s = await tael(kafka_servers, database, monkeypatch, besked)
    assert len(fundet[1]) == len(fundet[2]) == len(fundet[3]) <= 17, vis(fundet)
    async with s.db() as db:
        assert await db.fetchval("select count(*) from inbox") == 123
        assert await db.fetchval("select count(*) from handled where not done") == 123


async def test_ogsaa_for_beskeder_fra_inboxen(
    kafka_servers: list[str], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deadlines that fall due are released and handled in batches of every size with the same count."""
    s = Scene(kafka_servers, database)
    await s.opret()
    await s.send(*(Indsat(konto=f"k{n}", nr=n, frist=FORTID) for n in range(sum(STOERRELSER))))
    fundet: list[int] = []
    async with s.processor() as p, laeser(s.settings, s.ind) as consumer:

        async def intet() -> None:
            await p.pool.execute("update position set read_until = clock_timestamp()")

        frister = Deadlines(s.navn, [s.ind, s.ind2], p.pool, p.wake, intet)
        ventet = {(s.ind, part): 0 for part in range(3)}
        for antal in STOERRELSER:
            await p.records(await praecis(consumer, antal), ventet)
            await intet()
            assert await frister.release() == antal
            async with optaelling(p, monkeypatch) as saetninger:
                assert await p.inbox() == antal
            fundet.append(len(saetninger))
            assert await p.pool.fetchval("select count(*) from inbox") == 0
        assert await p.pool.fetchval("select count(*) from konto where jsonb_array_length(numre) = 2") == 611
    assert len(set(fundet)) == 1, fundet


DELE = ["_write_decided", "advance", "remember"]


@pytest.mark.parametrize("del_", DELE)
async def test_en_batch_er_hel_eller_slet_ikke(
    del_: str, kafka_servers: list[str], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is lost right after any one of its writes: nothing of the batch is there, and it runs again."""
    s = Scene(kafka_servers, database)
    await s.opret()
    await s.send(*(Indsat(konto=f"k{n % 5}", nr=n, frist=FREMTID, effekt=f"e{n}") for n in range(20)))
    oprindelig: Callable[..., Awaitable[Any]] = getattr(Transaction, del_)

    async def brudt(self: Any, *args: Any) -> Any:
        await oprindelig(self, *args)
        raise ConnectionResetError("forbindelsen røg")

    async with s.processor(s.tjeneste("http://127.0.0.1:9")) as p, laeser(s.settings, s.ind) as consumer:
        poster = await praecis(consumer, 20)
        ventet = {(s.ind, part): 0 for part in range(3)}
        foer = await tabeller(p.pool, ALT)
        monkeypatch.setattr(Transaction, del_, brudt)
        with pytest.raises(ConnectionResetError):
            await p.records(poster, ventet)
        assert await tabeller(p.pool, ALT) == foer
        assert set(ventet.values()) == {0}
        monkeypatch.undo()
        await p.records(poster, ventet)
        assert await p.pool.fetchval("select count(*) from outbox") == 20
        assert await p.pool.fetchval("select sum(jsonb_array_length(numre)) from konto") == 20


async def test_en_batch_gaar_efter_hvor_den_selv_begyndte(
    kafka_servers: list[str], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another member takes the same in, and a rebalance puts us behind it: nothing is counted twice or moved back."""
    s = Scene(kafka_servers, database)
    await s.opret()
    await s.send(*(Indsat(konto=f"k{n}", nr=1) for n in range(20)))
    laas = Transaction.lock
    async with s.processor() as p, laeser(s.settings, s.ind) as consumer:
        poster = await praecis(consumer, 20)
        fra_start = {(s.ind, part): 0 for part in range(3)}
        ingest, fejl = Ingest(p, s.settings, {s.ind: 3}), list[BaseException]()
        ingest.expected = dict(fra_start)
        monkeypatch.setattr(ingest, "_start_outage", fejl.append)

        async def positioner() -> dict[tuple[str, int], tuple[int, int]]:
            rows = await p.pool.fetch("select * from position where topic = $1", s.ind)
            return {(r["topic"], r["part"]): (r["next"], r["received"]) for r in rows}

        async def overhalet(self: Transaction, keys: Iterable[str]) -> None:
            monkeypatch.setattr(Transaction, "lock", laas)
            await p.records(poster, dict(fra_start))
            ingest.expected.update({hvor: naeste for hvor, (naeste, _) in (await positioner()).items()})
            await laas(self, keys)

        monkeypatch.setattr(Transaction, "lock", overhalet)
        await ingest._handle(poster)
        assert [type(f) for f in fejl] == [Moved]
        efter = await positioner()
        assert sum(modtaget for _, modtaget in efter.values()) == 20
        assert ingest.expected == {hvor: naeste for hvor, (naeste, _) in efter.items()}
        assert await p.pool.fetchval("select sum(jsonb_array_length(numre)) from konto") == 20
