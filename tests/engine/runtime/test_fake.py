from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.api import Cancelled, CancelToken, Chunk, Failed, Saved
from engine.runtime.fake import FAKE_MODEL, FakeEngine, Mishap, Script
from engine.types import Level, SamplingSettings, Span
from tests.contract.hearing import (
    ALL_LEVELS,
    assert_results_are_what_was_saved,
    events_of,
    heard,
    of_kind,
    results_of,
    sampling,
)

GRID = FAKE_MODEL.grid


@given(start=st.integers(0, 200), tops=st.integers(1, 200), seed=st.integers(0, 2**63 - 1))
def test_codes_depend_on_where_they_stand_and_not_on_how_they_were_asked_for(
    start: int, tops: int, seed: int
) -> None:
    part = Span(start * GRID, (start + tops) * GRID)
    task = sampling(FAKE_MODEL, levels=ALL_LEVELS, settings=SamplingSettings(seed=seed))

    (whole,) = results_of(FakeEngine(), replace(task, span=Span(0, part.end)))
    (alone,) = results_of(FakeEngine(), replace(task, span=part))

    for level, hop in zip(Level, FAKE_MODEL.hops, strict=True):
        np.testing.assert_array_equal(alone.at(level), whole.at(level)[part.start // hop :])


def test_neighbouring_seeds_are_not_each_others_echo() -> None:
    first, second = (
        results_of(FakeEngine(), sampling(FAKE_MODEL, settings=SamplingSettings(seed=seed)))[0]
        for seed in (1, 2)
    )

    same = [np.mean(first.at(2)[lag:] == second.at(2)[: len(second.at(2)) - lag]) for lag in (0, 1)]
    assert max(same) < 0.2


def test_a_top_window_is_finished_before_the_middle_begins() -> None:
    window = FAKE_MODEL.contexts[Level.TOP] * GRID
    task = replace(sampling(FAKE_MODEL, levels=ALL_LEVELS), span=Span(0, 2 * window))

    chunks = of_kind(events_of(FakeEngine(), task), Chunk)

    first_of = {level: next(c for c in chunks if c.level is level) for level in ALL_LEVELS}
    before_middle = chunks[: chunks.index(first_of[Level.MIDDLE])]
    assert sum(len(chunk.audio.samples) for chunk in before_middle) == window
    assert chunks[-1].level is Level.BOTTOM


def test_tones_join_without_clicks_and_can_be_heard() -> None:
    sound = heard(events_of(FakeEngine(), sampling(FAKE_MODEL, seconds=1)), 0, Level.TOP)

    assert 0.1 < np.abs(sound).max() < 1
    assert np.abs(np.diff(sound)).max() < 0.1


def test_stretches_take_the_time_of_the_script_and_cancel_does_not_wait_for_them() -> None:
    cancel = CancelToken()
    running = FakeEngine(script=Script(stretch_s=0.05)).run(sampling(FAKE_MODEL, 30), cancel)

    began = time.monotonic()
    events = [event for event, _ in zip(running, range(11), strict=False)]
    took_s = time.monotonic() - began
    cancel.cancel()
    events += running

    assert len(of_kind(events, Saved)) == 3
    assert took_s >= 0.15
    assert isinstance(events[-1], Cancelled)


def test_a_mishap_comes_when_the_script_says() -> None:
    engine = FakeEngine(script=Script(mishap=Mishap.FAIL, mishap_after=3))

    events = events_of(engine, sampling(FAKE_MODEL, seconds=2))

    assert len(of_kind(events, Saved)) == 3
    assert isinstance(events[-1], Failed)
    assert_results_are_what_was_saved(events)
    assert results_of(engine, sampling(FAKE_MODEL, seconds=0.5))
