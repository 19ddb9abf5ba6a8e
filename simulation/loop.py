"""An event loop without real time or I/O: time jumps to the next timer, and the seed says who runs next."""

import asyncio
import heapq
import random
from asyncio import events
from collections.abc import Callable, Coroutine
from contextvars import Context
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")


class Stuck(Exception):
    """Nobody can go on, or nobody comes to an end."""


class _Future(asyncio.Future[Any]):
    """Its hash is its number in the loop: asyncio keeps futures in sets, and addresses would differ from run to run."""

    def __init__(self, loop: "VirtualLoop") -> None:
        super().__init__(loop=loop)
        self._number = next(loop.numbers)

    def __hash__(self) -> int:
        return self._number


class _Task(asyncio.Task[Any]):
    """The same for tasks."""

    def __init__(self, coro: Any, *, loop: "VirtualLoop", **kwargs: Any) -> None:
        self._number = next(loop.numbers)
        super().__init__(coro, loop=loop, **kwargs)

    def __hash__(self) -> int:
        return self._number


class VirtualLoop(asyncio.AbstractEventLoop):
    """Runs what is ready in an order drawn from `rng`; the clock stands still meanwhile and starts at 0."""

    def __init__(self, rng: random.Random, most_steps: int = 2_000_000) -> None:
        self._rng = rng
        self.numbers = count()
        self._most = most_steps
        self.steps = 0
        self._time = 0.0
        self._ready: list[asyncio.Handle] = []
        self._timers: list[tuple[float, int, asyncio.Handle]] = []
        self._count = 0
        self._running = False
        self.on_task: Callable[[asyncio.Task[Any]], None] = lambda task: None
        self.asleep: Callable[[asyncio.Handle], float] | None = None
        """Until when what this handle belongs to stands still; 0: it does not."""
        self.errors: list[str] = []
        """What was raised where nobody waits for it."""

    def time(self) -> float:
        """Virtual seconds."""
        return self._time

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._time + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        self._count += 1
        heapq.heappush(self._timers, (when, self._count, timer))
        return timer

    def create_future(self) -> asyncio.Future[Any]:
        return _Future(self)

    def create_task(self, coro: Any, *, name: str | None = None, context: Context | None = None) -> Any:
        task = _Task(coro, loop=self, name=name, context=context)
        self.on_task(task)
        return task

    def run_until_complete(self, future: Coroutine[Any, Any, T]) -> T:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Run until this is done. Raises `Stuck` when nothing is ready and no timer runs."""
        before = events._get_running_loop()  # pyright: ignore[reportPrivateUsage]
        events._set_running_loop(self)  # pyright: ignore[reportPrivateUsage]
        self._running = True
        try:
            task: asyncio.Task[T] = _Task(future, loop=self)
            while not task.done():
                self._run_one()
            return task.result()
        finally:
            self._running = False
            events._set_running_loop(before)  # pyright: ignore[reportPrivateUsage]

    def _run_one(self) -> None:
        ready = self._ready
        if not ready:
            self._advance()
            return
        self.steps += 1
        if self.steps > self._most:
            raise Stuck(f"ikke færdig efter {self._time:.0f} virtuelle sekunder")
        handle = ready.pop(int(self._rng.random() * len(ready)) if len(ready) > 1 else 0)
        if handle.cancelled():
            return
        if self.asleep is not None and (until := self.asleep(handle)):
            self._count += 1
            heapq.heappush(self._timers, (until, self._count, handle))
            return
        handle._run()

    def _advance(self) -> None:
        timers = self._timers
        while timers and timers[0][2].cancelled():
            heapq.heappop(timers)
        if not timers:
            raise Stuck(f"ingen kan komme videre efter {self._time:.0f} virtuelle sekunder")
        self._time = max(self._time, timers[0][0])
        while timers and timers[0][0] <= self._time:
            timer = heapq.heappop(timers)[2]
            if not timer.cancelled():
                self._ready.append(timer)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """asyncio tells every loop; here a cancelled timer is passed over when its time comes."""

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.errors.append(f"{context.get('message')}: {error!r}")

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return self._running

    def is_closed(self) -> bool:
        return False

    def clear(self) -> None:
        """Forget everything that was still to come, and end every task."""
        before = events._get_running_loop()  # pyright: ignore[reportPrivateUsage]
        events._set_running_loop(self)  # pyright: ignore[reportPrivateUsage]
        try:
            self._ready += [h for *_, h in self._timers if not isinstance(h, asyncio.TimerHandle)]
            self._timers.clear()
            for _ in range(20):
                for task in asyncio.all_tasks(self):
                    task.cancel()
                while self._ready:
                    self._ready.pop()._run()
                self._timers.clear()
        finally:
            events._set_running_loop(before)  # pyright: ignore[reportPrivateUsage]
