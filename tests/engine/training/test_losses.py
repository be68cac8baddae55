"""The losses measure what they say."""

import pytest
import torch

from engine.training.losses import (
    MULTISPECTRAL,
    largest_errors,
    multispectral_distance,
    si_sdr,
    spectral_loss,
)


def tone(frequency, time=8192):
    return torch.sin(torch.arange(time) * frequency / 22050 * 2 * torch.pi).unsqueeze(0)


def test_equal_sounds_are_at_no_distance():
    sound = torch.randn(2, 8192)

    assert multispectral_distance(sound, sound).tolist() == [0, 0]
    assert spectral_loss(sound, sound, MULTISPECTRAL[0]).item() == 0
    assert largest_errors(sound, sound, 5).tolist() == [0, 0]


def test_a_wrong_note_costs_more_than_a_shifted_phase():
    right, wrong = tone(440), tone(466)
    shifted = tone(440, 8192 + 12)[:, 12:]

    for shape in MULTISPECTRAL[:2]:
        assert spectral_loss(wrong, right, shape) > 3 * spectral_loss(shifted, right, shape)


def test_spectral_loss_does_not_depend_on_loudness_above_the_floor():
    made, wanted = torch.randn(2, 1, 8192) * 10

    quiet = spectral_loss(made / 2, wanted / 2, MULTISPECTRAL[1])

    torch.testing.assert_close(quiet, spectral_loss(made, wanted, MULTISPECTRAL[1]))


def test_si_sdr_is_the_noise_level_whatever_the_loudness():
    torch.manual_seed(0)
    sound, noise = torch.randn(2, 1, 200_000)

    made = 0.3 * (sound + 0.1 * noise)

    assert si_sdr(made, sound).item() == pytest.approx(20, abs=0.1)
