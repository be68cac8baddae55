"""Decoding beside sampling: what is drawn is turned into sound while the next codes are drawn.

Sound comes in the order in which it was asked for. Knows threads and decoders; does not know what
is drawn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from typing import NamedTuple, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.sampling.preview import Decoder
from engine.types import Level

P = ParamSpec("P")
T = TypeVar("T")

_MOST_WAITING = 8


class Heard(NamedTuple):
    """Sound of all takes.

    Attributes:
        start: its first sample's moment in the song.
        sound: (takes, time) float32.
    """

    level: Level
    start: int
    sound: NDArray[np.float32]


class AtOnce(Executor):
    """Does what it is asked when it is asked, in the thread that asks."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """See `Executor.submit`."""
        done: Future[T] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class Listener:
    """Decodes with an executor of one thread, which it ends when it is closed."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._waiting: deque[Future[list[Heard]]] = deque()

    def listen(self, level: Level, decoder: Decoder, until: int) -> None:
        """Ask for the sound that a level's codes up to a position make possible."""
        self._waiting.append(self._executor.submit(_decoded, level, decoder, until))

    def heard(self, patience_s: float) -> Iterator[Heard]:
        """What is decoded by now, or within some seconds, in the order of asking.

        Waits longer where too much is behind, so that decoding cannot be outrun.
        """
        if self._waiting:
            behind = len(self._waiting) > _MOST_WAITING
            wait([self._waiting[0 if behind else -1]], None if behind else patience_s)
        while self._waiting and self._waiting[0].done():
            yield from self._waiting.popleft().result()

    def rest(self) -> Iterator[Heard]:
        """All that was asked for and not heard yet."""
        while self._waiting:
            yield from self._waiting.popleft().result()

    def close(self) -> None:
        """End the thread, and forget what is not decoded."""
        self._executor.shutdown(cancel_futures=True)


def new_listener(device_type: str) -> Listener:
    """What decodes beside sampling on a device.

    Only processors do two things at once; elsewhere kernels of two threads would mix.
    """
    if device_type == "cpu":
        return Listener(ThreadPoolExecutor(1, thread_name_prefix="decoding"))
    return Listener(AtOnce())


def _decoded(level: Level, decoder: Decoder, until: int) -> list[Heard]:
    return [Heard(level, start, sound) for start, sound in decoder.sound(until)]
