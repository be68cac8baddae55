from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.timeline.marks import ROW_PX, Hearing
from app.ui.timeline.viewport import Viewport
from engine.types import Span

AREA = QRectF(0, 0, 1000, 300)
STRIP = QRectF(0, 0, 800, ROW_PX)


@pytest.mark.parametrize(
    ("crossed_at", "needed", "expected"),
    [
        (None, 300, (9, 790)),
        (5000, 300, (9, 495)),
        (2000, 300, (210, 790)),
        (9000, 300, (9, 790)),
        (5000, 600, None),
    ],
    ids=["nothing crosses", "before it", "after it", "crossed elsewhere", "no room"],
)
def test_the_words_in_the_bracket_keep_clear_of_what_crosses_it(
    qtbot: QtBot, crossed_at: int | None, needed: int, expected: tuple[int, int] | None
) -> None:
    hearing = Hearing(Viewport(0, 10_000, 10_000, 1000), theme.LIGHT)
    hearing.span, hearing.crossed_at = Span(0, 8000), crossed_at

    room = hearing.room_for_words(STRIP, AREA, needed)

    assert expected == (None if room is None else (round(room.left()), round(room.right())))
