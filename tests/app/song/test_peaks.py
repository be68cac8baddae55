from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.song.peaks import PeakPyramid
from engine.types import Span

SAMPLES = np.random.default_rng(1).uniform(-1, 1, 100_003).astype(np.float32)


def slowly(
    samples: NDArray[np.float32], start: int, end: int, width: int
) -> tuple[list[float], list[float]]:
    """The extremes of each column, sample by sample, widened to whole samples."""
    edges = start + np.arange(width + 1) * ((end - start) / width)
    lows, highs = [], []
    for first, last in itertools.pairwise(edges):
        start = int(np.floor(first))
        column = samples[start : max(int(np.ceil(last)), start + 1)]
        lows.append(float(column.min()) if len(column) else 0.0)
        highs.append(float(column.max()) if len(column) else 0.0)
    return lows, highs


@pytest.mark.parametrize(
    ("start", "end", "width"), [(0, 700, 700), (5, 9000, 300), (99_000, 100_003, 50)]
)
def test_columns_of_single_samples_are_exact(start: int, end: int, width: int) -> None:
    lows, highs = PeakPyramid(SAMPLES).columns(start, end, width)

    assert (list(lows), list(highs)) == slowly(SAMPLES, start, end, width)


@given(st.integers(0, 90_000), st.integers(1, 100_003), st.integers(1, 400))
def test_no_column_hides_a_sample(start: int, length: int, width: int) -> None:
    end = min(start + length, len(SAMPLES))

    lows, highs = PeakPyramid(SAMPLES).columns(start, end, width)

    true_lows, true_highs = slowly(SAMPLES, start, end, width)
    assert (lows <= np.array(true_lows)).all()
    assert (highs >= np.array(true_highs)).all()
    reach = 4 * max(128, (end - start) // width)
    around = SAMPLES[max(0, start - reach) : end + reach]
    assert lows.min() >= around.min() and highs.max() <= around.max()


@given(st.integers(0, 99_999), st.integers(1, 30_000))
def test_updating_in_place_equals_building_anew(start: int, length: int) -> None:
    samples = SAMPLES.copy()
    pyramid = PeakPyramid(samples)
    samples[start : start + length] *= 3

    pyramid.update(Span(start, start + length))

    for width in (1, 7, 1000):
        for mine, anew in zip(
            pyramid.columns(0, len(samples), width),
            PeakPyramid(samples).columns(0, len(samples), width),
            strict=True,
        ):
            assert np.array_equal(mine, anew)


def test_outside_the_samples_there_is_silence() -> None:
    lows, highs = PeakPyramid(SAMPLES[:256]).columns(0, 512, 4)

    assert lows[2:].tolist() == highs[2:].tolist() == [0, 0]
    assert (highs[:2] > lows[:2]).all()


@pytest.mark.parametrize("length", [0, 1, 127, 128, 129])
def test_any_length_can_be_drawn(length: int) -> None:
    lows, highs = PeakPyramid(SAMPLES[:length]).columns(0, 100, 10)

    assert len(lows) == len(highs) == 10


@pytest.mark.parametrize("end", [1001, 1500, 2100, 9999])
@pytest.mark.parametrize("width", [7, 100, 640])
def test_a_view_may_reach_beyond_the_samples(end: int, width: int) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, 1000).astype(np.float32)

    lows, highs = PeakPyramid(samples).columns(200, end, width)

    edges = 200 + np.arange(width + 1) * ((end - 200) / width)
    for place in range(width):
        part = samples[int(edges[place]) : int(np.ceil(edges[place + 1]))]
        if len(part):
            assert lows[place] <= part.min() and part.max() <= highs[place]
    beyond = edges[:-1] > 1000 + (end - 200) / width + 64
    assert not highs[beyond].any() and not lows[beyond].any()
