"""What is heard, told and asked by mouse and keys: takes compared, the playhead dragged."""

# pyright: basic
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from app.session import Session
from app.ui.main_window import MainWindow
from app.ui.timeline.ruler import RULER_PX
from engine.audio.export import write_audio
from engine.audio.loudness import loudness
from engine.types import Audio
from tests.app.kit import SPEC, HandSpeaker
from tests.app.listening import Wait

LEFT = Qt.MouseButton.LeftButton
SECONDS = 3.0


def noise(path: Path, level: float) -> Path:
    count = SPEC.snap_down(round(SECONDS * SPEC.sample_rate))
    sound = np.random.default_rng(2).uniform(-level, level, count).astype(np.float32)
    write_audio(path, Audio(sound, SPEC.sample_rate))
    return path


@pytest.fixture
def pair(session: Session, done: Wait, qtbot: QtBot, tmp_path: Path) -> Session:
    """Two recordings, the second four times as strong as the first."""
    for number, level in enumerate((0.1, 0.4)):
        session.import_audio(noise(tmp_path / f"{number}.wav", level))
        qtbot.waitUntil(lambda number=number: len(session.song.takes) > number)
        done(session)
    session.choose_take(session.song.takes[0].id)
    done(session)
    session.choose_take(session.song.takes[1].id)
    done(session)
    return session


def heard(session: Session, speaker: HandSpeaker, seconds: float = 1.0) -> float:
    """How loud the next second comes out of the speaker, in LUFS."""
    speaker.pull(1000)
    return loudness(Audio(speaker.pull(round(seconds * SPEC.sample_rate)), SPEC.sample_rate))


def played(session: Session, qtbot: QtBot) -> None:
    session.seek(0)
    session.play()
    qtbot.waitUntil(lambda: session.transport.playing)


def test_compared_takes_are_heard_as_loud_as_the_softer(
    pair: Session, speaker: HandSpeaker, qtbot: QtBot
) -> None:
    played(pair, qtbot)
    alone = heard(pair, speaker)

    pair.choose_other()
    qtbot.waitUntil(lambda: pair.take == pair.song.takes[0])
    soft = heard(pair, speaker, 0.5)
    pair.choose_other()
    qtbot.waitUntil(lambda: pair.transport.gain_db < -10)
    loud = heard(pair, speaker, 0.5)
    pair.match_loudness(False)
    own = heard(pair, speaker, 0.5)

    assert loud == pytest.approx(soft, abs=0.2)
    assert alone - soft == pytest.approx(12.04, abs=0.3)
    assert own == pytest.approx(alone, abs=0.2)


def test_the_choice_is_seen_and_reversed_where_it_is_seen(
    window: MainWindow, pair: Session, qtbot: QtBot
) -> None:
    button = window.findChild(QToolButton, "comparison")
    assert button is not None and not button.isVisible()

    window.actions_by_name["otherTake"].trigger()
    window.actions_by_name["otherTake"].trigger()
    qtbot.waitUntil(lambda: "-12.0 dB" in button.text())
    assert button.isVisible() and button.isChecked()

    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: button.text() == "Each as loud as it is")
    assert pair.transport.gain_db == 0 and not pair.preferences.match_loudness


def test_who_only_listens_hears_takes_as_they_are(pair: Session, qtbot: QtBot) -> None:
    pair.choose_other()
    pair.choose_other()
    qtbot.waitUntil(lambda: pair.transport.gain_db < 0)

    pair.import_audio(noise(pair._machines.folder / "third.wav", 0.3))
    qtbot.waitUntil(lambda: len(pair.song.takes) == 3)

    qtbot.waitUntil(lambda: pair.transport.gain_db == 0)
    assert pair.compared == frozenset()


def test_the_playhead_dragged_in_the_ruler_is_heard_where_it_is(
    window: MainWindow,
    session: Session,
    speaker: HandSpeaker,
    done: Wait,
    idle: Callable[[Session], None],
    qtbot: QtBot,
) -> None:
    session.set_seconds(SECONDS)
    session.generate()
    done(session)
    QApplication.processEvents()
    canvas = window._timeline.viewport()
    start, end = QPoint(canvas.width() // 4, RULER_PX // 2), canvas.width() // 2

    QTest.mousePress(canvas, LEFT, pos=start)
    QTest.mouseMove(canvas, QPoint(end, RULER_PX // 2))
    qtbot.waitUntil(lambda: speaker.alive)
    sound = speaker.pull(4000)

    assert sound.any()
    moment = window._timeline.view.sample_at(end)
    assert session.transport.playhead == moment and not session.transport.playing
    qtbot.waitUntil(lambda: session.transport.peak > 0)
    QTest.mouseRelease(canvas, LEFT, pos=QPoint(end, RULER_PX // 2))
    assert session.transport.playhead == moment
    qtbot.waitUntil(lambda: session.transport.peak == 0)
    assert not speaker.pull(100).any()


def test_what_played_before_goes_on_where_it_was_dragged_to(
    session: Session, speaker: HandSpeaker, done: Wait, qtbot: QtBot
) -> None:
    session.set_seconds(SECONDS)
    session.generate()
    done(session)
    played(session, qtbot)
    speaker.pull(1000)

    session.scrub(20_000)
    qtbot.waitUntil(lambda: speaker.quick)
    speaker.pull(5000)
    session.end_scrub()
    qtbot.waitUntil(lambda: not speaker.quick)

    qtbot.waitUntil(lambda: bool(speaker.pull(500).any()) and session.transport.playhead > 20_000)
    assert session.transport.playing


def test_a_click_in_the_ruler_is_no_scrub(
    window: MainWindow, session: Session, speaker: HandSpeaker, done: Wait
) -> None:
    session.generate()
    done(session)
    canvas = window._timeline.viewport()

    QTest.mouseClick(canvas, LEFT, pos=QPoint(canvas.width() // 2, RULER_PX // 2))

    assert session.transport.playhead > 0 and not speaker.alive
