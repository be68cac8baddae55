from __future__ import annotations

import numpy as np
import pytest

from app.song.codes import chain, composed, covers, cut, known_until
from app.song.song import Origin, Take, TakeId
from engine.types import NO_CODE, Codes, Level, Span
from tests.app.kit import GRID, SPEC, codes_like, song, take

ROOT = take("a", 0, 4)
CHILD = take("b", 3, 6, parent=ROOT.id, origin=Origin.CONTINUED)
INSIDE = take("c", 1, 2, parent=CHILD.id, length=6 * GRID, levels=(Level.TOP,))
FINER = take("d", 1, 2, parent=INSIDE.id, length=6 * GRID, levels=(Level.MIDDLE,))
SONG = song(ROOT, CHILD, INSIDE, FINER)
SHIFT = {ROOT.id: 0, CHILD.id: 100, INSIDE.id: 200, FINER.id: 300}


def own(take_id: TakeId) -> Codes:
    made = SONG.take(take_id)
    first, last = made.span.start // GRID, made.span.end // GRID
    return Codes(tuple(codes_like(first, last, level, SHIFT[take_id]) for level in Level))


def owners(last: Take, level: Level) -> list[int | None]:
    """Whose code stands in each unit of the grid: its shift, or None for a hole."""
    codes = composed(chain(SONG, last.id), own, SPEC).at(level)
    units = codes.reshape(-1, GRID // SPEC.hop(level))
    found: list[int | None] = []
    for place, unit in enumerate(units):
        if (unit == NO_CODE).all():
            found.append(None)
        else:
            by_shift = {
                shift: np.array_equal(unit, codes_like(place, place + 1, level, shift))
                for shift in SHIFT.values()
            }
            found.append(next(shift for shift, same in by_shift.items() if same))
    return found


@pytest.mark.parametrize("level", Level)
def test_a_continuation_is_its_parent_up_to_its_own_span(level: Level) -> None:
    assert owners(CHILD, level) == [0, 0, 0, 100, 100, 100]


def test_a_redone_stretch_is_its_own_and_the_parents_around_it() -> None:
    assert owners(INSIDE, Level.TOP) == [0, 200, 0, 100, 100, 100]


def test_finer_codes_of_another_music_are_holes() -> None:
    assert owners(INSIDE, Level.BOTTOM) == [0, None, 0, 100, 100, 100]


def test_a_rendered_stretch_keeps_the_coarser_codes() -> None:
    assert owners(FINER, Level.TOP) == owners(INSIDE, Level.TOP)
    assert owners(FINER, Level.MIDDLE) == [0, 300, 0, 100, 100, 100]
    assert owners(FINER, Level.BOTTOM) == [0, None, 0, 100, 100, 100]


def test_codes_are_known_up_to_the_first_hole() -> None:
    codes = composed(chain(SONG, INSIDE.id), own, SPEC)

    assert known_until(codes, Level.TOP, SPEC) == 6 * GRID
    assert known_until(codes, Level.BOTTOM, SPEC) == GRID
    assert covers(codes, Level.BOTTOM, Span(2 * GRID, 6 * GRID), SPEC)
    assert not covers(codes, Level.BOTTOM, Span(0, 2 * GRID), SPEC)
    assert not covers(codes, Level.TOP, Span(5 * GRID, 7 * GRID), SPEC)


def test_cutting_keeps_every_level_up_to_the_same_moment() -> None:
    kept = cut(composed(chain(SONG, CHILD.id), own, SPEC), 5 * GRID, SPEC)

    assert [len(kept.at(level)) * SPEC.hop(level) for level in Level] == [5 * GRID] * 3
