"""Asynchronous clients called from synchronous code, also where an event loop runs already."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TypeVar

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

T = TypeVar("T")


def run_async(work: Callable[[], Coroutine[object, object, T]]) -> T:
    """Run the coroutine to its end in a thread of its own and give its result."""
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(asyncio.run(work()))
        except BaseException as fejl:  # handed to the caller, whatever it is
            answer.set_exception(fejl)

    threading.Thread(target=run, name="embedded-client", daemon=True).start()
    return answer.result()


def brokers_seen(servers: list[str]) -> int:
    """How many brokers an admin client sees; 0 while the cluster cannot be described."""

    async def ask() -> int:
        admin = AIOKafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=3000)
        try:
            await admin.start()
            return len((await admin.describe_cluster())["brokers"])
        finally:
            await admin.close()

    try:
        return run_async(ask)
    except (KafkaError, OSError, TimeoutError):
        return 0


def wait_for_brokers(servers: list[str], brokers: int, seconds: float) -> None:
    """Wait until an admin client sees so many brokers; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while brokers_seen(servers) < brokers:
        if time.monotonic() > deadline:
            raise TimeoutError(f"Kafka på {', '.join(servers)} svarede ikke inden for {seconds:.0f} sekunder")
        time.sleep(0.2)
