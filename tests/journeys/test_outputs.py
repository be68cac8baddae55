"""Outputs chosen, changed and pulled out while music plays, on a real sound server."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from engine.runtime.fake import FAKE_MODEL
from tests.journeys.remote import RemoteDesk, remote_desk
from tests.journeys.sound import FINGERPRINT, recorded, sound_server

RATE = FAKE_MODEL.sample_rate
SINKS = ("first", "second")


def riff(folder: Path, seconds: float) -> Path:
    """Noise, so that each moment is unlike all others."""
    count = FAKE_MODEL.snap_down(round(seconds * RATE))
    path = folder / "riff.wav"
    noise = np.random.default_rng(4).uniform(-0.5, 0.5, count)
    soundfile.write(path, noise, RATE, subtype="PCM_16")
    return path


def begin(desk: RemoteDesk, music: Path) -> None:
    desk.do("import_audio", str(music))
    desk.until("the recording", lambda state: bool(state["shown"]) and state["idle"])
    desk.do("look_for_outputs")
    desk.until("both sinks", lambda state: set(SINKS) <= set(state["outputs"]))


def plays_on(desk: RemoteDesk, seconds: float = 0.5) -> None:
    """Wait until so much more was heard."""
    here = desk.state["playhead"]
    desk.until(
        "more to be heard",
        lambda state: state["playing"] and state["playhead"] > here + seconds * RATE,
    )


@pytest.mark.sound
def test_the_chosen_output_plays_and_nothing_else(tmp_path: Path) -> None:
    with (
        sound_server(tmp_path, RATE, SINKS) as server,
        server.recording("first") as first,
        server.recording("second") as second,
        remote_desk(tmp_path, server.variables) as desk,
    ):
        begin(desk, riff(tmp_path, 20))
        desk.do("choose_output", "second")
        desk.do("play")
        plays_on(desk)
        moved = recorded(second).any(), recorded(first).any()
        desk.do("choose_output", "")
        plays_on(desk)
        state = desk.state

    assert moved == (True, False)
    assert recorded(first).any()
    assert state["output"] == "" and state["notices"] == []


@pytest.mark.sound
def test_the_system_s_output_follows_what_the_system_is_set_to(tmp_path: Path) -> None:
    with (
        sound_server(tmp_path, RATE, SINKS) as server,
        server.recording("second") as second,
        remote_desk(tmp_path, server.variables) as desk,
    ):
        begin(desk, riff(tmp_path, 30))
        desk.do("play")
        plays_on(desk)
        before = recorded(second).any()
        server.set_default("second")
        plays_on(desk, 1.0)

    assert not before and recorded(second).any()


@pytest.mark.sound
def test_an_output_that_dies_is_replaced_by_the_default_and_nothing_is_lost(tmp_path: Path) -> None:
    with (
        sound_server(tmp_path, RATE, SINKS) as server,
        server.recording("first") as first,
        server.recording("second") as second,
        remote_desk(tmp_path, server.variables) as desk,
    ):
        music = riff(tmp_path, 60)
        begin(desk, music)
        desk.do("choose_output", "second")
        desk.do("play")
        plays_on(desk)
        server.kill_streams()
        desk.until("a notice", lambda state: bool(state["notices"]), limit_s=20)
        lost = desk.state
        plays_on(desk)
        desk.do("choose_output", "second")
        plays_on(desk)
        state = desk.state

    assert lost["playing"] and lost["output"] == ""
    assert "“second” cannot be used any more" in lost["notices"][0]
    assert state["output"] == "second" and len(state["notices"]) == 1
    sound, _ = soundfile.read(music, dtype="int16")
    before, after = (places(recorded(path), sound) for path in (second, first))
    assert before.stop - before.start > RATE // 4
    # A sink that wakes up may swallow the very beginning of what it is given.
    assert after.start <= before.stop + RATE // 10, (
        "music between the two outputs was heard nowhere"
    )
    assert after.stop - after.start > RATE // 4


@pytest.mark.sound
def test_a_sink_that_is_unplugged_is_survived_and_can_be_chosen_again(tmp_path: Path) -> None:
    with (
        sound_server(tmp_path, RATE, SINKS) as server,
        server.recording("first") as first,
        remote_desk(tmp_path, server.variables) as desk,
    ):
        begin(desk, riff(tmp_path, 60))
        desk.do("choose_output", "second")
        desk.do("play")
        plays_on(desk)
        server.unplug("second")
        plays_on(desk)
        moved = recorded(first).any()
        server.plug("second")
        with server.recording("second") as second:
            desk.do("choose_output", "second")
            plays_on(desk)
            again = recorded(second).any()

    assert moved and again


@pytest.mark.sound
def test_without_any_output_it_pauses_says_so_and_goes_on_from_there(tmp_path: Path) -> None:
    with (
        sound_server(tmp_path, RATE, SINKS) as server,
        remote_desk(tmp_path, server.variables) as desk,
    ):
        begin(desk, riff(tmp_path, 60))
        desk.do("play")
        plays_on(desk)
        for sink in SINKS:
            server.unplug(sink)
        desk.until("the pause", lambda state: not state["playing"], limit_s=20)
        stopped = desk.state
        server.plug("first")
        desk.do("play")
        desk.until("sound again", lambda state: state["playing"], limit_s=20)
        resumed = desk.state
        plays_on(desk)

    assert "press play again" in stopped["message"]
    assert stopped["takes"] == resumed["takes"]
    assert abs(resumed["playhead"] - stopped["playhead"]) < RATE // 4
    assert resumed["message"] == ""


def places(heard: NDArray[np.int16], sound: NDArray[np.int16]) -> slice:
    """Which stretch of some noise was heard first in one go; each moment of it is unlike others."""
    sounding = np.flatnonzero(heard)
    assert len(sounding), "nothing was heard"
    start = int(sounding[0])
    mark = heard[start : start + FINGERPRINT].astype(int)
    windows = np.lib.stride_tricks.sliding_window_view(sound.astype(int), FINGERPRINT)
    first = int(np.abs(windows - mark).sum(axis=1).argmin())
    length = min(len(heard) - start, len(sound) - first)
    alike = np.abs(heard[start : start + length].astype(int) - sound[first : first + length]) <= 1
    ends = np.flatnonzero(~alike)
    return slice(first, first + (int(ends[0]) if len(ends) else length))
