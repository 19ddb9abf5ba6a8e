"""All that `make bench` does, one way after the other."""

import logging
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench import hub, limit, naive, night
from bench.report import figures
from bench.result import Result
from shared.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """The sizes of the runs. No events: that way is left out."""

    hub_events: Sequence[int]
    naive_events: int
    limit_events: int
    limit_workers: int
    night_events: int
    plan: hub.Plan


async def run(options: Options, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure and return the figures. Raises `BenchError` when a run lost something."""
    # A topic just made has no leader yet: the client warns at every try, dozens of lines among the figures.
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    found = Settings(kafka_bootstrap_servers="")
    hubs: list[Result] = []
    traffic: hub.Traffic | None = None
    for number, events in enumerate(sorted(options.hub_events)):
        say(f"Hubben: {events} hændelser i {len(options.plan.groups)} processer")
        result, traffic = await hub.measure(found, options.plan, events, half_load=number == 0)
        hubs.append(result)
    assert traffic is not None
    naive_result = limit_result = None
    if options.naive_events:
        say(f"Uden kernen: {options.naive_events} hændelser")
        naive_result = await naive.measure(found, options.naive_events)
    if options.limit_events:
        say(f"Grænsen: {options.limit_events} hændelser i {options.limit_workers} processer")
        calls = hubs[-1].calls / hubs[-1].events
        limit_result = await limit.measure(found, options.limit_events, options.limit_workers, traffic, calls)
    night_result = None
    if options.night_events:
        say(f"En nat: et udtræk med {options.night_events} hændelser")
        night_result = await night.measure(found, options.plan.groups, options.night_events)
    machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "load_at_end": os.getloadavg()[0]}
    return figures(hubs, naive_result, limit_result, night_result, machine)
