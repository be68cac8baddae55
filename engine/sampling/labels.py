"""What a prior is told about each window: length of the song, place in it, artist, genres, lyrics.

Pure integer code, but for one expression in float32 that decides which lyrics are in view, because
the released models were trained with it. Knows nothing of tensors: `engine.nn.conditioning`
batches what is made here.

Source: the label rules of the released models (Jukebox paper, section 4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.catalog.rules import alphabet_of
from engine.catalog.specs import PriorConfig
from engine.text.vocabulary import Vocabulary
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
    """

    total_length: int
    offset: int
    length: int
    artist: int
    genres: tuple[int, ...]
    lyrics: tuple[int, ...]
    lyric_indices: tuple[int, ...]


class SongLabels:
    """The labels of a song for one prior, from which those of every window follow."""

    def __init__(self, prompt: Prompt, vocabulary: Vocabulary, prior: PriorConfig) -> None:
        """Look the names up once.

        Raises:
            UnknownNameError: the artist or a genre is not in the vocabulary.
            TaskError: more genres than the prior takes.
            ValueError: a prior without labels.
        """
        if prior.labels is None:
            raise ValueError(f"The {prior.level.name} prior takes no labels.")
        self._prior = prior
        self._total_length = prompt.song_length
        self._artist = vocabulary.artist_id(prompt.artist)
        self._genres = vocabulary.genre_ids(prompt.genres, prior.labels.max_genres)
        self._slots = 0 if prior.lyrics is None else prior.lyrics.tokens
        alphabet = alphabet_of(prior.labels.version)
        self._characters = alphabet.encode(prompt.lyrics) if self._slots else ()

    @property
    def characters(self) -> int:
        """Characters of the lyrics, as the prior reads them; 0 for a prior that reads none."""
        return len(self._characters)

    def window(self, start_code: int) -> WindowLabels:
        """The labels of the window that starts at a code of the prior's level."""
        return self.window_at(start_code * self._prior.hop)

    def window_at(self, offset: int) -> WindowLabels:
        """The labels of the window that starts at a sample of the song.

        Raises:
            ValueError: the window starts outside the song.
        """
        if not 0 <= offset < self._total_length:
            raise ValueError(f"A window starts within {self._total_length} samples, not {offset}.")
        length = self._prior.context * self._prior.hop
        first = _first_character(
            len(self._characters), self._slots, (offset, length, self._total_length)
        )
        places = range(first, first + self._slots)
        return WindowLabels(
            self._total_length,
            offset,
            length,
            self._artist,
            self._genres,
            tuple(self._characters[place] if place >= 0 else 0 for place in places),
            tuple(max(place, NO_CHARACTER) for place in places),
        )


def _first_character(characters: int, slots: int, window: tuple[int, int, int]) -> int:
    """Index of the character in the first slot; below 0 where padding comes first.

    The middle of the window, as a share of the song, points at the middle of the lyrics in view.
    Double precision would pick another character in 1 of 4,000 windows.
    """
    if characters < slots or not slots:
        return characters - slots
    offset, length, total_length = (np.float32(samples) for samples in window)
    middle = int(np.float32(characters) * (offset + length / np.float32(2)) / total_length)
    half = slots // 2
    return min(max(middle, half), characters - half) - half
