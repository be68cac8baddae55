"""A picture of a waveform, from its peaks.

Knows pixels and numpy. Knows nothing of takes, zoom or mouse.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

NOTHING = np.uint32(0)


def render(
    lows: NDArray[np.float32],
    highs: NDArray[np.float32],
    colours: NDArray[np.uint32],
    height: int,
) -> QImage:
    """The waveform as an image of `len(lows)` × `height` device pixels, transparent elsewhere.

    Each column is a bar from its low to its high, at least one pixel tall, with soft ends.

    Args:
        lows, highs: (width,) in −1…1; what exceeds that is cut.
        colours: (width,) opaque ARGB; `NOTHING` leaves a column out.
        height: in device pixels, at least 2.
    """
    half = (height - 1) / 2
    top = half - np.clip(highs, -1, 1) * half
    bottom = half - np.clip(lows, -1, 1) * half
    first = np.ceil(top).astype(np.int16)
    last = np.maximum(np.floor(bottom).astype(np.int16), first)
    pixels = np.zeros((height, len(lows)), np.uint32)
    _fill(pixels, first, last, colours)
    _soften(pixels, first - 1, first - top, colours)
    _soften(pixels, last + 1, np.maximum(bottom - last, 0), colours)
    return Picture(pixels)


class Picture(QImage):
    """An image of (height, width) pixels, premultiplied ARGB, that it keeps and does not copy."""

    def __init__(self, pixels: NDArray[np.uint32]) -> None:
        height, width = pixels.shape
        kind = QImage.Format.Format_ARGB32_Premultiplied
        super().__init__(pixels.data, width, height, width * 4, kind)
        self._pixels = pixels


def _fill(
    pixels: NDArray[np.uint32],
    first: NDArray[np.int16],
    last: NDArray[np.int16],
    colours: NDArray[np.uint32],
) -> None:
    """Colour each column between two rows. A product is the quickest way that numpy has."""
    above, below = int(first.min()), int(last.max()) + 1
    rows = np.arange(above, below, dtype=np.int16)[:, None]
    inside = rows >= first
    inside &= rows <= last
    np.multiply(inside, colours, out=pixels[above:below])


def _soften(
    pixels: NDArray[np.uint32],
    rows: NDArray[np.int16],
    cover: NDArray[np.floating],
    colours: NDArray[np.uint32],
) -> None:
    """Fill one pixel of each column by its share, where that lies inside the picture."""
    inside = np.flatnonzero((rows >= 0) & (rows < len(pixels)))
    pixels[rows[inside], inside] = _premultiplied(colours[inside], cover[inside])


def _premultiplied(colours: NDArray[np.uint32], cover: NDArray[np.floating]) -> NDArray[np.uint32]:
    alpha = (cover * 255).astype(np.uint32)
    result = np.zeros_like(colours)
    for shift in (24, 16, 8, 0):
        result |= ((colours >> shift & 255) * alpha // 255).astype(np.uint32) << np.uint32(shift)
    return result
