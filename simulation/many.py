"""Many runs in several processes. A module of its own: a new process cannot import what stands in `__main__`."""

import multiprocessing
from collections.abc import Iterator
from functools import partial

from simulation.mutants import MUTANTS
from simulation.run import Outcome, run


def runs(first: int, count: int, workers: int, mutant: str = "") -> Iterator[Outcome]:
    """The outcomes of these seeds, in order; with a planted bug where one is named."""
    seeds = range(first, first + count)
    one = partial(_one, mutant)
    if workers < 2:
        yield from map(one, seeds)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(one, seeds, chunksize=8)


def _one(mutant: str, seed: int) -> Outcome:
    return run(seed, MUTANTS[mutant]) if mutant else run(seed)
