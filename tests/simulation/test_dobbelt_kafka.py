"""Kafka and its double do the same with what the hub relies on: order, offsets, seeking, who has what partition."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError
from pydantic import SecretStr

from contracts.emner import Emne
from shared.platform.kafka import client_kwargs, create_topics, producer
from shared.platform.settings import Settings
from simulation.broker import Broker, MemoryProducer
from simulation.world import World

DELE = 3
NOEGLER = [f"nøgle {n % 5}".encode() for n in range(40)]


class Lytter(ConsumerRebalanceListener):
    """Notes what a member is told of its partitions."""

    def __init__(self) -> None:
        self.har: set[TopicPartition] = set()
        self.hoert: list[str] = []

    async def on_partitions_revoked(self, revoked: Any) -> None:
        self.har -= set(revoked)
        self.hoert.append("fra")

    async def on_partitions_assigned(self, assigned: Any) -> None:
        self.har |= set(assigned)
        self.hoert.append("til")


class Hukommelse:
    """The double as a test speaks to both."""

    def __init__(self, emne: str) -> None:
        self.world = World(1)
        self.emne = emne
        self.broker = Broker(self.world, {emne: DELE})

    async def begynd(self) -> None:
        self.sender = MemoryProducer(self.broker)

    async def send(self, noegle: bytes, vaerdi: bytes) -> Any:
        return await self.sender.send(self.emne, vaerdi, key=noegle, headers=[("h", b"1")])

    async def deltag(self, lytter: Lytter) -> Any:
        gruppe = self.broker.group("gruppe", [self.emne])
        forbruger = await gruppe.join(lytter)
        await gruppe.rebalance()
        return forbruger

    async def hent(self, forbruger: Any) -> list[Any]:
        return await forbruger.getmany(100)

    async def slut(self, forbruger: Any) -> None:
        await self.broker.group("gruppe", [self.emne]).leave(forbruger)


class Rigtig:
    """Kafka itself."""

    def __init__(self, servere: list[str], emne: str) -> None:
        self.emne = emne
        self.settings = Settings(kafka_bootstrap_servers=",".join(servere), database_url=SecretStr(""))

    async def begynd(self) -> None:
        await create_topics(self.settings, [Emne(self.emne, "noegle", "test", "test", partitioner=DELE)])
        self.sender = producer(self.settings)
        await self.sender.start()

    async def send(self, noegle: bytes, vaerdi: bytes) -> Any:
        return await self.sender.send(self.emne, vaerdi, key=noegle, headers=[("h", b"1")])

    async def deltag(self, lytter: Lytter) -> Any:
        forbruger = AIOKafkaConsumer(
            **client_kwargs(self.settings), group_id=self.emne, enable_auto_commit=False, auto_offset_reset="earliest",
            session_timeout_ms=6000, heartbeat_interval_ms=300,
        )  # fmt: skip
        forbruger.subscribe([self.emne], listener=lytter)
        await forbruger.start()
        return forbruger

    async def hent(self, forbruger: Any) -> list[Any]:
        fundet = await forbruger.getmany(timeout_ms=300)
        return [p for poster in fundet.values() for p in poster]

    async def slut(self, forbruger: Any) -> None:
        await forbruger.stop()


Side = Hukommelse | Rigtig
Forloeb = Callable[[Side], Awaitable[list[Any]]]


@pytest.fixture
def koer(kafka_servers: list[str]) -> Callable[[Forloeb], list[Any]]:
    def hos_begge(forloeb: Forloeb) -> list[Any]:
        emne = f"dobbelt_{uuid.uuid4().hex[:8]}"
        dobbelt = Hukommelse(emne)
        hukommelse = dobbelt.world.loop.run_until_complete(cast(Any, _begyndt(dobbelt, forloeb)))
        kafka = asyncio.run(cast(Any, _begyndt(Rigtig(kafka_servers, emne), forloeb)))
        assert hukommelse == kafka, "dobbeltgængeren gør andet end Kafka"
        return kafka

    return hos_begge


async def _begyndt(side: Side, forloeb: Forloeb) -> list[Any]:
    await side.begynd()
    try:
        return await forloeb(side)
    finally:
        await side.sender.stop()


async def _send_alle(side: Side) -> None:
    await asyncio.gather(*[await side.send(noegle, str(n).encode()) for n, noegle in enumerate(NOEGLER)])


async def _vent(side: Side, forbruger: Any, betingelse: Callable[[], bool]) -> list[Any]:
    """Read until something is so; what was read meanwhile."""
    hentet: list[Any] = []
    async with asyncio.timeout(40):
        while not betingelse():
            hentet += await side.hent(forbruger) if isinstance(side, Rigtig) or _noget(side, forbruger) else []
            await asyncio.sleep(0.01)
    return hentet


def _noget(side: Side, forbruger: Any) -> bool:
    alle = [(tp, at) for tp, at in forbruger.positions.items() if tp not in forbruger.paused]
    return any(at < (forbruger.highwater(tp) or 0) for tp, at in alle)


async def _alt(side: Side, forbruger: Any, antal: int) -> list[Any]:
    hentet: list[Any] = []
    async with asyncio.timeout(40):
        while len(hentet) < antal:
            hentet += await side.hent(forbruger)
    return hentet


def test_orden_pr_noegle_offsets_uden_huller_og_hver_noegle_i_en_del(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(side: Side) -> list[Any]:
        await _send_alle(side)
        lytter = Lytter()
        forbruger = await side.deltag(lytter)
        poster = await _alt(side, forbruger, len(NOEGLER))
        dele: dict[int, list[int]] = {}
        for p in poster:
            dele.setdefault(p.partition, []).append(p.offset)
        pr_noegle = {k: [int(p.value) for p in poster if p.key == k] for k in set(NOEGLER)}
        svar = [
            all(offsets == list(range(len(offsets))) for offsets in dele.values()),
            all(numre == sorted(numre) for numre in pr_noegle.values()),
            all(len({p.partition for p in poster if p.key == k}) == 1 for k in set(NOEGLER)),
            {tuple(p.headers) for p in poster},
            sum((await forbruger.end_offsets(forbruger.assignment())).values()),
            set((await forbruger.beginning_offsets(forbruger.assignment())).values()),
            sum(forbruger.highwater(tp) or 0 for tp in dele and {TopicPartition(side.emne, d) for d in dele}),
        ]
        await side.slut(forbruger)
        return svar

    assert koer(forloeb) == [True, True, True, {(("h", b"1"),)}, len(NOEGLER), {0}, len(NOEGLER)]


def test_bekraeftelsen_siger_hvor_posten_staar(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(side: Side) -> list[Any]:
        svar = [await (await side.send(b"samme", b"x")) for _ in range(3)]
        return [[s.offset for s in svar], len({s.partition for s in svar})]

    assert koer(forloeb) == [[0, 1, 2], 1]


def test_der_laeses_videre_fra_hvor_man_stiller_sig_og_intet_mens_der_er_pause(
    koer: Callable[[Forloeb], list[Any]],
) -> None:
    async def forloeb(side: Side) -> list[Any]:
        for n in range(6):
            sidst = await (await side.send(b"samme", str(n).encode()))
        forbruger = await side.deltag(Lytter())
        svar = [[p.value for p in await _alt(side, forbruger, 6)]]
        tp = TopicPartition(side.emne, sidst.partition)
        forbruger.seek(tp, 4)
        svar.append([p.value for p in await _alt(side, forbruger, 2)])
        forbruger.seek(tp, 2)
        forbruger.pause(tp)
        try:
            async with asyncio.timeout(1):
                svar.append(await side.hent(forbruger))
        except TimeoutError:
            svar.append([])
        forbruger.resume(tp)
        svar.append([p.value for p in await _alt(side, forbruger, 4)])
        with pytest.raises(IllegalStateError):
            forbruger.seek(TopicPartition("et andet emne", 0), 0)
        await side.slut(forbruger)
        return svar

    alle = [str(n).encode() for n in range(6)]
    assert koer(forloeb) == [alle, alle[4:], [], alle[2:]]


def test_to_medlemmer_deler_og_den_sidste_faar_alt(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(side: Side) -> list[Any]:
        en, to = Lytter(), Lytter()
        foerste = await side.deltag(en)
        await _vent(side, foerste, lambda: len(en.har) == DELE)
        svar: list[Any] = [len(en.har)]
        anden = await side.deltag(to)
        await _vent(side, foerste, lambda: bool(en.har) and bool(to.har) and len(en.har) + len(to.har) == DELE)
        svar += [sorted((len(en.har), len(to.har))), en.har.isdisjoint(to.har), en.hoert[-2:], to.hoert[-1]]
        svar.append({tp.partition for tp in foerste.assignment()} == {tp.partition for tp in en.har})
        await side.slut(anden)
        await _vent(side, foerste, lambda: len(en.har) == DELE)
        svar.append(len(foerste.assignment()))
        await side.slut(foerste)
        return svar

    assert koer(forloeb) == [3, [1, 2], True, ["fra", "til"], "til", True, 3]
