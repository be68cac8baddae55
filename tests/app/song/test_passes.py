from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.song.passes import lacking, outward
from engine.types import NO_CODE, Codes, Level, Span
from tests.app.kit import GRID, SPEC, codes_like

TILE = SPEC.contexts[Level.MIDDLE] * SPEC.hop(Level.MIDDLE)


@given(st.integers(0, 3000), st.integers(1, 4000), st.integers(0, 8000 * GRID))
def test_the_pieces_are_the_span_and_go_outward(start: int, length: int, at: int) -> None:
    span = Span(start * GRID, (start + length) * GRID)

    pieces = outward(span, at, SPEC)

    ordered = sorted(pieces, key=lambda piece: piece.start)
    assert ordered[0].start == span.start and ordered[-1].end == span.end
    assert all(a.end == b.start for a, b in itertools.pairwise(ordered))
    assert all(0 < piece.length <= TILE and piece.start % GRID == 0 for piece in pieces)
    made = [pieces[0]]
    for piece in pieces[1:]:
        assert any(piece.start == other.end or piece.end == other.start for other in made)
        made.append(piece)


def test_the_first_piece_is_the_one_under_the_playhead() -> None:
    span = Span(0, 20 * TILE)

    first = outward(span, 7 * TILE + 3, SPEC)[0]

    assert first.start <= 7 * TILE + 3 < first.end


def test_what_has_the_quality_already_is_left_out() -> None:
    middle = codes_like(0, 2 * TILE // GRID, Level.MIDDLE)
    middle[: TILE // SPEC.hop(Level.MIDDLE)] = NO_CODE
    codes = Codes((np.empty(0, np.uint16), middle, middle[:0]))
    pieces = (Span(0, TILE), Span(TILE, 2 * TILE))

    assert lacking(pieces, (Level.MIDDLE,), codes, SPEC) == pieces[:1]
    assert lacking(pieces, (Level.MIDDLE, Level.BOTTOM), codes, SPEC) == pieces
