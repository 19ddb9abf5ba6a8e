"""What one way came to, and how it is checked: a run that lost anything has no result."""

from dataclasses import asdict, dataclass, field
from typing import Any

from bench.arrivals import HANDLED, LETTERS
from bench.stack import BenchError


@dataclass
class Result:
    """One measured run of one way."""

    way: str
    events: int
    seconds: float
    handled: int
    """Messages handled: records from Kafka, and outcomes of calls."""
    calls: int
    cpu_s: dict[str, float]
    peak_mb: float
    more: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def per_second(self) -> float:
        """Messages handled per second."""
        return self.handled / self.seconds

    @property
    def events_per_second(self) -> float:
        """Whole ways per second."""
        return self.events / self.seconds

    def cpu_us(self) -> dict[str, float]:
        """CPU microseconds per message handled, by whose they are."""
        return {kind: round(1e6 * s / self.handled, 1) for kind, s in self.cpu_s.items()}

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        derived = {"per_second": round(self.per_second, 1), "events_per_second": round(self.events_per_second, 2)}
        return {**asdict(self), "seconds": round(self.seconds, 3), **derived, "cpu_us": self.cpu_us()}


def expected(events: int) -> dict[str, int]:
    """Records that each service has handled when these events have gone the whole way; the practices not counted."""
    return {service: n * events for service, n in HANDLED.items()}


def require_ledgers(ledgers: dict[str, dict[str, Any]], events: int) -> None:
    """The stand-ins saw every card and letter, once. Raises `BenchError`."""
    kort, post = ledgers["kortleverandoer"], ledgers["digital_post"]
    found = (kort["accepteret"], post["accepteret"], kort["konflikter"] + post["konflikter"])
    wanted = (events, LETTERS * events, 0)
    if found != wanted:
        raise BenchError(f"kort, breve og konflikter hos modtagerne: {found}, ikke {wanted}")


def percentile(values: list[float], part: float) -> float:
    """The smallest value that at least this part of all are not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(part * 1000) * len(ordered) // 1000) - 1))]
