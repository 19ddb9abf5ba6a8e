"""Publishing to Kafka: in order per key, pipelined, in bounded memory, done only when every record is confirmed."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaProducer

from contracts.cpr import CprHaendelse
from contracts.kuvert import Kuvert
from shared.platform.kafka import check_topics, producer
from shared.platform.settings import Settings

UNDERVEJS = 5_000
"""Records sent and not yet confirmed, at most."""
TAALMODIGHED_S = 120.0
"""How long to wait for one confirmation before Kafka counts as down, in seconds."""

_PUSTERUM = 100
"""Records after which others in the event loop get their turn: `send` alone does not wait while there is room."""


class KafkaSvigter(Exception):
    """Kafka does not confirm. The text is for the operator, in Danish."""


@asynccontextmanager
async def producent(settings: Settings) -> AsyncGenerator[AIOKafkaProducer]:
    """The hub's producer, tuned for a night's file. Raises `TopicMissing`, or aiokafka's KafkaError without Kafka."""
    await check_topics(settings, [CprHaendelse.emne])
    kilde = producer(settings, client_id="sygesikring-ingest", linger_ms=20, compression_type="lz4")
    await kilde.start()
    try:
        yield kilde
    finally:
        await kilde.stop()


async def udgiv(kilde: AIOKafkaProducer, kuverter: Iterable[Kuvert]) -> int:
    """Publish all and wait for every confirmation; returns their number.

    Raises `KafkaSvigter` when a confirmation stays away, aiokafka's KafkaError when Kafka refuses.
    """
    undervejs: deque[asyncio.Future[Any]] = deque()
    antal = 0
    for kuvert in kuverter:
        emne, noegle = kuvert.besked.topic(), kuvert.noegle.encode()
        undervejs.append(await kilde.send(emne, kuvert.vaerdi(), noegle, headers=kuvert.headers()))
        antal += 1
        if antal % _PUSTERUM == 0:
            await asyncio.sleep(0)
        if len(undervejs) >= UNDERVEJS:
            await _bekraeftet(undervejs.popleft())
    while undervejs:
        await _bekraeftet(undervejs.popleft())
    return antal


async def _bekraeftet(svar: asyncio.Future[Any]) -> None:
    try:
        async with asyncio.timeout(TAALMODIGHED_S):
            await svar
    except TimeoutError:
        raise KafkaSvigter(f"ingen bekræftelse i {TAALMODIGHED_S:.0f} sekunder") from None
