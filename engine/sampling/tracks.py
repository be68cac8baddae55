"""The codes of one level of all takes of a task, as they grow. Arrays and integers only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.sampling.plan import primed_from
from engine.types import NO_CODE, Codes, Level, Span


class Track:
    """One level of every take, from the first sample of the song.

    Attributes:
        codes: (takes, tokens) uint16, with `NO_CODE` where nothing is known.
        start, end: the task's span, in codes.
        filled: position up to which the span stands; moves from `start`, or from where a former run
            left it, to `end`.
    """

    def __init__(self, level: Level, hop: int, context: Codes, span: Span, takes: int) -> None:
        known = context.at(level)
        self.level = level
        self.hop = hop
        self.start, self.end = span.start // hop, span.end // hop
        self.filled = self.start
        self.codes = np.full((takes, max(self.end, len(known))), NO_CODE, np.uint16)
        self.codes[:, : len(known)] = known

    def clear_span(self) -> None:
        """Forget what the context holds inside the span: it will be sampled anew."""
        self.codes[:, self.start : self.end] = NO_CODE

    def put_before(self, fills: Sequence[Codes]) -> None:
        """Give each take what it has right before the span; none leaves all as it is."""
        for row, fill in zip(self.codes, fills, strict=False):
            codes = fill.at(self.level)
            row[self.start - len(codes) : self.start] = codes

    def go_on(self, made: Sequence[NDArray[np.uint16]]) -> None:
        """Begin with what was made of each take, as far as all of them stand."""
        front = min(len(codes) for codes in made)
        self.append(np.stack([codes[:front] for codes in made]))

    def append(self, stretch: NDArray[np.uint16]) -> int:
        """Put (takes, tokens) new codes behind those that stand; gives their position."""
        position = self.filled
        self.codes[:, position : position + stretch.shape[1]] = stretch
        self.filled += stretch.shape[1]
        return position

    def known_from(self, position: int) -> int:
        """First position from which all codes up to `position` are known."""
        holes = np.flatnonzero(self.codes[0, :position] == NO_CODE)
        return int(holes[-1]) + 1 if len(holes) else 0

    def primed_from(self, heard: int | None) -> int:
        """First position that may prime the span, of which `heard` samples before it may be."""
        codes = None if heard is None else heard // self.hop
        return primed_from(self.known_from(self.start), self.start, codes)

    def known_until(self, position: int) -> int:
        """Position before which all codes from `position` on are known."""
        holes = np.flatnonzero(self.codes[0, position:] == NO_CODE)
        return position + int(holes[0]) if len(holes) else self.codes.shape[1]

    def padded(self, start: int, count: int) -> NDArray[np.uint16]:
        """(takes, count) codes from `start` on; what is missing at the end is mirrored.

        A window that reaches beyond the music sees the music's own last moments reflected, which
        is the closest to real context there is.

        Raises:
            ValueError: nothing is known at `start`.
        """
        end = min(self.known_until(start), start + count)
        if end == start:
            raise ValueError(f"No {self.level.name} codes stand at position {start}.")
        real = self.codes[:, start:end]
        return np.pad(real, ((0, 0), (0, count - real.shape[1])), mode="symmetric")

    def result(self, take: int) -> NDArray[np.uint16]:
        """The span's codes of one take, as far as they stand."""
        return self.codes[take, self.start : self.filled].copy()
