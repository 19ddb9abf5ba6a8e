"""One run from its seed: members that are killed and come back, faults, healing, and then everything must add up."""

import asyncio
import hashlib
import logging
import random
import time
import traceback
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

import structlog
from pydantic import SecretStr

import services.digital_post.client
import services.kortbestilling.client
from contracts.kuvert import Kuvert
from contracts.ur import UrStillet
from services.cpr_events.app import TJENESTE as CPR_EVENTS
from services.digital_post.app import TJENESTE as DIGITAL_POST
from services.kortbestilling.app import TJENESTE as KORTBESTILLING
from services.laegevalg.app import TJENESTE as LAEGEVALG
from services.opgaver.app import TJENESTE as OPGAVER
from services.plo_events.app import TJENESTE as PLO_EVENTS
from shared.domain.udfald import Udfald
from shared.platform.settings import Settings
from shared.platform.tjeneste import Tjeneste
from simulation.broker import SESSION_S, Broker
from simulation.database import Schema
from simulation.invariants import Witness, balance, broken, broken_rules
from simulation.loop import Stuck
from simulation.member import Member, Parts
from simulation.providers import Provider, stand_ins
from simulation.script import SECRET, Outside, Script, write_script
from simulation.world import Faults, World, as_process

LONGEST_S = 900.0
"""Virtual seconds after healing within which all must be quiet."""


@dataclass(frozen=True)
class Outcome:
    """What became of a run."""

    seed: int
    broken: tuple[str, ...]
    trace: tuple[str, ...]
    crashes: int
    records: int
    fingerprint: str
    """The same for two runs only when they went the same way, step by step."""


class PlantedFailure(Exception):
    """A handler that fails this time."""


@cache
def settings() -> Settings:
    """The settings of every run: tried again soon, parked never."""
    return Settings(
        cpr_hemmelighed=SecretStr(SECRET), forsoeg=1000, genforsoeg_foerste_s=0.1, genforsoeg_laengste_s=1.0,
        batch_stoerrelse=8,
    )  # fmt: skip


@cache
def services_() -> tuple[Tjeneste, ...]:
    """The services, each as it declares itself."""
    return (CPR_EVENTS(settings()), PLO_EVENTS, LAEGEVALG, KORTBESTILLING, DIGITAL_POST, OPGAVER)


def draw_faults(rng: random.Random) -> Faults:
    """A run has some kinds of fault and not others: one that has all of them gets nowhere."""

    def perhaps(most: float) -> float:
        return rng.choice((0.0, 0.3, 1.0)) * most

    return Faults(
        crash=perhaps(0.02), cut=perhaps(0.04), stall=perhaps(0.015), provider=perhaps(0.3), handler=perhaps(0.2),
        duplicate=perhaps(0.6),
    )  # fmt: skip


