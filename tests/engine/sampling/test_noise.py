"""The numbers that decide draws: they depend on seed, take, level and place, and are uniform."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.sampling.noise import noise
from engine.types import Level


@given(st.integers(0, 5000), st.integers(1, 3000), st.integers(0, 3000))
def test_noise_depends_on_the_position_only(start, length, skip):
    """So a take that stops and goes on elsewhere draws the same codes."""
    whole = noise(7, 0, Level.TOP, start, start + skip + length)

    assert torch.equal(whole[skip:], noise(7, 0, Level.TOP, start + skip, start + skip + length))


@pytest.mark.parametrize("other", [(8, 0, Level.TOP), (7, 1, Level.TOP), (7, 0, Level.MIDDLE)])
def test_seed_take_and_level_each_give_their_own_noise(other):
    assert not torch.equal(noise(7, 0, Level.TOP, 0, 100), noise(*other, 0, 100))


def test_noise_is_uniform():
    numbers = noise(3, 0, Level.BOTTOM, 0, 100_000)

    low, high = float(numbers.min()), float(numbers.max())
    assert 0 <= low <= high < 1
    assert abs(float(numbers.mean()) - 0.5) < 0.005
