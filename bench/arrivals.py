"""The events of the first way: people who entered yesterday, and practices with room for all of them."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from aiokafka import AIOKafkaProducer

from contracts.cpr import CprHaendelse
from contracts.kuvert import Kuvert
from contracts.noegle import cpr_noegle, person_id_ved_oprettelse
from contracts.yder import YderOpdateret, Yderstatus
from shared.domain.datoer import dato
from shared.platform.kafka import producer
from shared.platform.settings import Settings
from simulators.registre import Befolkning, dagen

HANDLED = {
    "cpr_events": 1, "plo_events": 1, "laegevalg": 6, "kortbestilling": 1, "digital_post": 3, "opgaver": 1,
    "betaling": 0,
}  # fmt: skip
"""Records that each service handles for one event."""
LETTERS = 2
"""Letters that one event leads to; and one card."""
_PRACTICES = 10
"""Per municipality."""
_PUBLISHED_AT_ONCE = 500


@dataclass
class Arrivals:
    """`total` people, in order; the same for the same seed."""

    total: int
    secret: str
    day: date = field(default_factory=lambda: dato(datetime.now(UTC)) - timedelta(days=1))

    def __post_init__(self) -> None:
        self._people = Befolkning(1, max(1, self.total))

    def practices(self) -> list[YderOpdateret]:
        """Open practices, each with room for everybody."""
        return [
            YderOpdateret(
                ydernummer=f"{number * 100 + i + 1001:06d}",
                navn=f"Lægehuset {number}-{i}",
                kommunekode=code,
                status=Yderstatus.AABEN,
                lukkegraense=self.total + 1600,
                maksgraense=self.total + 1700,
                antal_sikrede=1000,
                opdateret=datetime.now(UTC),
            )
            for number, code in enumerate(self._people.kommuner)
            for i in range(_PRACTICES)
        ]

    def envelopes(self, first: int, count: int) -> Iterator[tuple[str, Kuvert]]:
        """Person id and event of the people from number `first`."""
        for number in range(first, first + count):
            arrived = dagen.indrejse(self._people, number, self.day)
            event = arrived.haendelser[0]
            message = CprHaendelse(
                kode=event.kode, registreret=event.registreret, leverance=self.day, person=arrived.person
            )
            person_id = person_id_ved_oprettelse(arrived.person.cpr, self.secret)
            key = cpr_noegle(arrived.person.cpr, self.secret)
            yield person_id, Kuvert(message, f"bench-{person_id}", "/bench", datetime.now(UTC), key)


@dataclass(frozen=True, slots=True)
class Ready:
    """An event as bytes, so that making it costs nothing while the clock runs."""

    person_id: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


def ready(arrivals: Arrivals, first: int, count: int) -> list[Ready]:
    """Events made beforehand."""
    return [
        Ready(person_id, k.noegle.encode(), k.vaerdi(), k.headers())
        for person_id, k in arrivals.envelopes(first, count)
    ]


async def publish_practices(settings: Settings, arrivals: Arrivals) -> int:
    """The region's records of all practices; returns how many."""
    practices = arrivals.practices()
    async with producer(settings) as kafka:
        futures = [
            await kafka.send(y.emne, k.vaerdi(), key=k.noegle.encode(), headers=k.headers())
            for y in practices
            for k in [Kuvert(y, f"bench-{y.ydernummer}", "/bench", y.opdateret, y.ydernummer)]
        ]
        await asyncio.gather(*futures)
    return len(practices)


async def publish(kafka: AIOKafkaProducer, topic: str, events: list[Ready]) -> None:
    """All as fast as Kafka takes them."""
    for at in range(0, len(events), _PUBLISHED_AT_ONCE):
        futures = [
            await kafka.send(topic, e.value, key=e.key, headers=e.headers) for e in events[at : at + _PUBLISHED_AT_ONCE]
        ]
        await asyncio.gather(*futures)


async def publish_at(kafka: AIOKafkaProducer, topic: str, events: list[Ready], per_second: float) -> dict[str, float]:
    """One by one at a steady rate; returns when each was sent (Unix time in seconds) by person id."""
    began = time.monotonic()
    sent: dict[str, float] = {}
    for number, event in enumerate(events):
        wait = began + number / per_second - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        sent[event.person_id] = time.time()
        await kafka.send(topic, event.value, key=event.key, headers=event.headers)
    await kafka.flush()
    return sent
