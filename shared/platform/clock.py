"""The hub's clock: real time plus an offset that travels on the compacted topic `ur`, kept in each schema."""

from collections.abc import Iterable
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from contracts.kuvert import Ulaeselig, pak_ud
from contracts.ur import UrStillet
from shared.platform.database import Pool
from shared.platform.kafka import client_kwargs
from shared.platform.processor import Wake
from shared.platform.settings import Settings
from shared.platform.stores import ClockStore


class Clock:
    """Follows the topic `ur` and keeps the newest setting in the service's schema. Every member does the same."""

    Store = ClockStore

    def __init__(self, pool: Pool, settings: Settings, wake: Wake) -> None:
        self.settings, self.wake = settings, wake
        self.store = self.Store(pool)
        self._consumer: AIOKafkaConsumer | None = None

    async def step(self) -> None:
        """Wait for a setting and apply it."""
        consumer = await self._connected()
        try:
            for records in (await consumer.getmany(timeout_ms=300)).values():
                await self._apply_all(records)
        except Exception:
            await self.close()  # and read the topic again from its beginning: a setting may have been lost on the way
            raise

    async def _apply_all(self, records: Iterable[ConsumerRecord[bytes, bytes]]) -> None:
        for record in records:
            try:
                setting = pak_ud(record.key, record.value, record.headers).besked
            except Ulaeselig:
                continue
            if isinstance(setting, UrStillet):
                await self.apply(setting)

    async def catch_up(self) -> None:
        """Apply everything that is on the topic now."""
        consumer = await self._connected()
        partition = TopicPartition(UrStillet.emne, 0)
        end = (await consumer.end_offsets([partition]))[partition]
        while await consumer.position(partition) < end:
            await self.step()

    async def apply(self, setting: UrStillet) -> None:
        """Take over a setting unless a newer one is known."""
        await self.store.set(setting.forskydning_ms, setting.version)
        self.wake.deadlines.set()
        self.wake.effects.set()

    async def close(self) -> None:
        """Stop following."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with suppress(KafkaError, OSError):
                await consumer.stop()

    async def _connected(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(
                **client_kwargs(self.settings), auto_offset_reset="earliest", fetch_max_wait_ms=300
            )
            try:
                await consumer.start()
                partition = TopicPartition(UrStillet.emne, 0)
                consumer.assign([partition])
                await consumer.seek_to_beginning(partition)
            except BaseException:
                await consumer.stop()
                raise
            self._consumer = consumer
        return self._consumer
