"""Where fetched files and the servers' data lie, and who holds them.

Everything lies under the cache folder (`.cache` at the root of the repository, or `SYGESIKRING_CACHE`). A data folder
that nobody asked to keep lies in `run/` there and is removed when its server stops; what a killed process left behind
is swept by the next one. The kernel drops a file lock when its owner dies, so a held lock means a living owner.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Self

from embedded.errors import ServerUnavailable, vejen_ud

try:
    import fcntl
except ImportError as fejl:
    raise ServerUnavailable(
        "De indlejrede servere kører kun på Linux og macOS: sæt KAFKA_BOOTSTRAP_SERVERS og DATABASE_URL."
    ) from fejl

LOCK_NAME = ".laas"
MINIMUM_FREE_MB = 400


def cache_dir() -> Path:
    """The folder of everything fetched or made at run time; made when it is not there."""
    given = os.environ.get("SYGESIKRING_CACHE")
    path = Path(given) if given else Path(__file__).resolve().parent.parent / ".cache"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as fejl:
        raise ServerUnavailable(
            f"Mappen {path} kan ikke oprettes ({fejl.strerror}): sæt SYGESIKRING_CACHE til en mappe der kan skrives i."
        ) from fejl
    return path.resolve()


def require_free(path: Path, megabytes: int, variabel: str) -> None:
    """Raise `ServerUnavailable` when the disk of `path` has less than `megabytes` free."""
    free = shutil.disk_usage(path).free // 1_000_000
    if free < megabytes:
        raise ServerUnavailable(
            f"Der er kun {free} MB ledig plads ved {path}, og der skal bruges {megabytes} MB: skaf plads og "
            f"{vejen_ud(variabel)}."
        )


def _hold(path: Path, *, wait: bool) -> IO[bytes] | None:
    """An exclusive lock on the file, held until it is closed; None when another holds it and we do not wait."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        file.close()
        return None
    return file


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Generator[bool]:
    """Hold the lock file: one process at a time. Tells whether it is held, which it is where it was waited for."""
    file = _hold(path, wait=wait)
    try:
        yield file is not None
    finally:
        if file:
            file.close()


class DataFolder:
    """The data folder of one server, held by a lock while the server may run."""

    def __init__(self, path: Path, lock: IO[bytes], *, temporary: bool) -> None:
        self.path = path
        self._lock: IO[bytes] | None = lock
        self._temporary = temporary

    @classmethod
    def take(cls, given: Path | None, kind: str, *, base: Path | None = None) -> Self:
        """Hold the folder given, or a new one under `base` (the cache folder by default) that `release` removes."""
        if given is None:
            return cls._temporary_one(kind, (base or cache_dir()) / "run")
        given.mkdir(parents=True, exist_ok=True)
        lock = _hold(given / LOCK_NAME, wait=False)
        if lock is None:
            raise ServerUnavailable(
                f"Datamappen {given} er i brug af en anden proces: stop den, eller vælg en anden mappe."
            )
        return cls(given.resolve(), lock, temporary=False)

    @classmethod
    def _temporary_one(cls, kind: str, base: Path) -> Self:
        base.mkdir(parents=True, exist_ok=True)
        with locked(base / LOCK_NAME):
            for left in base.iterdir():
                if left.is_dir():
                    _sweep(left)
            path = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=base))
            lock = _hold(path / LOCK_NAME, wait=True)
        assert lock is not None
        return cls(path, lock, temporary=True)

    def release(self) -> None:
        """Let go of the folder, and remove it when it was a temporary one."""
        if self._lock is None:
            return
        if self._temporary:
            _remove(self.path)
        self._lock.close()
        self._lock = None


def short_folder(folder: Path, longest: int) -> Path:
    """A folder for sockets: `folder/socket`, or a link there to a short one when the path is longer than `longest`."""
    path = folder / "socket"
    if path.exists():
        return path.resolve()
    path.unlink(missing_ok=True)
    if len(os.fsencode(path)) <= longest:
        path.mkdir(mode=0o700)
        return path
    short = Path(tempfile.mkdtemp(prefix="syge-"))
    path.symlink_to(short)
    return short


def _sweep(path: Path) -> None:
    """Remove the folder of an owner that is no more."""
    with suppress(OSError):
        lock = _hold(path / LOCK_NAME, wait=False)
        if lock:
            _remove(path)
            lock.close()


def _remove(path: Path) -> None:
    socket = path / "socket"
    if socket.is_symlink():
        shutil.rmtree(socket.resolve(), ignore_errors=True)
    shutil.rmtree(path, ignore_errors=True)
