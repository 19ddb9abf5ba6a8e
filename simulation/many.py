"""Many runs in several processes. A module of its own: a new process cannot import what stands in `__main__`."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

from simulation.mutants import MUTANTS
from simulation.run import Outcome, run


def runs(first: int, count: int, workers: int, mutant: str = "") -> Iterator[Outcome]:
    """The outcomes of these seeds, in order; with a planted bug where one is named.

    Only a failing run keeps its trace. Raises `BrokenProcessPool` when one of the processes is killed.
    """
    seeds = range(first, first + count)
    one = partial(_one, mutant)
    if workers < 2:
        yield from map(one, seeds)
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _end_with_parent) as pool:
        yield from pool.map(one, seeds, chunksize=8)


def _end_with_parent() -> None:
    """The processes of a parent that was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _one(mutant: str, seed: int) -> Outcome:
    outcome = run(seed, MUTANTS[mutant]) if mutant else run(seed)
    return outcome if outcome.broken else replace(outcome, trace=())
