"""The words in the window: sung, in view, timed, by mouse and keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.song import Quality
from app.ui.artist_field import ArtistField
from app.ui.lyric_editor import LyricEditor
from app.ui.main_window import MainWindow
from app.ui.timeline.words_lane import WordsLane, reading
from engine.types import Share
from tests.app.kit import SPEC

WORDS = "[Verse]\nover the hill\nand far away"
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def sung(window: MainWindow, session: Session, qtbot: QtBot) -> Session:
    session.set_quality(Quality.DRAFT)
    session.set_lyrics(WORDS)
    session.set_song_length(0)
    session.set_seconds(session.song.prompt.song_length / SPEC.sample_rate)
    session.generate()
    qtbot.waitUntil(lambda: session.job is None and len(session.sung_lines) == 2, timeout=30_000)
    return session


def parts(window: MainWindow) -> tuple[LyricEditor, WordsLane]:
    editor, lane = window.findChild(LyricEditor), window.findChild(WordsLane)
    assert editor is not None and lane is not None
    return editor, lane


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("over the hill …", Qt.LayoutDirection.LeftToRight),
        ("12 – فوق التل", Qt.LayoutDirection.RightToLeft),
        ("…", Qt.LayoutDirection.LeftToRight),
    ],
)
def test_a_line_is_read_in_its_own_direction_whatever_the_windows(
    text: str, direction: Qt.LayoutDirection
) -> None:
    assert reading(text) is direction


def test_the_sung_character_is_lit_at_the_playhead(window: MainWindow, sung: Session) -> None:
    editor, lane = parts(window)

    sung.seek(sung.song_length // 2)

    lit = [mark.cursor.selectedText() for mark in editor.text.extraSelections()]
    assert lit[-1].replace("\u2029", "\n") == WORDS[sung.sung_at(sung.transport.playhead)]
    assert [line.text for line in lane.lines] == ["over the hill", "and far away"]
    assert not any(line.asked for line in lane.lines)


def test_a_line_dragged_out_of_the_margin_is_timed(
    window: MainWindow, sung: Session, idle: Callable[[Session], None]
) -> None:
    editor, lane = parts(window)
    editor.text.margin.grab()
    line = editor.text.document().findBlockByNumber(2)
    y = editor.text.blockBoundingGeometry(line).translated(editor.text.contentOffset()).center().y()
    start = QPoint(4, round(y))
    target = lane.mapToGlobal(QPoint(lane.width() // 2, 8))
    end = editor.text.margin.mapFromGlobal(target)

    QTest.mousePress(editor.text.margin, LEFT, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(editor.text.margin, end)
    assert lane.drop is not None
    QTest.mouseRelease(editor.text.margin, LEFT, Qt.KeyboardModifier.NoModifier, end)

    (cue,) = sung.song.prompt.cues
    assert cue.place == WORDS.index("and") and abs(cue.at - sung.song_length / 2) < 2000
    assert lane.drop is None
    assert [line.asked for line in lane.lines if line.place == cue.place] == [True]
    sung.undo()
    assert sung.song.prompt.cues == ()


def test_lines_are_moved_and_freed_with_keys(window: MainWindow, sung: Session) -> None:
    _, lane = parts(window)
    lane.setFocus()
    before = {line.place: line.start for line in lane.lines}

    QTest.keyClick(lane, Qt.Key.Key_Down)
    QTest.keyClick(lane, Qt.Key.Key_Right)
    (cue,) = sung.song.prompt.cues
    assert cue.at > before[cue.place]
    assert "at" in lane.accessibleDescription()

    QTest.keyClick(lane, Qt.Key.Key_Delete)
    assert sung.song.prompt.cues == ()


def test_the_line_with_the_cursor_is_timed_at_the_playhead(
    window: MainWindow, sung: Session
) -> None:
    editor, _ = parts(window)
    editor.go_to(WORDS.index("far"))
    sung.seek(5 * SPEC.grid)

    window.actions_by_name["lineHere"].trigger()

    assert [(cue.place, cue.at) for cue in sung.song.prompt.cues] == [
        (WORDS.index("and"), sung.transport.playhead)
    ]


def test_a_section_is_begun_and_told_apart(window: MainWindow, session: Session) -> None:
    editor, _ = parts(window)
    session.set_lyrics("la la")
    editor.go_to(3)

    editor.insert_section("Chorus")

    assert session.song.prompt.lyrics == "[Chorus]\nla la"
    assert editor.text.extraSelections()[0].cursor.selectedText().startswith("[Chorus]")


def test_a_blend_is_typed_and_shown(window: MainWindow, session: Session) -> None:
    (artist,) = window.findChildren(ArtistField)
    line = artist.field.line
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "Ada: 3, Bix: 1")
    artist.field.list.hide()
    QTest.keyClick(line, Qt.Key.Key_Return)

    assert session.song.prompt.artists == (Share("Ada", 0.75), Share("Bix", 0.25))
    assert artist.rows.shares == session.song.prompt.artists and artist.valid
