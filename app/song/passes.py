"""In which stretches a take is rendered: outward from the playhead, so that it is heard soon.

Pure: samples and the model's windows.
"""

from __future__ import annotations

from app.song.codes import covers
from engine.catalog.specs import ModelSpec
from engine.types import Codes, Level, Span


def outward(span: Span, at: int, spec: ModelSpec) -> tuple[Span, ...]:
    """The span in pieces of about a window of the middle level, those closest to `at` first.

    Together they are the span. After `at` they follow each other, so that each knows the one
    before it; those before `at` come in turns with them.

    Args:
        span, at: in samples; the span is on the grid.
    """
    tile = spec.snap_up(spec.contexts[Level.MIDDLE] * spec.hop(Level.MIDDLE))
    middle = min(max(spec.snap_down(at), span.start), span.end)
    ends = [*range(middle + tile, span.end, tile), span.end]
    later = _following(middle, ends)
    earlier = [Span(max(span.start, end - tile), end) for end in range(middle, span.start, -tile)]
    return tuple(sorted([*later, *earlier], key=lambda piece: _away(piece, middle)))


def lacking(
    pieces: tuple[Span, ...], levels: tuple[Level, ...], codes: Codes, spec: ModelSpec
) -> tuple[Span, ...]:
    """The pieces that lack codes of some of the levels."""
    return tuple(
        piece for piece in pieces if not all(covers(codes, level, piece, spec) for level in levels)
    )


def _following(start: int, ends: list[int]) -> list[Span]:
    pieces: list[Span] = []
    for end in ends:
        if end > start:
            pieces.append(Span(start, end))
            start = end
    return pieces


def _away(piece: Span, at: int) -> tuple[int, bool]:
    """How far a piece begins from a moment; what comes after it goes first."""
    after = piece.start >= at
    return (piece.start - at if after else at - piece.end), not after
