"""Whether music goes on as it began: in the same key, at the same tempo, by the same artist.

Knows what was heard, and what is known of the song. Does not know how it was continued.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.judges.beat import best_tempo
from engine.judges.clips import Clip
from engine.judges.figures import Figure
from engine.judges.keys import in_best_key, in_key
from engine.judges.sound import Heard, artist_of, recogniser_of
from engine.types import Span

_BELOW_BEST = 0.05
_TEMPOS_HEARD = (0.8, 1.25)
_TEMPO_TOLERANCE = 0.04


@dataclass(frozen=True, slots=True)
class Pieces:
    """What followed upon the beginning of each clip.

    Attributes:
        samples: as the model goes on.
        copies: as the song goes on, encoded and decoded.
        clips: as the song goes on.
        examples: to learn from who sounds how.
    """

    samples: Sequence[Heard]
    copies: Sequence[Heard]
    clips: Sequence[Heard]
    examples: Sequence[Heard]


def rest_of(clip: Clip, known: int) -> Clip:
    """What follows upon the first samples of a clip."""
    return replace(clip, span=Span(clip.span.start + known, clip.span.end))


def keeps_key(each: Heard, clip: Clip) -> bool:
    """Whether the key of a song fits what was heard as well as any other, or nearly so."""
    pitches = each.heard.pitches
    return pitches.sum() > 0 and in_key(pitches, clip.key) >= in_best_key(pitches) - _BELOW_BEST


def keeps_tempo(each: Heard, clip: Clip) -> bool:
    """Whether the strongest beat, of those not far from a song's, is that of the song."""
    slowest, fastest = (clip.tempo * factor for factor in _TEMPOS_HEARD)
    tempo = best_tempo(each.heard.onsets, slowest, fastest)
    return abs(tempo / clip.tempo - 1) <= _TEMPO_TOLERANCE


def continuing_figures(pieces: Pieces) -> tuple[Figure, ...]:
    """Shares of continuations that keep key, tempo and artist."""
    judge = recogniser_of(pieces.examples)

    def recognised(each: Heard, clip: Clip) -> bool:
        guess = judge.recognise(each.heard.timbre[np.newaxis])[0]
        return guess == artist_of(clip)

    artist = _figure("continued_artist", recognised, pieces, 0.7, artist_of)
    return (
        _figure("continued_key", keeps_key, pieces, 0.8, lambda clip: clip.key),
        _figure("continued_tempo", keeps_tempo, pieces, 0.8, lambda clip: clip.tempo),
        replace(artist, chance=1 / len(judge.names)),
    )


def _figure(
    name: str,
    keeps: Callable[[Heard, Clip], bool],
    pieces: Pieces,
    target: float,
    label: Callable[[Clip], object],
) -> Figure:
    """By chance: how often the songs themselves are taken for going on as another one began."""

    def share(some: Sequence[Heard]) -> float | None:
        known = [keeps(each, each.like) for each in some if label(each.like)]
        return float(np.mean(known)) if known else None

    others = [
        keeps(each, other.like)
        for each in pieces.clips
        for other in pieces.clips
        if label(other.like) and label(other.like) != label(each.like)
    ]
    chance = float(np.mean(others)) if others else None
    samples, copies, clips = map(share, (pieces.samples, pieces.copies, pieces.clips))
    return Figure(name, samples, copies, clips, chance, target)
