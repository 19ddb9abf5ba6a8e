"""Real Kafka and PostgreSQL for the tests.

Where they come from: an address in the environment wins (`KAFKA_BOOTSTRAP_SERVERS`, `DATABASE_URL`); else containers
when a Docker engine answers; else the embedded servers. Each run has servers (or, at a given address, databases) of its
own, so tests may run twice at once; topics at a given address are shared, so a test names them by something random.
"""

import gc
import os
import uuid
import warnings
from collections.abc import Generator
from contextlib import ExitStack
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadFileScheduling

from embedded import EmbeddedKafka, EmbeddedPostgres, start_all
from embedded.postgres import execute, quote_name
from tests import cprvagt
from tests.containers import docker_answers, kafka_container, postgres_container

# How long an example takes says something of the machine, nothing of the project.
hypothesis_settings.register_profile("uden-ur", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("uden-ur")

KAFKA_FIXTURES = {"kafka", "kafka_servers"}
POSTGRES_FIXTURES = {"postgres_dsn", "database"}


class Addresses(NamedTuple):
    """The session's servers; an empty value is one that no test asked for."""

    kafka: str
    postgres: str


class Source(NamedTuple):
    """Where a server comes from: an address, or `docker` or `embedded`."""

    kind: str
    address: str = ""


def _source(variable: str) -> Source:
    if given := os.environ.get(variable, ""):
        return Source(variable, given)
    return Source("docker" if docker_answers() else "embedded")


LONGEST = ("tests/simulation/", "tests/journeys/", "tests/faults/", "tests/demo/")
"""Begun first: one that is begun last keeps one processor busy while the others wait."""
NAMED = pytest.StashKey[set[tuple[str, str | None]]]()
"""The failures that were named so far: test and phase."""
SOURCES = pytest.StashKey[tuple[Source, Source]]()


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.has_plugin("cprvagt"):
        config.pluginmanager.register(cprvagt, "cprvagt")
    config.stash[NAMED] = set()
    config.stash[SOURCES] = (_source("KAFKA_BOOTSTRAP_SERVERS"), _source("DATABASE_URL"))


class OneHub(LoadFileScheduling):
    """Spread file by file; the journeys share a hub, which costs more to run than they do, so one worker has them."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/journeys" if nodeid.startswith("tests/journeys/") else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """Which worker runs what (`make test`)."""
    return OneHub(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; the order of the others stays."""
    rank = {folder: nr for nr, folder in enumerate(LONGEST)}
    items.sort(key=lambda item: next((nr for folder, nr in rank.items() if item.nodeid.startswith(folder)), len(rank)))


def pytest_report_header(config: pytest.Config) -> str:
    kafka, postgres = config.stash[SOURCES]
    return f"servere: kafka fra {kafka.kind}, postgresql fra {postgres.kind}"


def pytest_report_teststatus(report: pytest.TestReport, config: pytest.Config) -> None:
    """A failure is named at once: the distributed run would else name it when all the others are over."""
    skriver = config.pluginmanager.get_plugin("terminalreporter")
    which = (report.nodeid, report.when)
    if report.failed and skriver is not None and which not in config.stash[NAMED]:
        config.stash[NAMED].add(which)
        skriver.write_line(f"\nFEJLEDE {report.nodeid} ({report.when})")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """What a test left open is its own failure, not that of a later test in which Python happens to clear up.

    aiokafka alone may leave a connection that it was making while its client was closed; it tells us of none.
    """
    yield
    if not (KAFKA_FIXTURES | POSTGRES_FIXTURES) & set(getattr(item, "fixturenames", ())):
        return
    with warnings.catch_warnings(record=True) as left:
        warnings.simplefilter("always", ResourceWarning)
        gc.collect()
    texts = [str(w.message) for w in left if issubclass(w.category, ResourceWarning)]
    if texts and not any("AIOKafkaConnection" in text for text in texts):
        pytest.fail(f"{item.nodeid} efterlod: {texts}", pytrace=False)


@pytest.fixture(scope="session")
def _addresses(request: pytest.FixtureRequest) -> Generator[Addresses]:
    """Start what the collected tests need, side by side: Kafka takes seconds."""
    asked = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    kafka, postgres = request.config.stash[SOURCES]
    with ExitStack() as running:
        both = bool(asked & KAFKA_FIXTURES) and bool(asked & POSTGRES_FIXTURES)
        if both and kafka.kind == postgres.kind == "embedded":
            servers = running.enter_context(start_all(tests=True))
            yield Addresses(servers.kafka.bootstrap_servers, servers.postgres.dsn())
            return
        yield Addresses(
            _kafka_address(kafka, running) if asked & KAFKA_FIXTURES else "",
            _postgres_address(postgres, running) if asked & POSTGRES_FIXTURES else "",
        )


def _kafka_address(source: Source, running: ExitStack) -> str:
    if source.kind == "docker":
        return running.enter_context(kafka_container())
    return source.address or running.enter_context(EmbeddedKafka(tests=True)).bootstrap_servers


def _postgres_address(source: Source, running: ExitStack) -> str:
    if source.kind == "docker":
        return running.enter_context(postgres_container())
    return source.address or running.enter_context(EmbeddedPostgres(tests=True)).dsn()


@pytest.fixture(scope="session")
def kafka(_addresses: Addresses) -> str:
    """`KAFKA_BOOTSTRAP_SERVERS` of the session's Kafka, shared by all tests: name topics by something random."""
    return _addresses.kafka


@pytest.fixture(scope="session")
def kafka_servers(kafka: str) -> list[str]:
    """The same as a list."""
    return kafka.split(",")


@pytest.fixture(scope="session")
def postgres_dsn(_addresses: Addresses) -> str:
    """DSN of the session's PostgreSQL server (a maintenance database on it)."""
    return _addresses.postgres


@pytest.fixture
def database(postgres_dsn: str) -> Generator[str]:
    """DSN of an empty database of the test's own, dropped afterwards whoever is connected."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    execute(postgres_dsn, f"CREATE DATABASE {quote_name(name)}")
    yield urlunsplit(urlsplit(postgres_dsn)._replace(path=f"/{name}"))
    execute(postgres_dsn, f"DROP DATABASE {quote_name(name)} WITH (FORCE)")


@pytest.fixture
def egen_kafka() -> Generator[EmbeddedKafka]:
    """A broker of the test's own, to kill, pause and restart: always an embedded one."""
    with EmbeddedKafka(tests=True) as broker:
        yield broker


@pytest.fixture
def egen_postgres() -> Generator[EmbeddedPostgres]:
    """A PostgreSQL server of the test's own, to kill, pause and restart: always an embedded one."""
    with EmbeddedPostgres(tests=True) as server:
        yield server
