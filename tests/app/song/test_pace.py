from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.song.pace import Pace
from engine.types import Level, ModelId

MODEL = ModelId("pocket")
MISSING = {Level.TOP: 100, Level.BOTTOM: 1000}


def test_nothing_is_promised_before_anything_was_measured() -> None:
    assert Pace().seconds(MODEL, 1, MISSING) is None


def test_each_level_counts_with_its_own_speed() -> None:
    pace = Pace()
    pace.note(MODEL, Level.TOP, 1, 10, 1.0)
    pace.note(MODEL, Level.BOTTOM, 1, 100, 2.0)

    assert pace.seconds(MODEL, 1, MISSING) == pytest.approx(100 / 10 + 1000 / 50)
    assert pace.seconds(ModelId("other"), 1, MISSING) is None


def test_a_level_never_measured_is_as_slow_as_the_slowest_that_was() -> None:
    pace = Pace()
    pace.note(MODEL, Level.TOP, 1, 10, 1.0)
    pace.note(MODEL, Level.MIDDLE, 1, 10, 0.5)

    assert pace.seconds(MODEL, 1, MISSING) == pytest.approx(110.0)


def test_takes_side_by_side_go_by_the_closest_number_that_was_measured() -> None:
    pace = Pace()
    pace.note(MODEL, Level.TOP, 1, 10, 1.0)
    pace.note(MODEL, Level.TOP, 4, 40, 1.0)

    assert pace.seconds(MODEL, 3, {Level.TOP: 40}) == pytest.approx(1.0)


def test_a_machine_that_slows_down_is_believed_soon() -> None:
    pace = Pace()
    for _ in range(600):
        pace.note(MODEL, Level.TOP, 1, 100, 1.0)
    for _ in range(60):
        pace.note(MODEL, Level.TOP, 1, 50, 1.0)

    assert pace.seconds(MODEL, 1, {Level.TOP: 50}) == pytest.approx(1.0, rel=0.2)


def test_what_was_measured_is_known_at_the_next_start() -> None:
    pace = Pace()
    pace.note(MODEL, Level.TOP, 2, 10, 1.0)

    again = Pace.from_dict(json.loads(json.dumps(pace.as_dict())))

    assert again.seconds(MODEL, 2, MISSING) == pace.seconds(MODEL, 2, MISSING)


def test_a_machine_that_is_slower_than_at_the_last_start_is_slower_at_every_level() -> None:
    before = Pace()
    before.note(MODEL, Level.TOP, 1, 10, 1.0)
    before.note(MODEL, Level.BOTTOM, 1, 100, 1.0)
    pace = Pace.from_dict(before.as_dict())

    pace.note(MODEL, Level.TOP, 1, 10, 3.0)

    assert pace.seconds(MODEL, 1, {Level.BOTTOM: 100}) == pytest.approx(3.0)
    assert pace.seconds(MODEL, 1, {Level.TOP: 10, Level.BOTTOM: 100}) == pytest.approx(6.0)


def test_what_was_measured_last_is_kept_of_each_level() -> None:
    before = Pace()
    before.note(MODEL, Level.TOP, 1, 10, 1.0)
    before.note(MODEL, Level.BOTTOM, 1, 100, 1.0)
    pace = Pace.from_dict(before.as_dict())
    pace.note(MODEL, Level.TOP, 1, 10, 3.0)

    again = Pace.from_dict(pace.as_dict())

    assert again.seconds(MODEL, 1, {Level.TOP: 10}) == pytest.approx(3.0)
    assert again.seconds(MODEL, 1, {Level.BOTTOM: 100}) == pytest.approx(1.0)


@pytest.mark.parametrize("rows", [None, 3, [[1]], [["m", "NONE", 1, 1.0]], [["m", "TOP", 1, -1]]])
def test_damage_is_passed_over(rows: object) -> None:
    assert Pace.from_dict({"speeds": rows}).seconds(ModelId("m"), 1, MISSING) is None


@given(
    st.lists(st.tuples(st.sampled_from(Level), st.integers(1, 200)), min_size=1, max_size=60),
    st.tuples(*[st.floats(1e-4, 1e-2)] * 3),
)
def test_at_steady_speeds_any_mixture_of_levels_is_promised_exactly(
    made: list[tuple[Level, int]], per_code_s: tuple[float, float, float]
) -> None:
    """However levels follow each other, once each of those that are missing was measured."""
    pace = Pace()
    for level, codes in made:
        pace.note(MODEL, level, 1, codes, codes * per_code_s[level])
    missing = {level: 100 * (level + 1) for level, _ in made}

    promised = pace.seconds(MODEL, 1, missing)

    assert promised == pytest.approx(sum(n * per_code_s[level] for level, n in missing.items()))
