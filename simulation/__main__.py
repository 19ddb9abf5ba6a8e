"""`python -m simulation [--runs N] [--seed FIRST]`: many runs, one seed each; exit status 1 when one of them fails."""

import argparse
import os
import sys
import time
from collections.abc import Iterable

from simulation.many import runs
from simulation.mutants import MUTANTS
from simulation.run import Outcome

SHOWN_LINES = 60
"""Lines of a failing run's trace that are printed: its end."""


def report(outcomes: Iterable[Outcome], began: float) -> int:
    """Print every failure and a line at the end; how many failed."""
    count = failed = crashes = records = 0
    for outcome in outcomes:
        count, crashes, records = count + 1, crashes + outcome.crashes, records + outcome.records
        if outcome.broken:
            failed += 1
            print(f"\nSEED {outcome.seed} FEJLER (gentag: make simulate RUNS=1 SEED={outcome.seed})")
            print(*outcome.trace[-SHOWN_LINES:], sep="\n")
            print(*(f"  BRUDT: {what}" for what in outcome.broken), sep="\n", flush=True)
    seconds = time.monotonic() - began
    print(f"{count} kørsler, {failed} fejlede; {crashes} gange dræbt, {records} beskeder, {seconds:.0f} sekunder")
    return failed


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="simulation", description="Seeded simulation over in-memory doubles.")
    parser.add_argument("--runs", type=int, default=1000, help="number of runs")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; the next run has the next number")
    parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 8), help="processes")
    parser.add_argument("--mutant", choices=list(MUTANTS), default="", help="plant this bug, to see it found")
    args = parser.parse_args()
    if args.runs < 1 or args.workers < 1:
        parser.error("--runs og --workers skal være mindst 1")
    outcomes = runs(args.seed, args.runs, min(args.workers, args.runs), args.mutant)
    return 1 if report(outcomes, time.monotonic()) else 0


if __name__ == "__main__":
    sys.exit(main())
