from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor

from app.ui.timeline import waveform

BLUE = np.uint32(0xFF2040C0)


def drawn(lows: list[float], highs: list[float], height: int = 101):
    picture = waveform.render(
        np.array(lows, np.float32), np.array(highs, np.float32), np.full(len(lows), BLUE), height
    )
    return lambda x, y: QColor.fromRgba(picture.pixel(x, y))


def test_a_column_reaches_from_its_low_to_its_high() -> None:
    pixel = drawn([-0.5], [1.0])

    assert [pixel(0, y).alpha() for y in (0, 50, 75)] == [255, 255, 255]
    assert pixel(0, 77).alpha() == 0


def test_silence_is_a_line_and_not_nothing() -> None:
    pixel = drawn([0.0], [0.0])

    assert pixel(0, 50).rgba() == BLUE
    assert pixel(0, 47).alpha() == pixel(0, 53).alpha() == 0


def test_a_column_without_colour_is_left_out() -> None:
    picture = waveform.render(
        np.full(2, -1, np.float32),
        np.full(2, 1, np.float32),
        np.array([waveform.NOTHING, BLUE], np.uint32),
        51,
    )

    assert [QColor.fromRgba(picture.pixel(x, 25)).alpha() for x in (0, 1)] == [0, 255]


def test_what_is_too_loud_is_cut_at_the_edge() -> None:
    pixel = drawn([-7.0], [7.0])

    assert pixel(0, 0).alpha() == pixel(0, 100).alpha() == 255


def test_ends_are_soft_by_their_share_of_a_pixel() -> None:
    """A high a quarter of a pixel above row 40 covers a quarter of row 39's pixel."""
    high = (50 - (40 - 0.25)) / 50

    pixel = drawn([0.0], [high])

    assert pixel(0, 40).alpha() == 255
    assert 0.15 * 255 < pixel(0, 39).alpha() < 0.35 * 255
