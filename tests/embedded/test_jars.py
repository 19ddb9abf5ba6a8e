"""Kafka's jars: the right file or one clear error, against a Maven repository of the test's own."""

import hashlib
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from embedded import ChecksumMismatch, ServerUnavailable
from embedded.jars import ensure_jars, read_sums

ALFA = "dk/eksempel/alfa/1.0/alfa-1.0.jar"
BETA = "dk/eksempel/beta/2.1/beta-2.1.jar"
INDHOLD = {ALFA: b"alfa" * 1000, BETA: b"beta" * 1000}
SUMMER = {path: hashlib.sha256(content).hexdigest() for path, content in INDHOLD.items()}


class Repository(ThreadingHTTPServer):
    """A Maven repository that remembers what was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.delay_s = 0.0
        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def jars_asked(self) -> list[str]:
        return sorted(path for path in self.asked if path.endswith(".jar"))


class Handler(SimpleHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        self.server.asked.append(self.path.lstrip("/"))
        time.sleep(self.server.delay_s)
        super().do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on standard error."""


@pytest.fixture
def maven(tmp_path: Path) -> Generator[Repository]:
    for path, content in INDHOLD.items():
        file = tmp_path / "maven" / path
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
        Path(f"{file}.sha1").write_text(hashlib.sha1(content, usedforsecurity=False).hexdigest())
    with Repository(tmp_path / "maven") as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_jars_hentes_en_gang(maven: Repository, tmp_path: Path) -> None:
    folder = tmp_path / "jars"
    jars = ensure_jars(folder, SUMMER, maven.address)
    assert jars == [folder / ALFA, folder / BETA]
    assert [jar.read_bytes() for jar in jars] == [INDHOLD[ALFA], INDHOLD[BETA]]
    assert ensure_jars(folder, SUMMER, maven.address) == jars
    assert maven.jars_asked() == [ALFA, BETA]


def test_forkert_sum_afvises_og_intet_beholdes(maven: Repository, tmp_path: Path) -> None:
    folder = tmp_path / "jars"
    with pytest.raises(ChecksumMismatch, match=r"alfa-1\.0\.jar har ikke den SHA-256-sum .* KAFKA_BOOTSTRAP_SERVERS"):
        ensure_jars(folder, {ALFA: "0" * 64}, maven.address)
    assert list(folder.rglob("*.jar")) == []
    assert maven.jars_asked() == [ALFA]


def test_oedelagt_jar_hentes_igen(maven: Repository, tmp_path: Path) -> None:
    folder = tmp_path / "jars"
    ensure_jars(folder, SUMMER, maven.address)
    (folder / BETA).write_bytes(b"afbrudt")
    maven.asked.clear()
    ensure_jars(folder, SUMMER, maven.address)
    assert (folder / BETA).read_bytes() == INDHOLD[BETA]
    assert maven.jars_asked() == [BETA]


def test_jar_der_ikke_findes(maven: Repository, tmp_path: Path) -> None:
    with pytest.raises(ServerUnavailable, match=r"gamma-1\.0\.jar kunne ikke hentes .* KAFKA_BOOTSTRAP_SERVERS"):
        ensure_jars(tmp_path / "jars", {"dk/eksempel/gamma/1.0/gamma-1.0.jar": "0" * 64}, maven.address)


def test_uden_net(tmp_path: Path) -> None:
    with pytest.raises(ServerUnavailable, match=r"skaf netadgang og .* KAFKA_BOOTSTRAP_SERVERS"):
        ensure_jars(tmp_path / "jars", SUMMER, "http://127.0.0.1:9")


def test_to_processer_henter_samtidig(maven: Repository, tmp_path: Path) -> None:
    maven.delay_s = 0.3
    code = (
        "import sys; from pathlib import Path; from embedded.jars import ensure_jars, read_sums;"
        "ensure_jars(Path(sys.argv[1]), read_sums(Path(sys.argv[2])), sys.argv[3])"
    )
    liste = tmp_path / "liste"
    liste.write_text("".join(f"{digest}  {path}\n" for path, digest in SUMMER.items()))
    command = [sys.executable, "-c", code, str(tmp_path / "jars"), str(liste), maven.address]
    begge = [subprocess.Popen(command, cwd=Path(__file__).parents[2]) for _ in range(2)]
    assert [process.wait(30) for process in begge] == [0, 0]
    assert maven.jars_asked() == [ALFA, BETA]


def test_listen_er_kafka_4_3() -> None:
    sums = read_sums()
    assert len(sums) == 46
    assert "org/apache/kafka/kafka_2.13/4.3.0/kafka_2.13-4.3.0.jar" in sums
    assert any("log4j-slf4j-impl" in path for path in sums), "without it Kafka's log is empty"
    assert {len(digest) for digest in sums.values()} == {64}
