"""SIK-03: a query on real PostgreSQL sees one state of its service's own schema, and cannot change it."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from embedded import EmbeddedPostgres
from shared.platform.database import migrate
from shared.platform.opslag import source
from shared.platform.opslag.access import Access
from shared.platform.opslag.app import QueryApp
from shared.platform.opslag.erklaering import Bruger, OpslagId, Spoergsmaal, Svar
from shared.platform.opslag.laeser import Laeser, Postgreslaeser, en
from shared.platform.opslag.source import Database
from shared.platform.settings import Settings
from shared.platform.tabel import Soegning, Tabel
from shared.platform.tjeneste import Tjeneste
from tests.opslag.udsteder import Hentning, indstillinger, jwks, som, token


@dataclass(frozen=True, slots=True)
class Ting:
    ting_id: str
    navne: tuple[str, ...]


class OmTing(Spoergsmaal):
    ting_id: OpslagId


class Navne(Svar):
    navne: tuple[str, ...]


TING = Tabel("ting", Ting, "ting_id")
ALLE = Soegning(
    "alle",
    lambda s: s.ting_id,
    "select a, ting_id from unnest($1::text[]) a, ting order by ting_id desc",
    lambda raekker, _: sorted((r.ting_id for r in raekker), reverse=True),
)
TJENESTE = Tjeneste("proeve", emner=(), tabeller=(TING,))


@TJENESTE.opslag.hent("/ting/{ting_id}")
async def ting(spoergsmaal: OmTing, bruger: Bruger, laeser: Laeser) -> Navne | None:
    """A thing."""
    del bruger
    fundet = await en(laeser, TING, spoergsmaal.ting_id)
    return Navne(navne=fundet.navne) if fundet else None


@TJENESTE.opslag.hent("/alle/{ting_id}")
async def alle(spoergsmaal: OmTing, bruger: Bruger, laeser: Laeser) -> Navne:
    """The names of all."""
    del bruger
    nu = await laeser.nu()
    assert nu.tzinfo is not None
    return Navne(navne=tuple(n for t in await laeser.soeg(TING, ALLE, spoergsmaal) for n in t.navne))


@TJENESTE.opslag.hent("/skriv/{ting_id}")
async def skriv(spoergsmaal: OmTing, bruger: Bruger, laeser: Laeser) -> Navne:
    """Does what no query may do."""
    del bruger
    assert isinstance(laeser, Postgreslaeser)
    await laeser._db.execute(f"delete from {spoergsmaal.ting_id}")
    return Navne(navne=())


@TJENESTE.opslag.hent("/sov/{ting_id}")
async def sov(spoergsmaal: OmTing, bruger: Bruger, laeser: Laeser) -> Navne:
    """Takes for ever."""
    del spoergsmaal, bruger
    assert isinstance(laeser, Postgreslaeser)
    await laeser._db.execute("set local statement_timeout = 50; select pg_sleep(600)")
    return Navne(navne=())


@pytest.fixture
def settings(database: str) -> Settings:
    return indstillinger(database_url=SecretStr(database))


@pytest.fixture
async def kald(settings: Settings) -> AsyncGenerator[httpx.AsyncClient]:
    app = QueryApp([TJENESTE], Access(settings, Hentning(jwks()).noegler()), lambda navn: Database(settings, navn))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app.asgi), base_url="http://hub") as k:
        k.headers.update(som(token()))
        yield k
    await app.close()


@pytest.fixture
async def forbindelse(settings: Settings, tmp_path: Path) -> AsyncGenerator[asyncpg.Connection]:
    (tmp_path / "0001_ting.sql").write_text(
        "create table ting (ting_id text primary key, navne jsonb not null, raekkeversion bigint not null);"
        "insert into ting values ('a', '[\"æ\", \"ø\"]', 1), ('b', '[\"å\"]', 1);"
    )
    await migrate(settings, "proeve", tmp_path)
    db = await asyncpg.connect(settings.database_url.get_secret_value(), server_settings={"search_path": "proeve"})
    yield db
    await db.close()


async def test_raekker_og_soegninger_laeses(kald: httpx.AsyncClient, forbindelse: asyncpg.Connection) -> None:
    del forbindelse
    assert (await kald.get("/proeve/ting/a")).json() == {"navne": ["æ", "ø"]}
    assert (await kald.get("/proeve/ting/c")).status_code == 404
    assert (await kald.get("/proeve/alle/x")).json() == {"navne": ["å", "æ", "ø"]}


@pytest.mark.parametrize("tabel", ["ting", "outbox", "effect", "deadline", "klokke"])
async def test_et_opslag_kan_ikke_skrive(kald: httpx.AsyncClient, forbindelse: asyncpg.Connection, tabel: str) -> None:
    """SIK-03: the database refuses it, whatever the code of a query says."""
    foer = await indhold(forbindelse)
    assert (await kald.get(f"/proeve/skriv/{tabel}")).json()["kode"] == "FEJL"
    assert await indhold(forbindelse) == foer
    assert (await kald.get("/proeve/ting/a")).status_code == 200


async def indhold(db: asyncpg.Connection) -> dict[str, list[Any]]:
    """Every row of every table of the schema."""
    tabeller = [r[0] for r in await db.fetch("select tablename from pg_tables where schemaname = current_schema()")]
    assert {"ting", "outbox", "effect", "deadline", "inbox"} <= set(tabeller)
    return {t: [tuple(r) for r in await db.fetch(f"select t.xmin, t.* from {t} t order by 2")] for t in tabeller}


async def test_foer_tabellerne_er_der_ventes_der(kald: httpx.AsyncClient) -> None:
    assert (await kald.get("/proeve/ting/a")).json()["kode"] == "NEDE"


async def test_et_langsomt_opslag_afbrydes(
    kald: httpx.AsyncClient, forbindelse: asyncpg.Connection, settings: Settings
) -> None:
    """The server ends it; the next one is answered."""
    kilde = Database(settings, "proeve")
    async with kilde.reader() as laeser:
        assert isinstance(laeser, Postgreslaeser)
        assert await laeser._db.fetchval("show statement_timeout") == "5s"
    await kilde.close()
    assert (await kald.get("/proeve/sov/a")).json()["kode"] == "NEDE"
    assert (await kald.get("/proeve/ting/a")).status_code == 200
    assert not await forbindelse.fetchval(
        "select count(*) from pg_stat_activity where query like '%pg_sleep(600)' and state = 'active' "
        "and pid <> pg_backend_pid()"
    )


@pytest.mark.parametrize("aaben", [True, False], ids=["forbindelsen er åben", "første opslag"])
async def test_en_database_der_haenger_giver_et_svar_og_glemmes_naar_den_er_tilbage(
    egen_postgres: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aaben: bool
) -> None:
    """Nobody waits for a server that has stopped in its tracks."""
    monkeypatch.setattr(source, "PATIENCE_S", 1.0)
    monkeypatch.setattr(source, "STATEMENT_S", 0.5)
    settings = indstillinger(database_url=SecretStr(egen_postgres.dsn()))
    (tmp_path / "0001_ting.sql").write_text("create table ting (ting_id text primary key, navne jsonb not null);")
    await migrate(settings, "proeve", tmp_path)
    app = QueryApp([TJENESTE], Access(settings, Hentning(jwks()).noegler()), lambda navn: Database(settings, navn))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app.asgi), base_url="http://hub") as k:
        k.headers.update(som(token()))
        if aaben:
            assert (await k.get("/proeve/ting/a")).status_code == 404
        egen_postgres.pause()
        assert [(await k.get("/proeve/ting/a")).json()["kode"] for _ in range(2)] == ["NEDE", "NEDE"]
        egen_postgres.resume()
        async with asyncio.timeout(60):
            while (svar := await k.get("/proeve/ting/a")).status_code == 503:
                await asyncio.sleep(0.05)
        assert svar.status_code == 404
    await app.close()
