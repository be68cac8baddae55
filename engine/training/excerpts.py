"""Random windows of songs, with the labels that a composer would give for them.

A window is drawn from an excerpt of a song, and half of the excerpts are shorter than their song:
so the model also learns short songs, whose few words all lie in view. Now and then the artist, the
genre or the lyrics are withheld, so that leaving them open works.

Knows songs, codes and labels. Does not know models or optimisers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.catalog.specs import PriorConfig
from engine.sampling.labels import SongLabels, WindowLabels
from engine.text.vocabulary import Vocabulary
from engine.training.data import DatasetError, Song
from engine.training.tokens import CodeArray, codes_path, read_codes
from engine.types import Level, Prompt, Span


@dataclass(frozen=True, slots=True)
class Withheld:
    """How often each label is left open, and how often the whole song is the excerpt."""

    artist: float = 0.1
    genres: float = 0.1
    lyrics: float = 0.1
    whole_song: float = 0.5


NOTHING_WITHHELD = Withheld(artist=0, genres=0, lyrics=0, whole_song=1)


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """One window to learn from.

    Attributes:
        codes: (context,) int64.
        upper: (context // ratio,) int64, the codes above, or None at the top.
        labels: what the model is told.
    """

    codes: Tensor
    upper: Tensor | None
    labels: WindowLabels


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
        folders = [tokens[level] for level in self._levels()]
        ready = [s for s in songs if all(codes_path(folder, s).exists() for folder in folders)]
        found = [self._open(song, folders) for song in ready if song.samples > self._shortest]
        if not found:
            raise DatasetError(f"No song is encoded and longer than {self._shortest} samples.")
        self.songs = found
        self._weights = torch.tensor([float(item.song.samples) for item in found])

    def draw(self, withheld: Withheld, generator: torch.Generator) -> Window:
        """A window from anywhere."""
        chosen = int(torch.multinomial(self._weights, 1, generator=generator))
        item = self.songs[chosen]
        excerpt = self._excerpt(item.song, withheld, generator)
        length = self.prior.context * self.prior.hop
        start = self._place(excerpt.start, excerpt.end - length, generator)
        prompt = _prompt(item.song, excerpt, withheld, generator)
        return self._window(item, start, prompt, excerpt.start)

    def _levels(self) -> list[Level]:
        own = Level(self.prior.level)
        return [own] if self.prior.conditioner is None else [own, Level(own + 1)]

    def _open(self, song: Song, folders: list[Path]) -> _EncodedSong:
        arrays = [read_codes(folder, song) for folder in folders]
        return _EncodedSong(song, arrays[0], arrays[1] if len(arrays) > 1 else None)

    def _excerpt(self, song: Song, withheld: Withheld, generator: torch.Generator) -> Span:
        whole = song.samples // self._grid * self._grid
        if _chance(withheld.whole_song, generator):
            return Span(0, whole)
        start = self._place(0, whole - self._shortest, generator)
        return Span(start, self._place(start + self._shortest, whole, generator))

    def _place(self, first: int, last: int, generator: torch.Generator) -> int:
        """A random point of the grid between two of its points, both included."""
        steps = (last - first) // self._grid
        return first + self._grid * int(torch.randint(steps + 1, (1,), generator=generator))

    def _window(self, item: _EncodedSong, start: int, prompt: Prompt, origin: int) -> Window:
        first, context = start // self.prior.hop, self.prior.context
        upper = None
        if item.upper is not None:
            above = first // self.ratio
            upper = _as_tensor(item.upper[above : above + context // self.ratio])
        labels = SongLabels(prompt, self._vocabulary, self.prior).window_at(start - origin)
        return Window(_as_tensor(item.codes[first : first + context]), upper, labels)


class Source:
    """Windows for training, from as many songs as are encoded by the time they are drawn.

    Args:
        find: gives the windows of the songs there are; called again now and then.
        withheld: how often labels are left open.
        refresh: windows drawn between two looks for more songs.
    """

    def __init__(
        self, find: Callable[[], Windows], withheld: Withheld, refresh: int = 2000
    ) -> None:
        self._find = find
        self._withheld = withheld
        self._refresh = refresh
        self._windows = find()
        self._left = refresh

    def __call__(self, generator: torch.Generator) -> Window:
        """A random window."""
        if not self._left:
            self._windows, self._left = self._find(), self._refresh
        self._left -= 1
        return self._windows.draw(self._withheld, generator)


def _prompt(song: Song, excerpt: Span, withheld: Withheld, generator: torch.Generator) -> Prompt:
    artist = "" if _chance(withheld.artist, generator) else song.artist
    genres = () if _chance(withheld.genres, generator) else song.genres
    lyrics = "" if _chance(withheld.lyrics, generator) else song.lyrics_in(excerpt)
    return Prompt(artist, genres, lyrics, excerpt.length)


def _chance(share: float, generator: torch.Generator) -> bool:
    return float(torch.rand(1, generator=generator)) < share


def _as_tensor(codes: CodeArray) -> Tensor:
    return torch.from_numpy(codes.astype(np.int64))
