"""The hub of one run: its services in processes that die, stand still, stop and come back, and what goes wrong."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from typing import Any

from pydantic import SecretStr

from contracts.base import Besked
from contracts.cpr import CprPerson
from contracts.emner import EMNER
from contracts.kuvert import Kuvert
from contracts.ur import UrStillet
from services.betaling.app import TJENESTE as BETALING
from services.cpr_events.app import TJENESTE as CPR_EVENTS
from services.digital_post.app import TJENESTE as DIGITAL_POST
from services.kortbestilling.app import TJENESTE as KORTBESTILLING
from services.laegevalg.app import TJENESTE as LAEGEVALG
from services.laegevalg.forloeb.beskeder import DispensationsfristUdloeb
from services.opgaver.app import TJENESTE as OPGAVER
from services.plo_events.app import TJENESTE as PLO_EVENTS
from shared.domain.udfald import Udfald
from shared.platform.settings import Settings
from shared.platform.tjeneste import Tjeneste
from simulation.broker import SESSION_S, Broker
from simulation.database import Schema
from simulation.evidence import Evidence
from simulation.invariants import Witness, balance, broken
from simulation.lives import KOMMUNER, SECRET
from simulation.loop import Stuck
from simulation.matter import broken_rules
from simulation.member import Member, outside
from simulation.mutants import Mutant
from simulation.nets import Nets
from simulation.outside import Outside
from simulation.parking import Operator
from simulation.providers import CardSupplier, DigitalPost, Provider
from simulation.script import DOOMED, write_script
from simulation.world import Faults, Process, World, as_process

LONGEST_S = 400.0
"""Virtual seconds after healing within which all must be quiet."""


SILENCE = f":{DispensationsfristUdloeb.__name__}"
"""How the deadline of a practice's answer is named."""
MANY = 1000
"""Tries that a run will never use up: nothing is parked in it but what cannot be read."""


class PlantedFailure(Exception):
    """A handler that fails this time."""


@cache
def settings(forsoeg: int) -> Settings:
    """The settings of a run: tried again soon, parked after so many tries."""
    return Settings(
        cpr_hemmelighed=SecretStr(SECRET), forsoeg=forsoeg, genforsoeg_foerste_s=0.1, genforsoeg_laengste_s=1.0,
        batch_stoerrelse=8, kortleverandoer_url="-", digital_post_url="-", nets_url="-",
    )  # fmt: skip


@cache
def services_() -> tuple[Tjeneste, ...]:
    """The services, each as it declares itself."""
    declared: list[Any] = [CPR_EVENTS, PLO_EVENTS, LAEGEVALG, KORTBESTILLING, DIGITAL_POST, BETALING, OPGAVER]
    return tuple(d if isinstance(d, Tjeneste) else d(settings(MANY)) for d in declared)


@cache
def topics() -> dict[str, int]:
    """Two partitions of every topic that somebody hears, one of the others."""
    heard = {e for t in services_() for e in t.emner}
    alle = {e: 2 if e in heard else 1 for e in EMNER if not e.startswith("opgaver.")}
    return {**alle, "opgaver.anmodninger": 2, "opgaver.kommandoer": 2, **{f"opgaver.{k}": 1 for k in KOMMUNER}, "ur": 1}


def draw_faults(rng: random.Random) -> Faults:
    """A run has some kinds of fault and not others: one that has all of them gets nowhere."""

    def perhaps(most: float) -> float:
        return rng.choice((0.0, 0.3, 1.0)) * most

    if rng.random() < 0.35:  # the hub gets somewhere, and those outside and the processes that call them do not
        return Faults(crash=perhaps(0.004), freeze=perhaps(0.001), provider=rng.choice((0.1, 0.3)), duplicate=0.3)
    return Faults(
        crash=perhaps(0.015), cut=perhaps(0.03), stall=perhaps(0.012), freeze=perhaps(0.002), stop=perhaps(0.15),
        provider=perhaps(0.3), handler=perhaps(0.2), duplicate=perhaps(0.6), garbage=perhaps(0.15),
    )  # fmt: skip


