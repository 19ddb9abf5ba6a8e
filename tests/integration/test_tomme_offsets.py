"""Offsets without a message: markers of transactions, what retention removed, partitions that are no longer there."""

from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete

from shared.platform.kafka import TopicMissing, client_kwargs
from tests.integration.proeve import Indsat
from tests.integration.scene import GRAENSE_S, Scene, indsat, kuvert, vent_paa


class Fortrudt(Exception):
    """Aborts a transaction."""


async def _transaktion(s: Scene, kafka: AIOKafkaProducer, besked: Indsat, fortryd: bool = False) -> None:
    k = kuvert(besked, f"{besked.konto}-{besked.nr}", besked.konto)
    try:
        async with kafka.transaction():
            await kafka.send_and_wait(s.ind, k.vaerdi(), key=besked.konto.encode(), headers=k.headers())
            if fortryd:
                raise Fortrudt
    except Fortrudt:
        return


async def _numre_er(s: Scene, ventet: list[int]) -> None:
    async def saadan() -> bool:
        return await s.numre("a") == ventet

    await vent_paa(saadan, f"a: {ventet}")


async def test_transaktioner_laeses_naar_de_er_bekraeftet_og_standser_intet(
    kafka_servers: list[str], database: str
) -> None:
    """Aborted messages are never seen; markers, in the middle and last, hold up neither a deadline nor the rest."""
    s = Scene(kafka_servers, database, partitioner=1)
    await s.opret()
    frist = datetime.now(UTC) + timedelta(days=1)
    async with AIOKafkaProducer(**client_kwargs(s.settings), transactional_id=f"udefra-{s.navn}") as kafka:
        await _transaktion(s, kafka, Indsat(konto="a", nr=1, frist=frist))
        await _transaktion(s, kafka, Indsat(konto="a", nr=2), fortryd=True)
        await _transaktion(s, kafka, Indsat(konto="a", nr=3))
        async with s.koerer(), s.hub() as hub, s.db() as db:
            await _numre_er(s, [1, 3])
            await s.i_ro()
            await _transaktion(s, kafka, Indsat(konto="a", nr=4))
            await _transaktion(s, kafka, Indsat(konto="a", nr=5), fortryd=True)
            await s.i_ro()
            assert await s.numre("a") == [1, 3, 4]
            await hub.set_clock(frist + timedelta(seconds=1))
            await _numre_er(s, [1, 3, 4, -1])
            balance = await s.i_ro()
            position = await db.fetchrow("select next, received, empty, jumped from position where topic = $1", s.ind)
    # Three messages that count and two that were aborted, each with its transaction's marker.
    assert tuple(position) == (10, 3, 7, 0)
    assert (balance.received, balance.handled, balance.deadlines) == (3, 3, 0)


async def test_ulaest_og_slettet_sidst_paa_partitionen_naevnes_og_standser_intet(
    kafka_servers: list[str], database: str
) -> None:
    """Nothing comes after the removed records to show the gap: the position steps over, and the balance says it."""
    s = Scene(kafka_servers, database, partitioner=1)
    await s.opret()
    frist = datetime.now(UTC) + timedelta(days=1)
    async with s.koerer():
        await s.send(*indsat("a", [1], frist=frist))
        await s.i_ro()
    await s.send(*indsat("a", range(2, 7)))
    admin = AIOKafkaAdminClient(**client_kwargs(s.settings))
    await admin.start()
    try:
        await admin.delete_records({TopicPartition(s.ind, 0): RecordsToDelete(before_offset=6)})
    finally:
        await admin.close()
    async with s.koerer(), s.hub() as hub, s.db() as db:
        await hub.set_clock(frist + timedelta(seconds=1))
        await _numre_er(s, [1, -1])
        await hub.wait_until_quiet(GRAENSE_S)
        (balance,) = await hub.balances()
        position = await db.fetchrow("select next, received, empty, jumped from position where topic = $1", s.ind)
        assert tuple(position) == (6, 1, 0, 5)
        assert balance.differences == [f"{s.ind}/0: 5 offsets fandtes ikke, da der blev læst"]
        assert (balance.not_read, balance.difference) == (0, 0)
        await s.send(*indsat("a", [7]))
        await _numre_er(s, [1, -1, 7])


async def test_faerre_partitioner_end_der_er_laest_fra_standser_starten(
    kafka_servers: list[str], database: str
) -> None:
    """What they held could never be read, and every deadline would wait for it for ever."""
    s = Scene(kafka_servers, database, partitioner=2)
    await s.opret()
    async with s.koerer():
        pass
    async with s.db() as db:
        await db.execute("insert into position (topic, part, began, next) values ($1, 2, 0, 5), ($1, 3, 0, 0)", s.ind)
        with pytest.raises(TopicMissing, match="færre partitioner") as fejl:
            async with s.koerer():
                pass
        for naevnt in (f"{s.ind}/2", f"{s.ind}/3", "Giv dem antallet igen", "slet de rækker i tabellen position"):
            assert naevnt in str(fejl.value)
        assert f"{s.ind}/1" not in str(fejl.value)
        await db.execute("delete from position where topic = $1 and part >= 2", s.ind)
    async with s.koerer():
        await s.send(*indsat("a", [1]))
        await s.i_ro()
    assert await s.numre("a") == [1]
