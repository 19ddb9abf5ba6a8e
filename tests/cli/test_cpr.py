"""`sygesikring cpr ukendte`: the codes without a row, counted, on real PostgreSQL."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest
from typer.testing import CliRunner

from cli.main import app
from shared.platform.operators import Counted, counted

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
