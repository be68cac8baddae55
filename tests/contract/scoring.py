"""What every body of `Engine` promises of surprise: laws that `EngineContract` inherits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.api import CancelToken, Engine, Finished, Scored, ScoreTask
from engine.catalog.specs import ModelSpec
from engine.errors import TaskError
from engine.types import NO_CODE, Codes, Level, Prompt, Span
from tests.contract.hearing import assert_tiles, events_of, of_kind

UNITS = 700


def scoring(model: ModelSpec) -> ScoreTask:
    """A stretch from the middle of codes without sense."""
    top = (np.arange(UNITS, dtype=np.uint16) * 37) % model.codebook_size
    nothing = np.zeros(0, np.uint16)
    prompt = Prompt("", (), "", max(model.min_song_length, UNITS * model.grid))
    span = Span(40 * model.grid, UNITS * model.grid)
    return ScoreTask(model.id, prompt, Codes((nothing, nothing, top)), span)


def whole(model: ModelSpec, level: Level) -> ScoreTask:
    """A short stretch with codes of every level, to be scored at one of them."""
    units = 24
    counts = [units * model.grid // model.hop(each) for each in Level]
    codes = (np.arange(count, dtype=np.uint16) * 37 % model.codebook_size for count in counts)
    prompt = Prompt("", (), "", model.min_song_length)
    span = Span(4 * model.grid, units * model.grid)
    return ScoreTask(model.id, prompt, Codes(tuple(codes)), span, level=level)


def bits(engine: Engine, task: ScoreTask) -> np.ndarray:
    """The surprise at each code of the task's span."""
    events = events_of(engine, task)
    assert events[-1] == Finished()
    return np.concatenate([event.bits for event in of_kind(events, Scored)])


class ScoringContract:
    """Promises of every engine about how likely music is."""

    def test_scores_tile_the_span(self, engine: Engine, model: ModelSpec) -> None:
        task = scoring(model)

        scored = of_kind(events_of(engine, task), Scored)

        assert_tiles([(each.start, len(each.bits) * model.grid) for each in scored], task.span)
        for each in scored:
            assert each.bits.dtype == np.float32
            assert np.isfinite(each.bits).all()
            assert each.bits.min() >= 0

    def test_scoring_again_says_the_same(self, engine: Engine, model: ModelSpec) -> None:
        task = scoring(model)

        np.testing.assert_allclose(bits(engine, task), bits(engine, task), atol=1e-5)

    def test_codes_after_the_span_change_nothing(self, engine: Engine, model: ModelSpec) -> None:
        task = scoring(model)
        part = Span(task.span.start, task.span.start + 100 * model.grid)
        cut = Codes((*task.codes.levels[:2], task.codes.at(Level.TOP)[: part.end // model.grid]))

        long, short = (replace(task, span=part), replace(task, span=part, codes=cut))

        np.testing.assert_allclose(bits(engine, long), bits(engine, short), atol=1e-4)

    @pytest.mark.parametrize("level", [Level.MIDDLE, Level.BOTTOM])
    def test_lower_levels_are_scored_given_the_one_above(
        self, engine: Engine, model: ModelSpec, level: Level
    ) -> None:
        task = whole(model, level)
        other = np.roll(task.codes.at(Level(level + 1)), 1)
        levels = [*task.codes.levels[: level + 1], other, *task.codes.levels[level + 2 :]]

        scored = of_kind(events_of(engine, task), Scored)

        hop = model.hop(level)
        assert_tiles([(each.start, len(each.bits) * hop) for each in scored], task.span)
        mine = np.concatenate([each.bits for each in scored])
        assert np.isfinite(mine).all() and mine.min() >= 0
        np.testing.assert_allclose(mine, bits(engine, task), atol=1e-5)
        if model.id != "fake":
            moved = bits(engine, replace(task, codes=Codes(tuple(levels))))
            assert np.abs(mine - moved).max() > 0.01

    def test_fills_are_refused_below_the_top(self, engine: Engine, model: ModelSpec) -> None:
        task = whole(model, Level.MIDDLE)

        with pytest.raises(TaskError, match="TOP level only"):
            list(engine.run(replace(task, fills=(task.codes,)), CancelToken()))

    def test_each_fill_is_scored_as_if_it_stood_there(
        self, engine: Engine, model: ModelSpec
    ) -> None:
        task, units = scoring(model), 10
        first = task.span.start // model.grid
        tops = [(np.arange(units, dtype=np.uint16) * step) % model.codebook_size for step in (3, 5)]
        nothing = np.zeros(0, np.uint16)
        fills = tuple(Codes((nothing, nothing, top)) for top in tops)

        scored = of_kind(events_of(engine, replace(task, fills=fills)), Scored)

        for variation, top in enumerate(tops):
            mine = [each.bits for each in scored if each.variation == variation]
            standing = task.codes.at(Level.TOP).copy()
            standing[first - units : first] = top
            alone = replace(task, codes=Codes((nothing, nothing, standing)))
            np.testing.assert_allclose(np.concatenate(mine), bits(engine, alone), atol=1e-4)
        assert {each.variation for each in scored} == {0, 1}

    def test_fills_of_different_lengths_or_with_holes_are_refused(
        self, engine: Engine, model: ModelSpec
    ) -> None:
        nothing = np.zeros(0, np.uint16)
        fills = tuple(Codes((nothing, nothing, np.zeros(n, np.uint16))) for n in (3, 4))

        hollow = Codes((nothing, nothing, np.full(3, NO_CODE, np.uint16)))

        with pytest.raises(TaskError, match=r"of one length"):
            next(engine.run(replace(scoring(model), fills=fills), CancelToken()))
        with pytest.raises(TaskError, match=r"without holes"):
            next(engine.run(replace(scoring(model), fills=(hollow,)), CancelToken()))

    def test_codes_that_are_not_there_are_not_scored(
        self, engine: Engine, model: ModelSpec
    ) -> None:
        task = scoring(model)

        with pytest.raises(TaskError, match=r"TOP codes that are needed are not there"):
            next(engine.run(replace(task, codes=Codes.empty()), CancelToken()))
