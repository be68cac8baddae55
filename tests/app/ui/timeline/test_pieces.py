from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.ui.timeline.pieces import LEAST_PX, Pieces
from app.ui.timeline.viewport import Viewport
from app.ui.timeline.waveform import Picture

WIDTH, HEIGHT = 300, 4
LENGTH = 100_000
AREA = QRectF(0, 0, WIDTH, HEIGHT)
VIEW = Viewport.fitting(LENGTH, WIDTH).zoomed(8, 0)


class Stripes:
    """Colours every column by the moment that it stands for, and notes which were asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def __call__(self, view: Viewport, height: int) -> QImage:
        first = round(view.start / view.per_pixel)
        self.asked.append((first, first + view.width))
        columns = np.arange(first, first + view.width, dtype=np.uint32) | np.uint32(0xFF000000)
        return Picture(np.tile(columns, (height, 1)))


def painted(pieces: Pieces, view: Viewport, exposed: QRectF = AREA) -> list[int]:
    """What each column of the screen shows."""
    screen = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    screen.fill(0)
    painter = QPainter(screen)
    pieces.paint(painter, view, AREA, exposed)
    painter.end()
    return [screen.pixel(x, HEIGHT // 2) & 0xFFFFFF for x in range(WIDTH)]


@pytest.mark.parametrize("steps", [[3, 40, 7, 90], [-5, -200, -20], [250, -90, 900, -1500]])
def test_however_one_scrolls_each_column_shows_its_own_moment(
    qapp: QApplication, steps: list[int]
) -> None:
    pieces, view = Pieces(Stripes()), VIEW.scrolled(1000 * VIEW.per_pixel)

    for step in steps:
        view = view.scrolled(step * view.per_pixel)
        first = round(view.start / view.per_pixel)
        assert painted(pieces, view) == list(range(first, first + WIDTH))


def test_scrolling_makes_only_what_newly_comes_on_screen(qapp: QApplication) -> None:
    stripes = Stripes()
    pieces, view = Pieces(stripes), VIEW

    for _ in range(100):
        painted(pieces, view)
        view = view.scrolled(2 * view.per_pixel)

    assert stripes.asked == [(0, WIDTH), (WIDTH, WIDTH + LEAST_PX)]


def test_another_zoom_and_another_sound_are_made_anew(qapp: QApplication) -> None:
    stripes = Stripes()
    pieces = Pieces(stripes)

    painted(pieces, VIEW)
    painted(pieces, VIEW.zoomed(2, 0))
    pieces.clear()
    painted(pieces, VIEW.zoomed(2, 0))

    assert stripes.asked == [(0, WIDTH)] * 3


def test_a_part_that_is_needed_is_painted_from_what_is_there(qapp: QApplication) -> None:
    stripes = Stripes()
    pieces = Pieces(stripes)
    painted(pieces, VIEW)

    assert painted(pieces, VIEW, QRectF(100, 0, 5, HEIGHT))[100:105] == list(range(100, 105))
    assert len(stripes.asked) == 1
