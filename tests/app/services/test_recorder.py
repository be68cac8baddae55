"""Recording from a microphone of the test's own, into a file and into the song."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pytestqt.qtbot import QtBot

from app.services.recorder import Recorder
from app.session import Session
from app.song.song import Origin
from app.song.status import RecorderPhase
from engine.audio.files import read_audio
from tests.app.kit import HandEar
from tests.app.listening import Open, Wait, saved

RATE = 8000
HUM = (0.5 * np.sin(np.arange(2 * RATE) / 9)).astype(np.float32)
STEP = 2.0**-22

Begin = Callable[..., None]


@pytest.fixture
def recorder(ear: HandEar, tmp_path: Path) -> Iterator[Recorder]:
    result = Recorder(ear, tmp_path / "recordings")
    yield result
    result.close()


@pytest.fixture
def begin(recorder: Recorder, qtbot: QtBot) -> Begin:
    def start(source: str = "", limit_s: float = 60) -> None:
        recorder.start(source, limit_s)
        qtbot.waitUntil(lambda: recorder.state.phase is RecorderPhase.RECORDING)

    return start


def ended(recorder: Recorder, qtbot: QtBot) -> Path:
    """The file, as soon as it is complete."""
    with qtbot.waitSignal(recorder.recorded) as made:
        if recorder.state.phase is RecorderPhase.RECORDING:
            recorder.stop()
    return made.args[0]


def files(folder: Path) -> list[Path]:
    return list((folder / "recordings").glob("*"))


def test_what_is_heard_is_in_the_file_to_the_last_sample(
    recorder: Recorder, ear: HandEar, begin: Begin, qtbot: QtBot
) -> None:
    begin("Desk microphone")
    for block in np.split(HUM, 40):
        ear.hear(block)
    qtbot.waitUntil(lambda: recorder.state.peak > 0.45)
    assert recorder.state.seconds == pytest.approx(2)

    path = ended(recorder, qtbot)

    audio = read_audio(path)
    assert ear.source == "Desk microphone" and not ear.alive
    assert audio.rate == RATE and len(audio.samples) == len(HUM)
    assert np.abs(audio.samples - HUM).max() <= STEP
    assert recorder.state.phase is RecorderPhase.IDLE and recorder.state.message == ""


def test_a_recording_ends_by_itself_when_it_is_as_long_as_it_may_be(
    recorder: Recorder, ear: HandEar, begin: Begin, qtbot: QtBot
) -> None:
    begin(limit_s=0.5)
    with qtbot.waitSignal(recorder.recorded) as made:
        ear.hear(HUM)

    assert len(read_audio(made.args[0]).samples) == RATE // 2
    assert "as long as a song can be" in recorder.state.message


def test_a_microphone_that_is_pulled_out_leaves_what_it_heard(
    recorder: Recorder, ear: HandEar, begin: Begin, qtbot: QtBot
) -> None:
    begin()
    ear.hear(HUM)

    with qtbot.waitSignal(recorder.recorded) as made:
        ear.alive = False

    assert len(read_audio(made.args[0]).samples) == len(HUM)
    assert "unplugged" in recorder.state.message


def test_without_a_microphone_it_says_so_and_nothing_is_left(
    recorder: Recorder, ear: HandEar, qtbot: QtBot, tmp_path: Path
) -> None:
    ear.plugged = []

    recorder.start("", 60)
    qtbot.waitUntil(lambda: bool(recorder.state.message))

    assert recorder.state.message == "Nothing can be recorded here."
    assert recorder.state.phase is RecorderPhase.IDLE and files(tmp_path) == []


def test_silence_is_told_while_it_lasts(
    recorder: Recorder, ear: HandEar, begin: Begin, qtbot: QtBot
) -> None:
    """What a program hears that may not use the microphone."""
    begin()

    ear.hear(np.zeros(3 * RATE, np.float32))
    qtbot.waitUntil(lambda: "Only silence" in recorder.state.message)

    ear.hear(HUM)
    qtbot.waitUntil(lambda: recorder.state.message == "")
    recorder.cancel()


def test_cancelling_leaves_no_file(
    recorder: Recorder, ear: HandEar, begin: Begin, qtbot: QtBot, tmp_path: Path
) -> None:
    begin()
    ear.hear(HUM)

    with qtbot.assertNotEmitted(recorder.recorded, wait=100):
        recorder.cancel()
        qtbot.waitUntil(lambda: files(tmp_path) == [])
    assert not ear.alive and recorder.state.phase is RecorderPhase.IDLE


def test_cancelling_at_once_and_recording_again_gives_the_second(
    recorder: Recorder, ear: HandEar, begin: Begin, qtbot: QtBot
) -> None:
    recorder.start("", 60)
    recorder.cancel()
    begin()
    ear.hear(HUM[:RATE])

    assert len(read_audio(ended(recorder, qtbot)).samples) == RATE


def test_a_folder_that_cannot_be_written_is_told_and_frees_the_microphone(
    ear: HandEar, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    recorder = Recorder(ear, tmp_path / "file")

    recorder.start("", 60)
    qtbot.waitUntil(lambda: bool(recorder.state.message))

    qtbot.waitUntil(lambda: not ear.alive)
    assert "file" in recorder.state.message
    recorder.close()


def test_nothing_heard_is_nothing_recorded(
    recorder: Recorder, begin: Begin, qtbot: QtBot, tmp_path: Path
) -> None:
    begin()

    recorder.stop()
    qtbot.waitUntil(lambda: recorder.state.phase is RecorderPhase.IDLE)

    assert recorder.state.message == "Nothing was recorded."


def test_sources_are_told(recorder: Recorder, qtbot: QtBot) -> None:
    with qtbot.waitSignal(recorder.sources_changed):
        recorder.look_for_sources()

    assert recorder.sources == ("Desk microphone",)


def test_a_recording_enters_the_song_is_kept_as_it_is_and_undone(
    open_session: Open, ear: HandEar, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session = open_session()
    session.recorder.start("", session.longest_s)
    qtbot.waitUntil(lambda: session.recorder.state.phase is RecorderPhase.RECORDING)
    ear.hear(HUM)
    session.recorder.stop()
    qtbot.waitUntil(lambda: bool(session.song.takes))
    done(session)

    (take,) = session.song.takes
    assert take.origin is Origin.IMPORTED and take.name.startswith("Recording 20")
    assert session.can_continue
    (tmp_path / "out").mkdir()
    with qtbot.waitSignal(session.notice):
        session.export_recordings(tmp_path / "out")
    (given,) = (tmp_path / "out").iterdir()
    assert np.abs(read_audio(given).samples - HUM).max() <= STEP
    session.undo()
    assert session.song.takes == ()
    session.redo()
    assert session.song.takes == (take,)


def test_what_was_imported_is_written_byte_for_byte_and_beside_what_is_there(
    session: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    source = tmp_path / "given" / "My riff.wav"
    source.parent.mkdir()
    soundfile.write(source, np.stack([HUM, -HUM], axis=1), 48_000, subtype="PCM_24")
    session.import_audio(source)
    qtbot.waitUntil(lambda: bool(session.song.takes))
    done(session)
    path = saved(session, tmp_path / "song.jukebox", qtbot)
    again = open_session(folder=tmp_path / "another user")
    again.open_song(path)
    qtbot.waitUntil(lambda: bool(again.song.takes))
    folder = tmp_path / "out"
    folder.mkdir()

    for _ in range(2):
        with qtbot.waitSignal(again.notice):
            again.export_recordings(folder)

    assert sorted(each.name for each in folder.iterdir()) == ["My riff (2).wav", "My riff.wav"]
    assert {each.read_bytes() for each in folder.iterdir()} == {source.read_bytes()}