class Hub:
    """All services of a run over their doubles."""

    def __init__(self, world: World, parts: Parts) -> None:
        self.world, self.parts = world, parts
        self.script: Script = write_script(world.rng)
        self.providers = {n: Provider(world, n) for n in ("kortleverandøren", "Digital Post")}
        self.schemas = {t.navn: Schema(world, t.navn) for t in services_()}
        self.witnesses = {n: Witness(s) for n, s in self.schemas.items()}
        self._clock = (0, 0)

    def begin(self) -> None:
        """Inside the loop: topics, members, and the outside."""
        topics = {e: 2 for t in services_() for e in t.emner}
        sent = ("forloeb.haendelser", "gruppe.haendelser", "laegevalg.haendelser", "kort.haendelser")
        rest = dict.fromkeys((*sent, "breve.haendelser", "yder.tilstand", "kort.anmodninger"), 1)
        kommuner = {f"opgaver.{k}": 1 for k in ("0751", "0630")}
        self.broker = Broker(self.world, {**rest, **kommuner, **topics, "ur": 1})
        self.outside = Outside(self.world, self.broker)
        self.providers["kortleverandøren"].on_accepted = self.outside.card_ordered
        twice = self.world.rng.choice(services_()).navn
        for service in services_():
            unsure = self._failing(service)
            for n in range(2 if service.navn == twice else 1):
                asyncio.get_running_loop().create_task(self._keep_alive(unsure, n))

    def _failing(self, service: Tjeneste) -> Tjeneste:
        """The service with handlers that fail now and then, while faults are on."""

        def unsure(handler: Any) -> Any:
            def run(*args: Any) -> Udfald:
                if self.world.chance(self.world.faults.handler):
                    raise PlantedFailure("plantet")
                return handler(*args)

            return run

        return replace(
            service, handlere={k: replace(r, handler=unsure(r.handler)) for k, r in service.handlere.items()}
        )

    async def _keep_alive(self, service: Tjeneste, n: int) -> None:
        """A member of this service: when it is killed, the group notices later, and another one is started."""
        world, life = self.world, 0
        while True:
            life += 1
            name = f"{service.navn}-{n}.{life}"
            member = Member(world, self.broker, self.schemas[service.navn], service, settings(), name, self.parts)
            with as_process(member.process):
                task = asyncio.get_running_loop().create_task(member.live())
            await asyncio.wait([task])
            if not member.process.dead:
                error = task.exception() if not task.cancelled() else None
                self.world.broken.append(f"{name} endte af sig selv: {error!r}")
                return
            consumer = member.ingest.subscriber.consumer
            if consumer is not None:
                leave = self.broker.group(service.navn, list(service.emner)).leave
                world.loop.call_later(world.rng.uniform(0.1, SESSION_S), _start, leave, consumer)
            await asyncio.sleep(world.rng.uniform(0.05, 2))

    async def trouble(self, seconds: float) -> None:
        """Faults for so long; now and then a record comes twice, or a member is taken for dead that is not."""
        rng, end = self.world.rng, self.world.loop.time() + seconds
        while self.world.loop.time() < end:
            await asyncio.sleep(rng.uniform(0.2, 1.5))
            if self.world.chance(self.world.faults.duplicate):
                self.outside.duplicate_something()
            if self.world.chance(self.world.faults.stall * 30):
                group = rng.choice(list(self.broker.groups.values()))
                if group.members:
                    _start(group.expel, rng.choice(group.members), rng.uniform(1, 6))

    async def until_quiet(self) -> None:
        """Until nothing more will happen before something comes from outside. Raises `Stuck`."""
        end = self.world.loop.time() + LONGEST_S
        while not self._quiet():
            if self.world.loop.time() > end:
                waits = {n: balance(self.broker, s).as_json() for n, s in self.schemas.items()}
                raise Stuck(
                    f"ikke i ro: {[w for w in waits.values() if w['not_read'] or w['inbox'] or w['unpublished']]}"
                )
            await asyncio.sleep(0.5)

    def _quiet(self) -> bool:
        if self.outside.left:
            return False
        for service in services_():
            schema = self.schemas[service.navn]
            parts = sum(self.broker.partitions[e] for e in service.emner)
            b = balance(self.broker, schema)
            due = [d.due for d in schema.table("deadline").values() if d.due <= self._hub_now(schema)]
            if len(schema.table("position")) < parts or not b.quiet or due:
                return False
        return True

    def _hub_now(self, schema: Schema) -> Any:
        return self.world.now + timedelta(milliseconds=schema.table("klokke")[True]["forskydning_ms"])

    def next_deadline(self) -> bool:
        """Move the hub's clock to the next deadline there is; False: there is none."""
        due = [d.due for s in self.schemas.values() for d in s.table("deadline").values()]
        if not due:
            return False
        offset, version = self._clock
        ahead = min(due) - self.world.now + timedelta(seconds=1)
        self._clock = max(offset, int(ahead.total_seconds() * 1000)), version + 1
        besked = UrStillet(
            forskydning_ms=self._clock[0], version=self._clock[1], stillet_af="simulation", stillet=self.world.now
        )
        kuvert = Kuvert(besked, f"ur-{self._clock[1]}", "/simulation", self.world.now, "ur")
        self.world.note(f"uret stilles {self._clock[0]} ms frem")
        self.broker.append(UrStillet.emne, b"ur", kuvert.vaerdi(), kuvert.headers())
        return True

    def verdict(self) -> Iterator[str]:
        """Everything that is wrong."""
        yield from self.world.broken
        yield from broken(self.broker, self.witnesses)
        yield from broken_rules(self.broker, self.witnesses, self.providers, self.script)
        yield from (f"parkeret i {n}: {len(t)}" for n, s in self.schemas.items() if (t := s.table("parked")))


def _start(work: Any, *args: Any) -> None:
    asyncio.get_running_loop().create_task(work(*args))


async def _play(hub: Hub) -> None:
    world = hub.world
    faults = draw_faults(world.rng)
    world.faults = faults
    hub.begin()
    hub.outside.play(hub.script, 5)
    await hub.trouble(world.rng.uniform(5, 25))
    world.faults = Faults()
    await hub.until_quiet()
    for _ in range(world.rng.randint(0, 2)):
        if not hub.next_deadline():
            return
        world.faults = faults
        await hub.trouble(world.rng.uniform(1, 8))
        world.faults = Faults()
        await asyncio.sleep(4)
        await hub.until_quiet()


@contextmanager
def _surroundings(world: World, providers: dict[str, Provider]) -> Generator[None]:
    """The process's own clock, chance, log and HTTP are the run's for so long."""
    clock, chance, log = time.monotonic, random.getstate(), structlog.get_config()
    clients: tuple[Any, ...] = (services.kortbestilling.client, services.digital_post.client)
    http = clients[0].HttpKlient
    random.seed(f"tjenester:{world.seed}")
    time.monotonic = world.loop.time
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    for module in clients:
        module.HttpKlient = stand_ins(providers)
    try:
        yield
    finally:
        time.monotonic = clock
        random.setstate(chance)
        structlog.configure(**log)
        for module in clients:
            module.HttpKlient = http


def run(seed: int, parts: Parts | None = None) -> Outcome:
    """One run. The same seed gives the same trace."""
    world = World(seed)
    hub = Hub(world, parts or Parts())
    wrong: list[str] = []
    with _surroundings(world, hub.providers):
        try:
            world.loop.run_until_complete(_play(hub))
        except Stuck as stuck:
            wrong.append(str(stuck))
        except Exception:
            wrong.append(traceback.format_exc())
        wrong += hub.verdict()
        wrong += world.loop.errors
        world.loop.clear()
    records = sum(map(len, hub.broker.logs.values()))
    way = (world.trace, world.loop.steps, world.loop.time(), world.rng.random(), wrong)
    fingerprint = hashlib.blake2b(repr(way).encode(), digest_size=8).hexdigest()
    return Outcome(seed, tuple(wrong), tuple(world.trace), world.crashes, records, fingerprint)
