from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.song.layers import ORIGINAL, SILENT, Mix, Sound, joined
from app.song.song import Origin, Take
from engine.types import Level, Span
from tests.app.kit import GRID, take

CELL = 32
RATE = 22_050
FADE = 220


def flat(value: float, length: int) -> NDArray[np.float32]:
    return np.full(length, value, np.float32)


def sound(value: float, length: int, quality: int = Level.BOTTOM) -> Sound:
    made = Sound.silence(length, CELL)
    made.put(0, flat(value, length), quality)
    return made


def steepest(samples: NDArray[np.float32]) -> float:
    """The largest step between neighbouring samples."""
    return float(np.abs(np.diff(samples)).max())


def test_better_sound_replaces_worse_and_never_the_other_way() -> None:
    best = Sound.silence(10 * CELL, CELL)
    best.put(0, flat(0.2, 8 * CELL), Level.TOP)
    best.put(2 * CELL, flat(0.5, 2 * CELL), Level.BOTTOM)
    best.put(0, flat(0.3, 6 * CELL), Level.MIDDLE)

    assert best.samples[::CELL].tolist() == pytest.approx(
        [0.3, 0.3, 0.5, 0.5, 0.3, 0.3, 0.2, 0.2, 0, 0]
    )
    assert [level for _, level in best.stretches()] == [
        Level.MIDDLE, Level.BOTTOM, Level.MIDDLE, Level.TOP,
    ]  # fmt: skip
    assert joined(best.stretches()) == (Span(0, 8 * CELL),)


@given(
    st.lists(st.tuples(st.integers(0, 19), st.integers(1, 9), st.sampled_from(Level)), max_size=9)
)
def test_every_moment_has_the_best_that_came(puts: list[tuple[int, int, Level]]) -> None:
    grown = Sound.silence(20 * CELL, CELL)
    expected = np.full(20, SILENT)
    for start, length, level in puts:
        grown.put(start * CELL, flat(1 - level / 4, length * CELL), level)
        expected[start : start + length] = np.minimum(expected[start : start + length], level)

    assert grown.quality.tolist() == expected.tolist()
    heard = np.where(expected == SILENT, 0, 1 - expected / 4)
    assert grown.samples.tolist() == pytest.approx(np.repeat(heard, CELL).tolist())


def test_sound_goes_on_until_the_first_hole() -> None:
    holed = Sound.silence(9 * CELL, CELL)
    holed.put(0, flat(0.1, 3 * CELL), Level.TOP)
    holed.put(5 * CELL, flat(0.1, 4 * CELL), Level.BOTTOM)

    assert holed.audible_until(0) == 3 * CELL
    assert holed.audible_until(4 * CELL) == 4 * CELL
    assert holed.audible_until(5 * CELL + 7) == 9 * CELL


def test_an_original_counts_as_the_finest() -> None:
    assert sound(0.1, 2 * CELL, ORIGINAL).stretches() == ((Span(0, 2 * CELL), Level.BOTTOM),)


ROOT = take("a", 0, 40)
CHILD = take("b", 20, 60, parent=ROOT.id, origin=Origin.CONTINUED)
INSIDE = take("c", 10, 20, parent=ROOT.id, origin=Origin.REDONE, length=40 * GRID)


def mixed(made: Take, parent: Sound | None, own: Sound) -> Mix:
    return Mix(made, parent, own, RATE)


def test_a_take_without_parent_sounds_as_it_is() -> None:
    own = Sound.silence(40 * GRID, CELL)
    own.put(0, np.random.default_rng(0).uniform(-1, 1, 40 * GRID).astype(np.float32), Level.TOP)

    assert np.array_equal(mixed(ROOT, None, own).sound.samples, own.samples)


def test_a_continuation_fades_from_its_parent_at_equal_power() -> None:
    whole = mixed(CHILD, sound(0.5, 40 * GRID), sound(-0.5, 40 * GRID)).sound

    start = CHILD.span.start
    assert (whole.samples[:start] == 0.5).all()
    assert (whole.samples[start + FADE :] == -0.5).all()
    assert steepest(whole.samples) < 0.02
    middle = whole.samples[start : start + FADE]
    angle = np.linspace(0, np.pi / 2, FADE)
    assert np.allclose(middle, 0.5 * np.cos(angle) - 0.5 * np.sin(angle), atol=1e-6)


def test_where_the_parent_ends_the_step_is_smoothed() -> None:
    whole = mixed(CHILD, sound(0.5, 20 * GRID), sound(-0.5, 40 * GRID)).sound

    assert (whole.samples[: 20 * GRID] == 0.5).all()
    assert steepest(whole.samples) < 0.02
    assert (whole.samples[20 * GRID + FADE :] == -0.5).all()


def test_a_redone_stretch_returns_to_its_parent() -> None:
    whole = mixed(INSIDE, sound(0.5, 40 * GRID), sound(-0.5, 10 * GRID)).sound

    assert steepest(whole.samples) < 0.02
    assert (whole.samples[20 * GRID :] == 0.5).all()
    assert whole.samples[15 * GRID] == -0.5


def test_while_it_is_redone_a_stretch_is_silent() -> None:
    whole = mixed(INSIDE, sound(0.5, 40 * GRID), Sound.silence(10 * GRID, CELL)).sound

    assert joined(whole.stretches()) == (Span(0, 10 * GRID), Span(20 * GRID, 40 * GRID))
    assert not whole.samples[10 * GRID : 20 * GRID].any()


def test_while_it_is_rendered_the_coarse_sound_stays() -> None:
    made = take("d", 10, 20, parent=ROOT.id, origin=Origin.RENDERED, length=40 * GRID,
                levels=(Level.MIDDLE,))  # fmt: skip
    own = Sound.silence(10 * GRID, CELL)
    mix = mixed(made, sound(0.5, 40 * GRID, Level.TOP), own)
    assert joined(mix.sound.stretches()) == (Span(0, 40 * GRID),)

    own.put(0, flat(0.1, 4 * GRID), Level.MIDDLE)
    mix.update(Span(10 * GRID, 14 * GRID))

    assert mix.sound.stretches()[1] == (Span(10 * GRID, 14 * GRID), Level.MIDDLE)
    edge = mix.sound.samples[14 * GRID - 1 : 14 * GRID + FADE + 1]
    assert np.abs(np.diff(edge)).max() <= 0.4 / (FADE - 1) + 1e-6
    assert mix.sound.samples[14 * GRID + FADE] == 0.5


chunks = st.lists(
    st.tuples(st.integers(0, 79), st.integers(1, 30), st.sampled_from(Level)), max_size=8
)


@given(chunks, st.sampled_from([ROOT, CHILD, INSIDE]))
def test_a_mix_that_grew_equals_one_made_at_the_end(
    puts: list[tuple[int, int, Level]], made: Take
) -> None:
    rng = np.random.default_rng(len(puts))
    parent = None if made.parent is None else sound(0.3, 40 * GRID, Level.MIDDLE)
    own = Sound.silence(made.span.length, CELL)
    grown = mixed(made, parent, own)
    for start, length, level in puts:
        new = rng.uniform(-1, 1, length * 4 * CELL).astype(np.float32)
        put = own.put(start * 4 * CELL, new, level)
        grown.update(Span(put.start + made.span.start, put.end + made.span.start))

    at_once = mixed(made, parent, own)

    assert np.array_equal(grown.sound.quality, at_once.sound.quality)
    assert np.allclose(grown.sound.samples, at_once.sound.samples, atol=1e-6)
