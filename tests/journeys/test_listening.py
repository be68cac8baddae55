"""What a real sound server hears of loops, of takes switched and compared, and of scrubbing.

The law: every sample that is heard is one of the takes' at that moment, or lies between two of
them for no longer than a fade; nothing is missing, and nothing is heard twice.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from app.services.playback import LOOP_FADE_S
from app.song.layers import FADE_S
from engine.audio.loudness import loudness
from engine.runtime.fake import FAKE_MODEL
from engine.types import Audio
from tests.journeys.remote import RemoteDesk, remote_desk
from tests.journeys.sound import FINGERPRINT, recorded, sound_server

RATE = FAKE_MODEL.sample_rate
FADE = round(FADE_S * RATE)
SECONDS = 30.0
SWITCHES = (2, 8, 1, 5, 3, 7, 4, 6, 2, 1)
Sound = NDArray[np.int16]


def recording(folder: Path, number: int, level: float = 0.4) -> Path:
    """A slow tone of its own under faint noise: smooth, and each moment unlike all others."""
    count = FAKE_MODEL.snap_down(round(SECONDS * RATE))
    at = np.arange(count) / RATE
    noise = np.random.default_rng(number).uniform(-0.02, 0.02, count)
    sound = level * np.sin(2 * np.pi * (110 + 30 * number) * at) + level * noise
    path = folder / f"{number}.wav"
    soundfile.write(path, sound, RATE, subtype="PCM_16")
    return path


def bring_in(desk: RemoteDesk, paths: Sequence[Path]) -> list[Sound]:
    """Import recordings, each a take; what is in them."""
    for number, path in enumerate(paths, start=1):
        desk.do("import_audio", str(path))
        desk.until(
            "the recording",
            lambda state, number=number: (
                len(state["takes"]) == number and bool(state["shown"]) and state["idle"]
            ),
        )
    return [soundfile.read(path, dtype="int16")[0] for path in paths]


def listen(desk: RemoteDesk, seconds: float) -> None:
    """Let so much be heard."""
    here = desk.state["playhead"]
    desk.until("more to be heard", lambda state: abs(state["playhead"] - here) > seconds * RATE)


def begin_of(heard: Sound, sound: Sound) -> tuple[int, int]:
    """Where the recording begins to sound, and which moment of the take that is."""
    start = int(np.flatnonzero(np.abs(heard) > 0)[0])
    mark = heard[start : start + FINGERPRINT].astype(int)
    windows = np.lib.stride_tricks.sliding_window_view(sound.astype(int), FINGERPRINT)
    return start, int(np.abs(windows - mark).sum(axis=1).argmin())


def runs(flags: NDArray[np.bool_]) -> list[int]:
    """The lengths of stretches that are true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(int)))
    return (edges[1::2] - edges[::2]).tolist()


def order(of_take: NDArray[np.bool_]) -> list[int]:
    """Which takes were heard one after the other, counted from 1, from (takes, time) matches."""
    least = RATE // 20
    heard = [(begun, number) for number, flags in enumerate(of_take, start=1)
             for begun in begins(flags, least)]  # fmt: skip
    return [number for _, number in sorted(heard)]


@pytest.mark.sound
@pytest.mark.timeout(300)
def test_takes_switched_while_they_play_leave_no_gap_and_no_click(tmp_path: Path) -> None:
    with (
        sound_server(tmp_path, RATE) as server,
        server.recording() as file,
        remote_desk(tmp_path, server.variables) as desk,
    ):
        takes = bring_in(desk, [recording(tmp_path, number) for number in range(8)])
        desk.do("choose_sibling", 1)
        desk.do("seek", 0)
        desk.do("play")
        for number in SWITCHES:
            listen(desk, 0.4)
            desk.do("choose_sibling", number)
        listen(desk, 0.6)
        desk.do("pause")
        heard = recorded(file)

    start, first = begin_of(heard, takes[0])
    end = int(np.flatnonzero(heard)[-1])
    heard = heard[start:end].astype(int)
    then = np.stack([take[first : first + len(heard)] for take in takes]).astype(int)
    of_take = np.abs(then - heard) <= 1
    switching = ~of_take.any(axis=0)
    assert first < RATE // 10, "a sink that wakes up may swallow the very beginning"
    assert len(heard) > 4 * RATE
    assert order(of_take) == [1, *SWITCHES]
    assert max(runs(switching)) <= FADE and switching.sum() <= len(SWITCHES) * FADE
    assert (heard >= then.min(axis=0) - 1).all() and (heard <= then.max(axis=0) + 1).all()
    own = np.abs(np.diff(then, axis=1)).max()
    assert np.abs(np.diff(heard)).max() <= own + 2 * np.abs(then).max() / FADE + 2


