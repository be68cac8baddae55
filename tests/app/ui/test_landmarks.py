"""Marks on the timeline by mouse: the song's end, what the model hears, what selections snap to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.snapping import Snap
from app.song.song import Quality
from app.ui.main_window import MainWindow
from app.ui.number_field import DecimalField
from app.ui.snap_button import SnapButton
from app.ui.take_list import TakeList
from app.ui.timeline.view import Timeline
from engine.types import Span
from tests.app.kit import GRID, SPEC
from tests.app.listening import Wait
from tests.app.ui.test_main_window import CONTROL, LEFT, drag_on_timeline, enabled, part

ALT, NO_KEY = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier
RATE = SPEC.sample_rate


@pytest.fixture
def composed(window: MainWindow, session: Session, done: Wait) -> Session:
    """A draft of twenty seconds in a song of a minute."""
    session.set_quality(Quality.DRAFT)
    session.set_seconds(20)
    session.generate()
    done(session)
    session.set_seed(8)
    QApplication.processEvents()
    return session


def drag_mark(window: MainWindow, name: str, share: float) -> None:
    """Drag a mark to a share of the width, as a hand does: in steps."""
    timeline = part(window, Timeline)
    QApplication.processEvents()
    handle = timeline.handles.handle_of(name, timeline._area())
    assert handle is not None
    canvas, at = timeline.viewport(), handle.center().toPoint()
    QTest.mousePress(canvas, LEFT, NO_KEY, at)
    target = QPoint(round(share * canvas.width()), at.y())
    for step in (at + QPoint(-3, 0), (at + target) / 2, target):
        QTest.mouseMove(canvas, step)
    QTest.mouseRelease(canvas, LEFT, NO_KEY, target)
    QApplication.processEvents()


def test_the_flag_is_dragged_to_where_the_song_shall_end(
    window: MainWindow, composed: Session
) -> None:
    assert part(window, Timeline).handles.song_end == 60 * RATE

    drag_mark(window, "end", 0.75)

    assert composed.song.prompt.song_length == pytest.approx(15 * RATE, abs=0.1 * RATE)
    assert part(window, Timeline).handles.song_end == composed.song.prompt.song_length
    assert composed.selection is None
    QTest.keyClick(part(window, Timeline), Qt.Key.Key_Z, CONTROL)
    QApplication.processEvents()
    assert part(window, Timeline).handles.song_end == 60 * RATE


def test_the_flag_stays_within_what_the_model_knows(window: MainWindow, composed: Session) -> None:
    drag_mark(window, "end", 0.1)

    assert composed.song.prompt.song_length == SPEC.min_song_length
    assert part(window, Timeline).handles.song_end == SPEC.min_song_length


def test_the_flag_comes_on_screen_when_one_zooms_out(window: MainWindow, composed: Session) -> None:
    timeline = part(window, Timeline)
    for _ in range(8):
        timeline.zoom_out()
    assert timeline.view.visible == 60 * RATE

    drag_mark(window, "end", 0.5)

    assert composed.song.prompt.song_length == pytest.approx(30 * RATE, abs=0.3 * RATE)
    timeline.zoom_to_fit()
    assert timeline.view.visible == composed.song_length


def test_the_bracket_is_shortened_and_drawn_out_again(
    window: MainWindow, composed: Session
) -> None:
    timeline = part(window, Timeline)
    length, handles = composed.song_length, timeline.handles
    assert handles.hearing is not None and handles.hearing.end == length
    whole = handles.hearing

    drag_mark(window, "hearing", 0.8)

    heard = composed.song.settings.heard_s
    assert heard == pytest.approx(4, abs=0.1)
    assert handles.hearing.start == length - SPEC.snap_up(round((heard or 0) * RATE))
    assert part(window, DecimalField, "heard").value() == pytest.approx(4, abs=0.15)

    drag_mark(window, "hearing", 0.01)
    assert composed.song.settings.heard_s is None
    assert handles.hearing == whole


def test_the_field_says_how_much_is_heard_as_well(window: MainWindow, composed: Session) -> None:
    field = part(window, DecimalField, "heard")
    assert field.text() == "All that fits"

    field.setValue(2.5)
    QApplication.processEvents()
    hearing = part(window, Timeline).handles.hearing

    assert composed.song.settings.heard_s == 2.5
    assert hearing is not None and hearing.length == SPEC.snap_up(round(2.5 * RATE))
    assert enabled(window, "hearAll")
    window.actions_by_name["hearAll"].trigger()
    assert composed.song.settings.heard_s is None


def test_a_click_on_a_mark_changes_nothing(window: MainWindow, composed: Session) -> None:
    before, timeline = composed.song, part(window, Timeline)
    for name in ("end", "hearing"):
        handle = timeline.handles.handle_of(name, timeline._area())
        assert handle is not None
        QTest.mouseClick(timeline.viewport(), LEFT, NO_KEY, handle.center().toPoint())

    assert composed.song == before


@pytest.mark.parametrize("snap", [Snap.GRID, Snap.ZERO, Snap.BEAT])
def test_dragged_selections_snap_to_what_the_button_says(
    window: MainWindow, composed: Session, snap: Snap, qtbot: QtBot
) -> None:
    window.actions_by_name[f"snap-{snap}"].trigger()
    QApplication.processEvents()
    qtbot.waitUntil(lambda: snap is not Snap.BEAT or bool(composed.beats))
    word = {Snap.GRID: "grid", Snap.ZERO: "quiet", Snap.BEAT: "beats"}[snap]
    assert part(window, SnapButton).text() == f"Snap: {word}"

    drag_on_timeline(window, 0.31, 0.64)

    assert composed.selection is not None
    snapper = composed._snapper()  # pyright: ignore[reportPrivateUsage]
    for edge, share in ((composed.selection.start, 0.31), (composed.selection.end, 0.64)):
        assert snapper.near(edge) == edge or snap is Snap.ZERO
        assert abs(edge - share * composed.song_length) < RATE
    if snap is Snap.GRID:
        assert composed.selection.start % GRID == composed.selection.end % GRID == 0


def test_alt_draws_freely(window: MainWindow, composed: Session) -> None:
    composed.prefer(replace(composed.preferences, snap=Snap.GRID))
    canvas = part(window, Timeline).viewport()
    points = [QPoint(round(share * canvas.width()), canvas.height() // 2) for share in (0.3, 0.6)]

    QTest.mousePress(canvas, LEFT, ALT, points[0])
    QTest.mouseMove(canvas, points[0] + QPoint(20, 0))
    for shift in range(3):
        _move_with_alt(canvas, points[1] + QPoint(shift, 0))
    QTest.mouseRelease(canvas, LEFT, ALT, points[1] + QPoint(2, 0))

    assert composed.selection is not None
    assert composed.selection.end % GRID


def test_keys_step_from_one_place_to_the_next(window: MainWindow, composed: Session) -> None:
    composed.prefer(replace(composed.preferences, snap=Snap.GRID))
    composed.select(Span(10 * GRID, 20 * GRID))
    timeline = part(window, Timeline)
    for _ in range(12):
        timeline.zoom_in()

    for expected in (21, 22):
        QTest.keyClick(timeline, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert composed.selection == Span(10 * GRID, expected * GRID)


def test_the_middle_is_replaced_by_a_key_and_the_list_tells_how_it_fits(
    window: MainWindow, composed: Session, qtbot: QtBot, done: Wait
) -> None:
    drag_on_timeline(window, 0.4, 0.5)
    assert enabled(window, "replaceInside")

    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(part(window, Timeline), Qt.Key.Key_R, CONTROL | shift)
    qtbot.waitUntil(lambda: len(composed.song.takes) == 4, timeout=30_000)
    done(composed)
    QApplication.processEvents()

    root = part(window, TakeList).topLevelItem(0)
    rows = [root.child(number) for number in range(root.childCount())]
    assert [row.text(1) for row in rows] == ["1", "2", "3"]
    assert all(row.text(2).startswith("Replaced · ") for row in rows)
    assert "surprises the model by" in rows[0].toolTip(0)
    QTest.keyClick(part(window, Timeline), Qt.Key.Key_3)
    assert composed.song.current == composed.song.takes[3].id


@pytest.mark.parametrize(("name", "takes"), [("extendEnd", 2), ("branch", 2), ("extendStart", 5)])
def test_the_take_is_extended_by_commands_of_the_menu(
    window: MainWindow, composed: Session, qtbot: QtBot, done: Wait, name: str, takes: int
) -> None:
    composed.set_seconds(1)
    composed.seek(5 * RATE)
    assert enabled(window, name)

    window.actions_by_name[name].trigger()
    qtbot.waitUntil(lambda: len(composed.song.takes) == takes, timeout=30_000)
    done(composed)

    assert composed.take is not None
    length = {"extendEnd": 21, "branch": 6, "extendStart": 21}[name]
    assert composed.song_length == pytest.approx(length * RATE, abs=2 * GRID)


def _move_with_alt(canvas: object, point: QPoint) -> None:
    """`QTest.mouseMove` knows no modifiers."""
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    place = QPointF(point)
    event = QMouseEvent(QEvent.Type.MouseMove, place, place, LEFT, LEFT, ALT)
    QApplication.sendEvent(canvas, event)  # type: ignore[arg-type]
