"""Plans are integer laws: every code once, every lower window on real upper codes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sampling.plan import (
    LevelPlan,
    Window,
    alignment_windows,
    hop_codes,
    level_by_level,
    level_windows,
    overlapping_windows,
    resumed,
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


def test_with_a_pulse_the_last_window_is_moved_back_to_it():
    assert window_starts(23, 10, 6, pulse=3) == [0, 6, 12, 15]
    assert window_starts(22, 10, 6, pulse=3) == [0, 6, 12]
    assert hop_codes(0.5, 10, 3) == 3 and hop_codes(0.1, 10, 3) == 3


@given(st.data())
def test_windows_begin_on_the_pulse_and_sample_every_code_once(data):
    pulse = data.draw(st.integers(1, 6))
    context = data.draw(st.integers(pulse, 30))
    hop = pulse * data.draw(st.integers(1, context // pulse))
    origin = data.draw(st.integers(0, 50))
    start = -(-origin // pulse) * pulse + data.draw(st.integers(0, 100))
    end = start + data.draw(st.integers(1, 200))

    windows = level_windows(origin, start, end, context, hop, pulse)

    assert [code for w in windows for code in range(w.fresh, w.end)] == list(range(start, end))
    assert all(w.start % pulse == 0 and origin <= w.start <= w.fresh for w in windows)
    assert all(w.end - w.start <= context for w in windows)


def test_where_too_little_is_known_to_reach_the_pulse_all_of_it_primes():
    assert level_windows(7, 9, 12, 10, 5, pulse=5) == (Window(7, 9, 12),)


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
            needed = min(plan.upper_needed(step.windows[-1]), ends[step.level])
            assert done[Level(step.level + 1)] >= needed
        done[step.level] = _stands_until(by_level[step.level], step)


@given(st.data())
def test_a_schedule_runs_every_window_once_and_each_level_in_order(data):
    plans, ends = _three_levels(data)

    steps = schedule(plans, ends)

    for plan in plans:
        assert tuple(w for s in steps if s.level is plan.level for w in s.windows) == plan.windows


@given(st.data())
def test_level_by_level_runs_the_same_windows_and_turns_to_each_level_once(data):
    plans, ends = _three_levels(data)

    steps = level_by_level(plans)

    assert sorted(steps, key=repr) == sorted(schedule(plans, ends), key=repr)
    assert [step.level for step in steps] == sorted((s.level for s in steps), reverse=True)


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


@given(st.data())
def test_windows_side_by_side_cover_the_span_and_share_what_they_overlap(data):
    context = data.draw(st.integers(2, 40))
    hop = data.draw(st.integers(1, context - 1))
    overlap = data.draw(st.integers(1, hop))
    origin = data.draw(st.integers(0, 50))
    start = origin + data.draw(st.integers(0, 100))
    end = start + data.draw(st.integers(1, 200))

    first, *rest = windows = overlapping_windows(origin, start, end, context, hop, overlap)

    assert first.first_drawn == first.fresh == start and not first.overlap
    assert windows[-1].end == end
    assert LevelPlan(Level.MIDDLE, windows, 1, context).steps == end - start
    for before, window in pairwise(windows):
        assert window.fresh == before.end - overlap >= start
        assert origin <= window.first_drawn == window.start <= window.fresh
        assert window.end - window.start == context
    assert all(window.overlap == overlap for window in rest)


def test_windows_run_at_once_only_where_they_need_not_wait():
    windows = overlapping_windows(0, 0, 100, 20, 10, 4)
    plan = LevelPlan(Level.MIDDLE, windows, 2, 20, side_by_side=3)

    alone, *batches = plan.batches

    assert alone == windows[:1]
    assert [len(batch) for batch in batches] == [3, 2]
    assert tuple(window for batch in batches for window in batch) == windows[1:]
    assert LevelPlan(Level.MIDDLE, level_windows(0, 0, 100, 20, 10), 2, 20, 3).batches == tuple(
        (window,) for window in level_windows(0, 0, 100, 20, 10)
    )


def _stands_until(plan, step):
    """What of a level is settled after a step: all but what the next window samples too."""
    end = step.windows[-1].end
    return end if end == plan.windows[-1].end else end - plan.overlap


def _three_levels(data):
    context = 8
    top = data.draw(st.integers(1, 40))
    side_by_side = data.draw(st.integers(1, 4))
    plans, ends, length = [], {}, top
    for level, factor in ((Level.TOP, 1), (Level.MIDDLE, 2), (Level.BOTTOM, 4)):
        if level is not Level.TOP:
            ends[level] = length
            length *= factor
        windows = level_windows(0, 0, length, context, 4)
        if level is not Level.TOP and side_by_side > 1:
            windows = overlapping_windows(0, 0, length, context, 4, factor)
        plans.append(LevelPlan(level, windows, factor, context, side_by_side))
    return plans, ends


@given(st.data())
def test_alignment_looks_at_each_code_once_with_as_much_before_it_as_fits(data):
    context = data.draw(contexts)
    origin = data.draw(st.integers(0, 50))
    start = origin + data.draw(st.integers(0, 100))
    end = start + data.draw(st.integers(1, 200))

    windows = list(alignment_windows(origin, start, end, context))

    assert [n for w in windows for n in range(w.fresh, w.end)] == list(range(start, end))
    for window in windows:
        assert window.start == max(origin, window.end - context) <= window.fresh
        assert window.end - window.fresh <= max(1, context // 2)


@given(st.integers(8, 64), st.integers(1, 40))
def test_alignment_passes_over_little_more_than_two_windows_for_each(context, windows):
    """So that following the words costs little beside making the music."""
    passes = alignment_windows(0, 0, windows * context, context)

    work = sum(window.end - window.start for window in passes)
    assert work <= (2 * windows + 2.5) * context * 1.15


@given(st.integers(1, 300), st.integers(1, 60), st.integers(1, 60), st.integers(0, 300))
def test_what_is_left_of_windows_draws_each_missing_code_once(length, context, hop, filled):
    windows = level_windows(0, 0, length, context, min(hop, context))

    left = resumed(windows, min(filled, length))

    drawn = [n for window in left for n in range(window.first_drawn, window.end)]
    assert drawn == list(range(min(filled, length), length))
    for window in left:
        (whole,) = [w for w in windows if w.end == window.end]
        assert (window.start, window.primed_until) == (whole.start, whole.first_drawn)
