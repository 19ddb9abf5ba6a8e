"""One run's world: chance, the members, and every point where something may go wrong."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from simulation.loop import VirtualLoop

IDLE_IN_TRANSACTION_S = 10.0
"""The server ends a transaction that idles for so long."""
EPOCH = datetime(2024, 11, 5, 6, tzinfo=UTC)
"""Real time when a run begins."""


class _Turn:
    """As `asyncio.sleep(0)`, but without a coroutine for it: much of what a run does is to let others go first."""

    def __await__(self) -> Generator[None, None, None]:
        yield


TURN = _Turn()


class Killed(asyncio.CancelledError):
    """The process is dead: whatever it was doing ends here, and nothing of it reaches the outside any more."""


class Gone(ConnectionResetError):
    """The connection to a double was cut."""


@dataclass(eq=False)
class Process:
    """A process of the hub: its tasks, which all end at once when it is killed, and what ends with its connections."""

    name: str
    tasks: dict[asyncio.Task[Any], None] = field(default_factory=dict[asyncio.Task[Any], None])
    dead: bool = False
    frozen_until: float = 0.0
    transactions: dict[Any, None] = field(default_factory=dict[Any, None])

    def kill(self) -> None:
        """As kill -9: no task goes on, its transactions are undone, and every double refuses it from now on."""
        self.dead = True
        self.frozen_until = 0.0
        self.undo()
        current = asyncio.current_task()
        for task in list(self.tasks):
            if task is not current:
                task.cancel()

    def undo(self) -> None:
        """The server ends the transactions that are open."""
        for change in list(self.transactions):
            change.end()


PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)


@dataclass(frozen=True)
class Faults:
    """How likely each fault is at each point."""

    crash: float = 0.0
    cut: float = 0.0
    """A connection to the database or to Kafka breaks; in a commit, nobody knows whether it took."""
    stall: float = 0.0
    """A call takes seconds."""
    freeze: float = 0.0
    """The whole process stands still, longer than its leases, its session and its transaction last, and goes on."""
    stop: float = 0.0
    """A process is told to stop, and does so cleanly."""
    provider: float = 0.0
    handler: float = 0.0
    duplicate: float = 0.0
    garbage: float = 0.0
    """A record that is no message."""


class World:
    """Chance and time of one run. `trace` is what happened, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = random.Random(f"verden:{seed}")
        self.loop = VirtualLoop(random.Random(f"orden:{seed}"))
        self.loop.on_task = self._adopt
        self.faults = Faults()
        self.trace: list[str] = []
        self.hits: Counter[tuple[str, str]] = Counter()
        """How often each kind of fault has happened at each point."""
        self.broken: list[str] = []
        """Invariants found broken on the way."""
        self.offset = timedelta()
        """How far the hub's clock has been moved ahead."""
        self.outside = Context()
        """What runs in it belongs to no process."""
        self.on_freeze: Callable[[Process, float], None] = lambda process, seconds: None

    def _adopt(self, task: asyncio.Task[Any]) -> None:
        process = PROCESS.get()
        if process is not None:
            process.tasks[task] = None
            task.add_done_callback(process.tasks.pop)

    @property
    def now(self) -> datetime:
        """Real time of the run: what the database's clock shows."""
        return EPOCH + timedelta(seconds=self.loop.time())

    @property
    def hub_now(self) -> datetime:
        """The hub's clock as those outside see it."""
        return self.now + self.offset

    def note(self, what: str) -> None:
        """A line of the trace."""
        self.trace.append(f"{self.loop.time():10.3f} {what}")

    def hit(self, kind: str, where: str, who: str = "") -> None:
        """A fault has happened."""
        self.hits[kind, where] += 1
        self.note(f"{who + ': ' if who else ''}{kind} ved {where}")

    def chance(self, likely: float) -> bool:
        """Whether something of this likelihood happens."""
        return likely > 0 and self.rng.random() < likely

    def later(self, seconds: float, what: Callable[..., object], *args: Any) -> None:
        """Something happens outside of every process."""
        self.loop.call_later(seconds, what, *args, context=self.outside)

    async def point(self, where: str, stall: bool = True, weight: float = 1) -> None:
        """A step of a process on its way out or back: others may run first, and the process may die here.

        `weight`: how much likelier than elsewhere.
        """
        process, faults = PROCESS.get(), self.faults
        if process is not None:
            if process.dead:
                raise Killed(process.name)
            if self.chance(faults.crash * weight):
                self.die(process, where)
            if self.chance(faults.freeze * weight):
                self.freeze(process, where)
        if stall and self.chance(faults.stall * weight):
            self.hit("langsom", where, process.name if process else "")
            await asyncio.sleep(self.rng.uniform(0.5, 8))
        elif self.rng.random() < 0.85:
            await TURN
        else:
            await asyncio.sleep(0.01 * self.rng.random())
        if process is not None and process.dead:
            raise Killed(process.name)

    def die(self, process: Process, where: str) -> None:
        """Kill the process that has come here."""
        self.hit("dræbt", where, process.name)
        process.kill()
        raise Killed(process.name)

    def freeze(self, process: Process, where: str) -> None:
        """As SIGSTOP, and SIGCONT later: nothing of the process runs, and everything else goes on."""
        if process.frozen_until > self.loop.time():
            return
        seconds = self.rng.uniform(3, 16)
        self.hit("frosset", where, process.name)
        process.frozen_until = self.loop.time() + seconds
        self.loop.asleep = self._asleep
        self.later(IDLE_IN_TRANSACTION_S, self._idle_too_long, process, process.frozen_until)
        self.on_freeze(process, seconds)

    def _idle_too_long(self, process: Process, until: float) -> None:
        if process.frozen_until == until > self.loop.time():
            process.undo()

    def _asleep(self, handle: asyncio.Handle) -> float:
        process = handle._context.get(PROCESS)  # type: ignore[attr-defined]
        if process is None or process.frozen_until <= self.loop.time():
            return 0.0
        return process.frozen_until


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
