"""Kafka: how every client connects, and topics that are made from what `contracts.emner` declares."""

import asyncio
import ssl
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code
from aiokafka.helpers import create_ssl_context
from aiokafka.partitioner import DefaultPartitioner, murmur2
from aiokafka.protocol.metadata import MetadataRequest
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from contracts.emner import EMNER, Emne
from contracts.kuvert import STOERSTE_BESKED
from shared.platform import lenient, patience
from shared.platform.settings import Settings

lenient.install()
patience.install()
# aiokafka lets brokers make every topic that it asks about; with this it never does, whatever the cluster allows.
MetadataRequest.__init__.__defaults__ = (None, False)

REQUEST_SIZE = STOERSTE_BESKED + 48_000
"""Bytes: the largest value and its headers fit."""


class TopicMissing(Exception):
    """A topic is not there, or has other partitions than declared; the text says the way out."""


def ssl_context(settings: Settings) -> ssl.SSLContext | None:
    """The TLS context, with a client certificate where one is given; None without TLS."""
    if settings.kafka_security_protocol not in ("SSL", "SASL_SSL"):
        return None
    return create_ssl_context(
        cafile=settings.kafka_ssl_cafile or None,
        certfile=settings.kafka_ssl_certfile or None,
        keyfile=settings.kafka_ssl_keyfile or None,
    )


def client_kwargs(settings: Settings) -> dict[str, Any]:
    """What every aiokafka client is given: servers, TLS, SASL."""
    if not settings.kafka_servere:
        raise TopicMissing("Der mangler en adresse på Kafka: sæt KAFKA_BOOTSTRAP_SERVERS til vært:port[,vært:port].")
    kwargs: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_servere,
        "security_protocol": settings.kafka_security_protocol,
        "ssl_context": ssl_context(settings),
    }
    if settings.kafka_security_protocol.startswith("SASL"):
        kwargs |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_sasl_username,
            "sasl_plain_password": settings.kafka_sasl_password.get_secret_value(),
        }
    return kwargs


def faststream_security(settings: Settings) -> BaseSecurity | None:
    """The same for FastStream."""
    context = ssl_context(settings)
    if not settings.kafka_security_protocol.startswith("SASL"):
        return BaseSecurity(ssl_context=context, use_ssl=True) if context else None
    kinds = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}
    return kinds[settings.kafka_sasl_mechanism](
        username=settings.kafka_sasl_username,
        password=settings.kafka_sasl_password.get_secret_value(),
        ssl_context=context,
        use_ssl=context is not None,
    )


@lru_cache(maxsize=65_536)
def _key_hash(key: bytes) -> int:
    return murmur2(key) & 0x7FFFFFFF


def _partition(key: bytes | None, every: list[int], available: list[int]) -> int:
    """Kafka's own choice of partition; aiokafka computes it anew, in Python, for each of the records of a key."""
    return DefaultPartitioner()(key, every, available) if key is None else every[_key_hash(key) % len(every)]


def producer(settings: Settings, **more: Any) -> AIOKafkaProducer:
    """A producer that loses and doubles nothing: idempotent, all replicas. Made inside the event loop."""
    kwargs: dict[str, Any] = {
        **client_kwargs(settings),
        "enable_idempotence": True,
        "acks": "all",
        "max_request_size": REQUEST_SIZE,
        "max_batch_size": 262_144,
        "linger_ms": 2,
        "request_timeout_ms": 15_000,
        "partitioner": _partition,
        **more,
    }
    return AIOKafkaProducer(**kwargs)


def partitions(emne: Emne, settings: Settings) -> int:
    """The number of partitions a topic has here."""
    return settings.kafka_partitioner or emne.partitioner if emne.partitioner > 1 else 1


async def create_topics(settings: Settings, emner: Iterable[Emne] = tuple(EMNER.values())) -> list[str]:
    """Make the topics that are not there yet, with their partitions, retention and compaction. Returns their names.

    With three replicas or more, what is confirmed stands on all but one at least: `acks=all` alone waits only for those
    that happen to be there, and the last of them may die.
    """
    admin = AIOKafkaAdminClient(**client_kwargs(settings))
    await admin.start()
    try:
        there = set(await admin.list_topics())
        safe = {"min.insync.replicas": str(settings.kafka_replication - 1)} if settings.kafka_replication > 2 else {}
        new = [
            NewTopic(
                e.navn, partitions(e, settings), settings.kafka_replication, topic_configs={**e.konfiguration(), **safe}
            )
            for e in emner
            if e.navn not in there
        ]
        if new:
            answer: Any = await admin.create_topics(new, timeout_ms=60_000)
            for name, code, *_ in answer.topic_errors:
                error = for_code(code)
                if code and error is not TopicAlreadyExistsError:
                    raise error(f"emnet {name} kunne ikke oprettes")
            await _until_known(admin, [t.name for t in new])
        return [t.name for t in new]
    finally:
        await admin.close()


async def _until_known(admin: AIOKafkaAdminClient, names: list[str], seconds: float = 30) -> None:
    """A broker that has made a topic may not tell of it at once; a service started then would miss it."""
    async with asyncio.timeout(seconds):
        while any(t["error_code"] for t in await admin.describe_topics(names)):
            await asyncio.sleep(0.05)


async def check_topics(settings: Settings, names: Iterable[str]) -> dict[str, int]:
    """The partitions of the topics a service needs. Raises `TopicMissing` with the way out."""
    admin = AIOKafkaAdminClient(**client_kwargs(settings))
    await admin.start()
    try:
        found = {
            t["topic"]: len(t["partitions"]) for t in await admin.describe_topics(list(names)) if not t["error_code"]
        }
    finally:
        await admin.close()
    for name in names:
        declared = partitions(EMNER[name], settings)
        if name not in found:
            raise TopicMissing(
                f"Emnet {name} findes ikke. Kør `sygesikring opret`, eller opret det med {declared} partitioner."
            )
        if found[name] != declared:
            raise TopicMissing(
                f"Emnet {name} har {found[name]} partitioner, men {declared} er aftalt. Opret det igen med {declared}, "
                "eller sæt KAFKA_PARTITIONER til det antal, alle emner har."
            )
    return {name: found[name] for name in names}


async def topic_settings(settings: Settings, name: str) -> dict[str, str]:
    """The configuration a topic has on the broker."""
    admin = AIOKafkaAdminClient(**client_kwargs(settings))
    await admin.start()
    try:
        answers: Any = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
        return {entry[0]: entry[1] for answer in answers for resource in answer.resources for entry in resource[4]}
    finally:
        await admin.close()


async def wait_for_kafka(settings: Settings, seconds: float = 60) -> None:
    """Return when the cluster answers. Raises `TimeoutError` after the time given."""
    async with asyncio.timeout(seconds):
        while True:
            admin = AIOKafkaAdminClient(**client_kwargs(settings), request_timeout_ms=5_000)
            try:
                await admin.start()
                await admin.describe_cluster()
                return
            except (OSError, Exception):
                await asyncio.sleep(0.3)
            finally:
                await admin.close()
