"""No server outlives the process that started it, whatever ended that process."""

import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from embedded import EmbeddedPostgres
from embedded.postgres import execute

ROOT = Path(__file__).parents[2]

# Started from a thread that ends: the kernel ties the signal to the thread that made the child.
BEGGE = """
import sys, threading, time
from pathlib import Path
from embedded import start_all
servers = []
thread = threading.Thread(target=lambda: servers.append(start_all(Path(sys.argv[1]), tests=True)))
thread.start()
thread.join()
print(servers[0].postgres.pid, *servers[0].kafka.pids, flush=True)
time.sleep(600)
"""

FROSSEN = """
import sys, time
from pathlib import Path
from embedded.process import ServerProcess
server = ServerProcess(["/bin/sleep", "600"], Path(sys.argv[1]) / "log", watchdog={watchdog})
print(server.pid, flush=True)
time.sleep(600)
"""

RYDDER_OP = """
import sys
from pathlib import Path
from embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), tests=True).start()
print(server.pid, flush=True)
"""


@contextmanager
def parent_of_servers(code: str, folder: Path) -> Generator[tuple["subprocess.Popen[str]", list[psutil.Process]]]:
    """A process that started servers, and the servers with all that they made."""
    command = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        try:
            assert parent.stdout is not None
            heads = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
            yield parent, [*heads, *(child for head in heads for child in head.children(recursive=True))]
        finally:
            parent.kill()


def still_there(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those that still run after so many seconds at most."""
    deadline = time.monotonic() + seconds
    while left := [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]:
        if time.monotonic() > deadline:
            return left
        time.sleep(0.05)
    return []


@pytest.mark.parametrize("ende", [signal.SIGKILL, signal.SIGTERM], ids=["kill -9", "SIGTERM"])
def test_serverne_doer_med_foraelderen_og_data_findes_igen(ende: signal.Signals, tmp_path: Path) -> None:
    with parent_of_servers(BEGGE, tmp_path) as (parent, servers):
        assert {"postgres", "java"} <= {server.name() for server in servers}
        execute(f"postgresql://postgres@/postgres?host={tmp_path / 'postgres' / 'socket'}", "CREATE TABLE t ()")
        parent.send_signal(ende)
        parent.wait(10)
        # Started again at once, while the old one may still be ending.
        with EmbeddedPostgres(tmp_path / "postgres", tests=True) as again:
            execute(again.dsn(), "DROP TABLE t")
        assert still_there(servers, 15) == []


@pytest.mark.parametrize(
    "watchdog",
    [
        pytest.param(False, id="ved kernens signal", marks=pytest.mark.skipif(sys.platform != "linux", reason="prctl")),
        pytest.param(True, id="ved vagthunden, som uden for Linux"),
    ],
)
def test_frosset_server_doer_ogsaa(watchdog: bool, tmp_path: Path) -> None:
    with parent_of_servers(FROSSEN.format(watchdog=watchdog), tmp_path) as (parent, servers):
        while servers[0].name() != "sleep":  # the launcher becomes it
            time.sleep(0.01)
        servers[0].suspend()
        parent.kill()
        parent.wait(10)
        assert still_there(servers, 15) == []


def test_glemt_stop_ryddes_op_ved_normal_afslutning(tmp_path: Path) -> None:
    with parent_of_servers(RYDDER_OP, tmp_path) as (parent, servers):
        assert parent.wait(20) == 0
        assert still_there(servers, 0) == []
    assert not (tmp_path / "pg18" / "postmaster.pid").exists(), "a clean end takes its file with it"
