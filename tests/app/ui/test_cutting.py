"""Cut, copy, paste and merge in the window, by mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.song import Origin, Quality
from app.ui.main_window import MainWindow
from app.ui.take_list import TakeList
from app.ui.timeline.view import Timeline
from engine.types import Level, Span
from tests.app.kit import GRID
from tests.app.listening import Wait
from tests.app.ui.test_main_window import drag_on_timeline, enabled, part, press

LEFT = Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _an_empty_clipboard(qapp: QApplication) -> Iterator[None]:
    QGuiApplication.clipboard().clear()
    yield
    QGuiApplication.clipboard().clear()


@pytest.fixture
def composed(window: MainWindow, session: Session, done: Wait) -> Session:
    """Two drafts of a second side by side."""
    session.set_quality(Quality.DRAFT)
    session.set_takes(2)
    press(window, "generate")
    done(session)
    return session


def key(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEY) -> None:
    QApplication.processEvents()
    QTest.keyClick(part(window, Timeline), key, modifiers)


def top(session: Session, take: int = -1) -> list[int]:
    codes = session._store.codes(session.song, session.song.takes[take].id)  # pyright: ignore[reportPrivateUsage]
    return codes.at(Level.TOP).tolist()


def units(session: Session) -> tuple[int, int]:
    assert session.selection is not None
    return session.selection.start // GRID, session.selection.end // GRID


def test_the_selection_is_cut_and_pasted_by_keys(
    window: MainWindow, composed: Session, done: Wait, qtbot: QtBot
) -> None:
    before = top(composed, 0)
    composed.select(Span(20 * GRID, 30 * GRID))

    key(window, Qt.Key.Key_X, CONTROL)
    qtbot.waitUntil(lambda: enabled(window, "paste"))
    done(composed)
    key(window, Qt.Key.Key_Home)
    key(window, Qt.Key.Key_V, CONTROL)
    done(composed)

    assert top(composed, -2) == before[:20] + before[30:]
    assert top(composed) == before[20:30] + before[:20] + before[30:]
    key(window, Qt.Key.Key_Z, CONTROL)
    key(window, Qt.Key.Key_Z, CONTROL)
    assert len(composed.song.takes) == 2


@pytest.mark.parametrize("pressed", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_delete_takes_the_selection_out_without_touching_the_clipboard(
    window: MainWindow, composed: Session, done: Wait, pressed: Qt.Key
) -> None:
    before = top(composed, 0)
    composed.select(Span(20 * GRID, 30 * GRID))

    key(window, pressed)
    done(composed)

    assert top(composed) == before[:20] + before[30:]
    assert not enabled(window, "paste")


def test_what_was_copied_can_be_laid_over_another_take_at_the_same_moment(
    window: MainWindow, composed: Session, done: Wait, qtbot: QtBot
) -> None:
    one, other = top(composed, 0), top(composed, 1)
    composed.select(Span(20 * GRID, 30 * GRID))
    key(window, Qt.Key.Key_C, CONTROL)
    qtbot.waitUntil(lambda: enabled(window, "merge"))
    key(window, Qt.Key.Key_2)

    key(window, Qt.Key.Key_V, CONTROL | Qt.KeyboardModifier.AltModifier)
    done(composed)

    assert top(composed) == other[:20] + one[20:30] + other[30:]


def test_a_selection_dragged_onto_another_take_is_merged_into_it(
    window: MainWindow,
    composed: Session,
    done: Wait,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = top(composed, 0), top(composed, 1)
    drag_on_timeline(window, 0.3, 0.6)
    takes = part(window, TakeList)
    row = takes.visualItemRect(takes.topLevelItem(1)).center()
    target = takes.viewport().mapTo(window, row)
    _drop_drags_at(window, target, monkeypatch)

    _drag_by_grip(window)
    qtbot.waitUntil(lambda: len(composed.song.takes) == 3)
    done(composed)

    start, end = units(composed)
    assert composed.take is not None and composed.take.origin is Origin.EDITED
    assert composed.take.parent == composed.song.takes[1].id
    assert top(composed) == other[:start] + one[start:end] + other[end:]
    assert 20 < start < end < 60


def test_a_selection_dragged_along_the_timeline_is_laid_over_what_is_there(
    window: MainWindow,
    composed: Session,
    done: Wait,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = top(composed, 0)
    drag_on_timeline(window, 0.1, 0.4)
    start, end = (round(edge / GRID) for edge in (composed.selection.start, composed.selection.end))  # pyright: ignore[reportOptionalMemberAccess]
    canvas = part(window, Timeline).viewport()
    target = canvas.mapTo(window, QPoint(canvas.width() // 2, canvas.height() // 2))
    _drop_drags_at(window, target, monkeypatch)

    _drag_by_grip(window)
    qtbot.waitUntil(lambda: len(composed.song.takes) == 3)
    done(composed)

    first, last = units(composed)
    assert last - first == end - start
    assert top(composed) == one[:first] + one[start:end] + one[last:]
    assert abs(first / len(one) - 0.5) < 0.03


def test_a_drop_beside_takes_and_timeline_does_nothing(
    window: MainWindow, composed: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drag_on_timeline(window, 0.3, 0.6)
    dropped = _drop_drags_at(window, QPoint(5, 5), monkeypatch)

    _drag_by_grip(window)
    qtbot.waitUntil(lambda: bool(dropped))

    assert dropped == [False]
    assert len(composed.song.takes) == 2


@pytest.mark.parametrize("name", ["timeline", "takes"])
def test_a_menu_under_the_pointer_offers_what_can_be_done(
    window: MainWindow, composed: Session, name: str
) -> None:
    place = part(window, QWidget, name)
    composed.select(Span(20 * GRID, 30 * GRID))
    middle = place.rect().center()
    asked = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, middle, place.mapToGlobal(middle), NO_KEY
    )

    QApplication.sendEvent(part(window, QWidget, name).viewport(), asked)  # pyright: ignore[reportAttributeAccessIssue]

    (menu,) = [each for each in window.findChildren(QMenu, "contextMenu") if each.isVisible()]
    words = {action.objectName() for action in menu.actions() if action.isEnabled()}
    assert ({"cut", "copy", "delete"} if name == "timeline" else {"star", "removeTake"}) <= words
    menu.close()


def _drag_by_grip(window: MainWindow) -> None:
    timeline = part(window, Timeline)
    handle = timeline.handles.handle_of("grip", timeline._area())
    assert handle is not None
    canvas, at = timeline.viewport(), handle.center().toPoint()
    QTest.mousePress(canvas, LEFT, NO_KEY, at)
    QTest.mouseMove(canvas, at + QPoint(3, 40))
    QTest.mouseMove(canvas, at + QPoint(5, 80))


def _drop_drags_at(
    window: MainWindow, target: QPoint, monkeypatch: pytest.MonkeyPatch
) -> list[bool]:
    """What a drag's events would be, delivered at once: a real drag would wait for a real mouse."""
    dropped: list[bool] = []

    def let_go(drag: QDrag, actions: Qt.DropAction) -> Qt.DropAction:
        rest = (actions, drag.mimeData(), LEFT, NO_KEY)
        QApplication.sendEvent(window, QDragEnterEvent(target, *rest))
        move = QDragMoveEvent(target, *rest)
        QApplication.sendEvent(window, move)
        if move.isAccepted():
            QApplication.sendEvent(window, QDropEvent(QPointF(target), *rest))
        dropped.append(move.isAccepted())
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", let_go)
    return dropped
