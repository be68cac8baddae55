"""Random windows of songs, with the labels that a composer would give for them.

A window is drawn from an excerpt of a song, and half of the excerpts are shorter than their song:
so the model also learns short songs, whose few words all lie in view. Now and then the artist, the
genre or the lyrics are withheld, so that leaving them open works. A window of the top level begins
on a beat where it can, so that places in it tell the beat, and now and then anywhere.

Knows songs, codes and labels. Does not know models or optimisers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.catalog.rules import alphabet_of
from engine.catalog.specs import PriorConfig
from engine.sampling.labels import SongLabels, WindowLabels
from engine.text.lyrics import ALPHABET_V3
from engine.text.vocabulary import Vocabulary
from engine.training.data import DatasetError, Song, Word
from engine.training.tokens import CodeArray, codes_path, read_codes
from engine.types import Level, Prompt, Span


@dataclass(frozen=True, slots=True)
class Withheld:
    """How often each label is left open, how often the whole song is the excerpt, and how often a
    window of the top level begins anywhere, rather than on a beat."""

    artist: float = 0.1
    genres: float = 0.1
    lyrics: float = 0.1
    whole_song: float = 0.5
    beat: float = 1.0


NOTHING_WITHHELD = Withheld(artist=0, genres=0, lyrics=0, whole_song=1, beat=0)


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """One window to learn from.

    Attributes:
        codes: (context,) int64.
        upper: (context // ratio,) int64, the codes above, or None at the top.
        labels: what the model is told.
        sung: (context, 2) int64, the first and the last lyric slot of the word that sounds with
            each code, −1 where none does or it is out of view; None for a prior without lyrics.
    """

    codes: Tensor
    upper: Tensor | None
    labels: WindowLabels
    sung: Tensor | None = None


@dataclass(frozen=True, slots=True)
class _EncodedSong:
    song: Song
    codes: CodeArray
    upper: CodeArray | None


class Windows:
    """Draws windows of one level.

    Args:
        songs: those that are not encoded at every level needed, or too short, are left out.
        tokens: per level, the folder of codes.
        prior: whose windows.
        vocabulary: numbers of artists and genres.
        shortest: samples of the shortest song that a model can be asked for.

    Raises:
        DatasetError: no song can be used.
    """

    def __init__(
        self,
        songs: tuple[Song, ...],
        tokens: Mapping[Level, Path],
        prior: PriorConfig,
        vocabulary: Vocabulary,
        shortest: int,
    ) -> None:
        self.prior = prior
        self.ratio = 1 if prior.conditioner is None else prior.conditioner.factor
        self._grid = prior.hop * self.ratio
        self._shortest = -(-shortest // self._grid) * self._grid
        self._vocabulary = vocabulary
        self._alphabet = alphabet_of(prior.labels.version) if prior.labels else ALPHABET_V3
        folders = [tokens[level] for level in self._levels()]
        ready = [s for s in songs if all(codes_path(folder, s).exists() for folder in folders)]
        found = [self._open(song, folders) for song in ready if song.samples > self._shortest]
        if not found:
            raise DatasetError(f"No song is encoded and longer than {self._shortest} samples.")
        self.songs = found
        self._weights = torch.tensor([float(item.song.samples) for item in found])

    def draw(self, withheld: Withheld, generator: torch.Generator) -> Window:
        """A random window."""
        chosen = int(torch.multinomial(self._weights, 1, generator=generator))
        item = self.songs[chosen]
        step = self._step(item.song, withheld, generator)
        excerpt = self._excerpt(item.song, withheld, step, generator)
        length = self.prior.context * self.prior.hop
        start = self._place(excerpt.start, excerpt.end - length, step, generator)
        prompt = _prompt(item.song, excerpt, withheld, generator)
        return self._window(item, start, prompt, excerpt)

    def _levels(self) -> list[Level]:
        own = Level(self.prior.level)
        return [own] if self.prior.conditioner is None else [own, Level(own + 1)]

    def _open(self, song: Song, folders: list[Path]) -> _EncodedSong:
        arrays = [read_codes(folder, song) for folder in folders]
        return _EncodedSong(song, arrays[0], arrays[1] if len(arrays) > 1 else None)

    def _step(self, song: Song, withheld: Withheld, generator: torch.Generator) -> int:
        """Samples from one place where a window may begin to the next."""
        fits = self.prior.conditioner is None and song.beat and song.beat % self._grid == 0
        return song.beat if fits and not _chance(withheld.beat, generator) else self._grid

    def _excerpt(
        self, song: Song, withheld: Withheld, step: int, generator: torch.Generator
    ) -> Span:
        whole = song.samples // self._grid * self._grid
        if _chance(withheld.whole_song, generator):
            return Span(0, whole)
        start = self._place(0, whole - self._shortest, step, generator)
        return Span(start, self._place(start + self._shortest, whole, self._grid, generator))

    def _place(self, first: int, last: int, step: int, generator: torch.Generator) -> int:
        """A random one of the places from `first` up to `last` that are a step apart."""
        steps = (last - first) // step
        return first + step * int(torch.randint(steps + 1, (1,), generator=generator))

    def _window(self, item: _EncodedSong, start: int, prompt: Prompt, excerpt: Span) -> Window:
        first, context = start // self.prior.hop, self.prior.context
        upper = None
        if item.upper is not None:
            above = first // self.ratio
            upper = _as_tensor(item.upper[above : above + context // self.ratio])
        labels = SongLabels(prompt, self._vocabulary, self.prior).window_at(start - excerpt.start)
        codes = _as_tensor(item.codes[first : first + context])
        if self.prior.lyrics is None:
            return Window(codes, upper, labels)
        words = item.song.words_in(excerpt) if prompt.lyrics and item.song.timed else ()
        origins = self._alphabet.origins(prompt.lyrics)
        slots = {origins[c]: slot for slot, c in enumerate(labels.lyric_indices) if c >= 0}
        return Window(codes, upper, labels, self._sung(words, slots, start))

    def _sung(self, words: tuple[Word, ...], slots: Mapping[int, int], start: int) -> Tensor:
        """Which slots are sung with each code; characters count from those of the first word."""
        sung = torch.full((self.prior.context, 2), -1)
        for word in words:
            places = [slots.get(c - words[0].first) for c in range(word.first, word.last)]
            seen = [place for place in places if place is not None]
            begin, end = ((at - start) // self.prior.hop for at in (word.sung.start, word.sung.end))
            if seen and end >= 0:
                sung[max(begin, 0) : end + 1] = torch.tensor([seen[0], seen[-1]])
        return sung


def _prompt(song: Song, excerpt: Span, withheld: Withheld, generator: torch.Generator) -> Prompt:
    artist = "" if _chance(withheld.artist, generator) else song.artist
    genres = () if _chance(withheld.genres, generator) else song.genres
    lyrics = "" if _chance(withheld.lyrics, generator) else song.lyrics_in(excerpt)
    return Prompt(artist, genres, lyrics, excerpt.length)


def _chance(share: float, generator: torch.Generator) -> bool:
    return float(torch.rand(1, generator=generator)) < share


def _as_tensor(codes: CodeArray) -> Tensor:
    return torch.from_numpy(codes.astype(np.int64))
