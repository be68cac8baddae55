from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.ui.main_window import MainWindow
from app.ui.tour import Tour
from app.ui.welcome import Welcome


def begun(window: MainWindow) -> Tour:
    window.actions_by_name["tour"].trigger()
    tour = window.findChild(Tour)
    assert tour is not None
    return tour


def test_three_steps_lead_to_the_end(window: MainWindow) -> None:
    tour = begun(window)
    seen: list[tuple[int, str]] = []

    for _ in range(3):
        seen.append((tour.at, tour.card.accessibleName()))
        inside = QRect(tour.mapToGlobal(tour.rect().topLeft()), tour.size())
        card = QRect(tour.card.mapToGlobal(tour.card.rect().topLeft()), tour.card.size())
        assert inside.contains(card)
        QTest.mouseClick(tour.next, Qt.MouseButton.LeftButton)

    assert [at for at, _ in seen] == [0, 1, 2]
    assert len({words for _, words in seen}) == 3
    assert not tour.isVisible()


def test_keys_go_on_and_back_and_end_it(window: MainWindow) -> None:
    tour = begun(window)

    assert QApplication.focusWidget() is tour.next
    QTest.keyClick(tour.next, Qt.Key.Key_Space)
    assert tour.at == 1
    QTest.keyClick(tour, Qt.Key.Key_Left)
    assert tour.at == 0
    QTest.keyClick(tour, Qt.Key.Key_Escape)
    assert not tour.isVisible()


def test_a_newcomer_is_welcomed_once(window: MainWindow) -> None:
    welcome = window.findChild(Welcome)
    assert welcome is not None
    before = welcome.heading.text()

    window.begin(None)

    assert welcome.heading.text() != before
