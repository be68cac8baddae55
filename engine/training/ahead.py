"""What is learnt next, made ready while a step runs, and the same however often one stops.

What a step learns from depends on the seed, the step and the process alone. So it can be read ahead
by threads, and a run that is taken up again needs no more than the number of its step. Knows
threads and generators. Does not know what is made.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

import torch

T = TypeVar("T")

_MOST_PROCESSES = 4096


def generator_of(seed: int, step: int, process: int = 0) -> torch.Generator:
    """The generator that draws what one process learns from at one step."""
    number = (seed * 1_000_003 + step) * _MOST_PROCESSES + process
    return torch.Generator().manual_seed(number)


class Ahead(Generic[T]):
    """Makes things by number, the next ones before they are asked for.

    Args:
        make: gives the thing of a step; called by several threads at once.
        workers: threads, which keep twice as many things ready; 0 makes each when it is asked for.
    """

    def __init__(self, make: Callable[[int], T], workers: int) -> None:
        self._make = make
        self._pool = ThreadPoolExecutor(workers) if workers else None
        self._ready: dict[int, Future[T]] = {}
        self._count = 2 * workers

    def take(self, step: int) -> T:
        """The thing of a step."""
        if self._pool is None:
            return self._make(step)
        for coming in range(step, step + self._count + 1):
            if coming not in self._ready:
                self._ready[coming] = self._pool.submit(self._make, coming)
        return self._ready.pop(step).result()


class Renewed(Generic[T]):
    """Something that is looked up anew every so many steps, such as a folder that fills.

    Args:
        find: looks it up.
        every: steps.
    """

    def __init__(self, find: Callable[[], T], every: int) -> None:
        self._find = find
        self._every = every
        self._found = (-1, find())

    def at(self, step: int) -> T:
        """As it was found for this step."""
        turn = step // self._every
        if turn > self._found[0]:
            self._found = (turn, self._find() if self._found[0] >= 0 else self._found[1])
        return self._found[1]
