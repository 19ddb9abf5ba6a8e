"""`sygesikring cpr ukendte` and `opslag`: codes without a row and paid look-ups, counted, on real PostgreSQL."""

import asyncio
import json
from datetime import UTC, datetime

import asyncpg
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from cli.main import app
from shared.platform.database import migrate
from shared.platform.operators import Counted, counted
from shared.platform.runtime import migrations_of
from shared.platform.settings import Settings

FOERST, SIDST = datetime(2024, 11, 5, 6, tzinfo=UTC), datetime(2024, 11, 7, 6, tzinfo=UTC)


def test_koderne_taelles_med_foerste_og_sidste_gang(database: str) -> None:
    async def proev() -> list[Counted]:
        db = await asyncpg.connect(database)
        try:
            await db.execute("create table ukendt (kode text, modtaget timestamptz)")
            await db.executemany(
                "insert into ukendt values ($1, $2)", [("X98", FOERST), ("X99", SIDST), ("X99", FOERST)]
            )
            return await counted(db, "ukendt", "kode", "modtaget")
        finally:
            await db.close()

    assert asyncio.run(proev()) == [Counted("X99", 2, FOERST, SIDST), Counted("X98", 1, FOERST, FOERST)]


def test_kommandoen_viser_dem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.drift.on", lambda service, work: [Counted("X99", 2, FOERST, SIDST)])

    svar = CliRunner().invoke(app, ["cpr", "ukendte"])

    assert (svar.exit_code, svar.stdout.split()) == (
        0,
        ["X99", "2", "første", "2024-11-05", "07:00:00", "seneste", "2024-11-07", "07:00:00"],
    )


def test_cpr_16_opslag_taelles_pr_kommune_og_maaned(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """CPR-16: by the Danish month of the order: the last hour of October in Denmark is October, whatever UTC says."""

    async def begynd() -> None:
        await migrate(Settings(database_url=SecretStr(database)), "cpr_events", migrations_of("cpr_events"))
        db = await asyncpg.connect(database, server_settings={"search_path": "cpr_events"})
        try:
            await db.executemany(
                "insert into cpr_opslag (opslag_id, kommunekode, bestilt, tilstand, gebyr, noegle, ordensnoegle, cpr, "
                "kanal, aktoer, rolle, grund, modtaget, raekkeversion) "
                "values ($1, $2, $3, $4, $5, '', '', '', '', '', '', '', now(), 1)",
                OPSLAG,
            )
        finally:
            await db.close()

    asyncio.run(begynd())
    monkeypatch.setenv("DATABASE_URL", database)

    alle = CliRunner().invoke(app, ["cpr", "opslag", "--json"])
    assert [tuple(r.values()) for r in json.loads(alle.stdout)] == [
        ("0630", "2024-10", 1, 1, 1, 0),
        ("0630", "2024-11", 3, 1, 0, 1),
        ("0751", "2024-11", 1, 1, 1, 0),
    ]
    november = CliRunner().invoke(app, ["cpr", "opslag", "--maaned", "2024-11"])
    assert november.stdout.splitlines() == [
        "0630  2024-11  bestilt     3  betalt     1  udført     0  uden svar     1",
        "0751  2024-11  bestilt     1  betalt     1  udført     1  uden svar     0",
    ]
    assert CliRunner().invoke(app, ["cpr", "opslag", "--maaned", "2023-01"]).stdout == "Ingen opslag.\n"


OPSLAG = [
    ("1", "0630", datetime(2024, 10, 31, 22, 59, tzinfo=UTC), "UDFOERT", True),
    ("2", "0630", datetime(2024, 10, 31, 23, tzinfo=UTC), "IKKE_FUNDET", True),
    ("3", "0630", datetime(2024, 11, 30, 22, 59, tzinfo=UTC), "UAFKLARET", False),
    ("4", "0630", datetime(2024, 11, 5, 6, tzinfo=UTC), "FEJLET", False),
    ("5", "0751", datetime(2024, 11, 5, 6, tzinfo=UTC), "UDFOERT", True),
]


@pytest.mark.parametrize("maaned", ["2024-13", "november", "2024-1"])
def test_en_maaned_der_ikke_findes_siges(maaned: str) -> None:
    svar = CliRunner().invoke(app, ["cpr", "opslag", "--maaned", maaned])
    assert (svar.exit_code, svar.stderr) == (2, "Skriv måneden som åååå-mm, fx 2024-11.\n")