class Hub:
    """All services of a run over their doubles."""

    def __init__(self, world: World, mutant: Mutant) -> None:
        self.world, self.mutant = world, mutant
        self.outside = Outside(world)
        self.broker = self.outside.broker = Broker(world, topics())
        self.script = write_script(world.rng)
        self.cards, self.post, self.nets = CardSupplier(self.outside), DigitalPost(self.outside), Nets(self.outside)
        self.post.on_request = self.outside.asked
        self.schemas = {t.navn: Schema(world, t.navn, self.broker) for t in services_()}
        self.witnesses = {n: Witness(s) for n, s in self.schemas.items()}
        self.operator = Operator(world, self.schemas)
        self.settings = settings(world.rng.choice((3, MANY)))
        self._stubborn: Counter[tuple[str, str]] = Counter()
        self._members: dict[Process, Member] = {}
        self._moves = 0
        world.on_freeze = self._frozen

    @property
    def providers(self) -> dict[str, Provider]:
        """Those outside, by the name that the clients give them."""
        return {p.name: p for p in (self.cards, self.post, self.nets)}

    # --- processes ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start the members: one of each service, two of one."""
        twice = self.world.rng.choice(services_()).navn
        for service in services_():
            unsure = self._failing(service)
            for n in range(2 if service.navn == twice else 1):
                asyncio.get_running_loop().create_task(self._keep_alive(unsure, n))

    def _failing(self, service: Tjeneste) -> Tjeneste:
        """The service with handlers that fail now and then, some messages some times, and the doomed for ever."""

        def unsure(handler: Any) -> Any:
            def run(besked: Besked, *rows: Any) -> Udfald:
                self._maybe_fail(besked)
                return handler(besked, *rows)

            return run

        def planted(kind: type[Besked], handler: Any) -> Any:
            return self.mutant.handlers[kind](handler) if kind in self.mutant.handlers else handler

        return replace(
            service,
            handlere={k: replace(r, handler=unsure(planted(k, r.handler))) for k, r in service.handlere.items()},
        )

    def _maybe_fail(self, besked: Besked) -> None:
        world, name = self.world, type(besked).__name__
        person = getattr(besked, "person", None)
        if world.chance(world.faults.handler):
            world.hit("handler fejler", name)
            raise PlantedFailure("plantet")
        if self.settings.forsoeg < MANY:
            if isinstance(person, CprPerson) and person.navn.efternavn == DOOMED:
                raise PlantedFailure("dødsdømt")
            which = name, besked.model_dump_json()
            if which not in self._stubborn:
                self._stubborn[which] = world.rng.randint(1, 6) if world.chance(0.04) else 0
            if self._stubborn[which]:
                self._stubborn[which] -= 1
                world.hit("handler fejler", name)
                raise PlantedFailure("stædig")

    async def _keep_alive(self, service: Tjeneste, n: int) -> None:
        """A member of this service: when it is killed, the group notices later, and another one is started."""
        world, life = self.world, 0
        while True:
            life += 1
            name = f"{service.navn}-{n}.{life}"
            member = Member(service, self.settings, self.schemas[service.navn], name, self.mutant.parts)
            self._members[member.process] = member
            with as_process(member.process):
                task = asyncio.get_running_loop().create_task(member.live())
            await asyncio.wait([task])
            del self._members[member.process]
            if not member.process.dead and not member.stop_event.is_set():
                error = task.exception() if not task.cancelled() else None
                world.broken.append(f"{name} endte af sig selv: {error!r}")
                return
            while not member.process.dead:  # its clean stop goes on
                await asyncio.sleep(0.1)
            consumer = member.ingest.consumer if member.ingest is not None else None
            if consumer is not None:
                group = self.broker.group(service.navn, list(service.emner))
                world.later(world.rng.uniform(0.1, SESSION_S), outside, partial(group.leave, consumer))
            await asyncio.sleep(world.rng.uniform(0.05, 2))

    def _frozen(self, process: Process, seconds: float) -> None:
        """The group takes a member that stands still for dead when its session runs out; awake, it joins again."""
        member = self._members.get(process)
        consumer = member.ingest.consumer if member and member.ingest else None
        if member is not None and consumer is not None and seconds > SESSION_S:
            group = self.broker.group(member.service.navn, list(member.service.emner))
            after = seconds - SESSION_S + self.world.rng.uniform(0, 1)
            self.world.later(SESSION_S, outside, partial(group.expel, consumer, after))

    def _stop_somebody(self) -> None:
        running = [m for m in self._members.values() if not m.process.dead and not m.stop_event.is_set()]
        if running:
            member = self.world.rng.choice(running)
            self.world.hit("stoppes", "hvor som helst", member.process.name)
            with as_process(member.process):
                asyncio.get_running_loop().create_task(member.end())

    # --- the course of a run --------------------------------------------------------------------------------------

    async def trouble(self, seconds: float) -> None:
        """Faults for so long."""
        world, rng = self.world, self.world.rng
        end = world.loop.time() + seconds
        while world.loop.time() < end:
            await asyncio.sleep(rng.uniform(0.2, 1.5))
            if world.chance(world.faults.duplicate):
                self.outside.duplicate_something()
            if world.chance(world.faults.garbage):
                self.outside.garble()
            if world.chance(world.faults.stop):
                self._stop_somebody()
            if world.chance(world.faults.stall * 30):
                group = rng.choice(list(self.broker.groups.values()))
                if group.members:
                    consumer, after = rng.choice(group.members), rng.uniform(1, 6)
                    outside(partial(group.expel, consumer, after))
            if rng.random() < 0.3:
                await self.operator.meddle()

    async def until_quiet(self) -> None:
        """Until nothing more will happen before something comes from outside. Raises `Stuck`."""
        end = self.world.loop.time() + LONGEST_S
        while not self._quiet() or await self.operator.tidy():
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
            if len(schema.table("position")) < parts or schema.table("klokke")[True]["version"] != self._moves:
                return False
            if not balance(self.broker, schema).quiet:
                return False
            if any(d.due <= self.world.hub_now for d in schema.table("deadline").values()):
                return False
        return True

    def next_deadline(self) -> bool:
        """Move the hub's clock to the next deadline there is; False: there is none."""
        running = [d for s in self.schemas.values() for d in s.table("deadline").values()]
        if not running:
            return False
        due = min(d.due for d in running)
        limits = [d.frist_id.rsplit(":", 1)[0] for d in running if d.due == due and d.frist_id.endswith(SILENCE)]
        self.outside.move(before=True)
        for forloeb_id in limits:
            if self.outside.limit(forloeb_id, before=True) and self.world.rng.random() < 0.5:  # it came, unread
                self.broker.groups[LAEGEVALG.navn].fall_silent(self.world.rng.uniform(1, 6))
        ahead = int((due - self.world.now + timedelta(seconds=1)).total_seconds() * 1000)
        self._moves += 1
        self.world.offset = max(self.world.offset, timedelta(milliseconds=ahead))
        milliseconds = int(self.world.offset / timedelta(milliseconds=1))
        besked = UrStillet(
            forskydning_ms=milliseconds, version=self._moves, stillet_af="simulation", stillet=self.world.now
        )
        kuvert = Kuvert(besked, f"ur-{self._moves}", "/simulation", self.world.now, "ur")
        self.world.hit("uret stilles", "ur", f"{milliseconds} ms")
        self.broker.append(UrStillet.emne, b"ur", kuvert.vaerdi(), kuvert.headers())
        self.nets.tell_of_the_expired()
        self.outside.move(before=False)
        for forloeb_id in limits:
            self.outside.limit(forloeb_id, before=False)
        return True

    def verdict(self, ended: bool) -> Iterator[str]:
        """Everything that is wrong. `ended`: no deadline is left, so nothing may wait any more."""
        yield from self.world.broken
        yield from broken(self.broker, self.witnesses)
        evidence = Evidence(self.schemas, self.script, self.outside, self.cards, self.post, self.nets)
        yield from broken_rules(evidence, ended)
        yield from (
            f"parkeret i {n}: {len(t)}"
            for n, s in self.schemas.items()
            if (t := [p for p in s.table("parked").values() if p["resolved_at"] is None])
        )
