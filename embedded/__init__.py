"""Apache Kafka and PostgreSQL as child processes of ours, from packages alone: for demo, tests and development."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from embedded.errors import ChecksumMismatch, EmbeddedError, ServerUnavailable, StartFailed
from embedded.kafka import EmbeddedKafka
from embedded.postgres import EmbeddedPostgres

__all__ = [
    "ChecksumMismatch",
    "EmbeddedError",
    "EmbeddedKafka",
    "EmbeddedPostgres",
    "ServerUnavailable",
    "Servers",
    "StartFailed",
    "start_all",
]


@dataclass(frozen=True)
class Servers:
    """Both servers; leaving the context stops them."""

    kafka: EmbeddedKafka
    postgres: EmbeddedPostgres

    def stop(self) -> None:
        """Stop both, also when the first fails."""
        with ExitStack() as both:
            both.callback(self.postgres.stop)
            both.callback(self.kafka.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_all(data_dir: Path | None = None, *, tests: bool = False) -> Servers:
    """Start both side by side (Kafka takes seconds, PostgreSQL one); when one fails neither is left running.

    With `data_dir` their data is kept in `kafka` and `postgres` below it. `tests` as in each of them.
    """
    servers = Servers(
        EmbeddedKafka(data_dir / "kafka" if data_dir else None, tests=tests),
        EmbeddedPostgres(data_dir / "postgres" if data_dir else None, tests=tests),
    )
    try:
        with ThreadPoolExecutor(2) as pool:
            for started in [pool.submit(servers.kafka.start), pool.submit(servers.postgres.start)]:
                started.result()
    except BaseException:
        servers.stop()
        raise
    return servers
