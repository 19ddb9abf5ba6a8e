"""Pauses between aiokafka's questions about the cluster.

A producer without an id, or with a partition without a leader, asks again the moment it is answered or refused: while a
broker is away that is a loop without a pause, thousands of connections a second. Here every client waits a little
between two such questions, longer each time it got no answer.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from aiokafka.client import AIOKafkaClient

PAUSE_S = 0.1
LONGEST_S = 1.0

_asked: "WeakKeyDictionary[AIOKafkaClient, tuple[float, int]]" = WeakKeyDictionary()
"""When a client last had its answer, and how many times in a row it got none."""
_ask: Callable[..., Awaitable[bool]] = AIOKafkaClient._metadata_update  # pyright: ignore[reportPrivateUsage]


async def _ask_patiently(self: AIOKafkaClient, *args: Any) -> bool:
    last, failed = _asked.get(self, (0.0, 0))
    wait = last + min(PAUSE_S * 2**failed, LONGEST_S) - time.monotonic()
    if wait > 0:
        await asyncio.sleep(wait)
    answered = await _ask(self, *args)
    _asked[self] = (time.monotonic(), 0 if answered else min(failed + 1, 10))
    return answered


def install() -> None:
    """Let every client of this process be patient."""
    AIOKafkaClient._metadata_update = _ask_patiently  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
