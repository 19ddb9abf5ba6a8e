"""`python -m simulation [--runs N] [--seed FIRST]`: many runs, one seed each; exit status 1 when one of them fails."""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures.process import BrokenProcessPool

from simulation.many import runs
from simulation.mutants import MUTANTS
from simulation.run import Outcome

SHOWN_LINES = 60
"""Lines of a failing run's trace that are printed: its end."""
EVERY_S = 30.0
"""Seconds between two lines that say how far it has come."""


def report(outcomes: Iterable[Outcome], began: float, points: bool = False, again: str = "") -> int:
    """Print every failure and a line at the end; how many failed. `points`: what went wrong where, too."""
    count = failed = records = ended = 0
    hits: Counter[tuple[str, str]] = Counter()
    said = began
    for outcome in outcomes:
        count, records, ended = count + 1, records + outcome.records, ended + outcome.ended
        hits.update(outcome.points)
        if outcome.broken:
            failed += 1
            print(f"\nSEED {outcome.seed} FEJLER (gentag: make simulate RUNS=1 SEED={outcome.seed}{again})")
            print(*outcome.trace[-SHOWN_LINES:], sep="\n")
            print(*(f"  BRUDT: {what}" for what in outcome.broken), sep="\n", flush=True)
        if time.monotonic() - said > EVERY_S:
            said = time.monotonic()
            print(f"{count} kørsler, {failed} fejlede, {said - began:.0f} sekunder", file=sys.stderr, flush=True)
    if points:
        print(*(f"{n:9,} {kind} ved {where}" for (kind, where), n in sorted(hits.items())), sep="\n")
    by_kind = Counter[str]()
    for (kind, _), n in hits.items():
        by_kind[kind] += n
    seconds = time.monotonic() - began
    print(
        f"{count} kørsler, {failed} fejlede; {by_kind['dræbt']} gange dræbt, {by_kind['frosset']} frosset, "
        f"{by_kind['røg']} forbindelser røget; {ended} til sidste frist; {records} beskeder, {seconds:.0f} sekunder"
    )
    return failed


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="simulation", description="Seeded simulation over in-memory doubles.", allow_abbrev=False
    )
    parser.add_argument("--runs", type=_positive, default=1000, help="number of runs")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; the next run has the next number")
    parser.add_argument("--workers", type=_positive, default=min(os.cpu_count() or 1, 8), help="processes")
    parser.add_argument("--mutant", choices=list(MUTANTS), default="", help="plant this bug, to see it found")
    parser.add_argument("--points", action="store_true", help="count what went wrong where")
    args = parser.parse_args()
    outcomes = runs(args.seed, args.runs, min(args.workers, args.runs), args.mutant)
    again = f" ARGS='--mutant \"{args.mutant}\"'" if args.mutant else ""
    try:
        return 1 if report(outcomes, time.monotonic(), args.points, again) else 0
    except BrokenProcessPool:
        print("En af arbejderprocesserne blev slået ihjel; kørslerne er ikke færdige.", file=sys.stderr)
        return 3


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} er ikke mindst 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
