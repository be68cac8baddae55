from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.services.grains import GRAIN_S, Grains

RATE = 2000
HALF = round(GRAIN_S * RATE / 2)
SAMPLES = (0.8 * np.sin(np.arange(20_000) * 0.05)).astype(np.float32)


def read(grains: Grains, frames: int) -> NDArray[np.float32]:
    out = np.full((frames, 2), np.nan, np.float32)
    grains.fill(out, lambda start, end: np.stack([SAMPLES, -SAMPLES], 1)[start:end], RATE)
    assert np.array_equal(out[:, 0], -out[:, 1])
    return out[:, 0]


def test_moved_as_fast_as_it_plays_it_is_heard_as_it_is() -> None:
    grains = Grains()
    heard: list[NDArray[np.float32]] = []
    for place in range(1000, 3000, HALF):
        grains.point(place)
        heard.append(read(grains, HALF))

    sound = np.concatenate(heard)[HALF:]
    assert np.allclose(sound, SAMPLES[1000 : 1000 + len(sound)], atol=1e-4)


@given(st.lists(st.tuples(st.integers(-500, 20_500), st.integers(1, 400)), min_size=1, max_size=20))
def test_wherever_it_is_moved_it_does_not_click(moves: list[tuple[int, int]]) -> None:
    """No step is larger than two grains' own and the slopes of their fades."""
    grains = Grains()
    heard = [np.zeros(1, np.float32)]
    for place, frames in moves:
        grains.point(place)
        heard.append(read(grains, frames))
    heard.append(read(grains, 4 * HALF))

    own, slope = float(np.abs(np.diff(SAMPLES)).max()), np.pi / 2 / HALF * 0.8
    edge = 0.8 * (np.pi / 2 / HALF) + 0.8  # Where the samples begin or end, they may step.
    inside = all(HALF <= place <= 20_000 - HALF for place, _ in moves)
    assert np.abs(np.diff(np.concatenate(heard))).max() <= 2 * (own + slope) + (
        0 if inside else edge
    )
    assert grains.silent


def test_when_it_rests_the_last_grain_fades_and_nothing_more_is_heard() -> None:
    grains = Grains()
    grains.point(5000)
    assert read(grains, 2 * HALF).any()

    assert not read(grains, 100).any()
    assert grains.silent and grains.position == 5000


def test_only_the_last_place_counts() -> None:
    one, two = Grains(), Grains()
    for place in (100, 9000, 4000):
        one.point(place)
    two.point(4000)

    assert np.array_equal(read(one, 50), read(two, 50))
