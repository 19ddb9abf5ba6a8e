"""What a stand-in tells the hub on Kafka by itself, at its own times on the hub's clock."""

import asyncio
import contextlib
import heapq
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from datetime import datetime

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from contracts.base import Besked
from contracts.kuvert import Kuvert
from simulators.ur import GENFORSOEG_S, Hubur, vent_paa_emner

_LAENGSTE_SOEVN_S = 30.0


@dataclass(frozen=True, slots=True, order=True)
class Planlagt:
    """A message to come. The same id again is the same message; `nr` keeps the copies of one apart."""

    hvornaar: datetime
    id_: str
    nr: int
    besked: Besked = field(compare=False)


def _intet(_planlagt: Planlagt) -> None:
    """Nobody notes what is told."""


class Udgiver:
    """The hub's clock, and a plan of messages published when their time comes.

    Without Kafka nothing can be told, and the clock is the machine's. `sendt` hears of each message that Kafka has.
    """

    def __init__(self, servere: str, kilde: str, emne: str, sendt: Callable[[Planlagt], None] = _intet) -> None:
        self.ur = Hubur()
        self._servere, self._kilde, self._emne, self._sendt = servere, kilde, emne, sendt
        self._koe: list[Planlagt] = []
        self.paa_vej: frozenset[str] = frozenset()
        """Record keys a message about which is being told just now."""

    @property
    def kan_udgive(self) -> bool:
        """Whether there is a Kafka to tell."""
        return bool(self._servere)

    async def nu(self) -> datetime:
        """The hub's now; waits until the clock is known."""
        if self._servere:
            await self.ur.klar.wait()
        return self.ur.nu()

    def naeste(self) -> datetime | None:
        """The next instant something will be told; also one that is past, until Kafka has it."""
        return self._koe[0].hvornaar if self._koe else None

    def planlaeg(self, hvornaar: datetime, besked: Besked, id_: str, nr: int = 1) -> None:
        """Tell it then; a time that is past is now. Without Kafka nothing is planned."""
        if self._servere:
            heapq.heappush(self._koe, Planlagt(hvornaar, id_, nr, besked))
            self.ur.stillet.set()

    async def udgiv(self, besked: Besked, id_: str) -> None:
        """Tell it now; returns when Kafka has it."""
        self.planlaeg(await self.nu(), besked, id_)
        while any(p.id_ == id_ for p in self._koe):
            await asyncio.sleep(0.01)

    def glem(self, noegle: str) -> None:
        """Nothing more is told under a record key."""
        self._koe = [p for p in self._koe if p.besked.recordnoegle() != noegle]
        heapq.heapify(self._koe)

    @contextlib.asynccontextmanager
    async def koer(self) -> AsyncGenerator[None]:
        """Follow the clock and publish while the context is open."""
        opgaver = [asyncio.create_task(o) for o in (self.ur.foelg(self._servere), self._udgiv_loebende())] if (
            self._servere
        ) else []  # fmt: skip
        try:
            yield
        finally:
            for opgave in opgaver:
                opgave.cancel()
            await asyncio.gather(*opgaver, return_exceptions=True)

    async def _udgiv_loebende(self) -> None:
        await vent_paa_emner(self._servere, self._emne)
        await self.ur.klar.wait()
        producent = AIOKafkaProducer(bootstrap_servers=self._servere, acks="all", enable_idempotence=True)
        try:
            await producent.start()
            while True:
                self.ur.stillet.clear()
                nu = self.ur.nu()
                if self._koe and self._koe[0].hvornaar <= nu:
                    await self._udgiv(producent, nu)
                    continue
                vent = (self._koe[0].hvornaar - nu).total_seconds() if self._koe else _LAENGSTE_SOEVN_S
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.ur.stillet.wait(), min(vent, _LAENGSTE_SOEVN_S))
        finally:
            await producent.stop()

    async def _udgiv(self, producent: AIOKafkaProducer, nu: datetime) -> None:
        """Send all that is due; it leaves the plan when Kafka has it."""
        klar = sorted(p for p in self._koe if p.hvornaar <= nu)
        self.paa_vej = frozenset(p.besked.recordnoegle() for p in klar)
        try:
            sendt = [await self._send(producent, punkt) for punkt in klar]
            await asyncio.gather(*sendt)
        except (KafkaError, OSError):
            await asyncio.sleep(GENFORSOEG_S)
            return
        for punkt in klar:
            self._sendt(punkt)
        self._koe = [p for p in self._koe if p not in set(klar)]
        heapq.heapify(self._koe)
        self.paa_vej = frozenset()

    async def _send(self, producent: AIOKafkaProducer, punkt: Planlagt) -> "asyncio.Future[object]":
        noegle = punkt.besked.recordnoegle()
        kuvert = Kuvert(punkt.besked, punkt.id_, self._kilde, punkt.hvornaar, noegle, subject=noegle)
        return await producent.send(
            punkt.besked.topic(), key=noegle.encode(), value=kuvert.vaerdi(), headers=kuvert.headers()
        )
