"""Sound files in and out of a song. Runs in the background; knows files, not windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.services.mixes import mixed
from app.song.errors import OrderError
from app.song.export import ExportOptions
from app.song.layers import Sound
from app.song.song import Take
from engine.audio.export import Encoding, Tags, write_audio
from engine.audio.files import Channels, read_audio
from engine.catalog.specs import ModelSpec
from engine.types import Audio, Span


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A sound file as a model works on it.

    Attributes:
        name: of the file, without its suffix.
        samples: (time,) float32 at the model's rate, whole TOP codes.
    """

    name: str
    samples: NDArray[np.float32]


def read_recording(path: Path, spec: ModelSpec) -> Recording:
    """The sound of a file as a model works on it: mono, at its rate, in whole TOP codes.

    What is longer than the model's longest song is cut.

    Raises:
        AudioFileError: it cannot be read.
        OrderError: it is too short to work with.
    """
    limit_s = (spec.max_song_length - 1) / spec.sample_rate
    samples = read_audio(path, spec.sample_rate, Channels.MONO, limit_s).samples
    length = min(spec.snap_down(len(samples)), spec.snap_down(spec.max_song_length - 1))
    if not length:
        raise OrderError(
            f"“{path.name}” is {len(samples) / spec.sample_rate * 1000:.1f} ms long, and at least "
            f"{spec.grid / spec.sample_rate * 1000:.1f} ms are needed. Choose a longer recording."
        )
    return Recording(path.stem, samples[:length])


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """A take to be written to a file.

    Attributes:
        takes: what the take departs from, the oldest first, and the take itself.
        sounds: their own sounds.
        rate: samples per second.
    """

    path: Path
    options: ExportOptions
    title: str
    takes: tuple[Take, ...]
    sounds: Sequence[Sound]
    rate: int

    def write(self) -> None:
        """Write the sound file, whole or not at all.

        Raises:
            AudioFileError: it cannot be written there.
            OrderError: there is no sound in that stretch.
        """
        mix, _ = mixed(self.takes, self.sounds, self.rate)
        span = self.options.span or Span(0, len(mix.sound.samples))
        samples = mix.sound.samples[span.start : span.end]
        if not any(span.intersection(sounding).length for sounding, _ in mix.sound.stretches()):
            raise OrderError(
                "There is no sound there yet. Wait until some is made, or choose more."
            )
        encoding = Encoding[self.options.format.name]
        sound = Audio(samples, self.rate)
        write_audio(self.path, sound, encoding, self.options.quality, self._tags())

    def _tags(self) -> Tags:
        prompt = self.takes[-1].prompt
        settings = self.takes[-1].settings
        comment = "" if settings is None else f"{self.takes[-1].name}, seed {settings.seed}"
        return Tags(self.title, prompt.artist, ", ".join(prompt.genres), comment)
