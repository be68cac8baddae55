from __future__ import annotations

import numpy as np
import pytest

from app.services.takes import TakeStore, composed_quality, settled
from app.song.layers import ORIGINAL, SILENT
from app.song.song import Origin
from engine.types import NO_CODE, Level, Span
from tests.app.kit import GRID, SPEC, codes_like, song, take

ROOT = take("a", 0, 8)
CHILD = take("b", 4, 12, parent=ROOT.id, origin=Origin.CONTINUED)
SONG = song(ROOT, CHILD)
CELL = SPEC.hop(Level.BOTTOM)


@pytest.fixture
def store() -> TakeStore:
    made = TakeStore(SPEC)
    for one in SONG.takes:
        made.begin(one)
    return made


def loud(start: int, end: int) -> np.ndarray:
    return np.full((end - start) * GRID, 0.5, np.float32)


def test_codes_come_to_stand_where_they_belong(store: TakeStore) -> None:
    store.add_codes(ROOT.id, Level.TOP, 0, codes_like(0, 8, Level.TOP))
    store.add_codes(CHILD.id, Level.TOP, 6 * GRID, codes_like(6, 9, Level.TOP, 50))

    top = store.codes(SONG, CHILD.id).at(Level.TOP)

    assert top.tolist() == [0, 1, 2, 3, NO_CODE, NO_CODE, 56, 57, 58, *[NO_CODE] * 3]
    assert store.codes(SONG, ROOT.id).at(Level.TOP).tolist() == list(range(8))


def test_what_lies_outside_a_take_is_dropped(store: TakeStore) -> None:
    store.add_codes(CHILD.id, Level.TOP, 11 * GRID, codes_like(0, 9, Level.TOP))
    store.add_codes(CHILD.id, Level.TOP, 2 * GRID, codes_like(0, 9, Level.TOP))
    put = store.add_sound(CHILD.id, Level.TOP, 11 * GRID, loud(0, 9))

    assert store.codes(SONG, CHILD.id).at(Level.TOP)[4:].tolist() == [*[NO_CODE] * 7, 0]
    assert put == Span(11 * GRID, 12 * GRID)


def test_made_is_what_has_codes_without_a_hole(store: TakeStore) -> None:
    assert store.made_until(CHILD) == 4 * GRID

    store.add_codes(CHILD.id, Level.TOP, 4 * GRID, codes_like(0, 3, Level.TOP))
    store.add_codes(CHILD.id, Level.TOP, 9 * GRID, codes_like(0, 1, Level.TOP))

    assert store.made_until(CHILD) == 7 * GRID


def test_a_recording_is_made_before_it_has_codes(store: TakeStore) -> None:
    made = take("c", 0, 3, origin=Origin.IMPORTED)

    store.add_recording(made, loud(0, 3))

    assert store.made_until(made) == 3 * GRID
    assert (store.sound(made).quality == ORIGINAL).all()
    store.add_codes(made.id, Level.TOP, 0, codes_like(0, 3, Level.TOP))
    assert store.unheard(made) == ()


def test_sound_that_is_missing_is_asked_for_at_the_finest_level_there_is(
    store: TakeStore,
) -> None:
    for level, end in zip(Level, (2, 5, 8), strict=True):
        store.add_codes(ROOT.id, level, 0, codes_like(0, end, level))
    assert store.unheard(ROOT) == (
        (Span(0, 2 * GRID), Level.BOTTOM),
        (Span(2 * GRID, 5 * GRID), Level.MIDDLE),
        (Span(5 * GRID, 8 * GRID), Level.TOP),
    )

    store.add_sound(ROOT.id, Level.TOP, 0, loud(0, 8))
    store.add_sound(ROOT.id, Level.MIDDLE, 0, loud(0, 4))
    store.add_sound(ROOT.id, Level.BOTTOM, 0, loud(0, 2))

    assert store.unheard(ROOT) == ((Span(4 * GRID, 5 * GRID), Level.MIDDLE),)


def test_takes_are_cut_to_what_was_made_of_them(store: TakeStore) -> None:
    store.add_codes(ROOT.id, Level.TOP, 0, codes_like(0, 8, Level.TOP))
    store.add_codes(CHILD.id, Level.TOP, 4 * GRID, codes_like(0, 2, Level.TOP))

    cut = settled(SONG, store, SONG.takes)

    assert cut.take(ROOT.id) == ROOT
    assert cut.take(CHILD.id).span == Span(4 * GRID, 6 * GRID)
    assert len(store.sound(cut.take(CHILD.id)).samples) == 2 * GRID


def test_quality_follows_the_chain(store: TakeStore) -> None:
    store.add_sound(ROOT.id, Level.BOTTOM, 0, loud(0, 8))
    store.add_sound(CHILD.id, Level.TOP, 5 * GRID, loud(0, 2))

    quality = composed_quality(SONG.takes, store, CELL)[:: GRID // CELL].tolist()

    assert quality == [*[Level.BOTTOM] * 4, SILENT, *[Level.TOP] * 2, *[SILENT] * 5]


def test_while_it_is_rendered_the_coarse_quality_stays(store: TakeStore) -> None:
    finer = take("c", 2, 6, parent=ROOT.id, levels=(Level.MIDDLE,), length=8 * GRID)
    store.begin(finer)
    store.add_sound(ROOT.id, Level.TOP, 0, loud(0, 8))
    store.add_sound(finer.id, Level.MIDDLE, 2 * GRID, loud(0, 1))

    quality = composed_quality((ROOT, finer), store, CELL)[:: GRID // CELL].tolist()

    assert quality == [2, 2, 1, 2, 2, 2, 2, 2]
