"""The interface of what draws the codes of a window. It has several bodies.

A body belongs to one prior. Which body serves changes the speed, never the codes, up to what
`engine/README.md` says of draws within rounding of a border.
"""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from engine.nn.conditioning import Conditioning
from engine.types import LevelSettings


class CodeStream(Protocol):
    """The codes of one window, drawn in order. Its reader may stop between any two calls."""

    def draw(self, uniforms: Tensor) -> Tensor:
        """The codes that follow those drawn so far.

        Args:
            uniforms: (batch, n) float32 within 0…1, 1 excluded; they decide the n codes. A window
                that was opened with one row is the beginning of as many as the first call has.

        Returns:
            (batch, n) int64.

        Raises:
            ValueError: the window is full.
        """
        ...

    def follow(self, codes: Tensor) -> None:
        """Go on as if these codes had been drawn, by the very sums of a draw.

        Priming comes to the same but for rounding, which one draw in some ten thousand shows.

        Args:
            codes: (batch, n) int64.

        Raises:
            ValueError: the window is full.
        """
        ...


class Body(Protocol):
    """Draws the codes of windows of one prior."""

    @property
    def warming(self) -> bool:
        """Whether windows opened from now on will be faster than the one opened last."""
        ...

    def open(
        self, known: Tensor, conditioning: Conditioning, settings: LevelSettings
    ) -> CodeStream:
        """Prime a window.

        Streams of one body do not disturb each other.

        Args:
            known: (batch, m) int64 codes at the window's beginning, m from 0 on.
            conditioning: of as many rows.
        """
        ...
