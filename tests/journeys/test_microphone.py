"""A tone that a real sound server plays is recorded by the real program, and what can go wrong."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.journeys.desktop import wait_for
from tests.journeys.remote import RemoteDesk, remote_desk
from tests.journeys.sound import SINK, SoundServer, sound_server

RATE = 44_100
TONE_HZ = 441.0
HEIGHT = 0.5
SOURCE = "stage"


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """A long sine wave, of one height all through."""
    path = tmp_path / "tone.wav"
    wave = HEIGHT * np.sin(2 * np.pi * TONE_HZ * np.arange(60 * RATE) / RATE)
    soundfile.write(path, wave, RATE, subtype="PCM_16")
    return path


def offer_monitor(folder: Path) -> None:
    """Let ALSA know what is played as a source of its own."""
    with (folder / ".asoundrc").open("a") as file:
        file.write(f'pcm.{SOURCE}{{type pulse device "{SINK}.monitor"}}\n')


def playing(server: SoundServer, tone: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["paplay", tone], env=os.environ | server.variables)


def recording(desk: RemoteDesk, source: str, seconds: float, limit_s: float = 30) -> None:
    """Begin, and wait until so much is recorded."""
    desk.do("recorder.start", source, limit_s)
    desk.until(
        f"{seconds} s recorded", lambda state: state["recorder"]["seconds"] >= seconds, limit_s=30
    )


def given(desk: RemoteDesk, folder: Path) -> NDArray[np.float32]:
    """What was recorded, as the song keeps it: (frames, channels)."""
    desk.until("the take", lambda state: len(state["takes"]) == 1 and state["idle"])
    folder.mkdir()
    desk.do("export_recordings", str(folder))
    (path,) = wait_for("the file", lambda: list(folder.glob("*.flac")))
    desk.until("its end", lambda state: "Wrote 1 recording" in "".join(state["notices"]))
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    assert rate == RATE
    return sound


def steady(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """The first channel from where the tone is heard on, less its last moment."""
    heard = np.flatnonzero(np.abs(sound[:, 0]) > HEIGHT / 4)
    assert len(heard), "only silence was recorded"
    return sound[heard[0] + 200 : heard[-1] - 200, 0]


def assert_the_tone(sound: NDArray[np.float32]) -> None:
    """It has one frequency and one height, without a gap or a click."""
    turn = 2 * np.pi * TONE_HZ / RATE
    bend = sound[2:] + sound[:-2] - 2 * np.cos(turn) * sound[1:-1]
    assert np.abs(bend).max() < 4 * 2**-15, "a sine wave bends in proportion to its height"
    assert np.abs(sound).max() == pytest.approx(HEIGHT, abs=1e-3)


@pytest.mark.sound
@pytest.mark.parametrize("source", ["", SOURCE], ids=["default", "chosen"])
def test_a_tone_is_recorded_sample_for_sample_and_ready_to_prime(
    tmp_path: Path, tone: Path, source: str
) -> None:
    with sound_server(tmp_path, RATE) as server:
        offer_monitor(tmp_path)
        with remote_desk(tmp_path, server.variables) as desk, playing(server, tone) as player:
            desk.do("recorder.look_for_sources")
            desk.until("the source", lambda state: SOURCE in state["sources"])
            recording(desk, source, 2)
            desk.do("recorder.stop")
            sound = given(desk, tmp_path / "out")
            ready = desk.state
            player.terminate()

    assert len(sound) >= 2 * RATE
    assert_the_tone(steady(sound))
    assert ready["recorder"]["message"] == "" and ready["can_continue"]


@pytest.mark.sound
def test_a_source_that_is_unplugged_leaves_what_was_recorded(tmp_path: Path, tone: Path) -> None:
    with (
        sound_server(tmp_path, RATE) as server,
        remote_desk(tmp_path, server.variables) as desk,
        playing(server, tone) as player,
    ):
        recording(desk, "", 1.5)
        server.kill_recordings()
        desk.until("the end", lambda state: state["recorder"]["phase"] == "idle", limit_s=30)
        told = desk.state["recorder"]["message"]
        sound = given(desk, tmp_path / "out")
        player.terminate()

    assert "unplugged" in told
    assert len(sound) >= 1.5 * RATE
    assert_the_tone(steady(sound))


@pytest.mark.sound
def test_without_a_sound_server_it_says_so_and_records_once_there_is_one(tmp_path: Path) -> None:
    with sound_server(tmp_path, RATE) as server:
        variables = dict(server.variables)
        absent = variables | {"PULSE_SERVER": f"unix:{tmp_path}/nobody"}
        with remote_desk(tmp_path, absent) as desk:
            desk.do("recorder.start", "", 10)
            desk.until("a sentence", lambda state: bool(state["recorder"]["message"]), limit_s=30)
            told = desk.state

    assert "Connect a microphone" in told["recorder"]["message"]
    assert told["takes"] == [] and told["recorder"]["phase"] == "idle"
