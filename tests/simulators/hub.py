"""The hub as a stand-in meets it on Kafka: its clock is moved, and what the stand-in tells is heard."""

import asyncio
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.emner import EMNER
from contracts.kuvert import Kuvert, pak_ud
from contracts.ur import UrStillet


class Hub:
    """Moves the clock, and hears."""

    def __init__(self, servere: str) -> None:
        self._servere = servere
        self._version = 0
        self.fra: dict[TopicPartition, int] = {}

    async def stil_ur(self, til: datetime) -> None:
        """Set the hub's clock."""
        nu = datetime.now(UTC)
        self._version = max(self._version + 1, int(nu.timestamp() * 1000))
        ur = UrStillet(
            forskydning_ms=round((til - nu) / timedelta(milliseconds=1)),
            version=self._version,
            stillet_af="test",
            stillet=nu,
        )
        kuvert = Kuvert(ur, f"ur-{uuid.uuid4()}", "/test", nu, ur.ur)
        async with AIOKafkaProducer(bootstrap_servers=self._servere) as producent:
            await producent.send_and_wait("ur", kuvert.vaerdi(), key=b"ur", headers=kuvert.headers())

    async def hoer(self, noegle: str, antal: int) -> list[Kuvert]:
        """What was told under one key; waits for so many."""
        fundet: list[Kuvert] = []
        forbruger = AIOKafkaConsumer(bootstrap_servers=self._servere, enable_auto_commit=False)
        await forbruger.start()
        try:
            forbruger.assign(list(self.fra))
            for partition, offset in self.fra.items():
                forbruger.seek(partition, offset)
            async with asyncio.timeout(20):
                while len(fundet) < antal:
                    for records in (await forbruger.getmany(timeout_ms=100)).values():
                        kuverter = [pak_ud(r.key, r.value, r.headers) for r in records]
                        fundet += [k for k in kuverter if k.noegle == noegle]
        finally:
            await forbruger.stop()
        return fundet


@asynccontextmanager
async def aaben(kafka_servers: list[str], emne: str) -> AsyncGenerator[Hub]:
    """A hub that hears one topic from now on; its clock is the machine's again afterwards."""
    servere = ",".join(kafka_servers)
    admin = AIOKafkaAdminClient(bootstrap_servers=servere)
    await admin.start()
    try:
        mangler = {"ur", emne} - set(await admin.list_topics())
        await admin.create_topics([NewTopic(e, EMNER[e].partitioner, 1) for e in mangler])
    finally:
        await admin.close()
    hub = Hub(servere)
    async with AIOKafkaConsumer(bootstrap_servers=servere) as forbruger:
        partitioner = [TopicPartition(emne, nr) for nr in range(EMNER[emne].partitioner)]
        hub.fra = await forbruger.end_offsets(partitioner)
    try:
        yield hub
    finally:
        await hub.stil_ur(datetime.now(UTC))
