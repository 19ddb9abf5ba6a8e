"""The three ways side by side, on the screen and in a file."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.result import Result

GOALS = {"hub_over_naive": 30.0, "hub_over_limit": 0.5, "p99_ms": 250.0}


def figures(
    hubs: Sequence[Result], naive: Result | None, limit: Result | None, night: Result | None, machine: dict[str, Any]
) -> dict[str, Any]:
    """Everything measured; ratios are per message handled, of the largest run of the hub."""
    hub = max(hubs, key=lambda r: r.events)
    found: dict[str, Any] = {
        "hub_over_naive": round(hub.per_second / naive.per_second, 2) if naive else None,
        "hub_over_limit": round(hub.per_second / limit.per_second, 3) if limit else None,
        "p50_ms": next((r.more["p50_ms"] for r in hubs if "p50_ms" in r.more), None),
        "p99_ms": next((r.more["p99_ms"] for r in hubs if "p99_ms" in r.more), None),
        "peak_mb": hub.peak_mb,
        "peak_mb_by_events": {str(r.events): r.peak_mb for r in hubs},
        "machine": machine,
        "runs": [r.as_json() for r in (*hubs, naive, limit, night) if r is not None],
    }
    return found


def write(found: dict[str, Any], path: Path) -> None:
    """As JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


NAMES = {"hub": "hubben", "naive": "uden kernen", "limit": "grænsen", "night": "nattens udtræk"}


def show(console: Console, found: dict[str, Any]) -> None:
    """As a table, then the ratios against their goals."""
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for heading in ("hændelser", "sekunder", "beskeder/s", "CPU µs: vores", "PostgreSQL", "Kafka", "MB"):
        table.add_column(heading, justify="right")
    for run in found["runs"]:
        us = run["cpu_us"]
        numbers = (us["ours"], us["postgres"], us["kafka"])
        table.add_row(
            NAMES[run["way"]], str(run["events"]), f"{run['seconds']:.1f}", f"{run['per_second']:.0f}",
            *(f"{n:.0f}" for n in numbers), f"{run['peak_mb']:.0f}",
        )  # fmt: skip
    console.print(table)
    lines = {
        "hub_over_naive": "hubben / uden kernen (mål: mindst 30)",
        "hub_over_limit": "hubben / grænsen (mål: mindst 0,5)",
        "p99_ms": "ms fra hændelse til sidste kald, 99 % ved halv last (mål: under 250)",
    }
    for name, text in lines.items():
        if found[name] is not None:
            console.print(f"{found[name]:>10}  {text}{'' if reached(name, found[name]) else '  [red]ikke nået[/red]'}")


def reached(name: str, value: float) -> bool:
    """Whether a goal is reached."""
    return value < GOALS[name] if name == "p99_ms" else value >= GOALS[name]
