import math

import numpy as np
import pytest

from engine.audio.loudness import CEILING_DBFS, levelled, loudness
from engine.types import Audio

RATE = 48_000


def tone(amplitude, seconds=2.0, hertz=997):
    moments = np.arange(int(seconds * RATE)) / RATE
    return Audio((amplitude * np.sin(2 * np.pi * hertz * moments)).astype("f4"), RATE)


def test_a_full_scale_tone_is_as_loud_as_the_standard_says():
    # BS.1770: a 997 Hz sine at 0 dBFS in one front channel reads −3.01 LUFS.
    assert loudness(tone(1.0)) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize("seconds", [0.05, 0.3, 2.0])
def test_halving_the_amplitude_is_six_decibels_at_any_length(seconds):
    difference = loudness(tone(0.5, seconds)) - loudness(tone(0.25, seconds))

    assert difference == pytest.approx(20 * math.log10(2), abs=0.01)


@pytest.mark.parametrize("audio", [Audio(np.zeros(RATE), RATE), Audio(np.zeros(3), RATE)])
def test_silence_stays_as_it_is(audio):
    made = levelled(audio, -14)

    assert made.reached_lufs == -math.inf
    np.testing.assert_array_equal(made.audio.samples, audio.samples)


@pytest.mark.parametrize("target", [-30.0, -14.0])
def test_levelled_sound_has_the_loudness_asked_for(target):
    made = levelled(tone(0.1), target)

    assert made.reached_lufs == pytest.approx(target)
    assert loudness(made.audio) == pytest.approx(target, abs=0.01)


def test_peaks_stand_in_the_way_of_loudness_and_the_result_says_so():
    samples = tone(0.01).samples.copy()
    samples[1000] = 1.0

    made = levelled(Audio(samples, RATE), -14)

    assert made.reached_lufs < -14
    peak = 20 * math.log10(np.abs(made.audio.samples).max())
    assert peak == pytest.approx(CEILING_DBFS, abs=0.01)


def test_both_channels_get_the_same_gain():
    left = tone(0.1).samples
    made = levelled(Audio(np.stack([left, left / 2], axis=1), RATE), -20)

    np.testing.assert_allclose(made.audio.samples[:, 0], made.audio.samples[:, 1] * 2, rtol=1e-5)
