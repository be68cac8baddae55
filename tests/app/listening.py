"""What tests of a whole session do over and over: wait, listen, save, reopen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.export import ExportFormat, ExportOptions
from app.song.status import Notice, Severity
from engine.audio.export import write_audio
from engine.audio.files import read_audio
from engine.types import Audio
from tests.app.kit import SPEC, HandSpeaker

Open = Callable[..., Session]
Wait = Callable[[Session], None]
SECOND = SPEC.snap_up(SPEC.sample_rate)


class Notices:
    """The notices that a session gives."""

    def __init__(self, session: Session) -> None:
        self.told: list[Notice] = []
        session.notice.connect(self.told.append)

    @property
    def errors(self) -> list[str]:
        return [notice.message for notice in self.told if notice.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[str]:
        return [notice.message for notice in self.told if notice.severity is Severity.WARNING]


def heard(session: Session, speaker: HandSpeaker, qtbot: QtBot) -> NDArray[np.float32]:
    """All of the current take, as the speaker gets it."""
    session.seek(0)
    session.play()
    qtbot.waitUntil(lambda: session.transport.playing)
    sound = speaker.pull(session.song_length)
    session.pause()
    session.seek(0)
    return sound


def exported(session: Session, path: Path, qtbot: QtBot) -> NDArray[np.float32]:
    with qtbot.waitSignal(session.notice) as told:
        session.export(path, ExportOptions(ExportFormat.WAV_FLOAT))
    assert told.args is not None and told.args[0].severity is Severity.INFO, told.args
    return read_audio(path).samples


def saved(session: Session, path: Path, qtbot: QtBot) -> Path:
    session.save_song_as(path)
    qtbot.waitUntil(lambda: session.path == path and not session.modified)
    return path


def reopened(open_session: Open, path: Path, qtbot: QtBot, done: Wait) -> Session:
    """The song in a window of another user, who knows nothing of the window that has it."""
    again = open_session(folder=path.parent / "another user")
    again.open_song(path)
    qtbot.waitUntil(lambda: again.path == path)
    done(again)
    return again


def made_until(session: Session) -> int:
    assert session.take is not None
    stretches = session.quality(session.take.id)
    return stretches[0][0].end if stretches and not session.transport.playhead else 0


def riff(path: Path, seconds: float = 1.0) -> NDArray[np.float32]:
    count = SPEC.snap_down(round(seconds * SPEC.sample_rate))
    sound = np.sin(np.arange(count) / 20).astype(np.float32) / 2
    write_audio(path, Audio(sound, SPEC.sample_rate))
    return read_audio(path).samples
