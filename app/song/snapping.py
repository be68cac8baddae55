"""Where the edges of a selection come to lie: on beats, in quiet, on the model's grid, or anywhere.

Pure: moments in, moments out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.types import Span

_QUIET_WITHIN_S = 0.06
_QUIET_S = 0.005


class Snap(StrEnum):
    """What edges are drawn to."""

    FREE = "free"
    BEAT = "beat"
    ZERO = "zero"
    GRID = "grid"


@dataclass(frozen=True, slots=True, eq=False)
class Snapper:
    """The moments of a take that edges are drawn to.

    Attributes:
        length: samples of the take.
        grid: samples per TOP code of the model.
        samples: (time,) of the whole take, as far as it is known.
        beats: moments of beats, in order; without any, nothing is drawn to them.
    """

    snap: Snap
    length: int
    grid: int
    rate: int
    samples: NDArray[np.float32]
    beats: Sequence[int]

    def near(self, moment: int) -> int:
        """The nearest of these moments."""
        match self.snap:
            case Snap.FREE:
                return moment
            case Snap.GRID:
                return min((moment + self.grid // 2) // self.grid * self.grid, self.length)
            case Snap.ZERO:
                return quiet_moment(self.samples, moment, self.rate)
            case Snap.BEAT if not self.beats:
                return moment
            case Snap.BEAT:
                places = self._places
                return int(places[np.abs(places - moment).argmin()])

    def beyond(self, moment: int, direction: int) -> int:
        """The next of these moments, later (+1) or earlier (−1); the end where there is none."""
        end = self.length if direction > 0 else 0
        match self.snap:
            case Snap.FREE:
                return moment + direction
            case Snap.GRID:
                step = (
                    moment // self.grid + direction
                    if direction > 0
                    else -(-moment // self.grid) - 1
                )
                return min(max(0, step * self.grid), self.length)
            case Snap.ZERO:
                far = moment + direction * 2 * round(_QUIET_WITHIN_S * self.rate)
                return self.near(min(max(0, far), self.length))
            case Snap.BEAT:
                places = self._places
                later = places[places > moment] if direction > 0 else places[places < moment][::-1]
                return int(later[0]) if len(later) else end

    def snapped(self, span: Span, before: Span | None) -> Span:
        """A selection that was dragged: those of its edges that moved are drawn to a moment."""
        start, end = (
            edge if before is not None and edge == old else self.near(edge)
            for edge, old in zip((span.start, span.end), _edges(before), strict=True)
        )
        return Span(min(start, end), max(start, end))

    def stepped(self, span: Span, before: Span | None) -> Span:
        """A selection that was changed by a key: an edge that moved goes to another moment."""
        edges: list[int] = []
        for edge, old in zip((span.start, span.end), _edges(before), strict=True):
            if old is None or edge == old:
                edges.append(edge if old is not None else self.near(edge))
                continue
            direction = 1 if edge > old else -1
            near = self.near(edge)
            edges.append(near if (near - old) * direction > 0 else self.beyond(old, direction))
        return Span(min(edges), max(edges))

    @property
    def _places(self) -> NDArray[np.int64]:
        """Beats, and both ends of the take."""
        return np.unique(np.array([0, *self.beats, self.length], np.int64))


def quiet_moment(samples: NDArray[np.float32], moment: int, rate: int) -> int:
    """Where the sound crosses zero in the quietest few milliseconds around a moment.

    Args:
        samples: (time,) mono.

    Returns:
        A moment at most 60 ms away; the moment itself where there is no sound.
    """
    reach, width = round(_QUIET_WITHIN_S * rate), max(2, round(_QUIET_S * rate))
    first = max(0, moment - reach)
    near = samples[first : moment + reach]
    if len(near) <= width or not near.any():
        return moment
    energy = np.concatenate([[0.0], np.cumsum(np.square(near, dtype=np.float64))])
    quietest = int((energy[width:] - energy[:-width]).argmin())
    inside = near[quietest : quietest + width]
    crossings = np.flatnonzero(np.signbit(inside[1:]) != np.signbit(inside[:-1])) + 1
    if not len(crossings):
        return first + quietest + int(np.abs(inside).argmin())
    middle = crossings[np.abs(crossings - width // 2).argmin()]
    return first + quietest + int(middle)


def _edges(span: Span | None) -> tuple[int | None, int | None]:
    return (None, None) if span is None else (span.start, span.end)
