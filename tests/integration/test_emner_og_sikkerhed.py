"""Topics as the contracts declare them and never by accident; TLS and SASL as the settings say."""

import asyncio
import ssl
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError
from pydantic import SecretStr

import embedded.kafka
from contracts.emner import EMNER, FASTE, OPGAVEEMNER, Emne
from embedded import EmbeddedKafka
from shared.platform.clock import Clock
from shared.platform.ingest import Ingest
from shared.platform.kafka import TopicMissing, check_topics, client_kwargs, create_topics, producer, topic_settings
from shared.platform.metrics import Metrics
from shared.platform.processor import Processor, Wake
from shared.platform.settings import Settings
from tests.integration.hjaelp import klargoer, koerende
from tests.integration.proeve import Opstilling, tjeneste

PEM = Path(__file__).parent / "tls"
ERKLAERET = (*FASTE, OPGAVEEMNER[0])


async def findes(settings: Settings, *navne: str) -> set[str]:
    admin = AIOKafkaAdminClient(**client_kwargs(settings))
    await admin.start()
    try:
        return set(await admin.list_topics()) & set(navne)
    finally:
        await admin.close()


async def test_emner_oprettes_som_kontrakterne_erklaerer_dem(kafka_servers: list[str]) -> None:
    settings = Settings(kafka_bootstrap_servers=",".join(kafka_servers))
    await create_topics(settings, ERKLAERET)
    assert await create_topics(settings, ERKLAERET) == []
    paa_brokeren = await check_topics(settings, [e.navn for e in ERKLAERET])
    assert paa_brokeren == {e.navn: e.partitioner for e in ERKLAERET}
    assert paa_brokeren["person.tilstand"] == 6
    assert paa_brokeren["ur"] == 1
    for emne in ERKLAERET:
        konfiguration = await topic_settings(settings, emne.navn)
        if emne.kompakteret:
            assert konfiguration["cleanup.policy"] == "compact", emne.navn
        else:
            assert konfiguration["cleanup.policy"] == "delete", emne.navn
            assert emne.opbevaring is not None
            assert int(konfiguration["retention.ms"]) == emne.opbevaring.days * 86_400_000, emne.navn


async def test_et_emne_der_mangler_afvises_ved_start_med_udvejen(kafka_servers: list[str], database: str) -> None:
    opstilling = Opstilling(kafka_servers, database)
    await create_topics(opstilling.settings, [EMNER[opstilling.ur]])
    with pytest.raises(TopicMissing, match=f"{opstilling.ind} findes ikke.*sygesikring opret"):
        async with koerende(opstilling):
            pass
    assert await findes(opstilling.settings, opstilling.ind) == set()


async def test_for_faa_partitioner_afvises_ved_start_med_udvejen(kafka_servers: list[str], database: str) -> None:
    opstilling = Opstilling(kafka_servers, database)
    await create_topics(
        opstilling.settings, [EMNER[opstilling.ur], Emne(opstilling.ind, "konto", "", "", partitioner=1)]
    )
    with pytest.raises(TopicMissing, match=r"har 1 partitioner, men 3 er aftalt.*KAFKA_PARTITIONER"):
        async with koerende(opstilling):
            pass


@pytest.fixture
def gavmild_kafka(monkeypatch: pytest.MonkeyPatch) -> Generator[EmbeddedKafka]:
    """A broker that makes every topic somebody asks about, as foreign clusters may."""
    vores = embedded.kafka.broker_settings
    monkeypatch.setattr(
        embedded.kafka, "broker_settings", lambda *a: {**vores(*a), "auto.create.topics.enable": "true"}
    )
    with EmbeddedKafka(tests=True) as broker:
        yield broker


async def test_intet_emne_opstaar_af_sig_selv(gavmild_kafka: EmbeddedKafka, database: str) -> None:
    opstilling = Opstilling(gavmild_kafka.servers, database)
    service = tjeneste(opstilling.navn, (opstilling.ind,))
    await create_topics(opstilling.settings, [EMNER[opstilling.ur]])
    with pytest.raises(TopicMissing):
        async with koerende(opstilling):
            pass
    processor = Processor(service, None, opstilling.settings, Metrics(), Wake())
    ingest = Ingest(processor, opstilling.settings, {opstilling.ind: 3})
    with suppress(TimeoutError):
        async with asyncio.timeout(3):
            await ingest.broker.start()
            await asyncio.sleep(3)
    await ingest.stop()
    assert await findes(opstilling.settings, opstilling.ind) == set()


# --- TLS and SASL ----------------------------------------------------------------------------------------------------


class Fanget(NamedTuple):
    """What one client was given."""

    hvem: str
    servere: Any
    protokol: str
    tls: ssl.SSLContext | None
    sasl: tuple[str, str, str] | None


