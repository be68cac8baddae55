"""Plans are integer laws: every code once, every lower window on real upper codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sampling.plan import (
    LevelPlan,
    Window,
    hop_codes,
    level_windows,
    schedule,
    window_starts,
)
from engine.types import Level

contexts = st.integers(1, 40)


@given(st.data())
def test_windows_sample_each_code_of_the_span_exactly_once(data):
    context = data.draw(contexts)
    hop = data.draw(st.integers(1, context))
    origin = data.draw(st.integers(0, 50))
    start = origin + data.draw(st.integers(0, 100))
    end = start + data.draw(st.integers(1, 200))

    windows = level_windows(origin, start, end, context, hop)

    sampled = [code for w in windows for code in range(w.fresh, w.end)]
    assert sampled == list(range(start, end))


@given(st.data())
def test_windows_stay_inside_what_is_known_and_never_exceed_the_context(data):
    context = data.draw(contexts)
    hop = data.draw(st.integers(1, context))
    start = data.draw(st.integers(0, 100))
    end = start + data.draw(st.integers(1, 200))

    for window in level_windows(0, start, end, context, hop):
        assert 0 <= window.start <= window.fresh < window.end <= end
        assert window.end - window.start <= context


@pytest.mark.parametrize(
    ("length", "context", "hop", "expected"),
    [
        (10, 10, 5, [0]),
        (4, 10, 5, [0]),
        (11, 10, 5, [0, 1]),
        (20, 10, 5, [0, 5, 10]),
        (23, 10, 5, [0, 5, 10, 13]),
    ],
)
def test_the_last_window_is_moved_back_to_end_at_the_length(length, context, hop, expected):
    assert window_starts(length, context, hop) == expected


def test_a_hop_outside_the_window_is_refused():
    with pytest.raises(ValueError, match="not 11"):
        window_starts(20, 10, 11)


@pytest.mark.parametrize(
    ("seconds", "level", "windows"),
    [(20, 0, 26), (20, 1, 6), (60, 0, 80), (60, 1, 20), (180, 0, 242), (180, 1, 60)],
)
def test_released_upsamplers_need_the_published_number_of_windows(seconds, level, windows):
    tokens = seconds * 44100 // 128 * (16 if level == 0 else 4)

    assert len(level_windows(0, 0, tokens, 8192, 4096)) == windows


def test_hop_lies_on_the_grid_of_the_level_above():
    assert hop_codes(0.5, 1024, 4) == 512
    assert hop_codes(0.3, 10, 4) == 4
    assert hop_codes(0.001, 1024, 4) == 4


@given(st.data())
def test_no_window_runs_before_its_upper_codes_stand(data):
    plans, ends = _three_levels(data)

    done = {plan.level: 0 for plan in plans}
    by_level = {plan.level: plan for plan in plans}
    for step in schedule(plans, ends):
        if step.level is not Level.TOP:
            plan = by_level[step.level]
            needed = min(plan.upper_needed(step.window), ends[step.level])
            assert done[Level(step.level + 1)] >= needed
        done[step.level] = step.window.end


@given(st.data())
def test_a_schedule_runs_every_window_once_and_each_level_in_order(data):
    plans, ends = _three_levels(data)

    steps = schedule(plans, ends)

    for plan in plans:
        assert tuple(s.window for s in steps if s.level is plan.level) == plan.windows


def test_the_bottom_starts_before_the_top_has_ended():
    """A long song must not wait for its last top-level code to sound good at its beginning."""
    context, ends = 8, {Level.MIDDLE: 64, Level.BOTTOM: 128}
    plans = [
        LevelPlan(Level.TOP, level_windows(0, 0, 64, context, 4), 1, context),
        LevelPlan(Level.MIDDLE, level_windows(0, 0, 128, context, 4), 2, context),
        LevelPlan(Level.BOTTOM, level_windows(0, 0, 256, context, 4), 2, context),
    ]

    order = [step.level for step in schedule(plans, ends)]

    assert order.index(Level.BOTTOM) < 5 < len(order) - order[::-1].index(Level.TOP)


def test_a_level_alone_needs_nothing_above():
    plan = LevelPlan(Level.BOTTOM, (Window(0, 0, 8), Window(4, 8, 12)), 4, 8)

    assert len(schedule([plan], {Level.BOTTOM: 3})) == 2


def _three_levels(data):
    context = 8
    top = data.draw(st.integers(1, 40))
    plans, ends, length = [], {}, top
    for level, factor in ((Level.TOP, 1), (Level.MIDDLE, 2), (Level.BOTTOM, 4)):
        if level is not Level.TOP:
            ends[level] = length
            length *= factor
        windows = level_windows(0, 0, length, context, 4)
        plans.append(LevelPlan(level, windows, factor, context))
    return plans, ends
