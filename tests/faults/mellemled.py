"""A slow or broken network between the hub and Kafka: a TCP proxy that delays, holds back and cuts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

import embedded.kafka
from embedded import EmbeddedKafka


class Mellemled:
    """Passes bytes on, `vent_s` late each way; while `aaben` is cleared nothing passes, and connections stay open."""

    def __init__(self) -> None:
        self.vent_s = 0.0
        self.aaben = asyncio.Event()
        self.aaben.set()
        self.forbindelser = 0
        """Connections that were made so far."""
        self.server_port = 0
        self._server: asyncio.Server | None = None
        self._opgaver: set[asyncio.Task[None]] = set()
        self._skrivere: set[asyncio.StreamWriter] = set()

    @property
    def port(self) -> int:
        assert self._server is not None
        return self._server.sockets[0].getsockname()[1]

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._forbindelse, "127.0.0.1", 0)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.klip()
        for opgave in self._opgaver:
            opgave.cancel()
        await asyncio.gather(*self._opgaver, return_exceptions=True)
        await self._server.wait_closed()

    def klip(self) -> None:
        """Cut every connection there is."""
        for skriver in list(self._skrivere):
            skriver.transport.abort()

    async def _forbindelse(self, klient: asyncio.StreamReader, til_klient: asyncio.StreamWriter) -> None:
        opgave = asyncio.current_task()
        assert opgave is not None
        self._opgaver.add(opgave)
        self.forbindelser += 1
        self._skrivere.add(til_klient)
        try:
            with suppress(OSError, asyncio.CancelledError):
                server, til_server = await asyncio.open_connection("127.0.0.1", self.server_port)
                self._skrivere.add(til_server)
                try:
                    await asyncio.gather(self._flyt(klient, til_server), self._flyt(server, til_klient))
                finally:
                    self._skrivere.discard(til_server)
                    til_server.transport.abort()
        finally:
            self._skrivere.discard(til_klient)
            til_klient.transport.abort()
            self._opgaver.discard(opgave)

    async def _flyt(self, fra: asyncio.StreamReader, til: asyncio.StreamWriter) -> None:
        """What comes is passed on in order, each piece when its delay is over; ends the connection with its end."""
        koe: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        ur = asyncio.get_running_loop().time

        async def aflever() -> None:
            while True:
                hvornaar, stykke = await koe.get()
                await asyncio.sleep(max(0.0, hvornaar - ur()))
                await self.aaben.wait()
                til.write(stykke)
                await til.drain()

        afleverer = asyncio.create_task(aflever())
        try:
            while stykke := await fra.read(65_536):
                koe.put_nowait((ur() + self.vent_s, stykke))
        finally:
            afleverer.cancel()
            til.transport.abort()
            await asyncio.gather(afleverer, return_exceptions=True)


@asynccontextmanager
async def kafka_bag_mellemled() -> AsyncIterator[tuple[str, Mellemled]]:
    """A broker that tells its clients to come through the proxy; gives the address and the proxy."""
    led = Mellemled()
    await led.start()
    indstillinger = embedded.kafka.broker_settings

    def omvej(node: int, porte: Any, data: Any) -> dict[str, str]:
        led.server_port = porte[node - 1][0]
        return {
            **indstillinger(node, porte, data), "advertised.listeners": f"PLAINTEXT://127.0.0.1:{led.port}",
        }  # fmt: skip

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded.kafka, "broker_settings", omvej)
        broker = EmbeddedKafka(tests=True)
        try:
            await asyncio.to_thread(broker.start)
            yield f"127.0.0.1:{led.port}", led
        finally:
            await led.stop()
            await asyncio.to_thread(broker.stop)
