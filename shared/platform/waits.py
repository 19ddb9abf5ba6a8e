"""What the parts of a service wait for: a server that is away is said in one log line, however many parts need it."""

import time
from dataclasses import dataclass, replace

from aiokafka.errors import KafkaError

from shared.platform.database import Conflict, Moved, is_outage
from shared.platform.engine import describe
from shared.platform.logging import logger

SERVERS = KAFKA, POSTGRES = ("Kafka", "PostgreSQL")
SAME_S = 30.0
"""Seconds within which a part that tried again in vain has not met anything new: longer than it rests between tries."""


@dataclass(frozen=True, slots=True)
class _Wait:
    """One part that waits; it is `active` until it tries again, at `tried` (seconds, monotonic)."""

    kind: str
    reason: str
    active: bool = True
    tried: float = 0.0

    def goes_on(self, kind: str) -> bool:
        """Whether another failure is this one again."""
        return self.kind == kind and (self.active or time.monotonic() - self.tried < SAME_S)


class Waits:
    """The waiting parts of one service."""

    def __init__(self, service: str) -> None:
        self._waits: dict[str, _Wait] = {}
        self.log = logger(tjeneste=service)

    def begin(self, part: str, error: BaseException) -> str:
        """A part could not go on. Returns why; logged when nobody is known to wait for the same."""
        kind = _kind(part, error)
        reason = f"{kind}: {describe(error)}" if kind in SERVERS else describe(error)
        own = self._waits.get(part)
        self._waits[part] = _Wait(kind, reason)
        if not self._others_wait(part, kind) and (own is None or not own.goes_on(kind)):
            self.log.warning("venter", del_=part, grund=reason, udfald=kind in SERVERS)
        return reason

    def trying(self, part: str) -> None:
        """It tries again, perhaps with nothing to try on: its wait ends when that succeeds, or after a while."""
        if part in self._waits:
            self._waits[part] = replace(self._waits[part], active=False, tried=time.monotonic())

    def end(self, part: str) -> None:
        """It goes on; logged when it is the last that waited for the same."""
        own = self._waits.pop(part, None)
        if own is not None and not self._others_wait(part, own.kind):
            self.log.info("fortsætter", del_=part, efter=own.reason)

    def settle(self) -> None:
        """End what was tried again long ago and has not failed since."""
        for part in [name for name, w in self._waits.items() if not w.goes_on(w.kind)]:
            self.end(part)

    def _others_wait(self, part: str, kind: str) -> bool:
        return any(w.goes_on(kind) for name, w in self._waits.items() if name != part)


def _kind(part: str, error: BaseException) -> str:
    """What is waited for: one of the servers, or what is wrong with this part alone."""
    if isinstance(error, KafkaError):
        return KAFKA
    return (
        POSTGRES if is_outage(error) and not isinstance(error, (Moved, Conflict)) else f"{part}: {type(error).__name__}"
    )
