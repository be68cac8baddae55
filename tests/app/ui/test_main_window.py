from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.song import Origin, Quality
from app.ui import theme
from app.ui.main_window import MainWindow
from app.ui.notice_bar import NoticeBar
from app.ui.take_list import TakeList
from app.ui.theme import Appearance
from app.ui.timeline.view import Timeline
from app.ui.transport_bar import TransportBar
from app.ui.welcome import Welcome
from engine.types import Span

W = TypeVar("W", bound=QWidget)
Idle = Callable[[Session], None]
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def part(window: MainWindow, kind: type[W], name: str = "") -> W:
    """The part of the window of that kind and name."""
    found = window.findChild(kind, name) if name else window.findChild(kind)
    assert found is not None, name
    return found


def press(window: MainWindow, name: str) -> None:
    """Click a button by its name."""
    kind = QPushButton if name in ("generate", "stop") else QToolButton
    QTest.mouseClick(part(window, kind, name), LEFT)


def drag_on_timeline(window: MainWindow, start: float, end: float) -> None:
    """Select a stretch with the mouse, by shares of the width."""
    canvas = part(window, Timeline).viewport()
    points = [QPoint(round(share * canvas.width()), canvas.height() // 2) for share in (start, end)]
    QTest.mousePress(canvas, LEFT, Qt.KeyboardModifier.NoModifier, points[0])
    QTest.mouseMove(canvas, points[1])
    QTest.mouseRelease(canvas, LEFT, Qt.KeyboardModifier.NoModifier, points[1])


@pytest.fixture
def composed(window: MainWindow, session: Session, idle: Idle) -> Session:
    """A window with one draft of a second."""
    session.set_quality(Quality.DRAFT)
    press(window, "generate")
    idle(session)
    return session


def enabled(window: MainWindow, name: str) -> bool:
    QApplication.processEvents()
    return window.actions_by_name[name].isEnabled()


# ── intents ────────────────────────────────────────────────────────────────────────────────────


def test_what_is_typed_becomes_the_prompt(window: MainWindow, session: Session) -> None:
    artist = part(window, QLineEdit, "artist")
    QTest.keyClicks(artist, "ada")
    artist.completer().popup().hide()
    QTest.keyClick(artist, Qt.Key.Key_Return)
    genre = part(window, QLineEdit, "genre")
    QTest.keyClicks(genre, "blues")
    genre.completer().popup().hide()
    QTest.keyClick(genre, Qt.Key.Key_Return)
    QTest.keyClicks(part(window, QPlainTextEdit, "lyrics"), "la la")

    prompt = session.song.prompt
    assert (prompt.artist, prompt.genres, prompt.lyrics) == ("Ada", ("Blues",), "la la")


def test_what_is_set_becomes_the_settings(window: MainWindow, session: Session) -> None:
    takes = part(window, QSpinBox, "takeCount")
    takes.selectAll()
    QTest.keyClicks(takes, "3")
    QTest.keyClick(takes, Qt.Key.Key_Return)
    seed = part(window, QLineEdit, "seed")
    seed.clear()
    QTest.keyClicks(seed, "42")
    QTest.keyClick(seed, Qt.Key.Key_Return)
    draft = part(window, QWidget, "quality").findChildren(QToolButton)[0]
    QTest.mouseClick(draft, LEFT)

    settings = session.song.settings
    assert (settings.takes, settings.seed, settings.quality) == (3, 42, Quality.DRAFT)


def test_generate_makes_a_take_that_can_be_seen(window: MainWindow, composed: Session) -> None:
    takes = part(window, TakeList)

    assert [take.origin for take in composed.song.takes] == [Origin.GENERATED]
    assert takes.topLevelItemCount() == 1
    assert takes.isVisible() and not part(window, Welcome).isVisible()


def test_continue_keeps_what_is_before_the_end_of_the_selection(
    window: MainWindow, composed: Session, idle: Idle
) -> None:
    drag_on_timeline(window, 0.2, 0.5)
    at = composed.selection
    QApplication.processEvents()

    press(window, "continue")
    idle(composed)

    take = composed.song.chosen
    assert take is not None and at is not None
    assert take.origin is Origin.CONTINUED
    assert abs(take.span.start - at.end) < 256


def test_redo_makes_the_inside_anew(window: MainWindow, composed: Session, idle: Idle) -> None:
    drag_on_timeline(window, 0.3, 0.6)
    QApplication.processEvents()

    press(window, "redoInside")
    idle(composed)

    take = composed.song.chosen
    assert take is not None and take.origin is Origin.REDONE
    assert take.length == composed.song.takes[0].length


def test_render_raises_the_quality(window: MainWindow, composed: Session, idle: Idle) -> None:
    QApplication.processEvents()

    press(window, "renderFull")
    idle(composed)

    take = composed.song.chosen
    assert take is not None and take.origin is Origin.RENDERED
    assert not enabled(window, "renderFull")


def test_a_click_on_the_timeline_moves_the_playhead(window: MainWindow, composed: Session) -> None:
    canvas = part(window, Timeline).viewport()

    QTest.mouseClick(canvas, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(canvas.width() // 2, 100))

    assert composed.transport.playhead == pytest.approx(composed.song_length / 2, rel=0.01)


def test_space_plays_and_pauses(window: MainWindow, composed: Session, qtbot: QtBot) -> None:
    timeline = part(window, Timeline)
    timeline.setFocus()

    QTest.keyClick(timeline, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: composed.transport.playing)

    QTest.keyClick(timeline, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not composed.transport.playing)


def test_space_types_in_a_text_and_presses_a_button(window: MainWindow, composed: Session) -> None:
    lyrics = part(window, QPlainTextEdit, "lyrics")
    lyrics.setFocus()
    QTest.keyClicks(lyrics, "a b")
    loop = part(window, QToolButton, "loopButton")
    loop.setFocus()
    QTest.keyClick(loop, Qt.Key.Key_Space)

    assert composed.song.prompt.lyrics == "a b"
    assert composed.transport.looping and not composed.transport.playing


def test_generate_has_a_key_that_works_while_writing_lyrics(
    window: MainWindow, session: Session, idle: Idle
) -> None:
    lyrics = part(window, QPlainTextEdit, "lyrics")
    lyrics.setFocus()

    QTest.keyClick(lyrics, Qt.Key.Key_Return, CONTROL)
    idle(session)

    assert len(session.song.takes) == 1
    assert session.song.prompt.lyrics == ""


def test_undo_in_the_lyrics_undoes_the_song(window: MainWindow, session: Session) -> None:
    lyrics = part(window, QPlainTextEdit, "lyrics")
    lyrics.setFocus()
    QTest.keyClicks(lyrics, "la")
    QApplication.processEvents()

    QTest.keyClick(lyrics, Qt.Key.Key_Z, CONTROL)

    assert session.song.prompt.lyrics == "" == lyrics.toPlainText()


def test_takes_are_chosen_renamed_and_removed_in_the_list(
    window: MainWindow, composed: Session, idle: Idle
) -> None:
    press(window, "generate")
    idle(composed)
    takes = part(window, TakeList)
    first = takes.topLevelItem(0)

    QTest.mouseClick(
        takes.viewport(),
        LEFT,
        Qt.KeyboardModifier.NoModifier,
        takes.visualItemRect(first).center(),
    )
    assert composed.song.current == composed.song.takes[0].id

    first.setText(0, "The one")
    assert composed.song.takes[0].name == "The one"

    QTest.keyClick(takes, Qt.Key.Key_Delete)
    assert len(composed.song.takes) == 1 == takes.topLevelItemCount()


def test_the_title_is_typed_above(window: MainWindow, session: Session) -> None:
    title = part(window, QLineEdit, "title")
    QTest.keyClicks(title, "Silver hill")
    QTest.keyClick(title, Qt.Key.Key_Return)

    assert session.song.title == "Silver hill"
    assert window.windowTitle().startswith("Silver hill")


def test_the_example_fills_in_the_prompt(window: MainWindow, session: Session) -> None:
    QTest.mouseClick(part(window, QToolButton, "exampleWelcome"), LEFT)

    prompt = session.song.prompt
    assert prompt.artist in session.artists and prompt.genres and "river" in prompt.lyrics
    assert part(window, QLineEdit, "artist").text() == prompt.artist


# ── rules ──────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_song_offers_only_what_can_be_done(window: MainWindow) -> None:
    names = ("continue", "redoInside", "renderFull", "export", "play", "stop", "removeTake")

    assert [name for name in names if enabled(window, name)] == []
    assert enabled(window, "generate")


def test_redo_needs_a_selection(window: MainWindow, composed: Session) -> None:
    assert enabled(window, "continue") and not enabled(window, "redoInside")

    composed.select(Span(0, 2560))

    assert enabled(window, "redoInside")


def test_an_unknown_artist_keeps_music_from_being_asked_for(
    window: MainWindow, composed: Session
) -> None:
    composed.select(Span(0, 2560))
    artist = part(window, QLineEdit, "artist")
    artist.clear()
    QTest.keyClicks(artist, "Adda")
    artist.completer().popup().hide()
    QTest.keyClick(artist, Qt.Key.Key_Return)

    asking = ("generate", "continue", "redoInside")
    assert [name for name in asking if enabled(window, name)] == []
    assert not part(window, QPushButton, "generate").isEnabled()
    assert composed.song.prompt.artist == "Adda"


def test_undo_says_what_it_undoes(window: MainWindow, composed: Session) -> None:
    assert enabled(window, "undo")
    assert window.actions_by_name["undo"].text() == "&Undo Generate"


# ── what is told ───────────────────────────────────────────────────────────────────────────────


def test_characters_that_the_model_drops_are_marked(window: MainWindow, session: Session) -> None:
    session.set_lyrics("la ☃ la 🎵")

    editor = part(window, QPlainTextEdit, "lyrics")
    marked = [mark.cursor.selectedText() for mark in editor.extraSelections()]
    assert marked == ["☃", "🎵"]


def test_notices_appear_without_stopping_anybody(window: MainWindow, session: Session) -> None:
    session.export(Path("/nowhere"), None)

    bar = part(window, NoticeBar)
    assert bar.isVisible() and bar.words == "There is nothing to export yet."


def test_the_time_follows_the_playhead(window: MainWindow, composed: Session) -> None:
    composed.seek(composed.song_length // 2)

    assert part(window, TransportBar).time == "0:00.5 / 0:01.0"


# ── leaving ────────────────────────────────────────────────────────────────────────────────────


def answer(button: QMessageBox.StandardButton) -> None:
    """Press a button of the question that is about to be asked."""

    def find() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        QTest.mouseClick(box.button(button), LEFT)

    QTimer.singleShot(0, find)


def test_unsaved_work_is_asked_about_before_it_is_left(
    window: MainWindow, composed: Session
) -> None:
    answer(QMessageBox.StandardButton.Cancel)
    assert not window.close()
    assert window.isVisible()

    answer(QMessageBox.StandardButton.Discard)
    assert window.close()


def test_the_window_comes_back_as_it_was(
    session: Session, settings: QSettings, qtbot: QtBot
) -> None:
    window = MainWindow(session, settings)
    qtbot.addWidget(window, before_close_func=lambda _: session.discard())
    window.resize(960, 700)
    session.discard()
    window.close()

    again = MainWindow(session, settings)
    qtbot.addWidget(again, before_close_func=lambda _: session.discard())

    assert again.height() == 700


def test_the_window_opens_in_the_look_that_was_chosen(
    session: Session, settings: QSettings, qtbot: QtBot, qapp: QApplication
) -> None:
    settings.setValue("window/appearance", str(Appearance.DARK))
    theme.apply(qapp, theme.LIGHT)

    window = MainWindow(session, settings)
    qtbot.addWidget(window, before_close_func=lambda _: session.discard())

    assert theme.of(window) is theme.DARK
    theme.apply(qapp, theme.LIGHT)


def test_keys_choose_judge_and_star_takes(
    window: MainWindow, session: Session, idle: Idle, qtbot: QtBot
) -> None:
    session.set_quality(Quality.DRAFT)
    session.set_takes(3)
    press(window, "generate")
    idle(session)
    ids = [take.id for take in session.song.takes]
    takes = part(window, TakeList)
    takes.setFocus()

    QTest.keyClicks(window, "2")
    assert session.song.current == ids[1]
    QTest.keyClicks(window, "j")
    QTest.keyClicks(window, "3s")
    assert [take.verdict for take in session.song.takes] == ["open", "rejected", "open"]
    assert session.song.take(ids[2]).starred
    qtbot.waitUntil(window.actions_by_name["otherTake"].isEnabled)
    QTest.keyClicks(window, "b")
    assert session.song.current == ids[1]
    words = [takes.topLevelItem(n).text(1) for n in range(3)]
    assert words == ["1", "2", "3"]


def test_digits_type_in_a_text(window: MainWindow, session: Session) -> None:
    editor = part(window, QPlainTextEdit, "lyrics")
    editor.setFocus()

    QTest.keyClicks(editor, "2 jobs")

    assert session.song.prompt.lyrics == "2 jobs"
