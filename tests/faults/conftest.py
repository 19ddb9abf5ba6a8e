"""The tests of the faults: guards of the log and of the record keys as for the delivery."""

import gc
import warnings
from collections.abc import Generator

import pytest

from tests.integration.conftest import _kontrakterne_igen, kafka_servers

__all__ = ["_kontrakterne_igen", "kafka_servers"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """What a test left open is its own failure, not that of a later test in which Python happens to clear up.

    aiokafka alone may leave a connection that it was making while its client was closed; it tells us of none.
    """
    yield
    with warnings.catch_warnings(record=True) as efterladt:
        warnings.simplefilter("always", ResourceWarning)
        gc.collect()
    tekster = [str(w.message) for w in efterladt if issubclass(w.category, ResourceWarning)]
    if tekster and not any("AIOKafkaConnection" in tekst for tekst in tekster):
        pytest.fail(f"{item.nodeid} efterlod: {tekster}", pytrace=False)
