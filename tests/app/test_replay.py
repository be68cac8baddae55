"""Any earlier state of a song replays bit by bit from its codes, without any cached sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from app.services.machines import desk_model
from app.session import Session
from app.song.song import Quality
from engine.api import Engine
from engine.catalog.store import default_store
from engine.runtime.fake import FakeEngine, Script
from engine.runtime.local import LocalEngine
from engine.types import Span
from tests.app.kit import MODEL, SPEC
from tests.app.listening import Open, Wait, exported, reopened, riff

Sounds = dict[int, NDArray[np.float32]]
"""What was heard, by step of the history."""


class Listener:
    """Remembers how the current take sounds at each step of a session's history."""

    def __init__(self, session: Session, qtbot: QtBot, done: Wait, folder: Path) -> None:
        self._session, self._qtbot, self._done, self._folder = session, qtbot, done, folder
        self.heard: Sounds = {}

    def listen(self) -> None:
        self._done(self._session)
        path = self._folder / f"heard-{len(self.heard)}.wav"
        self.heard[self._session.history[1]] = exported(self._session, path, self._qtbot)


def compact_copy(session: Session, path: Path, qtbot: QtBot) -> Path:
    with qtbot.waitSignal(session.notice):
        session.save_copy(path)
    return path


def replayed(again: Session, path: Path, qtbot: QtBot, done: Wait) -> NDArray[np.float32]:
    """How the current take of a song file sounds once its sound is made again."""
    again.open_song(path)
    qtbot.waitUntil(lambda: again.path == path)
    done(again)
    return exported(again, path.with_suffix(".wav"), qtbot)


@pytest.mark.parametrize("body", ["fake", "pocket"])
def test_every_state_of_the_history_replays_bit_by_bit(
    body: str, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    """Generated, continued, redone, drafted, rendered, stopped half-way, removed, undone."""

    def open_again(script: Script | None = None) -> Session:
        if body == "fake":
            return open_session(engine=FakeEngine(SPEC, script), models=(MODEL,))
        pocket = desk_model(default_store().get("pocket"))
        engine: Engine = LocalEngine(device="cpu")
        return open_session(engine=engine, models=(pocket,))

    session = open_again(Script(stretch_s=0.02))
    spec = session.model
    assert spec is not None
    listener = Listener(session, qtbot, done, tmp_path)
    session.set_seconds(1.0)
    session.set_seed(7)
    session.generate()
    listener.listen()
    session.continue_selection()
    listener.listen()
    session.select(Span(30 * spec.grid, 60 * spec.grid))
    session.redo_selection()
    listener.listen()
    session.select(None)
    session.set_quality(Quality.DRAFT)
    session.continue_selection()
    listener.listen()
    session.select(Span(spec.sample_rate * 2, spec.sample_rate * 5 // 2))
    session.render_selection(Quality.FULL)
    listener.listen()
    session.set_quality(Quality.FULL)
    session.set_seconds(8.0)
    session.select(None)
    session.continue_selection()
    take = session.take
    assert take is not None
    qtbot.waitUntil(lambda: bool(session._store.sound(take).stretches()), timeout=20_000)
    session.stop()
    listener.listen()
    session.remove_take(session.song.takes[1].id)
    listener.listen()

    again = open_again()
    for step, sound in reversed(listener.heard.items()):
        session.go_to_step(step)
        path = compact_copy(session, tmp_path / f"step-{step}.jukebox", qtbot)
        replay = replayed(again, path, qtbot, done)
        assert np.array_equal(replay, sound), f"step {step}: {session.history[0][step]}"
    assert len(listener.heard) == 7


def test_a_recording_is_heard_again_from_the_file_that_was_given(
    session: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    riff(tmp_path / "riff.flac", 0.7)
    session.import_audio(tmp_path / "riff.flac")
    qtbot.waitUntil(lambda: session.take is not None)
    done(session)
    heard = exported(session, tmp_path / "heard.wav", qtbot)
    take = session.song.takes[0]

    again = reopened(
        open_session, compact_copy(session, tmp_path / "small.jukebox", qtbot), qtbot, done
    )

    assert np.array_equal(exported(again, tmp_path / "again.wav", qtbot), heard)
    given = again._keeper.file.recording(take.id)
    assert given is not None and given.name == "riff.flac"
    assert given.data == (tmp_path / "riff.flac").read_bytes()
    assert not again.modified
