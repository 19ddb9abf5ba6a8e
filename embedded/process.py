"""A server as a child process that dies with us, whatever kills us.

On Linux the kernel does it (`PR_SET_PDEATHSIG`); elsewhere a watchdog process holds the other end of a pipe. The kernel
ties the signal to the *thread* that made the child, so every child is made by one thread that lives as long as we do:
`start` may be called from any thread.
"""

import json
import os
import pwd
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Any

import psutil

from embedded.errors import ServerUnavailable

LAUNCHER = Path(__file__).with_name("launch.py")
SIGNALLED_S = 10.0
STILL = {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE}
PASSED_ON = ("PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG")


class Identity(Enum):
    """As whom the server runs."""

    SELF = "self"
    NAMESPACE = "namespace"
    NOBODY = "nobody"


class _Spawner:
    """The long-lived thread that makes every child of this process."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="embedded-spawner", daemon=True).start()

    def _run(self) -> None:
        while True:
            job, answer = self._jobs.get()
            try:
                answer.set_result(job())
            except BaseException as fejl:  # handed to the caller, whatever it is
                answer.set_exception(fejl)

    def popen(self, command: Sequence[str], **options: Any) -> "subprocess.Popen[bytes]":
        answer: Future[subprocess.Popen[bytes]] = Future()
        self._jobs.put((lambda: subprocess.Popen(command, **options), answer))
        return answer.result()


_spawner: _Spawner | None = None
_spawner_lock = threading.Lock()


def _spawn(command: Sequence[str], **options: Any) -> "subprocess.Popen[bytes]":
    global _spawner  # noqa: PLW0603 - one thread per process, made at first need and again after a fork
    with _spawner_lock:
        if _spawner is None or _spawner.pid != os.getpid():
            _spawner = _Spawner()
    return _spawner.popen(command, **options)


def _nobody() -> tuple[int, int]:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError as fejl:
        raise ServerUnavailable(
            "PostgreSQL må ikke køre som root, og brugeren 'nobody' findes ikke: kør som almindelig bruger, "
            "eller sæt DATABASE_URL."
        ) from fejl
    return entry.pw_uid, entry.pw_gid


def launcher(identity: Identity, death_signal: int, *, parent: int, watch: int = 0) -> list[str]:
    """The words before a command that make it run as `identity` and die with process `parent` (0: with nobody)."""
    uid, gid = (0, 0) if identity is Identity.SELF else _nobody()
    order = {
        "parent": parent,
        "death_signal": int(death_signal),
        "identity": identity.value,
        "uid": uid,
        "gid": gid,
        "watch": watch,
    }
    return [sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(order)]


def clean_environment() -> dict[str, str]:
    """What a server needs of our environment: no option meant for us or for another server reaches it."""
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ}


def unprivileged_identity() -> Identity:
    """How to run a server that refuses to be root: in a user namespace, or as `nobody` where that is forbidden."""
    try:
        known = bool(pwd.getpwuid(os.geteuid()))
    except KeyError:
        known = False
    if known and os.geteuid() != 0:
        return Identity.SELF
    if sys.platform == "linux" and _namespaces_allowed():
        return Identity.NAMESPACE
    if os.geteuid() == 0:
        return Identity.NOBODY
    raise ServerUnavailable(
        f"Brugeren med nummer {os.geteuid()} har intet navn på denne maskine, og PostgreSQL kræver et: kør som en "
        "kendt bruger, eller sæt DATABASE_URL."
    )


def _namespaces_allowed() -> bool:
    command = [*launcher(Identity.NAMESPACE, signal.SIGKILL, parent=0), "/bin/true"]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def _status(process: psutil.Process) -> str:
    try:
        return process.status()
    except psutil.NoSuchProcess:
        return psutil.STATUS_ZOMBIE


def runs(process: psutil.Process) -> bool:
    """Whether it still does anything: an orphan that init has not reaped yet is as good as gone."""
    return _status(process) != psutil.STATUS_ZOMBIE


def _wait_while(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while condition() and time.monotonic() < deadline:
        time.sleep(0.01)


class ServerProcess:
    """One running server; `log` collects what it says. `watchdog` uses the pipe also where the kernel would do it."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        death_signal: int = signal.SIGKILL,
        identity: Identity = Identity.SELF,
        watchdog: bool = sys.platform != "linux",
    ) -> None:
        parent = 0 if watchdog else os.getpid()
        with log.open("ab") as output:
            self._child = _spawn(
                [*launcher(identity, death_signal, parent=parent), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=clean_environment(),
                cwd=log.parent,
                # A Ctrl-C in the terminal is for us; the servers are stopped after the services that need them.
                start_new_session=True,
            )
        self.log = log
        self._watchdog = self._watch(death_signal) if watchdog else None

    def _watch(self, death_signal: int) -> "subprocess.Popen[bytes]":
        words = launcher(Identity.SELF, death_signal, parent=0, watch=self._child.pid)
        return _spawn(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)

    @property
    def pid(self) -> int:
        """Process id of the server itself (the launcher became it)."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether it has not ended; a paused one lives."""
        return self._child.poll() is None

    def pause(self) -> None:
        """Freeze it (SIGSTOP) with every process that it made, and wait until it is frozen."""
        if self.alive:
            family = self._frozen_family()
            _wait_while(lambda: any(_status(p) not in STILL for p in family), SIGNALLED_S)

    def resume(self) -> None:
        """Let it go on (SIGCONT)."""
        for process in self._family():
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def kill(self) -> None:
        """End it at once with every process that it made (SIGKILL): no clean-up, as a power cut of the process."""
        if not self.alive:
            return
        family = self._frozen_family()
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._ended()
        _wait_while(lambda: any(runs(process) for process in family), SIGNALLED_S)

    def ask(self, stop_signal: int) -> None:
        """Ask it to end, a paused one too, and do not wait."""
        self.resume()
        self._child.send_signal(stop_signal)

    def stop(self, stop_signal: int, grace_s: float) -> bool:
        """Ask it to end and wait; kill it after `grace_s` seconds. True when it ended by itself."""
        if self.alive:
            self.ask(stop_signal)
            try:
                self._child.wait(grace_s)
            except subprocess.TimeoutExpired:
                self.kill()
                return False
        self._ended()
        return True

    def said(self, lines: int = 3) -> str:
        """The last lines of its log."""
        text = self.log.read_text("utf-8", errors="replace") if self.log.exists() else ""
        return " | ".join(text.strip().splitlines()[-lines:])

    def _ended(self) -> None:
        self._child.wait()
        if self._watchdog and self._watchdog.stdin:
            with suppress(BrokenPipeError):
                self._watchdog.communicate(b"q")
            self._watchdog = None

    def _frozen_family(self) -> list[psutil.Process]:
        """The server first, so that it makes no child between these being listed and being frozen."""
        self._child.send_signal(signal.SIGSTOP)
        family = self._family()
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.suspend()
        return family

    def _family(self) -> list[psutil.Process]:
        if not self.alive:
            return []
        with suppress(psutil.NoSuchProcess):
            server = psutil.Process(self.pid)
            return [server, *server.children(recursive=True)]
        return []
