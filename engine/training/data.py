"""The dataset a model is trained on: a folder of songs, each a sound file with its labels.

`NNNNN.flac` holds the sound, `NNNNN.json` beside it the artist, genres, lyrics and when each word
is sung. Knows how to find songs and to read stretches of them at random. Does not know how they
were made, nor what is learnt from them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from torch import Tensor

from engine.errors import EngineError
from engine.types import Span


class DatasetError(EngineError):
    """The dataset cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Word:
    """A sung word: from which to which sample, and which characters of the lyrics it is."""

    sung: Span
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Song:
    """One song of the dataset.

    Attributes:
        path: of its sound.
        samples: its length.
        artist, genres, lyrics: its labels.
        words: as they are sung, in order.
        timed: whether the times of words are known, or only assumed.
        beat: samples that a beat lasts, the first of them from the beginning on; 0 where nobody
            knows.
    """

    path: Path
    samples: int
    artist: str
    genres: tuple[str, ...]
    lyrics: str
    words: tuple[Word, ...]
    timed: bool = True
    beat: int = 0

    @property
    def name(self) -> str:
        """Its number in the dataset."""
        return self.path.stem

    def lyrics_in(self, span: Span) -> str:
        """The lyrics from the first to the last word whose middle is sung within a span."""
        heard = self.words_in(span)
        return self.lyrics[heard[0].first : heard[-1].last] if heard else ""

    def words_in(self, span: Span) -> tuple[Word, ...]:
        """The words whose middle is sung within a span."""
        return tuple(word for word in self.words if _middle_within(word.sung, span))


def _middle_within(sung: Span, span: Span) -> bool:
    return span.start <= (sung.start + sung.end) // 2 < span.end


def find_songs(folder: Path, rate: int) -> tuple[Song, ...]:
    """The songs of a dataset folder, in order; one whose label file is missing is not finished.

    Raises:
        DatasetError: a song is not mono at `rate` samples per second.
    """
    found = sorted(folder.glob("*.flac"))
    return tuple(_song(path, rate) for path in found if path.with_suffix(".json").exists())


def _song(path: Path, rate: int) -> Song:
    info = soundfile.info(path)
    if (info.samplerate, info.channels) != (rate, 1):
        raise DatasetError(
            f"{path.name} has {info.channels} channels at {info.samplerate} Hz; "
            f"the dataset must be mono at {rate} Hz."
        )
    labels = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    genres = tuple(labels["genres"])
    words = tuple(_word(word, rate) for word in labels["words"])
    timed, tempo = labels.get("timed", True), labels.get("tempo", 0)
    beat = round(60 / tempo * rate) if tempo else 0
    return Song(path, info.frames, labels["artist"], genres, labels["lyrics"], words, timed, beat)


def _word(word: dict[str, Any], rate: int) -> Word:
    sung = Span(round(word["start"] * rate), round(word["end"] * rate))
    return Word(sung, word["character"], word["character"] + len(word["text"]))


def read_stretch(song: Song, start: int, length: int) -> Tensor:
    """Samples `start`…`start + length` of a song: (length,) float32."""
    with soundfile.SoundFile(song.path) as file:
        file.seek(start)
        samples = file.read(length, dtype="float32")
    return torch.from_numpy(np.ascontiguousarray(samples))


class Crops:
    """Stretches of one length from anywhere in the songs, each moment equally likely.

    Args:
        songs: to read from; those shorter than `length` are left out.
        length: samples per stretch.

    Raises:
        DatasetError: no song is long enough.
    """

    def __init__(self, songs: tuple[Song, ...], length: int) -> None:
        self.songs = tuple(song for song in songs if song.samples >= length)
        if not self.songs:
            raise DatasetError(f"No song of the dataset is as long as {length} samples.")
        self.length = length
        self._weights = torch.tensor([song.samples - length + 1.0 for song in self.songs])

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """`count` random stretches: (count, length) float32."""
        chosen = torch.multinomial(self._weights, count, replacement=True, generator=generator)
        return torch.stack([self._read(self.songs[n], generator) for n in chosen.tolist()])

    def _read(self, song: Song, generator: torch.Generator) -> Tensor:
        latest = song.samples - self.length + 1
        start = int(torch.randint(latest, (1,), generator=generator))
        return read_stretch(song, start, self.length)
