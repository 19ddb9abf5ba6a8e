"""One run's world: chance, the members, and every point where something may go wrong."""

import asyncio
import random
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from simulation.loop import VirtualLoop

EPOCH = datetime(2024, 11, 5, 6, tzinfo=UTC)
"""Real time when a run begins."""


class Killed(asyncio.CancelledError):
    """The process is dead: whatever it was doing ends here, and nothing of it reaches the outside any more."""


class Gone(ConnectionResetError):
    """The connection to a double was cut."""


@dataclass
class Process:
    """A process of the hub: its tasks, which all end at once when it is killed."""

    name: str
    tasks: dict[asyncio.Task[Any], None] = field(default_factory=dict[asyncio.Task[Any], None])
    dead: bool = False

    def kill(self) -> None:
        """As kill -9: no task goes on, and every double refuses the process from now on."""
        self.dead = True
        current = asyncio.current_task()
        for task in list(self.tasks):
            if task is not current:
                task.cancel()


PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)


@dataclass(frozen=True)
class Faults:
    """How likely each fault is at each point."""

    crash: float = 0.0
    cut: float = 0.0
    """A connection to the database or to Kafka breaks; in a commit, nobody knows whether it took."""
    stall: float = 0.0
    """The process stands still for seconds."""
    provider: float = 0.0
    handler: float = 0.0
    duplicate: float = 0.0


class World:
    """Chance and time of one run. `trace` is what happened, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = random.Random(f"verden:{seed}")
        self.loop = VirtualLoop(random.Random(f"orden:{seed}"))
        self.loop.on_task = self._adopt
        self.faults = Faults()
        self.trace: list[str] = []
        self.broken: list[str] = []
        """Invariants found broken on the way."""
        self.crashes = 0

    def _adopt(self, task: asyncio.Task[Any]) -> None:
        process = PROCESS.get()
        if process is not None:
            process.tasks[task] = None
            task.add_done_callback(process.tasks.pop)

    @property
    def now(self) -> datetime:
        """Real time of the run: what the database's clock shows."""
        return EPOCH + timedelta(seconds=self.loop.time())

    def note(self, what: str) -> None:
        """A line of the trace."""
        self.trace.append(f"{self.loop.time():10.3f} {what}")

    def chance(self, likely: float) -> bool:
        """Whether something of this likelihood happens."""
        return likely > 0 and self.rng.random() < likely

    async def point(self, name: str, stall: bool = True, weight: float = 1) -> None:
        """A step of a process on its way out or back: others may run first, and the process may die here.

        `weight`: how much likelier than elsewhere.
        """
        process = PROCESS.get()
        self._live(process)
        if self.chance(self.faults.crash * weight):
            self.die(process, name)
        if stall and self.chance(self.faults.stall * weight):
            self.note(f"{process.name if process else '-'} står stille ved {name}")
            await asyncio.sleep(self.rng.uniform(0.5, 8))
        else:
            await asyncio.sleep(0 if self.rng.random() < 0.5 else 0.01 * self.rng.random())
        self._live(process)

    def _live(self, process: Process | None) -> None:
        if process is not None and process.dead:
            raise Killed(process.name)

    def die(self, process: Process | None, where: str) -> None:
        """Kill the process that has come here."""
        if process is None:
            return
        self.crashes += 1
        self.note(f"{process.name} dræbes ved {where}")
        process.kill()
        raise Killed(process.name)


def as_process(process: Process) -> AbstractContextManager[None]:
    """What is started in here belongs to the process."""
    return _As(process)


class _As(AbstractContextManager[None]):
    def __init__(self, process: Process) -> None:
        self._process = process

    def __enter__(self) -> None:
        self._token = PROCESS.set(self._process)

    def __exit__(self, *_: object) -> None:
        PROCESS.reset(self._token)
