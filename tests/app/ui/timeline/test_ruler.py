from __future__ import annotations

from PySide6.QtWidgets import QApplication

from app.ui.timeline.ruler import LABELS_APART_PX, Ruler, multiples


def test_labels_are_minutes_and_seconds_of_the_models_rate(qapp: QApplication) -> None:
    ruler = Ruler(rate=100)

    (spacing, values), _ = ruler.tickValues(0, 12_000, 1000)

    assert ruler.tickStrings(values, 1, spacing)[:3] == ["0:00", "0:15", "0:30"]


def test_labels_never_crowd(qapp: QApplication) -> None:
    ruler = Ruler(rate=22_050)

    for visible in (2_000, 20_000, 200_000, 2_000_000, 13_000_000):
        spacing, _ = ruler.tickValues(0, visible, 1000)[0]
        assert spacing / visible * 1000 >= LABELS_APART_PX


def test_multiples_stay_inside() -> None:
    assert multiples(10, 15, 40) == [20, 30, 40]
    assert multiples(10, 20, 29) == [20]
