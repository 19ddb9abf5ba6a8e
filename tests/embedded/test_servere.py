"""The embedded servers: they start, keep their data through every kind of end, and die with their parent."""

import uuid
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from embedded import EmbeddedKafka, EmbeddedPostgres, StartFailed


async def make_topic(servers: str) -> str:
    emne = f"emne-{uuid.uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(emne, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()
    return emne


async def send(servers: str, emne: str, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True) as producer:
        for value in values:
            await producer.send_and_wait(emne, value, key=b"n")


async def read(servers: str, emne: str, number: int) -> list[bytes | None]:
    async with AIOKafkaConsumer(emne, bootstrap_servers=servers, auto_offset_reset="earliest") as consumer:
        return [(await consumer.getone()).value for _ in range(number)]


async def test_besked_sendes_og_laeses(kafka: str) -> None:
    emne = await make_topic(kafka)
    await send(kafka, emne, b"en", b"to")
    assert await read(kafka, emne, 2) == [b"en", b"to"]


async def test_database_er_testens_egen(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("CREATE TABLE t (navn text)")
        await connection.execute("INSERT INTO t VALUES ('Søren Ærø')")
        assert await connection.fetchval("SELECT navn FROM t") == "Søren Ærø"
        assert (await connection.fetchval("SHOW server_version")).startswith("18.")
        assert await connection.fetchval("SHOW server_encoding") == "UTF8"
    finally:
        await connection.close()
