"""What the supplier tells of its orders on `kortleverandoer.status`, at its own times on the hub's clock."""

import asyncio
import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from pydantic import BaseModel, ConfigDict, Field

from contracts.kort import KortStatus, Kortstatuskode
from contracts.kuvert import Kuvert
from shared.domain.datoer import KOEBENHAVN, dato
from simulators.ledger import Ledger
from simulators.ur import GENFORSOEG_S, Hubur, vent_paa_emner

KILDE = "/kortleverandoer"
_LAENGSTE_SOEVN_S = 30.0


class Planpunkt(BaseModel):
    """A status so many days after the order, at this hour of Danish time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Kortstatuskode
    dage: int = Field(ge=0, le=3650)
    klokken: time
    gange: int = Field(default=1, ge=1, le=10)
    """How often it is told; the same again is the same status."""


STANDARDPLAN = (
    Planpunkt(status=Kortstatuskode.TRUKKET, dage=1, klokken=time(6)),
    Planpunkt(status=Kortstatuskode.AFSENDT, dage=2, klokken=time(12)),
)


@dataclass(frozen=True, slots=True, order=True)
class Planlagt:
    """A status to come."""

    hvornaar: datetime
    kort_id: str
    status: Kortstatuskode
    nr: int = field(default=1)


def planlaeg(kort_id: str, bestilt: datetime, plan: Iterable[Planpunkt]) -> list[Planlagt]:
    """The statuses of an order."""
    dag = dato(bestilt)
    return [
        Planlagt(datetime.combine(dag + timedelta(days=p.dage), p.klokken, KOEBENHAVN), kort_id, p.status, nr)
        for p in plan
        for nr in range(1, p.gange + 1)
    ]


class Statusudgiver:
    """Publishes each planned status when its time comes. Without Kafka nothing is planned."""

    def __init__(self, servere: str, ledger: Ledger) -> None:
        self.plan: tuple[Planpunkt, ...] = STANDARDPLAN
        self.ur = Hubur()
        self._servere = servere
        self._ledger = ledger
        self._koe: list[Planlagt] = []
        self.paa_vej: frozenset[str] = frozenset()
        """Orders a status of which is being told just now."""

    def naeste(self) -> datetime | None:
        """The next instant something will be told; also one that is past, until Kafka has it."""
        return self._koe[0].hvornaar if self._koe else None

    async def bestilt(self) -> datetime:
        """The hub's now for a new order; waits until the clock is known."""
        if self._servere:
            await self.ur.klar.wait()
        return self.ur.nu()

    def planlaeg(self, kort_id: str, bestilt: datetime, plan: Iterable[Planpunkt] | None = None) -> None:
        """Plan the statuses of an order, but those already told."""
        if not self._servere:
            return
        sagt = {(s["kort_id"], s["status"], s["tidspunkt"]) for s in self._ledger.statusser}
        for punkt in planlaeg(kort_id, bestilt, self.plan if plan is None else plan):
            if (kort_id, punkt.status.value, punkt.hvornaar.isoformat()) not in sagt:
                self.indsaet(punkt)

    def indsaet(self, punkt: Planlagt) -> None:
        """Plan one status."""
        heapq.heappush(self._koe, punkt)
        self.ur.stillet.set()

    def glem(self, kort_id: str) -> None:
        """Nothing more is told of an order: it was stopped."""
        self._koe = [p for p in self._koe if p.kort_id != kort_id]
        heapq.heapify(self._koe)

    async def koer(self) -> None:
        """Publish until cancelled."""
        async with asyncio.TaskGroup() as opgaver:
            opgaver.create_task(self.ur.foelg(self._servere))
            opgaver.create_task(self._udgiv_loebende())

    async def _udgiv_loebende(self) -> None:
        await vent_paa_emner(self._servere, KortStatus.emne)
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
                try:
                    await asyncio.wait_for(self.ur.stillet.wait(), min(vent, _LAENGSTE_SOEVN_S))
                except TimeoutError:
                    continue
        finally:
            await producent.stop()

    async def _udgiv(self, producent: AIOKafkaProducer, nu: datetime) -> None:
        """Send all that is due; it leaves the plan when Kafka has it."""
        klar = sorted(p for p in self._koe if p.hvornaar <= nu)
        self.paa_vej = frozenset(p.kort_id for p in klar)
        try:
            sendt = [await self._send(producent, punkt) for punkt in klar]
            await asyncio.gather(*sendt)
        except (KafkaError, OSError):
            await asyncio.sleep(GENFORSOEG_S)
            return
        for punkt in klar:
            self._ledger.noter_status(punkt.kort_id, punkt.status.value, punkt.hvornaar.isoformat())
        self._koe = [p for p in self._koe if p not in set(klar)]
        heapq.heapify(self._koe)

    async def _send(self, producent: AIOKafkaProducer, punkt: Planlagt) -> "asyncio.Future[object]":
        nr = "" if punkt.nr == 1 else f":{punkt.nr}"
        kuvert = Kuvert(
            besked=KortStatus(kort_id=punkt.kort_id, status=punkt.status, tidspunkt=punkt.hvornaar),
            id=f"{punkt.kort_id}:{punkt.status}{nr}",
            kilde=KILDE,
            tid=punkt.hvornaar,
            noegle=punkt.kort_id,
            subject=punkt.kort_id,
        )
        return await producent.send(
            KortStatus.emne, key=punkt.kort_id.encode(), value=kuvert.vaerdi(), headers=kuvert.headers()
        )
