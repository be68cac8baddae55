"""A stretch anywhere on the timeline is raised in quality by itself, through the real engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.api import Chunk, DecodeTask, SampleTask, Saved
from engine.catalog.store import open_model
from engine.runtime.local import LocalEngine
from engine.types import NO_CODE, Codes, Level, SamplingSettings, Span
from tests.contract.bundled import POCKET
from tests.contract.hearing import (
    ALL_LEVELS,
    assert_follow,
    assert_tiles,
    events_of,
    heard,
    of_kind,
    results_of,
    sampling,
)

MODEL = open_model(POCKET).spec
LOWER = (Level.MIDDLE, Level.BOTTOM)
GRID = MODEL.grid
REGION = Span(150 * GRID, 210 * GRID)


@pytest.fixture(scope="module")
def engine():
    local = LocalEngine([str(POCKET.parent)])
    yield local
    local.close()


@pytest.fixture(scope="module")
def draft(engine):
    """TOP codes of four seconds."""
    (codes,) = results_of(engine, sampling(MODEL, seconds=4))
    return codes


def upsampling(context, span, levels=LOWER, **settings) -> SampleTask:
    chosen = SamplingSettings(**{"seed": 11, **settings})
    return sampling(MODEL, context=context, span=span, levels=levels, settings=chosen)


def with_region(codes: Codes, region: Codes, span: Span, levels=LOWER) -> Codes:
    """A song's codes with those of a stretch laid in, and holes where nothing is known."""
    arrays = list(codes.levels)
    for level in levels:
        hop = MODEL.hop(level)
        whole = np.full(max(len(codes.at(level)), span.end // hop), NO_CODE, np.uint16)
        whole[: len(codes.at(level))] = codes.at(level)
        whole[span.start // hop : span.end // hop] = region.at(level)
        arrays[level] = whole
    return Codes(tuple(arrays))


def assert_covers(events, span, levels=LOWER):
    for level in levels:
        saved = [e for e in of_kind(events, Saved) if e.level is level]
        assert_tiles([(e.start, len(e.codes) * MODEL.hop(level)) for e in saved], span)
        assert_follow([e for e in of_kind(events, Chunk) if e.level is level], span)


def assert_sounds_as_its_codes(engine, events, codes, levels=LOWER):
    """Bit by bit what decoding the song's codes gives."""
    for level in levels:
        chunks = [e for e in of_kind(events, Chunk) if e.level is level]
        start = chunks[0].start
        stretch = Span(start, start + sum(len(chunk.audio.samples) for chunk in chunks))
        decoded = heard(events_of(engine, DecodeTask(MODEL.id, codes, stretch, level)), 0, level)
        assert np.array_equal(heard(events, 0, level), decoded)


@pytest.mark.parametrize("windows", [1, 4])
def test_the_middle_of_a_draft_is_raised_by_itself(engine, draft, windows):
    events = events_of(engine, upsampling(draft, REGION, parallel_windows=windows))

    assert_covers(events, REGION)
    codes = with_region(draft, events[-1].results[0], REGION)
    assert_sounds_as_its_codes(engine, events, codes)


def test_nothing_need_be_known_outside_the_stretch(engine, draft):
    alone = np.full(REGION.end // GRID, NO_CODE, np.uint16)
    alone[REGION.start // GRID :] = draft.at(Level.TOP)[REGION.start // GRID : REGION.end // GRID]
    island = Codes((*Codes.empty().levels[:2], alone))

    events = events_of(engine, upsampling(island, REGION))

    assert_covers(events, REGION)
    codes = with_region(island, events[-1].results[0], REGION)
    assert_sounds_as_its_codes(engine, events, codes)


def test_the_finest_level_is_raised_where_the_middle_one_stands(engine, draft):
    (both,) = results_of(engine, upsampling(draft, REGION))
    middle = with_region(draft, both, REGION, (Level.MIDDLE,))

    (bottom,) = results_of(engine, upsampling(middle, REGION, (Level.BOTTOM,)))

    assert np.array_equal(bottom.at(Level.BOTTOM), both.at(Level.BOTTOM))


def test_a_gap_between_two_raised_stretches_is_filled_without_a_seam(engine, draft):
    first, gap = Span(100 * GRID, 130 * GRID), Span(130 * GRID, 150 * GRID)
    codes = draft
    for span in (first, REGION):
        (raised,) = results_of(engine, upsampling(codes, span))
        codes = with_region(codes, raised, span)

    events = events_of(engine, upsampling(codes, gap))

    assert_covers(events, gap)
    whole = with_region(codes, events[-1].results[0], gap)
    assert_sounds_as_its_codes(engine, events, whole)
    for level in LOWER:
        chunks = [e for e in of_kind(events, Chunk) if e.level is level]
        assert chunks[0].start < gap.start
        assert chunks[-1].start + len(chunks[-1].audio.samples) > gap.end


def test_a_stretch_depends_on_the_draft_above_it_and_not_on_how_it_came_about(engine, draft):
    task = upsampling(draft, REGION)
    other = np.array(draft.at(Level.TOP))
    other[180:] = (other[180:] + 1) % MODEL.codebook_size
    changed = replace(task, context=Codes((*draft.levels[:2], other)))

    (same,), (different,) = results_of(engine, task), results_of(engine, changed)

    assert same == results_of(engine, task)[0]
    assert not np.array_equal(same.at(Level.MIDDLE), different.at(Level.MIDDLE))


def test_all_levels_anew_in_the_middle_of_a_finished_song(engine, draft):
    whole = Span(0, 250 * GRID)
    (raised,) = results_of(engine, upsampling(draft, whole))
    song = with_region(draft, raised, whole)

    events = events_of(engine, upsampling(song, REGION, ALL_LEVELS, seed=12))

    assert_covers(events, REGION, ALL_LEVELS)
    codes = with_region(song, events[-1].results[0], REGION, ALL_LEVELS)
    assert_sounds_as_its_codes(engine, events, codes, ALL_LEVELS)
