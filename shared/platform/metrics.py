"""Prometheus metrics of a process."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_TIMES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SIZES = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000)


class Metrics:
    """The counters and gauges of one process; every metric has the label `tjeneste`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"sygesikring_{name}", text, ("tjeneste", *labels), registry=self.registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"sygesikring_{name}", text, ("tjeneste", *labels), registry=self.registry)

        def histogram(name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            labels = ("tjeneste", *labels)
            return Histogram(f"sygesikring_{name}", text, labels, registry=self.registry, buckets=buckets)

        self.received = counter("modtaget", "Records read from Kafka")
        self.duplicates = counter("dubletter", "Records whose id was known")
        self.handled = counter("haandteret", "Messages handled", "type")
        self.noted = counter("bemaerket", "What handlers ask to have counted", "hvad")
        self.failed = counter("fejlede_forsoeg", "Tries of a handler that failed", "type")
        self.parked = counter("parkeret_i_alt", "Messages parked")
        self.published = counter("udgivet", "Messages published by the relay", "emne")
        self.calls = counter("kald", "Calls to the outside", "art", "svar")
        self.jumps = counter("offset_spring", "Offsets that were not there to be read", "emne")
        self.batch_size = histogram("batch_beskeder", "Messages in a batch", _SIZES, "kilde")
        self.batch_time = histogram("batch_sekunder", "Seconds a batch took", _TIMES, "kilde")
        self.lag = gauge("efterslaeb", "Records not yet read", "emne", "partition")
        self.inbox = gauge("inbox_venter", "Messages waiting in the inbox")
        self.oldest = gauge("aeldste_sekunder", "Age in seconds of the oldest waiting message")
        self.parked_now = gauge("parkeret", "Messages parked now")
        self.outbox = gauge("outbox_venter", "Messages waiting to be published")
        self.deadlines_due = gauge("frister_forfaldne", "Deadlines due and not yet released")
        self.deadlines = gauge("frister", "Deadlines running")
        self.effects = gauge("effekter", "Effects by state", "tilstand")
