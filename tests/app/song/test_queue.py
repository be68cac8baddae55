from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.song.queue import PlannedJob, queue_from, queue_text
from engine.api import SampleTask
from engine.types import Codes, Level, SamplingSettings, Span
from tests.app.kit import GRID, PROMPT, SPEC, codes_like, song, take

SETTINGS = SamplingSettings(seed=5, variations=2)


def job() -> tuple[PlannedJob, ...]:
    takes = tuple(take(letter, 0, 40, settings=SETTINGS) for letter in "ab")
    context = Codes(tuple(codes_like(0, 10, level) for level in Level))
    task = SampleTask(SPEC.id, PROMPT, context, takes[0].span, takes[0].levels, SETTINGS)
    passes = (Span(20 * GRID, 40 * GRID), Span(0, 20 * GRID))
    return (PlannedJob("Generate", task, takes, passes, paused=True),)


def test_a_job_comes_back_as_it_was() -> None:
    (before,) = job()

    (after,) = queue_from(queue_text((before,)), song(*before.takes).takes, SPEC)

    assert after.task == before.task
    assert (after.title, after.takes, after.passes, after.paused) == (
        before.title,
        before.takes,
        before.passes,
        before.paused,
    )


def test_a_take_that_was_removed_is_made_along_with_the_others() -> None:
    (before,) = job()

    (after,) = queue_from(queue_text((before,)), song(before.takes[1]).takes, SPEC)

    assert [each.id for each in after.takes] == [each.id for each in before.takes]
    assert after.task == before.task


def test_jobs_without_takes_in_the_song_are_left_out() -> None:
    assert queue_from(queue_text(job()), song(take("c", 0, 40)).takes, SPEC) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"context": ["", ""]},
        {"context": ["!", "", ""]},
        {"context": ["AA==", "", ""]},
        {"passes": [[1, 2]]},
        {"passes": [[5, 3]]},
        {"passes": 7},
        {"takes": []},
        {"takes": [["a"]]},
        {"takes": ["a" * 32]},
        {"title": None, "context": None},
    ],
)
def test_damage_costs_the_job_and_not_the_song(change: dict[str, object]) -> None:
    (before,) = job()
    (row,) = json.loads(queue_text((before,)))

    assert queue_from(json.dumps([row | change]), song(*before.takes).takes, SPEC) == ()


@given(st.text(max_size=40) | st.recursive(st.none() | st.integers(), st.lists).map(json.dumps))
def test_no_text_does_any_harm(text: str) -> None:
    assert queue_from(text, song(*job()[0].takes).takes, SPEC) == ()


def test_takes_made_in_another_way_are_no_job() -> None:
    (before,) = job()
    others = tuple(replace(each, settings=None) for each in before.takes)

    assert queue_from(queue_text((before,)), song(*others).takes, SPEC) == ()
