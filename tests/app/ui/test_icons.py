from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

import resources
from app.ui import icons

NAMES = sorted(path.stem for path in resources.path("icons").glob("*.svg"))
RED = QColor("#ff0000")


@pytest.mark.parametrize("name", NAMES)
def test_every_drawing_can_be_drawn(qapp: QApplication, name: str) -> None:
    picture = icons.pixmap(name, RED, 40).toImage()

    alphas = {picture.pixelColor(x, y).alpha() for x in range(40) for y in range(40)}
    assert max(alphas) > 200 and min(alphas) == 0


def test_line_icons_take_the_colour_they_are_given(qapp: QApplication) -> None:
    picture = icons.pixmap("stop", RED, 40).toImage()

    assert picture.pixelColor(20, 20) == RED
