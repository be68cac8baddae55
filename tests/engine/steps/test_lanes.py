"""Numbers are held in caches and weights as their types hold them, on any processor."""

import numpy as np
from numba import njit

from engine.steps import lanes
from engine.steps.compiled import OPTIONS
from engine.steps.fused import halves


@njit(**OPTIONS)
def _hold(numbers, there):
    for n in range(numbers.size):
        there[n] = lanes.held(numbers[n], there)


def test_half_floats_are_the_nearest_to_the_bit():
    """All there are, the middles between neighbours, which go to the even one, and what lies right
    beside these; what is too large becomes the largest. As numpy rounds, which fills caches."""
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)
    every = np.sort(every[np.isfinite(every)])
    middles = (every[:-1] + every[1:]) / 2
    beside = [np.nextafter(middles, np.float32(end)) for end in (-np.inf, np.inf)]
    large = np.array([65519, 65520, 1e30, -1e30, np.inf], np.float32)
    numbers = np.concatenate([every, middles, *beside, large])
    held = np.zeros(numbers.size, np.uint16)

    _hold(numbers, held)

    assert np.array_equal(held, halves(numbers))
    assert np.array_equal(held[: every.size].view(np.float16).astype(np.float32), every)


def test_single_floats_stay_what_they_are():
    numbers = np.array([0.1, -3e38, 1e-45], np.float32)
    held = np.zeros(numbers.size, np.float32)

    _hold(numbers, held)

    assert np.array_equal(held, numbers)
