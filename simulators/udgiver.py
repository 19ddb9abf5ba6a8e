"""What a stand-in tells the hub on Kafka by itself, stamped with the hub's clock."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import datetime

from aiokafka import AIOKafkaProducer

from contracts.base import Besked
from contracts.kuvert import Kuvert
from simulators.ur import Hubur, vent_paa_emner


class Udgiver:
    """A producer and the hub's clock. Without Kafka nothing can be told, and the clock is the machine's."""

    def __init__(self, servere: str, kilde: str) -> None:
        self._servere, self._kilde = servere, kilde
        self._ur = Hubur()

    @property
    def kan_udgive(self) -> bool:
        """Whether there is a Kafka to tell."""
        return bool(self._servere)

    async def nu(self) -> datetime:
        """The hub's now; waits until the clock is known."""
        if self._servere:
            await self._ur.klar.wait()
        return self._ur.nu()

    @contextlib.asynccontextmanager
    async def koer(self) -> AsyncGenerator[None]:
        """Follow the clock while the context is open."""
        opgave = asyncio.create_task(self._ur.foelg(self._servere)) if self._servere else None
        try:
            yield
        finally:
            if opgave:
                opgave.cancel()
                await asyncio.gather(opgave, return_exceptions=True)

    async def udgiv(self, besked: Besked, id_: str) -> None:
        """Tell it; returns when Kafka has it. The same id again is the same message."""
        await vent_paa_emner(self._servere, besked.topic())
        kuvert = Kuvert(besked, id_, self._kilde, await self.nu(), besked.recordnoegle())
        async with AIOKafkaProducer(bootstrap_servers=self._servere, acks="all", enable_idempotence=True) as producent:
            await producent.send_and_wait(
                besked.topic(), key=kuvert.noegle.encode(), value=kuvert.vaerdi(), headers=kuvert.headers()
            )
