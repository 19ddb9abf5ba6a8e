"""The hub's clock as an outsider reads it: real time plus the offset on the compacted topic `ur`."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from contracts.kuvert import Ulaeselig, pak_ud
from contracts.ur import UrStillet

GENFORSOEG_S = 0.5


async def vent_paa_emner(servere: str, *emner: str) -> None:
    """Wait until Kafka answers and the topics are there; whoever asks for a missing one may create it by accident."""
    while True:
        admin = AIOKafkaAdminClient(bootstrap_servers=servere, request_timeout_ms=5000)
        try:
            await admin.start()
            if set(emner) <= set(await admin.list_topics()):
                return
        except (KafkaError, OSError):
            pass
        finally:
            await admin.close()
        await asyncio.sleep(GENFORSOEG_S)


class Hubur:
    """Real time plus the newest offset. `klar` once the topic has been read to its end."""

    def __init__(self) -> None:
        self.forskydning = timedelta()
        self.klar = asyncio.Event()
        self.stillet = asyncio.Event()
        """Set each time the clock was moved; whoever waits for it clears it."""
        self._version = -1

    def nu(self) -> datetime:
        """The hub's now."""
        return datetime.now(UTC) + self.forskydning

    async def foelg(self, servere: str) -> None:
        """Follow the topic until cancelled."""
        await vent_paa_emner(servere, UrStillet.emne)
        partition = TopicPartition(UrStillet.emne, 0)
        forbruger = AIOKafkaConsumer(bootstrap_servers=servere, enable_auto_commit=False, auto_offset_reset="earliest")
        try:
            await forbruger.start()
            forbruger.assign([partition])
            await forbruger.seek_to_beginning(partition)
            while True:
                slut = None if self.klar.is_set() else (await forbruger.end_offsets([partition]))[partition]
                for record in (await forbruger.getmany(partition, timeout_ms=200)).get(partition, []):
                    self._laes(record.key, record.value, record.headers)
                if slut is not None and await forbruger.position(partition) >= slut:
                    self.klar.set()
        finally:
            await forbruger.stop()

    def _laes(self, noegle: bytes | None, vaerdi: bytes | None, headers: Iterable[tuple[str, bytes]]) -> None:
        try:
            besked = pak_ud(noegle, vaerdi, headers).besked
        except Ulaeselig:
            return
        if isinstance(besked, UrStillet) and besked.version > self._version:
            self._version = besked.version
            self.forskydning = timedelta(milliseconds=besked.forskydning_ms)
            self.stillet.set()