@pytest.mark.sound
def test_a_loop_is_heard_without_a_gap_and_without_a_click(tmp_path: Path) -> None:
    start, end = RATE, RATE + 7001
    with (
        sound_server(tmp_path, RATE) as server,
        server.recording() as file,
        remote_desk(tmp_path, server.variables) as desk,
    ):
        (take,) = bring_in(desk, [recording(tmp_path, 1)])
        desk.do("select", start, end)
        desk.do("set_loop", True)
        desk.do("seek", start)
        desk.do("play")
        time.sleep(3)
        desk.do("pause")
        heard = recorded(file)

    begun, first = begin_of(heard, take)
    heard = heard[begun : np.flatnonzero(heard)[-1]].astype(int)
    moments = start + (np.arange(len(heard)) + first - start) % (end - start)
    straying = np.abs(take[moments].astype(int) - heard) > 1
    assert start <= first < start + RATE // 10
    assert len(heard) > 5 * (end - start)
    assert len(runs(straying)) >= 5
    fade = round(LOOP_FADE_S * RATE)
    assert (moments[straying] - start < fade).all()
    own = np.abs(np.diff(take.astype(int))).max()
    assert np.abs(np.diff(heard)).max() <= 2 * own + 2 * np.abs(take.astype(int)).max() / fade


@pytest.mark.sound
def test_compared_takes_are_equally_loud_in_the_room(tmp_path: Path) -> None:
    with (
        sound_server(tmp_path, RATE) as server,
        server.recording() as file,
        remote_desk(tmp_path, server.variables) as desk,
    ):
        bring_in(desk, [recording(tmp_path, 0, 0.08), recording(tmp_path, 1, 0.5)])
        desk.do("choose_sibling", 1)
        desk.do("choose_sibling", 2)
        desk.do("choose_other")
        desk.do("choose_other")
        desk.until("both to be measured", lambda state: state["gain_db"] < -3)
        marks: list[int] = []
        desk.do("seek", 0)
        desk.do("play")
        for _ in range(2):
            listen(desk, 1.6)
            marks.append(len(recorded(file)))
            desk.do("choose_other")
        desk.do("match_loudness", False)
        listen(desk, 1.6)
        desk.do("pause")
        heard = recorded(file)

    ends = [*marks, len(heard)]
    loud, soft, unmatched = (in_lufs(heard[end - RATE : end - RATE // 5]) for end in ends)
    assert loud == pytest.approx(soft, abs=0.5)
    assert unmatched - loud > 10


@pytest.mark.sound
def test_the_dragged_playhead_is_heard_where_it_is_and_not_when_it_rests(tmp_path: Path) -> None:
    places = [2.0, 5.0, 9.0, 20.0]
    with (
        sound_server(tmp_path, RATE) as server,
        server.recording() as file,
        remote_desk(tmp_path, server.variables) as desk,
    ):
        (take,) = bring_in(desk, [recording(tmp_path, 3)])
        desk.do("scrub", RATE)
        time.sleep(1.5)
        awake = len(recorded(file))
        for place in places:
            desk.do("scrub", round(place * RATE))
            time.sleep(0.8)
        desk.do("end_scrub")
        time.sleep(0.5)
        heard = recorded(file)[awake:]
        state = desk.state

    sounding = np.abs(np.convolve(np.abs(heard.astype(float)), np.ones(200), "same")) > 1000
    grains = [run for run in runs(sounding) if run > RATE // 100]
    assert len(grains) == len(places)
    assert all(run < 0.15 * RATE for run in grains), "it rests, and is silent"
    assert state["playhead"] == round(places[-1] * RATE) and not state["playing"]
    own = np.abs(np.diff(take.astype(int))).max()
    assert np.abs(np.diff(heard.astype(int))).max() <= 2 * own
    for place, begun in zip(places, begins(sounding, RATE // 100), strict=True):
        grain = heard[begun : begun + round(0.1 * RATE)].astype(float)
        around = take[round((place - 0.1) * RATE) : round((place + 0.1) * RATE)].astype(float)
        alike = np.correlate(around, grain, "valid").max()
        assert alike > 0.6 * np.linalg.norm(grain) ** 2


def begins(flags: NDArray[np.bool_], least: int) -> list[int]:
    """Where stretches begin that are true for longer than `least` samples."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(int)))
    return [int(a) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > least]


def in_lufs(heard: Sound) -> float:
    return loudness(Audio(heard.astype(np.float32) / 2**15, RATE))
