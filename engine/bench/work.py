"""The window that both implementations work on: the same weights, conditioning, codes and draws.

One side writes it to a file, the other reads it, so that what is compared is the same work.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.bench.protocol import Json, Stopwatch

DRAWN = 32
TEMPERATURE = 0.99
_LONGEST_STRETCH_S = 0.02
_PATIENCE = 10


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """One window, for one row.

    Attributes:
        start: (1, 1, width) the vector that a window starts with.
        positions: (1, sequence, width) added at every position; (1, 0, width) where nothing is.
        lyric_states: (1, lyrics, width) for layers that look at an encoder; (1, 0, width) without.
        lyric_tokens: (1, lyrics) that begin the sequence; (1, 0) without.
        known: (1, context) codes, of which a decode is primed with as many as it likes.
        first: symbol of code 0.
        uniforms: (1, 32) numbers that decide the codes drawn to compare.
    """

    start: Tensor
    positions: Tensor
    lyric_states: Tensor
    lyric_tokens: Tensor
    known: Tensor
    uniforms: Tensor
    first: int

    def write(self, path: Path) -> None:
        """Keep it in a file."""
        tensors = {name: getattr(self, name).contiguous() for name in _TENSORS}
        save_file(tensors, path, {"first": str(self.first)})

    def to(self, device: torch.device) -> Work:
        """The same on another device."""
        tensors = {name: getattr(self, name).to(device) for name in _TENSORS}
        return Work(**tensors, first=self.first)


_TENSORS = tuple(field.name for field in fields(Work) if field.name != "first")


def read_work(path: Path) -> Work:
    """What `Work.write` wrote."""
    with safe_open(path, framework="pt") as file:
        return Work(**load_file(path), first=int(file.metadata()["first"]))


class Decode:
    """A place in the window, and draws near it. Both implementations have one.

    Args:
        place: codes known before the first draw.
        context: codes in the window. An eighth of it counts as near.
    """

    def __init__(self, place: int, context: int) -> None:
        self.place = place
        self._near = min(context - place, context // 8)
        self.left = 0

    def reset(self) -> None:
        """Go back to the place."""
        self.open()
        self.left = self._near

    def open(self) -> None:
        """Prime the window up to the place."""
        raise NotImplementedError

    def draw(self, count: int) -> None:
        """Draw that many codes."""
        raise NotImplementedError


def timed(decode: Decode, seconds: float) -> Json:
    """A slice of draws, without going back to the place.

    Draws are asked for in stretches of about 20 ms, as the program does it.

    Args:
        seconds: of processor time that it takes; by the clock at most ten times as much.
    """
    watch, drawn, count = Stopwatch(), 0, 1
    while watch.cpu_s < seconds and watch.wall_s < _PATIENCE * seconds:
        if not decode.left:
            decode.reset()
        count = min(count, decode.left)
        before = watch.wall_s
        watch.start()
        decode.draw(count)
        watch.stop()
        drawn, decode.left = drawn + count, decode.left - count
        each = max(watch.wall_s - before, 1e-6) / count
        count = max(1, min(2 * count, int(_LONGEST_STRETCH_S / each)))
    return watch.slice(drawn)


def set_threads(threads: int) -> None:
    """Let torch compute with that many threads."""
    torch.set_num_threads(threads)
