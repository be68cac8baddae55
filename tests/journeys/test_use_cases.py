"""The four use cases from end to end, with the bundled model in an engine process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from app.build import LOCAL_ENGINE
from app.services.machines import Machines, desk_models
from app.session import Session
from app.song.export import ExportFormat, ExportOptions
from app.song.song import Quality
from engine.api import CancelToken, Event, Task
from engine.catalog.store import default_store
from engine.runtime.process import ProcessEngine
from engine.types import Level, Span

SECONDS = 2.0
LIMIT_MS = 120_000
JOIN_S = 0.1
"""Next to a join the decoder hears both sides, so what is kept may differ there."""


class Lent:
    """An engine that outlives the session it is lent to: one start of torch serves all tests."""

    def __init__(self, engine: ProcessEngine) -> None:
        self._engine = engine

    def run(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        yield from self._engine.run(task, cancel)

    def close(self) -> None:
        """Leave the engine to its owner."""


@pytest.fixture(scope="module")
def engine() -> Iterator[ProcessEngine]:
    engine = ProcessEngine(LOCAL_ENGINE)
    yield engine
    engine.close()


@pytest.fixture
def session(qtbot: QtBot, engine: ProcessEngine, tmp_path: Path) -> Iterator[Session]:
    """A desk that makes two seconds of draft at a time, always the same."""
    session = Session(Machines(Lent(engine), desk_models(default_store()), tmp_path / "desk"))
    session.set_artist("Marlow Finch")
    session.set_genres(("folk",))
    session.set_lyrics("the river is singing in the night")
    session.set_seconds(SECONDS)
    session.set_quality(Quality.DRAFT)
    session.set_seed(7)
    yield session
    session.close()


@pytest.fixture
def hear(session: Session, qtbot: QtBot, tmp_path: Path) -> Callable[[], NDArray[np.float32]]:
    """Gives the whole current take, as a listener to an exported file hears it."""

    def export() -> NDArray[np.float32]:
        path = tmp_path / "heard.wav"
        path.unlink(missing_ok=True)
        session.export(path, ExportOptions(ExportFormat.WAV_FLOAT))
        qtbot.waitUntil(path.exists, timeout=LIMIT_MS)
        return soundfile.read(path, dtype="float32")[0]

    return export


def rest(session: Session, qtbot: QtBot) -> None:
    """Wait until nothing is being made."""
    qtbot.waitUntil(lambda: session.job is None, timeout=LIMIT_MS)


def test_a_launched_desk_becomes_ready_by_itself(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.engine_state.phase == "ready", timeout=LIMIT_MS)

    assert session.model is not None
    assert session.model.id == "pocket"
    assert session.can_generate


def test_music_is_heard_before_it_is_finished(
    session: Session, qtbot: QtBot, hear: Callable[[], NDArray[np.float32]]
) -> None:
    grown: list[int] = []
    session.audio_changed.connect(lambda _, span: grown.append(span.end))

    session.set_quality(Quality.FULL)
    session.generate()
    qtbot.waitUntil(lambda: bool(grown), timeout=LIMIT_MS)
    unfinished = session.job is not None
    rest(session, qtbot)

    rate = session.model.sample_rate
    assert unfinished
    assert len(hear()) == pytest.approx(SECONDS * rate, abs=session.model.grid)
    assert session.quality(session.song.current) == ((Span(0, session.song_length), Level.BOTTOM),)


def test_a_region_is_kept_and_continued(
    session: Session, qtbot: QtBot, hear: Callable[[], NDArray[np.float32]]
) -> None:
    session.generate()
    rest(session, qtbot)
    first = hear()
    rate = session.model.sample_rate

    session.select(Span(rate // 2, rate))
    session.continue_selection()
    rest(session, qtbot)
    second = hear()

    kept = rate - round(JOIN_S * rate)
    assert np.array_equal(second[:kept], first[:kept])
    assert len(second) == pytest.approx(rate + SECONDS * rate, abs=2 * session.model.grid)
    assert not np.array_equal(second[rate : len(first)], first[rate:])
    session.undo()
    assert np.array_equal(hear(), first)


def test_a_dropped_recording_primes_what_follows(
    session: Session,
    qtbot: QtBot,
    recording: Path,
    tmp_path: Path,
    hear: Callable[[], NDArray[np.float32]],
) -> None:
    music, rate = soundfile.read(recording, frames=3 * 44_100, start=20 * 44_100)
    excerpt = tmp_path / "excerpt.wav"
    soundfile.write(excerpt, music, rate)

    session.import_audio(excerpt)
    qtbot.waitUntil(lambda: session.song.current is not None, timeout=LIMIT_MS)
    imported = hear()
    rest(session, qtbot)
    session.continue_selection()
    rest(session, qtbot)
    continued = hear()

    rate = session.model.sample_rate
    kept = len(imported) - round(JOIN_S * rate)
    assert np.array_equal(continued[:kept], imported[:kept])
    assert len(continued) == pytest.approx(len(imported) + SECONDS * rate, abs=session.model.grid)
    assert np.abs(continued[len(imported) :]).max() > 0.001


@pytest.mark.parametrize("format", ExportFormat)
def test_a_take_is_exported_in_every_format(
    session: Session, qtbot: QtBot, tmp_path: Path, format: ExportFormat
) -> None:
    session.generate()
    rest(session, qtbot)
    path = tmp_path / f"song{format.suffix}"

    session.export(path, ExportOptions(format))
    qtbot.waitUntil(path.exists, timeout=LIMIT_MS)

    assert soundfile.info(path).duration == pytest.approx(SECONDS, abs=0.05)
