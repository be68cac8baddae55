import numpy as np
import pytest

from engine.training.mixing import CEILING, TARGET_RMS, mastered, mixed, sounding_rms, toned

RATE = 22050
TIME = np.arange(2 * RATE) / RATE


def tone(hertz, loudness=0.3):
    return loudness * np.sin(2 * np.pi * hertz * TIME)


@pytest.mark.parametrize("loudness", [0.01, 0.3, 5.0])
def test_masters_have_one_level(loudness):
    samples = mastered(tone(440, loudness), RATE)

    assert sounding_rms(samples) == pytest.approx(TARGET_RMS, rel=0.01)


def test_peaks_stay_under_the_ceiling():
    clicks = tone(440, 0.05)
    clicks[::2000] = 3.0

    samples = mastered(clicks, RATE)

    assert np.abs(samples).max() <= CEILING + 1e-6
    assert len(samples) == len(clicks)


def test_sound_below_the_ceiling_is_only_scaled():
    quiet = tone(440, 0.1)

    samples = mastered(quiet, RATE)

    assert np.allclose(samples, quiet * (samples[1000] / quiet[1000]), atol=1e-6)


def test_the_voice_stands_out_however_loud_the_band_was():
    voice = tone(500)

    mixes = [mixed(voice, tone(1000, loudness), RATE, 5.0) for loudness in (0.01, 1.0)]

    assert np.allclose(*mixes, atol=3e-3)
    level = 20 * np.log10(sounding_rms(voice) / sounding_rms(mixes[0] - voice))
    assert level == pytest.approx(5, abs=0.3)


def test_a_band_without_a_voice_stays_as_loud():
    band = tone(1000)

    assert np.allclose(mixed(np.zeros_like(band), band, RATE, 5.0), band, atol=1e-9)


@pytest.mark.parametrize(("hertz", "gain"), [(100, 0.1), (5000, 1.0)])
def test_toned_follows_its_curve(hertz, gain):
    samples = toned(tone(hertz), RATE, ((200, -20.0), (400, 0.0)))

    assert sounding_rms(samples) == pytest.approx(gain * sounding_rms(tone(hertz)), rel=0.02)


def test_silence_has_a_level_one_can_divide_by():
    assert sounding_rms(np.zeros(100)) == 1.0
