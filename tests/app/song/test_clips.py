from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.song.clips import (
    Clip,
    Recorded,
    clip_of,
    from_bytes,
    joined,
    kin_of,
    recorded_within,
    to_bytes,
)
from app.song.errors import DocumentError, OrderError
from app.song.layers import ORIGINAL, Sound
from app.song.song import Origin
from engine.types import NO_CODE, Codes, Level, Span
from tests.app.kit import GRID, SPEC, codes_like, take

CELL = SPEC.hop(Level.BOTTOM)
WHOLE = Codes(tuple(codes_like(0, end, level) for level, end in zip(Level, (4, 6, 8), strict=True)))


def clip(start: int = 2, end: int = 7) -> Clip:
    recorded = (Recorded(GRID, np.linspace(0, 1, GRID, dtype=np.float32)),)
    return clip_of(WHOLE, recorded, Span(start * GRID, end * GRID), "Take 1", SPEC)


def same(one: Clip, other: Clip) -> bool:
    sounds = [
        a.start == b.start and np.array_equal(a.samples, b.samples)
        for a, b in zip(one.recorded, other.recorded, strict=True)
    ]
    rest = (one.kin, one.codes, one.start, one.name)
    return all(sounds) and rest == (other.kin, other.codes, other.start, other.name)


def test_a_clip_holds_what_there_is_and_holes_elsewhere() -> None:
    mine = clip()

    assert mine.length == 5 * GRID and mine.levels == tuple(sorted(Level, reverse=True))
    for level in Level:
        per_unit = GRID // SPEC.hop(level)
        there = WHOLE.at(level)[2 * per_unit :]
        codes = mine.codes.at(level)
        assert len(codes) == 5 * per_unit
        assert codes.tolist()[: len(there)] == there.tolist()[: len(codes)]
        assert (codes[len(there) :] == NO_CODE).all()


def test_music_without_codes_cannot_be_copied() -> None:
    with pytest.raises(OrderError, match=r"no codes yet"):
        clip_of(WHOLE, (), Span(6 * GRID, 9 * GRID), "", SPEC)


def test_bytes_and_back_is_the_same_clip() -> None:
    assert same(from_bytes(to_bytes(clip())), clip())


def test_clips_follow_each_other() -> None:
    both = joined((clip(2, 4), clip(4, 7)))

    assert both.codes == clip(2, 7).codes
    assert [each.start for each in both.recorded] == [GRID, 3 * GRID]


@given(st.data())
def test_damaged_bytes_are_a_sentence_or_a_proper_clip(data: st.DataObject) -> None:
    whole = bytearray(to_bytes(clip()))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])

    for damaged in (bytes(whole), cut):
        try:
            found = from_bytes(damaged)
        except DocumentError as error:
            assert str(error)
        else:
            assert found.length == len(found.codes.at(Level.TOP)) * found.kin.hops[Level.TOP]
            assert all(np.isfinite(each.samples).all() for each in found.recorded)


def test_codes_beyond_the_codebook_are_refused() -> None:
    odd = Codes(tuple(np.full_like(clip().codes.at(level), 5000) for level in Level))

    with pytest.raises(DocumentError, match=r"no model knows"):
        from_bytes(to_bytes(replace(clip(), codes=odd)))


def test_recorded_sound_is_what_nothing_was_made_over() -> None:
    recording = take("a", 0, 8, origin=Origin.IMPORTED)
    redone = take("b", 3, 5, parent=recording.id, length=8 * GRID, origin=Origin.REDONE)
    first = Sound(np.arange(8 * GRID, dtype=np.float32), np.full(8 * GRID // CELL, ORIGINAL), CELL)
    second = Sound.silence(2 * GRID, CELL)

    found = recorded_within((recording, redone), (first, second), Span(GRID, 7 * GRID))

    assert [(each.start, len(each.samples)) for each in found] == [
        (0, 2 * GRID),
        (4 * GRID, 2 * GRID),
    ]
    assert found[1].samples[0] == 5 * GRID


def test_kin_tells_models_apart_that_share_a_name() -> None:
    assert kin_of(SPEC) != kin_of(replace(SPEC, codebook_size=2048))
