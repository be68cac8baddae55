"""A model on trial: everything that the judges look at, found when it is first asked for.

Knows where things come from and what is kept. Does not judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from engine.api import Engine
from engine.judges.clips import Clip, clips_of, tempo_range
from engine.judges.codec import Copy, LevelCopier
from engine.judges.continuing import Pieces, rest_of
from engine.judges.hearing import Hearing, hear
from engine.judges.kept import Arrays, Kept
from engine.judges.notes import Transcriber
from engine.judges.samples import Request, Sample, Studio, one_by_each_artist, requests
from engine.judges.seams import joins, seam_ratio
from engine.judges.singing import sung_clips, wrong_lyrics
from engine.judges.sound import Heard, Sounds, Tempos
from engine.judges.words import Listener
from engine.models import Prior
from engine.training.base import BaseModel
from engine.training.data import DatasetError, Song, find_songs
from engine.training.tokens import CodeArray
from engine.types import Audio, Level

_CLIPS = 2
SAMPLE_S = 10.0
KNOWN_S = 5.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked.

    Attributes:
        data: the dataset, by whose held-out songs the model is judged.
        samples: how many pieces the model makes.
        temperature: at which they are drawn; None for the model's own.
        keep: a folder for their sounds; None for none.
        tell: is told how far it is.
    """

    data: Path
    samples: int
    temperature: float | None
    keep: Path | None
    tell: Callable[[str], None]


