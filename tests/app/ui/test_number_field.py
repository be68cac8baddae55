from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.number_field import CountField, DecimalField, SeedField


def test_a_number_is_told_once_it_is_typed(qtbot: QtBot) -> None:
    field = DecimalField(" s", 1.0, "")
    qtbot.addWidget(field)
    field.show_range(0, 600)
    told: list[float] = []
    field.valueChanged.connect(told.append)

    field.selectAll()
    QTest.keyClicks(field, "125")
    assert told == []
    QTest.keyClick(field, Qt.Key.Key_Return)

    assert told == [125.0]


def test_showing_numbers_and_ranges_tells_nothing(qtbot: QtBot) -> None:
    field, count = DecimalField(" s", 1.0, ""), CountField(1, 64, "")
    for each in (field, count):
        qtbot.addWidget(each)

    with qtbot.assertNotEmitted(field.valueChanged), qtbot.assertNotEmitted(count.valueChanged):
        field.show_range(12, 600)
        field.show_number(24)
        count.show_number(3)

    assert (field.value(), count.value()) == (24, 3)


def test_a_seed_is_digits_or_nothing(qtbot: QtBot) -> None:
    field = SeedField()
    qtbot.addWidget(field)

    with qtbot.waitSignal(field.seed_changed) as changed:
        QTest.keyClicks(field, "4x2-")
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert changed.args == [42]

    with qtbot.waitSignal(field.seed_changed) as changed:
        field.clear()
    assert changed.args == [None]


def test_showing_the_same_number_again_keeps_what_is_being_typed(qtbot: QtBot) -> None:
    fields = DecimalField(" s", 1.0, ""), CountField(1, 64, "")
    for field in fields:
        qtbot.addWidget(field)
        field.show_number(12)

        field.selectAll()
        QTest.keyClicks(field, "10")
        field.show_number(12)
        QTest.keyClick(field, Qt.Key.Key_Return)

        assert field.value() == 10