async def fang(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[Fanget]:
    """Let every client of a service start, and see what reaches aiokafka's connection below them all."""
    fanget: list[Fanget] = []
    hvem = ""
    rigtig = AIOKafkaClient.__init__

    def init(self: AIOKafkaClient, **kw: Any) -> None:
        sasl = (kw.get("sasl_mechanism"), kw.get("sasl_plain_username"), kw.get("sasl_plain_password"))
        protokol = kw.get("security_protocol", "PLAINTEXT")
        brugt = sasl if protokol.startswith("SASL") else None
        fanget.append(Fanget(hvem, kw["bootstrap_servers"], protokol, kw.get("ssl_context"), brugt))
        rigtig(self, **kw)

    async def bootstrap(self: AIOKafkaClient) -> None:
        raise KafkaConnectionError("her er ingen")

    monkeypatch.setattr(AIOKafkaClient, "__init__", init)
    monkeypatch.setattr(AIOKafkaClient, "bootstrap", bootstrap)
    ingest = Ingest(Processor(tjeneste("t", ("ur",)), None, settings, Metrics(), Wake()), settings, {"ur": 1})

    async def send() -> None:
        kafka = producer(settings)
        try:
            await kafka.start()
        finally:
            await kafka.stop()

    for hvem, start in {  # noqa: B007 `init` reads it
        "producent": send,
        "admin": lambda: check_topics(settings, ["ur"]),
        "ur": Clock(None, settings, Wake()).step,
        "positioner": ingest._ensure_positions,
        "faststream": ingest.broker.start,
    }.items():
        with pytest.raises(KafkaConnectionError):
            await start()
    await ingest.stop()
    return fanget


def indstillinger(**mere: Any) -> Settings:
    return Settings(kafka_bootstrap_servers="a.example:9093, b.example:9093", kafka_session_timeout_ms=6000, **mere)


TLS = {
    "kafka_ssl_cafile": str(PEM / "certifikat.pem"),
    "kafka_ssl_certfile": str(PEM / "certifikat.pem"),
    "kafka_ssl_keyfile": str(PEM / "noegle.pem"),
}
BRUGER = {"kafka_sasl_username": "hub", "kafka_sasl_password": SecretStr("hemmeligt")}


@pytest.mark.parametrize(
    ("mere", "sasl", "tls"),
    [
        pytest.param({"kafka_security_protocol": "PLAINTEXT"}, None, False, id="PLAINTEXT"),
        pytest.param({"kafka_security_protocol": "SSL", **TLS}, None, True, id="SSL med klientcertifikat"),
        pytest.param(
            {"kafka_security_protocol": "SASL_SSL", "kafka_sasl_mechanism": "SCRAM-SHA-512", **BRUGER, **TLS},
            ("SCRAM-SHA-512", "hub", "hemmeligt"), True, id="SASL_SSL med SCRAM-SHA-512",
        ),
        pytest.param(
            {"kafka_security_protocol": "SASL_SSL", "kafka_sasl_mechanism": "SCRAM-SHA-256", **BRUGER, **TLS},
            ("SCRAM-SHA-256", "hub", "hemmeligt"), True, id="SASL_SSL med SCRAM-SHA-256",
        ),
        pytest.param(
            {"kafka_security_protocol": "SASL_PLAINTEXT", "kafka_sasl_mechanism": "PLAIN", **BRUGER},
            ("PLAIN", "hub", "hemmeligt"), False, id="SASL_PLAINTEXT med PLAIN",
        ),
    ],
)  # fmt: skip
async def test_tls_og_sasl_naar_hver_klient(
    mere: dict[str, Any], sasl: tuple[str, str, str] | None, tls: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = indstillinger(**mere)
    fanget = await fang(settings, monkeypatch)
    assert {f.hvem for f in fanget} == {"producent", "admin", "ur", "positioner", "faststream"}
    for f in fanget:
        assert f.servere == ["a.example:9093", "b.example:9093"], f.hvem
        assert (f.protokol, f.sasl) == (settings.kafka_security_protocol, sasl), f.hvem
        assert (f.tls is not None) == tls, f.hvem
    if tls:
        for f in fanget:
            assert await modparten_ser(f.tls) == "proeve", f.hvem


async def modparten_ser(klient: ssl.SSLContext | None) -> str:
    """The name in the client certificate that a TLS server is shown; the client checks the server's, too."""
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_tls.load_cert_chain(PEM / "certifikat.pem", PEM / "noegle.pem")
    server_tls.load_verify_locations(PEM / "certifikat.pem")
    server_tls.verify_mode = ssl.CERT_REQUIRED
    set_: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def svar(_: asyncio.StreamReader, ud: asyncio.StreamWriter) -> None:
        emne = ud.get_extra_info("peercert")["subject"]
        set_.set_result(emne[0][0][1])
        ud.close()

    async with await asyncio.start_server(svar, "127.0.0.1", 0, ssl=server_tls) as server:
        port = server.sockets[0].getsockname()[1]
        _, ud = await asyncio.open_connection("127.0.0.1", port, ssl=klient, server_hostname="localhost")
        navn = await asyncio.wait_for(set_, 10)
        ud.close()
        with suppress(OSError):
            await ud.wait_closed()
    return navn


def test_hemmeligheden_vises_ikke() -> None:
    settings = indstillinger(**BRUGER)
    assert "hemmeligt" not in repr(settings) + str(settings.model_dump())


async def test_klargjorte_emner_har_deres_partitioner(kafka_servers: list[str], database: str) -> None:
    opstilling = await klargoer(Opstilling(kafka_servers, database, partitioner=4))
    assert await check_topics(opstilling.settings, [opstilling.ind]) == {opstilling.ind: 4}
