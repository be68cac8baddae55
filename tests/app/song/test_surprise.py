from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.song.surprise import Surprise, found, pieces
from engine.sampling.plan import level_windows
from engine.types import NO_CODE, Codes, Level, Span
from tests.app.kit import GRID, SPEC, codes_like, song, take

HALF = SPEC.contexts[Level.TOP] // 2
NOTHING = np.empty(0, np.uint16)


def codes(units: int, shift: int = 0) -> Codes:
    return Codes((NOTHING, NOTHING, codes_like(0, units, Level.TOP, shift)))


def with_code(there: Codes, place: int, code: int) -> Codes:
    """The same with another TOP code at a place."""
    top = there.at(Level.TOP).copy()
    top[place] = code
    return Codes((NOTHING, NOTHING, top))


@given(st.integers(1, 4 * HALF), st.booleans())
def test_questions_tile_what_is_known(units: int, growing: bool) -> None:
    asked = pieces(song(take("a", 0, units)), SPEC, codes(units), Level.TOP, growing=growing)

    ends = [0, *(piece.task.span.end for piece in asked)]
    assert [piece.task.span.start for piece in asked] == ends[:-1]
    assert all(piece.task.span.length <= HALF * GRID for piece in asked)
    whole = units // HALF * HALF if growing else units
    assert ends[-1] == whole * GRID


@given(st.integers(1, 5 * HALF))
def test_each_question_is_a_window_of_asking_about_all_at_once(units: int) -> None:
    """So that the answers are those of one question about the whole take."""
    asked = pieces(song(take("a", 0, units)), SPEC, codes(units), Level.TOP, growing=False)
    context = SPEC.contexts[Level.TOP]

    def windows(span: Span) -> list[tuple[int, int]]:
        start, end = span.start // GRID, span.end // GRID
        plan = level_windows(0, start, end, context, context // 2)
        return [(window.fresh, window.end) for window in plan]

    alone = [window for piece in asked for window in windows(piece.task.span)]
    assert all(end - fresh <= HALF for fresh, end in alone)
    together = windows(Span(0, units * GRID))
    assert [end for _, end in together] == [end for _, end in alone][-len(together) :]


def test_not_where_there_are_holes() -> None:
    holed = with_code(codes(3 * HALF), HALF + 5, NO_CODE)

    asked = pieces(song(take("a", 0, 3 * HALF)), SPEC, holed, Level.TOP, growing=False)

    assert [piece.task.span for piece in asked] == [
        Span(0, HALF * GRID),
        Span(HALF * GRID, (HALF + 5) * GRID),
        Span(2 * HALF * GRID, 3 * HALF * GRID),
    ]


@pytest.mark.parametrize("level", [Level.MIDDLE, Level.BOTTOM])
def test_questions_about_lower_levels_depend_on_the_one_above(level: Level) -> None:
    units = 3 * HALF
    one = Codes(tuple(codes_like(0, units, each) for each in Level))
    above = one.at(Level(level + 1)).copy()
    above[-1] += 1
    other = Codes((*one.levels[: level + 1], above, *one.levels[level + 2 :]))
    there = song(take("a", 0, units))

    asked, changed = (pieces(there, SPEC, each, level, growing=False) for each in (one, other))

    assert all(piece.task.level is level for piece in asked)
    assert asked[-1].task.span.end == units * GRID
    assert asked[0].key == changed[0].key and asked[-1].key != changed[-1].key
    answer = np.ones(asked[0].task.span.length // SPEC.hop(level), np.float32)
    surprise = found(asked, {asked[0].key: answer}, SPEC)
    assert len(surprise.bits) == units * GRID // SPEC.hop(level)
    assert surprise.at(0) == 1.0


def test_a_question_is_the_same_while_nothing_that_it_depends_on_changes() -> None:
    units = 4 * HALF
    one = pieces(song(take("a", 0, units)), SPEC, codes(units), Level.TOP, growing=False)
    changed = with_code(codes(units), -1, 7)

    two = pieces(song(take("b", 0, units)), SPEC, changed, Level.TOP, growing=False)

    assert [a.key == b.key for a, b in zip(one, two, strict=True)] == [True, True, True, False]


def test_another_prompt_is_another_question() -> None:
    first = take("a", 0, HALF)
    other = replace(first, prompt=replace(first.prompt, genres=("Choral",)))

    keys = {
        piece.key
        for each in (first, other)
        for piece in pieces(song(each), SPEC, codes(HALF), Level.TOP, growing=False)
    }

    assert len(keys) == 2


def test_answers_stand_where_their_questions_are() -> None:
    asked = pieces(song(take("a", 0, 2 * HALF)), SPEC, codes(2 * HALF), Level.TOP, growing=False)
    answer = np.arange(HALF, dtype=np.float32)

    surprise = found(asked, {asked[1].key: answer}, SPEC)

    assert np.isnan(surprise.bits[:HALF]).all()
    assert np.array_equal(surprise.bits[HALF:], answer)
    assert surprise.at((HALF + 3) * GRID + 1) == 3.0
    assert surprise.at(0) is None and surprise.at(2 * HALF * GRID) is None


@given(st.integers(-50, 300), st.integers(1, 500), st.integers(1, 60))
@example(0, 31, 15)
def test_a_column_holds_the_mean_and_the_largest_of_its_codes(
    start: int, length: int, width: int
) -> None:
    bits = np.random.default_rng(5).uniform(0, 12, 300).astype(np.float32)
    bits[100:120] = np.nan
    surprise = Surprise(bits, 1, 10.0)

    means, highs = surprise.columns(start, start + length, width)

    edges = np.floor(np.linspace(start, start + length, width + 1)).astype(int)
    for place in range(width):
        first, end = edges[place], max(edges[place + 1], edges[place] + 1)
        if place == width - 1:
            end = max(int(np.ceil(start + length)), first + 1)
        column = bits[first:end] if first >= 0 else bits[:0]
        known = column[~np.isnan(column)]
        if len(known):
            assert means[place] == pytest.approx(known.mean(), rel=1e-5)
            assert highs[place] == known.max()
        else:
            assert np.isnan(means[place]) and np.isnan(highs[place])
