"""What every engine promises of a task that goes on where another run of it stopped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from engine.api import CancelToken, Chunk, Engine, Event, Finished, SampleTask, Saved, Started
from engine.catalog.specs import ModelSpec
from engine.errors import TaskError
from engine.types import Codes, Level
from tests.contract.hearing import events_of, of_kind, overlaid, results_of


def cut(codes: Codes, share: tuple[float, float, float]) -> Codes:
    """The first part of each level's codes; `share` from BOTTOM to TOP."""
    levels = (codes.at(level)[: int(len(codes.at(level)) * share[level])] for level in Level)
    return Codes(tuple(levels))


def results(events: Iterable[Event]) -> tuple[Codes, ...]:
    """What the last event says was made."""
    return cast("Finished", list(events)[-1]).results


class ResumingContract:
    """Needs the fixtures of `EngineContract`."""

    @pytest.mark.parametrize(
        "shares",
        [
            ((0, 0, 0.5), (0, 0, 0.4)),
            ((0.3, 0.6, 1), (0.3, 0.6, 1)),
            ((0.5, 1, 1), (0.3, 0.6, 0.8)),
            ((1, 1, 1), (1, 1, 1)),
        ],
    )
    def test_going_on_gives_what_one_run_gives(
        self, engine: Engine, full_task: SampleTask, full_events: list[Event], shares
    ) -> None:
        whole = results(full_events)
        made = tuple(cut(codes, share) for codes, share in zip(whole, shares, strict=True))

        events = events_of(engine, replace(full_task, made=made))

        assert results(events) == whole
        (started,) = of_kind(events, Started)
        saved = sum(len(event.codes) for event in of_kind(events, Saved))
        assert saved == sum(len(level) for codes in whole for level in codes.levels) - sum(
            len(level) for codes in made for level in codes.levels
        )
        assert started.steps >= saved

    def test_sound_that_comes_after_going_on_is_that_of_one_run(
        self, engine: Engine, full_task: SampleTask, full_events: list[Event], model: ModelSpec
    ) -> None:
        whole = results(full_events)
        made = tuple(cut(codes, (0.5, 1, 1)) for codes in whole)

        chunks = of_kind(events_of(engine, replace(full_task, made=made)), Chunk)

        front = len(made[0].at(Level.BOTTOM)) * model.hop(Level.BOTTOM)
        for take in range(2):
            rest = [chunk for chunk in chunks if chunk.variation == take]
            start, end = min(chunk.start for chunk in rest), full_task.span.end
            assert start <= full_task.span.start + front
            fine = [
                chunk
                for chunk in of_kind(full_events, Chunk)
                if (chunk.variation, chunk.level) == (take, Level.BOTTOM)
            ]
            np.testing.assert_array_equal(overlaid(rest)[start:end], overlaid(fine)[start:end])

    def test_stopping_again_keeps_what_was_there(
        self, engine: Engine, full_task: SampleTask, full_events: list[Event]
    ) -> None:
        whole = results(full_events)
        made = tuple(cut(codes, (0.2, 0.5, 1)) for codes in whole)
        token = CancelToken()
        token.cancel()

        events = list(engine.run(replace(full_task, made=made), token))

        assert results(events) == made

    def test_more_than_can_have_been_made_is_a_mistake(
        self, engine: Engine, full_task: SampleTask
    ) -> None:
        long = Codes(tuple(np.zeros(100_000, np.uint16) for _ in Level))

        with pytest.raises(TaskError, match=r"without a hole|longer"):
            list(engine.run(replace(full_task, made=(long, long)), CancelToken()))
        assert results_of(engine, full_task)
