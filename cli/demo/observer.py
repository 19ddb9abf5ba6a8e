"""What an outsider sees who reads every topic: counts of messages, forløb, letters, cards and tasks."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.brev import BrevSendt
from contracts.emner import EMNER
from contracts.laegevalg import ForloebAfsluttet, ForloebStartet
from contracts.opgave import OpgaveOprettet
from contracts.person import PersonIndrejst
from contracts.plads import PladsAnmodet
from shared.platform.kafka import client_kwargs, partitions
from shared.platform.settings import Settings

I_GANG = "I_GANG"
INDREJSER = ("INDREJSE", "GENINDREJSE")


@dataclass(frozen=True, slots=True)
class Spor:
    """One forløb as its messages show it."""

    forloeb_id: str
    person_id: str
    kommunekode: str
    art: str
    udfald: str = I_GANG


class Observer:
    """Follows all topics from their beginning. What was published twice under one id counts once, save per topic."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: set[int] = set()
        self.topics: Counter[str] = Counter()
        self.types: Counter[str] = Counter()
        """Messages by class name."""
        self.forloeb: dict[str, Spor] = {}
        self.kanaler: Counter[str] = Counter()
        self.opgaver: Counter[str] = Counter()
        """Tasks by kommunekode."""
        self.aarsager: Counter[str] = Counter()
        """Tasks by reason."""
        self.foedt: dict[str, date] = {}
        """Birth date by person_id, of those who entered."""
        self.med_familie: set[str] = set()
        """Forløb that asked for the doctor of the family first."""

    def udfald(self, *arter: str) -> dict[str, int]:
        """Forløb of these kinds (none named: of all) by what became of them."""
        fundne = (s.udfald for s in self.forloeb.values() if not arter or s.art in arter)
        return dict(sorted(Counter(fundne).items()))

    async def run(self) -> None:
        """Until cancelled."""
        consumer = await self._consumer()
        try:
            while True:
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    for record in records:
                        self._note(record)
                    await asyncio.sleep(0)
        finally:
            await consumer.stop()

    async def catch_up(self) -> None:
        """Return when everything that stands on the topics now is counted."""
        consumer = AIOKafkaConsumer(**client_kwargs(self._settings))
        await consumer.start()
        try:
            while sum((await consumer.end_offsets(every_partition(self._settings))).values()) > self.topics.total():
                await asyncio.sleep(0.05)
        finally:
            await consumer.stop()

    async def _consumer(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(**client_kwargs(self._settings), enable_auto_commit=False, fetch_max_wait_ms=100)
        await consumer.start()
        consumer.assign(every_partition(self._settings))
        await consumer.seek_to_beginning()
        return consumer

    def _note(self, record: Any) -> None:
        self.topics[record.topic] += 1
        headers = dict(record.headers)
        identity = hash((headers.get("ce_source"), headers.get("ce_id")))
        if identity in self._seen:
            return
        self._seen.add(identity)
        kind = (headers.get("ce_type") or b"").decode("utf-8", "replace")
        self.types[kind.split(".")[-2] if kind.count(".") > 1 else "(ingen)"] += 1
        follow = _FOLLOWED.get(kind)
        if follow is not None:
            follow(self, json.loads(record.value))


def _startet(o: Observer, v: dict[str, Any]) -> None:
    o.forloeb[v["forloeb_id"]] = Spor(v["forloeb_id"], v["person_id"], v["kommunekode"], v["art"])


def _afsluttet(o: Observer, v: dict[str, Any]) -> None:
    o.forloeb[v["forloeb_id"]] = replace(o.forloeb[v["forloeb_id"]], udfald=v["udfald"])


def _brev(o: Observer, v: dict[str, Any]) -> None:
    o.kanaler[v["kanal"]] += 1


def _opgave(o: Observer, v: dict[str, Any]) -> None:
    o.opgaver[v["kommunekode"]] += 1
    o.aarsager[v["aarsag"]] += 1


def _indrejst(o: Observer, v: dict[str, Any]) -> None:
    if v["person"]["foedselsdato"]:
        o.foedt[v["person_id"]] = date.fromisoformat(v["person"]["foedselsdato"])


def _plads(o: Observer, v: dict[str, Any]) -> None:
    if v["foretrukne"]:
        o.med_familie.add(v["forloeb_id"])


_FOLLOWED: dict[str, Callable[[Observer, dict[str, Any]], None]] = {
    ForloebStartet.ce_type: _startet,
    ForloebAfsluttet.ce_type: _afsluttet,
    BrevSendt.ce_type: _brev,
    OpgaveOprettet.ce_type: _opgave,
    PersonIndrejst.ce_type: _indrejst,
    PladsAnmodet.ce_type: _plads,
}


def every_partition(settings: Settings, topics: Iterable[str] = tuple(EMNER)) -> list[TopicPartition]:
    """The partitions of topics as they are declared."""
    return [TopicPartition(name, p) for name in topics for p in range(partitions(EMNER[name], settings))]
