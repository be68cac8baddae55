"""Silence, clipping and loops, and music without them."""

import numpy as np
import pytest

from engine.judges.faults import clipped_share, loop_share, silent_share
from engine.types import Audio
from tests.engine.judges.sounds import RATE, noise


def test_silence_is_counted_in_tenths_of_a_second():
    samples = np.concatenate([noise(3).samples, np.zeros(RATE)])

    assert silent_share(Audio(samples, RATE)) == pytest.approx(0.25)
    assert silent_share(Audio(np.zeros(0), RATE)) == 1


def test_samples_at_full_scale_are_clipped():
    samples = np.array([0.5, 1.0, -1.0, 0.99])

    assert clipped_share(Audio(samples, RATE)) == 0.5


def test_a_loop_is_found_whatever_its_length_and_other_codes_have_none():
    codes = np.random.default_rng(0).integers(0, 1000, 800)
    for lag in (1, 17, 86):
        looped = np.concatenate([codes, np.resize(codes[:lag], 400)])
        assert loop_share(looped, 86) == 1
    assert loop_share(codes, 86) < 0.05
    assert loop_share(codes[:50], 86) == 0


def test_a_loop_longer_than_a_second_is_music():
    codes = np.random.default_rng(0).integers(0, 1000, 100)

    assert loop_share(np.tile(codes, 8), 86) < 0.05
