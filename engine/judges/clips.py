"""Stretches of held-out songs, with what is known of them.

Knows songs and their labels. Does not know models.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from engine.training.data import Song, read_stretch
from engine.types import Audio, Prompt, Span


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of a song that no model has learnt from.

    Attributes:
        key: such as "F# minor"; "" where nobody knows.
        tempo: beats per minute; 0 where nobody knows.
    """

    song: Song
    span: Span
    key: str
    tempo: float

    @property
    def name(self) -> str:
        """Of no other clip."""
        return f"{self.song.name}-{self.span.start}-{self.span.length}"

    @property
    def prompt(self) -> Prompt:
        """What a model is asked for who is to make such music as a song by itself."""
        song, span = self.song, self.span
        return Prompt(song.artist, song.genres, song.lyrics_in(span), span.length)

    def audio(self, rate: int) -> Audio:
        """Its sound, read from the file of the song, which is at `rate`."""
        samples = read_stretch(self.song, self.span.start, self.span.length)
        return Audio(samples.numpy(), rate)


def clips_of(songs: Sequence[Song], length: int, grid: int, count: int) -> tuple[Clip, ...]:
    """Clips spread evenly over each song, as many of each, all first ones before all second ones.

    Args:
        length: samples of a clip; songs that are shorter are left out.
        grid: samples on multiples of which clips begin.
        count: of clips per song.
    """
    long = [(song, _known(song)) for song in songs if song.samples >= length]
    return tuple(
        Clip(song, _spread(song.samples, length, grid, (n + 1) / (count + 1)), *known)
        for n in range(count)
        for song, known in long
    )


def tempo_range(songs: Sequence[Song], artist: str) -> tuple[float, float] | None:
    """The slowest and the fastest song of an artist; None where no tempo is known."""
    theirs = [_known(song)[1] for song in songs if song.artist.lower() == artist.lower()]
    known = [tempo for tempo in theirs if tempo]
    return (min(known), max(known)) if known else None


def _spread(samples: int, length: int, grid: int, share: float) -> Span:
    start = int((samples - length) * share) // grid * grid
    return Span(start, start + length)


def _known(song: Song) -> tuple[str, float]:
    labels = json.loads(song.path.with_suffix(".json").read_text(encoding="utf-8"))
    return str(labels.get("key", "")), float(labels.get("tempo", 0))
