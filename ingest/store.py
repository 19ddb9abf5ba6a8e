"""The state of the intake in PostgreSQL: which extract is the last, schema `ingest`."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date

import asyncpg

from ingest.cpr.kaede import Indlaest
from ingest.cpr.udtraek import Udtraek

_LAAS = 0x1C9E57
"""Advisory lock: one intake at a time."""

_SKEMA = """
create schema if not exists ingest;
create table if not exists ingest.udtraek (
    opgavenr  text        not null,
    proddato  date        not null,
    forrige   date,
    fil       text        not null,
    sha256    text        not null,
    poster    bigint      not null,
    personer  bigint      not null,
    udgivet   bigint,
    begyndt   timestamptz not null default now(),
    faerdig   timestamptz,
    primary key (opgavenr, proddato)
);
"""


class Optaget(Exception):
    """Another intake is running."""


class Lager:
    """The chain as it stands in one database."""

    def __init__(self, forbindelse: asyncpg.Connection) -> None:
        self._db = forbindelse

    async def kendte(self) -> dict[tuple[str, date], Indlaest]:
        """Every extract that was begun."""
        raekker = await self._db.fetch("select opgavenr, proddato, sha256, faerdig from ingest.udtraek")
        return {(r["opgavenr"], r["proddato"]): Indlaest(r["sha256"], r["faerdig"] is not None) for r in raekker}

    async def begynd(self, udtraek: Udtraek) -> None:
        """Note an extract before its first message is sent; one that was begun before stays as it is."""
        hoved, laesning = udtraek.hoved, udtraek.laesning
        await self._db.execute(
            "insert into ingest.udtraek (opgavenr, proddato, forrige, fil, sha256, poster, personer)"
            " values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            hoved.opgavenr,
            hoved.proddato,
            hoved.forrige,
            udtraek.fil.name,
            laesning.sum,
            laesning.poster,
            udtraek.personer,
        )  # fmt: skip

    async def afslut(self, udtraek: Udtraek, udgivet: int) -> None:
        """Note that every message of an extract is confirmed by Kafka."""
        await self._db.execute(
            "update ingest.udtraek set udgivet = $3, faerdig = now() where opgavenr = $1 and proddato = $2",
            udtraek.hoved.opgavenr,
            udtraek.hoved.proddato,
            udgivet,
        )


@asynccontextmanager
async def lager(dsn: str) -> AsyncGenerator[Lager]:
    """Connect, make the schema where it is missing, and hold the lock. Raises `Optaget` when another holds it."""
    forbindelse = await asyncpg.connect(dsn, timeout=10)
    try:
        if not await forbindelse.fetchval("select pg_try_advisory_lock($1)", _LAAS):
            raise Optaget
        await forbindelse.execute(_SKEMA)
        yield Lager(forbindelse)
    finally:
        await forbindelse.close()
