"""What processes cost: CPU time with that of their children, and the most memory they ever held."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

KINDS = ("ours", "postgres", "kafka", "outside")
"""Whose processes: the app's under test, the two servers', and the stand-ins'."""


def _family(pids: Iterable[int]) -> list[psutil.Process]:
    found: dict[int, psutil.Process] = {}
    for pid in pids:
        root = psutil.Process(pid)
        found |= {p.pid: p for p in (root, *root.children(recursive=True))}
    return list(found.values())


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of these processes, their living descendants and their reaped children."""
    total = 0.0
    for process in _family(pids):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def peak_mb(pids: Iterable[int]) -> float:
    """The sum of the most memory that each of these processes held since it started, in MB (VmHWM)."""
    total = 0
    for process in _family(pids):
        try:
            lines = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return round(total / 1024, 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """CPU seconds by kind at one moment."""

    cpu: Mapping[str, float]

    @classmethod
    def take(cls, pids: Mapping[str, Iterable[int]]) -> "Reading":
        """Read all the meters."""
        return cls({kind: cpu_seconds(pids[kind]) for kind in KINDS})

    def since(self, before: "Reading") -> dict[str, float]:
        """CPU seconds spent since an earlier reading."""
        return {kind: self.cpu[kind] - before.cpu[kind] for kind in KINDS}
