"""Publishing to Kafka: in order per key, pipelined, in bounded memory, done only when every record is confirmed."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.helpers import create_ssl_context

from contracts.kuvert import Kuvert
from shared.platform.settings import Settings

UNDERVEJS = 5_000
"""Records sent and not yet confirmed, at most."""
TAALMODIGHED_S = 120.0
"""How long to wait for one confirmation before Kafka counts as down, in seconds."""


class KafkaSvigter(Exception):
    """Kafka does not take our records. The text is for the operator, in Danish."""


def client_kwargs(settings: Settings) -> dict[str, Any]:
    """Addresses and security of a client."""
    kwargs: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_servere,
        "security_protocol": settings.kafka_security_protocol,
    }
    if "SSL" in settings.kafka_security_protocol.split("_"):
        kwargs["ssl_context"] = create_ssl_context(
            cafile=settings.kafka_ssl_cafile or None,
            certfile=settings.kafka_ssl_certfile or None,
            keyfile=settings.kafka_ssl_keyfile or None,
        )
    if settings.kafka_security_protocol.startswith("SASL"):
        kwargs |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_sasl_username,
            "sasl_plain_password": settings.kafka_sasl_password.get_secret_value(),
        }
    return kwargs


@asynccontextmanager
async def producent(settings: Settings) -> AsyncGenerator[AIOKafkaProducer]:
    """An idempotent producer that waits for all replicas. Raises aiokafka's KafkaError when it cannot connect."""
    producer = AIOKafkaProducer(
        **client_kwargs(settings),
        client_id="sygesikring-ingest",
        acks="all",
        enable_idempotence=True,
        linger_ms=20,
        max_batch_size=262_144,
        compression_type="lz4",
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def udgiv(producer: AIOKafkaProducer, kuverter: Iterable[Kuvert]) -> int:
    """Publish all and wait for every confirmation; returns their number.

    Raises `KafkaSvigter` when the topic is missing or Kafka stays away, aiokafka's KafkaError when it refuses.
    """
    undervejs: deque[asyncio.Future[Any]] = deque()
    antal = 0
    emner: set[str] = set()
    for kuvert in kuverter:
        emne = kuvert.besked.topic()
        if emne not in emner:
            await _findes(producer, emne)
            emner.add(emne)
        undervejs.append(
            await producer.send(emne, kuvert.vaerdi(), kuvert.noegle.encode(), headers=kuvert.headers())
        )  # fmt: skip
        antal += 1
        if len(undervejs) >= UNDERVEJS:
            await _bekraeftet(undervejs.popleft())
    while undervejs:
        await _bekraeftet(undervejs.popleft())
    return antal


async def _findes(producer: AIOKafkaProducer, emne: str) -> None:
    """Topics are made from `contracts.emner`, never by accident."""
    if not await producer.partitions_for(emne):
        raise KafkaSvigter(f"emnet {emne} findes ikke i Kafka: start hubben, som opretter sine emner, og prøv igen")


async def _bekraeftet(svar: asyncio.Future[Any]) -> None:
    try:
        async with asyncio.timeout(TAALMODIGHED_S):
            await svar
    except TimeoutError:
        raise KafkaSvigter(f"Kafka har ikke bekræftet i {TAALMODIGHED_S:.0f} sekunder") from None
