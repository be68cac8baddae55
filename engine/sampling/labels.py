"""What a prior is told about each window: length of the song, place in it, artist, genres, lyrics.

Pure integer code, but for one expression in float32 that decides which lyrics are in view, because
the released models were trained with it. Knows nothing of tensors: `engine.nn.conditioning`
batches what is made here.

Source: the label rules of the released models (Jukebox paper, section 4).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from engine.catalog.rules import alphabet_of
from engine.catalog.specs import PriorConfig
from engine.text.vocabulary import Blend, Vocabulary
from engine.types import Prompt

NO_CHARACTER = -1
"""The index of a lyric slot that holds no character of the song."""


@dataclass(frozen=True, slots=True)
class WindowLabels:
    """The labels of one window.

    Attributes:
        total_length: samples of the whole song.
        offset: sample of the song at which the window starts.
        length: samples of a full window.
        artist: number of the artist.
        genres: numbers of the genres, −1 where a slot is empty.
        lyrics: numbers of the characters in view, padded with 0 on the left; empty for a prior
            that reads no lyrics.
        lyric_indices: which character of the cleaned lyrics each slot holds, −1 for padding.
        blend: what is heard in place of artist and genres where names have weights; else None.
    """

    total_length: int
    offset: int
    length: int
    artist: int
    genres: tuple[int, ...]
    lyrics: tuple[int, ...]
    lyric_indices: tuple[int, ...]
    blend: Blend | None = None


class SongLabels:
    """The labels of a song for one prior, from which those of every window follow."""

    def __init__(self, prompt: Prompt, vocabulary: Vocabulary, prior: PriorConfig) -> None:
        """Look the names up once; one that this prior does not know counts as any.

        Whether every name is known to some prior was checked before (`engine.catalog.names`).

        Raises:
            ValueError: a prior without labels.
        """
        if prior.labels is None:
            raise ValueError(f"The {prior.level.name} prior takes no labels.")
        self._prior = prior
        self._total_length = prompt.song_length
        self._names = vocabulary.heard_of(prompt, prior.labels.max_genres)
        self._slots = 0 if prior.lyrics is None else prior.lyrics.tokens
        self._lyrics = prompt.lyrics if self._slots else ""
        self._alphabet = alphabet_of(prior.labels.version)
        self._characters = self._alphabet.encode(self._lyrics)
        self._knots = _knots(prompt, self.origins) if prompt.cues else ()

    @property
    def characters(self) -> int:
        """Characters of the lyrics, as the prior reads them; 0 for a prior that reads none."""
        return len(self._characters)

    @property
    def origins(self) -> tuple[int, ...]:
        """Position in the lyrics as written of each character that the prior reads."""
        return self._alphabet.origins(self._lyrics)

    def window(self, start_code: int) -> WindowLabels:
        """The labels of the window that starts at a code of the prior's level."""
        return self.window_at(start_code * self._prior.hop)

    def window_at(self, offset: int) -> WindowLabels:
        """The labels of the window that starts at a sample of the song.

        Raises:
            ValueError: the window starts outside the song.
        """
        places = self._places(offset)
        return WindowLabels(
            self._total_length,
            offset,
            self._prior.context * self._prior.hop,
            self._names.artist,
            self._names.genres,
            tuple(self._characters[place] if place >= 0 else 0 for place in places),
            tuple(max(place, NO_CHARACTER) for place in places),
            self._names.blend,
        )

    def characters_at(self, offset: int) -> range:
        """The characters of the cleaned lyrics in view in the window that starts at a sample.

        Raises:
            ValueError: the window starts outside the song.
        """
        places = self._places(offset)
        return range(max(places.start, 0), max(places.stop, 0))

    def _places(self, offset: int) -> range:
        """The character in each lyric slot of a window; below 0 in the slots that stay empty."""
        if not 0 <= offset < self._total_length:
            raise ValueError(f"A window starts within {self._total_length} samples, not {offset}.")
        characters, half = len(self._characters), self._slots // 2
        first = characters - self._slots
        if first >= 0 and self._slots:
            first = min(max(self._middle(offset), half), characters - half) - half
        return range(first, first + self._slots)

    def _middle(self, offset: int) -> int:
        """The character that the middle of a window points at."""
        length = self._prior.context * self._prior.hop
        if self._knots:
            moments, characters = zip(*self._knots, strict=True)
            return int(np.interp(offset + length / 2, moments, characters))
        return _character_at((offset, length, self._total_length), len(self._characters))


def _character_at(window: tuple[int, int, int], characters: int) -> int:
    """The character as far into the lyrics as the middle of a window is into the song.

    Double precision would pick another character in 1 of 4,000 windows.

    Args:
        window: samples before it, in it, and of the whole song.
    """
    offset, length, total_length = (np.float32(samples) for samples in window)
    return int(np.float32(characters) * (offset + length / np.float32(2)) / total_length)


def _knots(prompt: Prompt, origins: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Moments of the song and the characters that belong there, from beginning to end."""
    inside = [cue for cue in prompt.cues if cue.at < prompt.song_length]
    knots = [(cue.at, bisect_left(origins, cue.place)) for cue in inside]
    return (0, 0), *knots, (prompt.song_length, len(origins))
