"""Kafka and PostgreSQL as containers, for a machine with a Docker engine: the images that docker-compose.yml runs."""

import gc
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from embedded.kafka import HOST, broker_settings, free_ports
from embedded.waiting import wait_for_brokers

KAFKA_IMAGE = "apache/kafka:4.3.0"
POSTGRES_IMAGE = "postgres:18"
CLIENT_PORT, CONTROLLER_PORT = 9092, 9093


def docker_answers() -> bool:
    """Whether an engine answers within two seconds; a machine without one answers at once."""
    import docker
    from docker.errors import DockerException

    def ping() -> bool:
        try:
            engine = docker.from_env(timeout=2)
        except DockerException:
            return False
        try:
            return bool(engine.ping())
        except DockerException:
            return False
        finally:
            engine.close()

    with warnings.catch_warnings():
        # The client forgets to close the sockets of its failed tries; collected here, they are no test's warning.
        warnings.simplefilter("ignore", ResourceWarning)
        answers = ping()
        gc.collect()
    return answers


@contextmanager
def kafka_container() -> Generator[str]:
    """A broker with the settings of the embedded one; gives its address."""
    from testcontainers.core.container import DockerContainer

    ((port, _),) = free_ports(1)
    settings = broker_settings(1, [(CLIENT_PORT, CONTROLLER_PORT)], Path("/tmp/kafka"))
    settings["listeners"] = f"PLAINTEXT://0.0.0.0:{CLIENT_PORT},CONTROLLER://{HOST}:{CONTROLLER_PORT}"
    settings["advertised.listeners"] = f"PLAINTEXT://{HOST}:{port}"
    container = DockerContainer(KAFKA_IMAGE).with_bind_ports(CLIENT_PORT, port)
    for name, value in settings.items():
        container = container.with_env("KAFKA_" + name.upper().replace(".", "_"), value)
    with container:
        address = f"{HOST}:{port}"
        wait_for_brokers([address], 1, 60.0)
        yield address


@contextmanager
def postgres_container() -> Generator[str]:
    """A server; gives its DSN."""
    from testcontainers.community.postgres import PostgresContainer

    with PostgresContainer(POSTGRES_IMAGE, username="postgres", password="postgres", dbname="postgres") as container:
        yield container.get_connection_url(driver=None)
