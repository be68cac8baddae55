from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from app.song.beats import beat_period, beats, onset_strength

RATE = 22_050


def clicks(tempo: float, seconds: float, rate: int = RATE, first_s: float = 0.3) -> tuple[
    NDArray[np.float32], NDArray[np.int64]
]:  # fmt: skip
    """Short bursts at a tempo, and where they begin."""
    moments = np.arange(first_s, seconds - 0.1, 60 / tempo)
    places = np.round(moments * rate).astype(np.int64)
    burst = np.random.default_rng(3).standard_normal(rate // 50) * np.geomspace(1, 0.01, rate // 50)
    sound = np.zeros(round(seconds * rate), np.float32)
    for place in places:
        sound[place : place + len(burst)] += (0.5 * burst[: len(sound) - place]).astype(np.float32)
    return sound, places


@pytest.mark.parametrize("tempo", [70, 96, 120, 133.3, 168])
@pytest.mark.parametrize("rate", [22_050, 44_100])
def test_clicks_are_found_where_they_are(tempo: float, rate: int) -> None:
    sound, places = clicks(tempo, 20, rate)

    found = beats(sound, rate)

    late_ms = [1000 * np.abs(found - place).min() / rate for place in places]
    assert np.quantile(late_ms, 0.95) < 6
    assert abs(len(found) - len(places)) <= 1


def test_clicks_are_found_in_noise_and_where_some_are_missing() -> None:
    sound, places = clicks(100, 30)
    rng = np.random.default_rng(1)
    for place in places[5::4]:
        sound[place : place + RATE // 50] = 0
    noisy = sound + 0.02 * rng.standard_normal(len(sound)).astype(np.float32)

    found = beats(noisy, RATE)

    near = [np.abs(found - place).min() < 0.03 * RATE for place in places]
    assert np.mean(near) > 0.95


def test_the_period_follows_the_tempo() -> None:
    periods = [beat_period(onset_strength(clicks(tempo, 20)[0], RATE)) for tempo in (90, 125)]

    assert periods == pytest.approx([100 * 60 / 90, 100 * 60 / 125], abs=0.7)


@pytest.mark.parametrize("sound", [np.zeros(5 * RATE), np.zeros(0), 0.5 * np.ones(RATE)])
def test_silence_and_short_sound_have_no_beats(sound: NDArray[np.float64]) -> None:
    assert len(beats(sound.astype(np.float32), RATE)) == 0


def test_a_long_song_takes_seconds_and_beats_are_in_order() -> None:
    sound, _ = clicks(110, 300)

    began = time.process_time()
    found = beats(sound, RATE)

    assert time.process_time() - began < 10
    assert (np.diff(found) > 0).all()
