"""The losses measure what they say."""

import pytest
import torch

from engine.training.losses import (
    MULTISPECTRAL,
    LossWeights,
    band_errors,
    even_loss,
    largest_errors,
    magnitudes,
    multispectral_distance,
    si_sdr,
)

RATE = 22050


def tone(frequency, time=8192):
    return torch.sin(torch.arange(time) * frequency / 22050 * 2 * torch.pi).unsqueeze(0)


def test_equal_sounds_are_at_no_distance():
    sound = torch.randn(2, 8192)

    assert multispectral_distance(sound, sound).tolist() == [0, 0]
    assert even_loss(sound, sound, MULTISPECTRAL[0], RATE).weighed(LossWeights()).item() == 0
    assert band_errors(sound, sound, RATE).tolist() == [0] * 7
    assert largest_errors(sound, sound, 5).tolist() == [0, 0]


def scaled_band(sound, low, high, factor):
    spectrum = torch.fft.rfft(sound)
    frequencies = torch.fft.rfftfreq(sound.shape[1], 1 / RATE)
    spectrum[:, (frequencies >= low) & (frequencies < high)] *= factor
    return torch.fft.irfft(spectrum, sound.shape[1])


def test_a_wrong_note_costs_more_than_a_shifted_phase():
    right, wrong = tone(440), tone(466)
    shifted = tone(440, 8192 + 12)[:, 12:]

    for shape in MULTISPECTRAL[:2]:
        distances = [
            magnitudes(made, shape) - magnitudes(right, shape) for made in (wrong, shifted)
        ]
        assert distances[0].norm() > 3 * distances[1].norm()


@pytest.mark.parametrize("loudness", [1.0, 0.1])
def test_a_lost_octave_costs_a_seventh_however_quiet_it_is(loudness):
    torch.manual_seed(0)
    wanted = scaled_band(torch.randn(1, 65536), 4000, 8000, loudness)

    parts = even_loss(scaled_band(wanted, 4000, 8000, 0), wanted, MULTISPECTRAL[0], RATE)

    assert parts.waves.item() == pytest.approx(1 / 7, rel=0.1)
    assert parts.sizes.item() == pytest.approx(1 / 7, rel=0.1)


def test_band_errors_tell_where_the_error_is():
    wanted = torch.randn(1, 65536)
    made = wanted + 0.5 * tone(3000, 65536)

    errors = band_errors(made, wanted, RATE)

    assert errors.argmax() == 4  # 2 to 4 kHz


def test_si_sdr_is_the_noise_level_whatever_the_loudness():
    torch.manual_seed(0)
    sound, noise = torch.randn(2, 1, 200_000)

    made = 0.3 * (sound + 0.1 * noise)

    assert si_sdr(made, sound).item() == pytest.approx(20, abs=0.1)


def test_parts_count_as_much_as_they_weigh():
    parts = even_loss(tone(440), tone(466), MULTISPECTRAL[0], RATE)

    without = parts.weighed(LossWeights(waves=0, sizes=0, logarithms=0))
    assert without == parts.samples
    assert parts.weighed(LossWeights(2, 0, 0)) == without + 2 * parts.waves
    assert parts.weighed(LossWeights(0, 2, 3)) == without + 2 * parts.sizes + 3 * parts.logarithms
