"""Pictures of a stretch of the song, side by side, kept while one scrolls.

A picture is made for what has newly come on screen and for nothing else, which takes a fraction of
the time of making all of it anew. Knows pixels and zoom. What is in a picture is told by others.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from app.ui.timeline.viewport import Viewport

LEAST_PX = 256
"""Device pixels that are made at once at least, ahead of the way one scrolls."""

_MOST_KEPT = 24

Render = Callable[[Viewport, int], QImage]
"""The picture of a view that counts device pixels, so many of them high."""


class Pieces:
    """What a row of pictures at one zoom and one height shows.

    The pictures lie on whole device pixels and leave no room between them.
    """

    def __init__(self, render: Render) -> None:
        self._render = render
        self._kept: deque[tuple[int, QImage]] = deque()
        self._made_for: tuple[float, int, float] | None = None

    def clear(self) -> None:
        """What is in the pictures is not true any more."""
        self._kept.clear()

    def paint(self, painter: QPainter, view: Viewport, area: QRectF, exposed: QRectF) -> None:
        """Paint what is seen of a view.

        Args:
            area: where the whole view lies on what is painted on.
            exposed: the part of it that is needed.
        """
        ratio = painter.device().devicePixelRatioF()
        step, height = view.per_pixel / ratio, max(2, round(area.height() * ratio))
        if self._made_for != (step, height, ratio):
            self._made_for = step, height, ratio
            self.clear()
        origin = round(view.start / step)
        self._reach(origin, origin + max(1, math.ceil(area.width() * ratio)))
        for first, picture in self._kept:
            left = area.left() + (first - origin) / ratio
            if left < exposed.right() and left + picture.width() / ratio > exposed.left():
                painter.drawImage(QPointF(left, area.top()), picture)

    def _reach(self, first: int, last: int) -> None:
        """Make what is missing from one column of the song, in device pixels, to another."""
        kept = self._kept
        if kept and (last < kept[0][0] or first > self._end or len(kept) > _MOST_KEPT):
            kept.clear()
        if not kept:
            kept.append(self._made(first, last))
        start, end = kept[0][0], self._end
        if first < start:
            kept.appendleft(self._made(min(first, start - LEAST_PX), start))
        if last > end:
            kept.append(self._made(end, max(last, end + LEAST_PX)))

    @property
    def _end(self) -> int:
        first, picture = self._kept[-1]
        return first + picture.width()

    def _made(self, first: int, last: int) -> tuple[int, QImage]:
        assert self._made_for is not None
        step, height, ratio = self._made_for
        width = last - first
        view = Viewport(first * step, width * step, round(last * step), width)
        picture = self._render(view, height)
        picture.setDevicePixelRatio(ratio)
        return first, picture