@dataclass(frozen=True)
class Trial:
    """One model, and how it is judged."""

    model: BaseModel
    engine: Engine
    wish: Wish

    @property
    def rate(self) -> int:
        """Samples per second."""
        return self.model.installed.spec.sample_rate

    @cached_property
    def songs(self) -> tuple[Song, ...]:
        """Held-out songs by artists that the model knows.

        Raises:
            DatasetError: there are none.
        """
        folder, names = self.wish.data / "heldout", self.model.installed.names
        known = [song for song in find_songs(folder, self.rate) if names.knows_artist(song.artist)]
        if not known:
            raise DatasetError(f"“{folder}” holds no song by an artist of this model.")
        return tuple(known)

    @cached_property
    def tempos(self) -> Tempos:
        """How fast each artist plays."""
        songs = (*find_songs(self.wish.data, self.rate), *self.songs)
        found = {artist: tempo_range(songs, artist) for artist in {s.artist for s in self.songs}}
        return {artist: tempos for artist, tempos in found.items() if tempos}

    @cached_property
    def clips(self) -> tuple[Clip, ...]:
        """Stretches of the songs, each at least as long as a window of the top prior.

        Raises:
            DatasetError: no song is so long.
        """
        spec = self.model.installed.spec
        window = spec.contexts[Level.TOP] * spec.hop(Level.TOP)
        length = max(window, spec.snap_up(round(SAMPLE_S * self.rate)))
        clips = clips_of(self.songs, length, spec.grid, _CLIPS)
        if not clips:
            raise DatasetError(f"No held-out song lasts {length / self.rate:.1f} s.")
        return clips

    @cached_property
    def kept(self) -> Kept:
        """What is found once for all models, or for all with the same VQ-VAE."""
        return Kept.beside(self.wish.data)

    @cached_property
    def transcriber(self) -> Transcriber:
        """Who hears notes."""
        return Transcriber()

    @cached_property
    def listener(self) -> Listener:
        """Who hears words."""
        return Listener()

    @cached_property
    def copiers(self) -> Mapping[Level, LevelCopier]:
        """Who encodes and decodes."""
        return {level: LevelCopier(self.model, level, self.kept) for level in Level}

    @cached_property
    def copies(self) -> Mapping[Level, tuple[Copy, ...]]:
        """Clips encoded and decoded: all of them at the finest level, first ones at the others."""
        return {level: self._copies(level) for level in Level}

    @cached_property
    def top_codes(self) -> tuple[CodeArray, ...]:
        """The codes of all clips at the top level."""
        copier = self.copiers[Level.TOP]
        return tuple(copier.codes(clip) for clip in self._told("listening to", self.clips))

    @cached_property
    def prior(self) -> Prior:
        """Of the top level."""
        return Prior.load(self.model.installed.folder)

    @cached_property
    def studio(self) -> Studio:
        """Who makes samples."""
        wish = self.wish
        return Studio(self.engine, self.model.installed.spec, wish.temperature, wish.keep)

    @cached_property
    def examples(self) -> tuple[Heard, ...]:
        """Clips that went through any level, to learn from who sounds how."""
        return tuple(each for level in Level for each in self._heard_copies(level))

    @cached_property
    def sounds(self) -> Sounds:
        """Samples, copies and clips as they are heard."""
        wanted = requests(one_by_each_artist(self.clips), self.wish.samples, SAMPLE_S)
        clips = [
            Heard(clip, self._real(clip), codes, self._seams(clip.audio(self.rate)))
            for clip, codes in zip(self.clips, self.top_codes, strict=True)
        ]
        samples = [self._heard(sample) for sample in self.samples(wanted)]
        return Sounds(samples, self._heard_copies(Level.BOTTOM), clips, self.examples)

    def samples(self, wanted: Sequence[Request]) -> Iterator[Sample]:
        """What the model makes.

        Raises:
            EngineError: it could not be made.
        """
        return self.studio.samples(wanted, self.wish.tell)

    @cached_property
    def pieces(self) -> Pieces:
        """How the model goes on from the beginnings of songs, and how they go on themselves."""
        spec, copier = self.model.installed.spec, self.copiers[Level.BOTTOM]
        known, more = (spec.snap_up(round(s * self.rate)) for s in (KNOWN_S, SAMPLE_S))
        wanted = clips_of(self.songs, known + more, spec.grid, 1)[: self.wish.samples]
        samples, copies, clips = list[Heard](), list[Heard](), list[Heard]()
        for clip in self._told("continuing", wanted):
            rest = rest_of(clip, known)
            samples.append(self._heard(self.studio.continued(clip, known)))
            copies.append(Heard(rest, copier.copy(rest, self.transcriber).heard))
            clips.append(Heard(rest, self._real(rest)))
        return Pieces(samples, copies, clips, self.examples)

    @cached_property
    def sung(self) -> tuple[Clip, ...]:
        """Clips whose words can be told."""
        return sung_clips(self.clips)

    @cached_property
    def lyrics_preferred(self) -> tuple[float, float, float]:
        """How often wrong lyrics go worse with samples, copies and clips than the true ones do."""
        seconds = self.sung[0].span.length / self.rate
        wanted = requests(self.sung, max(len(self.sung), self.wish.samples // 2), seconds)
        samples = [(sample.audio, sample.like) for sample in self.samples(wanted)]
        copier = self.copiers[Level.BOTTOM]
        copies = [(copier.sound(copier.codes(clip)), clip) for clip in self.sung]
        clips = [(clip.audio(self.rate), clip) for clip in self.sung]
        return self._preferred(samples), self._preferred(copies), self._preferred(clips)

    def _heard(self, sample: Sample) -> Heard:
        heard, top = hear(sample.audio, self.transcriber), sample.codes.at(Level.TOP)
        return Heard(sample.like, heard, top, self._seams(sample.audio))

    def _preferred(self, some: Sequence[tuple[Audio, Clip]]) -> float:
        shares = [
            self.listener.preference(audio, clip.prompt.lyrics, wrong_lyrics(clip, self.sung))
            for audio, clip in some
        ]
        return float(np.mean(shares))

    def _heard_copies(self, level: Level) -> tuple[Heard, ...]:
        return tuple(Heard(copy.clip, copy.heard) for copy in self.copies[level])

    def _seams(self, audio: Audio) -> tuple[float | None, ...]:
        config = self.model.installed.config
        levels = (Level.BOTTOM, Level.MIDDLE)
        return tuple(seam_ratio(audio, joins(config, n, len(audio.samples))) for n in levels)

    def _real(self, clip: Clip) -> Hearing:
        def listen() -> Arrays:
            return hear(clip.audio(self.rate), self.transcriber).arrays()

        return Hearing.of(self.kept.within("songs").arrays(clip.name, listen))

    def _copies(self, level: Level) -> tuple[Copy, ...]:
        clips = self.clips if level is Level.BOTTOM else self.clips[: len(self.clips) // _CLIPS]
        copier = self.copiers[level]
        told = self._told(f"copying at {level.name}", clips)
        return tuple(copier.copy(clip, self.transcriber) for clip in told)

    def _told(self, doing: str, clips: Sequence[Clip]) -> Iterator[Clip]:
        for number, clip in enumerate(clips, start=1):
            self.wish.tell(f"{doing} clip {number} of {len(clips)}")
            yield clip
