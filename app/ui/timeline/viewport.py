"""Which stretch of the song is on screen, and how it maps to pixels.

Pure numbers: samples, pixels, zoom. Knows nothing of widgets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.types import Span

SMALLEST_VIEW = 1024
"""Samples on screen at the closest zoom."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """A window `width` pixels wide on a timeline of `length` samples.

    Attributes:
        start, visible: first sample on screen and how many there are; fractions are allowed.
        length: samples of the whole timeline, at least `SMALLEST_VIEW`.
        width: pixels, at least 1.
        room: how far one can zoom out and scroll, where that is beyond the timeline's end.
    """

    start: float
    visible: float
    length: int
    width: int
    room: int = 0

    @classmethod
    def fitting(cls, length: int, width: int) -> Viewport:
        """Everything at once."""
        length = max(length, SMALLEST_VIEW)
        return cls(0.0, float(length), length, max(1, width))

    @property
    def end(self) -> float:
        """The moment at the right edge."""
        return self.start + self.visible

    @property
    def per_pixel(self) -> float:
        """Samples per pixel."""
        return self.visible / self.width

    @property
    def fits(self) -> bool:
        """Whether everything is on screen."""
        return self.visible >= self.length

    def x_of(self, sample: float) -> float:
        """Pixels from the left edge; outside 0…width when off screen."""
        return (sample - self.start) / self.per_pixel

    def sample_at(self, x: float) -> int:
        """The moment under a pixel, inside the timeline."""
        return round(min(max(self.start + x * self.per_pixel, 0.0), float(self.length)))

    def zoomed(self, factor: float, anchor: float) -> Viewport:
        """`factor` times closer, with the moment under pixel `anchor` staying there."""
        visible = min(max(self.visible / factor, SMALLEST_VIEW), self._reach)
        fixed = self.start + anchor * self.per_pixel
        return replace(self, start=fixed - anchor * visible / self.width, visible=visible)._kept()

    def scrolled(self, samples: float) -> Viewport:
        """Moved to later moments, or to earlier ones when negative."""
        return replace(self, start=self.start + samples)._kept()

    def showing(self, span: Span, margin: float = 0.05) -> Viewport:
        """A span filling the width but for a margin (a share of it) on either side."""
        visible = min(max(span.length * (1 + 2 * margin), SMALLEST_VIEW), float(self.length))
        middle = (span.start + span.end) / 2
        return replace(self, start=middle - visible / 2, visible=visible)._kept()

    def following(self, sample: int) -> Viewport:
        """Turned like a page once `sample` has left the screen."""
        if self.start <= sample < self.end:
            return self
        return replace(self, start=sample - self.visible * 0.05)._kept()

    def resized(self, width: int) -> Viewport:
        """The same stretch on another width."""
        return replace(self, width=max(1, width))

    def lengthened(self, length: int) -> Viewport:
        """On a timeline of another length: fitted as before, or else staying where it is."""
        length = max(length, SMALLEST_VIEW)
        if self.fits:
            return replace(self, length=length).fitted()
        return replace(self, length=length, visible=min(self.visible, float(length)))._kept()

    def fitted(self) -> Viewport:
        """Everything at once, on the same width."""
        return replace(Viewport.fitting(self.length, self.width), room=self.room)

    def with_room(self, room: int) -> Viewport:
        """The same stretch, and more or less room after the end of the timeline."""
        kept = replace(self, room=room)
        return replace(kept, visible=min(self.visible, kept._reach))._kept()

    @property
    def _reach(self) -> float:
        return float(max(self.length, self.room))

    def _kept(self) -> Viewport:
        latest = max(0.0, self._reach - self.visible)
        return replace(self, start=min(max(self.start, 0.0), latest))
