"""One run from its seed: trouble, healing, trouble again when deadlines fall due, and then everything must add up."""

import hashlib
import logging
import random
import time
import traceback
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from simulation.hub import Hub, draw_faults
from simulation.loop import Stuck
from simulation.mutants import Mutant
from simulation.providers import in_place_of_http
from simulation.script import play
from simulation.world import Faults, World

NO_MUTANT = Mutant()
MOST_MOVES = 60
"""Deadlines that a run goes through when it goes on until none is left."""


@dataclass(frozen=True)
class Outcome:
    """What became of a run."""

    seed: int
    broken: tuple[str, ...]
    trace: tuple[str, ...]
    hits: tuple[tuple[tuple[str, str], int], ...]
    """How often each kind of fault happened at each point."""
    records: int
    ended: bool
    """Whether it went on until no deadline was left."""
    fingerprint: str
    """The same for two runs only when they went the same way, step by step."""

    @property
    def points(self) -> Counter[tuple[str, str]]:
        """The faults, countable."""
        return Counter(dict(self.hits))


async def _play(hub: Hub) -> bool:
    """The whole run; whether it went on until no deadline was left."""
    world = hub.world
    world.faults = draw_faults(world.rng)
    hub.begin()
    play(hub.outside, hub.script, 5)
    await hub.trouble(world.rng.uniform(5, 25))
    world.faults = Faults()
    await hub.until_quiet()
    for _ in range(world.rng.choice((0, 1, 2, MOST_MOVES))):
        if not hub.next_deadline():
            return True
        if world.rng.random() < 0.8:
            world.faults = draw_faults(world.rng)
            await hub.trouble(world.rng.uniform(2, 10))
            world.faults = Faults()
        await hub.until_quiet()
    return False


@contextmanager
def _surroundings(world: World, hub: Hub) -> Generator[None]:
    """The process's own clock, chance, log and HTTP are the run's for so long."""
    clock, chance, log = time.monotonic, random.getstate(), structlog.get_config()
    random.seed(f"tjenester:{world.seed}")
    time.monotonic = world.loop.time
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        with in_place_of_http(hub.providers):
            yield
    finally:
        time.monotonic = clock
        random.setstate(chance)
        structlog.configure(**log)


def run(seed: int, mutant: Mutant = NO_MUTANT) -> Outcome:
    """One run. The same seed gives the same trace."""
    world = World(seed)
    hub = Hub(world, mutant)
    wrong: list[str] = []
    ended = False
    with _surroundings(world, hub):
        try:
            ended = world.loop.run_until_complete(_play(hub))
        except Stuck as stuck:
            wrong.append(str(stuck))
        except Exception:
            wrong.append(traceback.format_exc())
        wrong += hub.verdict(ended)
        wrong += world.loop.errors
        world.loop.clear()
    records = sum(map(len, hub.broker.logs.values()))
    way = (world.trace, world.loop.steps, world.loop.time(), world.rng.random(), wrong)
    fingerprint = hashlib.blake2b(repr(way).encode(), digest_size=8).hexdigest()
    hits = tuple(sorted(world.hits.items()))
    return Outcome(seed, tuple(wrong), tuple(world.trace), hits, records, ended, fingerprint)
