"""The operators' commands on real PostgreSQL: nothing of Kafka is needed to look after a service's schema."""

import uuid
from collections.abc import Generator
from urllib.parse import urlsplit, urlunsplit

import pytest

from embedded.postgres import execute, quote_name
from tests.cli.drift import Skema, byg


def _peg_paa(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for navn in ("KAFKA_BOOTSTRAP_SERVERS", "CPR_HEMMELIGHED"):
        monkeypatch.delenv(navn, raising=False)
    monkeypatch.setenv("DATABASE_URL", database)


@pytest.fixture
def skema(database: str, monkeypatch: pytest.MonkeyPatch) -> Skema:
    """The card order's schema, and its address where the commands look for it."""
    _peg_paa(database, monkeypatch)
    return byg(database)


@pytest.fixture(scope="module")
def _faelles(postgres_dsn: str) -> Generator[tuple[str, Skema]]:
    navn = f"test_{uuid.uuid4().hex[:12]}"
    execute(postgres_dsn, f"CREATE DATABASE {quote_name(navn)}")
    database = urlunsplit(urlsplit(postgres_dsn)._replace(path=f"/{navn}"))
    yield database, byg(database)
    execute(postgres_dsn, f"DROP DATABASE {quote_name(navn)} WITH (FORCE)")


@pytest.fixture
def faelles(_faelles: tuple[str, Skema], monkeypatch: pytest.MonkeyPatch) -> Skema:
    """One schema for all tests that change nothing, or nothing that another would notice."""
    database, skema = _faelles
    _peg_paa(database, monkeypatch)
    return skema
