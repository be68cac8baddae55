from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.song import edits, tasks
from app.song.errors import OrderError
from app.song.song import Origin, Quality, Song, Verdict, blank_song
from engine.types import NO_CODE, Codes, Level, Span
from tests.app.kit import GRID, PROMPT, SPEC, codes_like, song, take

ROOT = take("a", 0, 40)
SONG = song(ROOT)
FULL = Codes(tuple(codes_like(0, 40, level) for level in Level))
DRAFT = Codes((np.empty(0, np.uint16), np.empty(0, np.uint16), FULL.at(Level.TOP)))


def wanting(song: Song, **settings: object) -> Song:
    return edits.adjust(song, **settings)


def test_generating_starts_from_nothing() -> None:
    order = tasks.generation(wanting(SONG, seconds=1.0, takes=3), SPEC, 9)

    assert order.task.context == Codes.empty()
    assert order.task.span == Span(0, SPEC.snap_up(SPEC.sample_rate))
    assert order.task.settings.seed == 9
    assert [one.parent for one in order.takes] == [None] * 3
    assert [one.span for one in order.takes] == [order.task.span] * 3
    assert len({one.id for one in order.takes}) == 3


@pytest.mark.parametrize("quality", Quality)
def test_the_quality_says_which_levels_are_made(quality: Quality) -> None:
    assert tasks.generation(wanting(SONG, quality=quality), SPEC, 0).task.levels == quality.levels


def test_continuing_keeps_codes_up_to_the_moment_on_the_grid() -> None:
    order = tasks.continuation(SONG, SPEC, FULL, 10 * GRID + 17, 0)

    assert order.task.span.start == 10 * GRID
    assert [len(order.task.context.at(level)) for level in Level] == [
        10 * GRID // hop for hop in SPEC.hops
    ]
    assert order.takes[0].parent == ROOT.id
    assert order.takes[0].length == order.task.span.end


def test_continuing_begins_where_codes_end() -> None:
    holed = FULL.at(Level.TOP).copy()
    holed[25:] = NO_CODE

    order = tasks.continuation(SONG, SPEC, Codes((*FULL.levels[:2], holed)), 10**9, 0)

    assert order.task.span.start == 25 * GRID


def test_nothing_cannot_be_continued() -> None:
    for codes, at in ((Codes.empty(), 99), (FULL, GRID - 1)):
        with pytest.raises(OrderError, match="nothing to continue"):
            tasks.continuation(SONG, SPEC, codes, at, 0)


def test_redoing_widens_the_selection_to_the_grid_and_keeps_the_length() -> None:
    order = tasks.redoing(SONG, SPEC, FULL, Span(5 * GRID + 1, 8 * GRID + 1), 0)

    assert order.task.span == Span(5 * GRID, 9 * GRID)
    assert order.task.context == FULL
    assert order.takes[0].length == ROOT.length
    assert order.takes[0].origin is Origin.REDONE


def test_an_empty_stretch_cannot_be_redone() -> None:
    with pytest.raises(OrderError, match="no music to redo"):
        tasks.redoing(SONG, SPEC, FULL, Span(41 * GRID, 50 * GRID), 0)


def test_rendering_asks_only_for_what_is_missing() -> None:
    order = tasks.rendering(SONG, SPEC, DRAFT, None, Quality.FULL)
    assert (order.task.levels, order.task.span) == ((Level.MIDDLE, Level.BOTTOM), ROOT.span)

    half = FULL.at(Level.BOTTOM)[: 20 * GRID // SPEC.hop(Level.BOTTOM)]
    order = tasks.rendering(SONG, SPEC, Codes((half, *FULL.levels[1:])), None, Quality.FULL)
    assert (order.task.levels, order.task.span) == (
        (Level.BOTTOM,),
        Span(20 * GRID, 40 * GRID),
    )


def test_rendering_keeps_dice_and_words_of_the_take() -> None:
    changed = edits.ask(SONG, lyrics="other words")

    task = tasks.rendering(changed, SPEC, DRAFT, None, Quality.MID).task

    assert task.settings.seed == 5
    assert task.settings.variations == 1
    assert task.prompt.lyrics == PROMPT.lyrics


def test_what_is_good_already_is_not_rendered() -> None:
    with pytest.raises(OrderError, match="already"):
        tasks.rendering(SONG, SPEC, FULL, None, Quality.FULL)
    with pytest.raises(OrderError, match="nothing to render"):
        tasks.rendering(blank_song(SPEC), SPEC, Codes.empty(), None, Quality.FULL)


def test_the_song_is_told_to_be_long_enough() -> None:
    short = edits.ask(SONG, song_length=1)

    for seconds in (1.0, 30.0, 600.0):
        task = tasks.generation(wanting(short, seconds=seconds), SPEC, 0).task
        assert task.span.end <= task.prompt.song_length < SPEC.max_song_length
        assert task.prompt.song_length >= SPEC.min_song_length


def test_a_full_song_says_so() -> None:
    room = SPEC.snap_down(SPEC.max_song_length - 1) // GRID
    long = song(take("a", 0, room))
    codes = Codes((np.empty(0, np.uint16), np.empty(0, np.uint16), np.zeros(room, np.uint16)))

    order = tasks.continuation(wanting(long, seconds=99), SPEC, codes, (room - 3) * GRID, 0)
    assert order.task.span.length == 3 * GRID
    with pytest.raises(OrderError, match="full"):
        tasks.continuation(long, SPEC, codes, room * GRID, 0)


def test_temperature_is_for_the_top_and_the_levels_below_follow() -> None:
    task = tasks.generation(wanting(SONG, temperature=0.49), SPEC, 0).task

    temperatures = [task.settings.levels[level].temperature for level in Level]
    assert temperatures == pytest.approx([0.495, 0.495, 0.49])


def test_an_imported_take_begins_the_song() -> None:
    made = tasks.imported(replace(SONG, title="x"), "Riff", 3 * GRID)

    assert (made.parent, made.span, made.length) == (None, Span(0, 3 * GRID), 3 * GRID)
    assert (made.origin, made.settings) == (Origin.IMPORTED, None)


@pytest.mark.parametrize("origin", [Origin.CONTINUED, Origin.REDONE])
def test_refilling_asks_again_for_as_many_as_were_rejected(origin: Origin) -> None:
    siblings = [
        take(letter, 10, 14, parent=ROOT.id, origin=origin, length=40 * GRID, levels=(Level.TOP,))
        for letter in "bcd"
    ]
    asked = song(ROOT, *siblings)
    for one in siblings[1:]:
        asked = edits.judge_take(asked, one.id, Verdict.REJECTED)
    asked = edits.ask(asked, artist="Bix")

    order = tasks.refilling(asked, SPEC, FULL, 99)

    assert (order.task.span, order.task.levels) == (siblings[0].span, (Level.TOP,))
    assert order.task.prompt == siblings[0].prompt
    assert (order.task.settings.seed, order.task.settings.variations) == (99, 2)
    known = len(order.task.context.at(Level.TOP)) * SPEC.hop(Level.TOP)
    assert known == (40 * GRID if origin is Origin.REDONE else 10 * GRID)
    assert [(one.parent, one.origin, one.verdict) for one in order.takes] == [
        (ROOT.id, origin, Verdict.OPEN)
    ] * 2
    assert len({one.id for one in (*order.takes, *siblings)}) == 5


def test_refilling_needs_something_rejected() -> None:
    with pytest.raises(OrderError, match="Reject some"):
        tasks.refilling(SONG, SPEC, Codes.empty(), 1)
