"""What every body of `Engine` promises of lyrics and time: laws that `EngineContract` inherits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.api import Aligned, AlignTask, CancelToken, Engine, Event, Finished, SampleTask, Saved
from engine.catalog.specs import ModelSpec
from engine.errors import TaskError
from engine.types import Codes, Level, SamplingSettings
from tests.contract.hearing import assert_tiles, events_of, of_kind, results_of, sampling

LYRICS = "La, 你好 (over the hills)\n and far away…" * 4


def sung(model: ModelSpec) -> SampleTask:
    """Two takes of a phrase with words."""
    task = sampling(model, seconds=0.7, settings=SamplingSettings(seed=7, variations=2))
    return replace(task, prompt=replace(task.prompt, lyrics=LYRICS))


class AlignmentContract:
    """Promises of every engine about words."""

    @pytest.fixture(scope="class")
    @classmethod
    def sung_events(cls, engine: Engine, model: ModelSpec) -> list[Event]:
        return events_of(engine, sung(model))

    @pytest.mark.parametrize("take", [0, 1])
    def test_what_is_sung_is_told_of_every_code_after_the_code_itself(
        self, sung_events: list[Event], model: ModelSpec, take: int
    ) -> None:
        saved_until, told = 0, list[tuple[int, int]]()
        for event in sung_events:
            if isinstance(event, Saved) and (event.variation, event.level) == (take, Level.TOP):
                saved_until = event.start + len(event.codes) * model.grid
            elif isinstance(event, Aligned) and event.variation == take:
                told.append((event.start, len(event.places) * model.grid))
                assert sum(told[-1]) <= saved_until

        assert_tiles(told, sung(model).span)

    def test_places_lie_in_the_lyrics_as_written_and_weights_are_shares(
        self, sung_events: list[Event]
    ) -> None:
        for event in of_kind(sung_events, Aligned):
            assert event.places.dtype == np.int32
            assert event.weights.dtype == np.float32
            assert len(event.places) == len(event.weights)
            assert event.places.min() >= -1
            assert event.places.max() < len(LYRICS)
            assert event.weights.min() >= 0
            assert event.weights.max() <= 1

    def test_aligning_codes_tells_what_sampling_them_told(
        self, engine: Engine, sung_events: list[Event], model: ModelSpec
    ) -> None:
        assert isinstance(sung_events[-1], Finished)
        task = sung(model)
        codes = sung_events[-1].results[1]

        events = events_of(engine, AlignTask(model.id, task.prompt, codes, task.span))

        assert events[-1] == Finished()
        on_the_way = [each for each in of_kind(sung_events, Aligned) if each.variation == 1]
        for field in ("places", "weights"):
            after, during = (
                np.concatenate([getattr(each, field) for each in aligned])
                for aligned in (of_kind(events, Aligned), on_the_way)
            )
            np.testing.assert_allclose(after, during, atol=1e-5)

    def test_without_words_nothing_is_aligned(self, engine: Engine, model: ModelSpec) -> None:
        task = sung(model)
        silent = replace(task, prompt=replace(task.prompt, lyrics=" \n"))

        assert of_kind(events_of(engine, silent), Aligned) == []
        with pytest.raises(TaskError, match="no lyrics"):
            codes = Codes(tuple(np.zeros(1000, np.uint16) for _ in Level))
            next(engine.run(AlignTask(model.id, silent.prompt, codes, task.span), CancelToken()))

    def test_codes_that_are_not_there_are_not_aligned(
        self, engine: Engine, model: ModelSpec
    ) -> None:
        task = sung(model)
        (made,) = results_of(engine, sampling(model, seconds=0.3))

        with pytest.raises(TaskError, match=r"TOP codes that are needed are not there"):
            next(engine.run(AlignTask(model.id, task.prompt, made, task.span), CancelToken()))
