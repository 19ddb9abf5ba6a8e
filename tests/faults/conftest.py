"""The tests of the faults: guards of the log and of the record keys as for the delivery."""

from tests.integration.conftest import _kontrakterne_igen, kafka_servers

__all__ = ["_kontrakterne_igen", "kafka_servers"]
