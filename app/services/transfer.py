"""Sound files in and out of a song. Runs in the background; knows files, not windows."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.language import tr, trn
from app.services.mixes import mixed
from app.services.songs import GivenFile
from app.song.errors import OrderError
from app.song.export import ExportOptions, file_name
from app.song.layers import Sound
from app.song.recipe import Stereo, licence_notice, recipe, source_type
from app.song.song import Take
from app.song.stereo import spread
from engine.atomic import replacing, told
from engine.audio.export import Encoding, write_audio
from engine.audio.files import Channels, read_audio, resample, to_mono
from engine.audio.loudness import levelled
from engine.audio.tags import Tags
from engine.catalog.specs import ModelSpec
from engine.errors import AudioFileError
from engine.text.blends import genre_words, worded
from engine.types import Audio, Span

MOST_GIVEN_BYTES = 256 * 2**20
"""A larger sound file is not kept as it is, but as much of it as a song has room for."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A sound file as a model works on it.

    Attributes:
        name: of the file, without its suffix.
        given: the file itself.
        samples: (time,) float32 at the model's rate, whole TOP codes.
    """

    name: str
    given: GivenFile
    samples: NDArray[np.float32]


def read_recording(path: Path, spec: ModelSpec) -> Recording:
    """The sound of a file as a model works on it, and the file as it was given.

    What is longer than the model's longest song is cut.

    Raises:
        AudioFileError: it cannot be read.
        OrderError: it is too short to work with.
    """
    samples = _as_the_model_hears(path, spec)
    return Recording(path.stem, _given(path, _limit_s(spec)), samples)


def read_given(given: GivenFile, spec: ModelSpec) -> NDArray[np.float32]:
    """The sound of a kept file as `read_recording` gave it.

    Raises:
        AudioFileError: it cannot be read.
        OrderError: it is too short to work with.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "given").with_suffix(Path(given.name).suffix)
        path.write_bytes(given.data)
        return _as_the_model_hears(path, spec)


def write_given(given: GivenFile, folder: Path) -> None:
    """Write a kept file into a folder, byte for byte, beside what is there under its name.

    Raises:
        AudioFileError: it cannot be written there.
    """
    named = Path(given.name)
    suffix = named.suffix if named.suffix[1:].isalnum() else ""
    path = unused(folder / f"{file_name(named.stem)}{suffix}")
    try:
        with replacing(path) as file:
            file.write(given.data)
    except OSError as error:
        raise AudioFileError(told(error, path)) from error


def unused(path: Path) -> Path:
    """The path, or one like it with a number, at which there is nothing yet."""
    numbers = itertools.count(2)
    found = path
    while found.exists():
        found = path.with_stem(f"{path.stem} ({next(numbers)})")
    return found


def _as_the_model_hears(path: Path, spec: ModelSpec) -> NDArray[np.float32]:
    """(time,) samples: mono, at the model's rate, in whole TOP codes."""
    samples = read_audio(path, spec.sample_rate, Channels.MONO, _limit_s(spec)).samples
    length = min(spec.snap_down(len(samples)), spec.snap_down(spec.max_song_length - 1))
    if not length:
        raise OrderError(
            tr(
                "“{name}” is {length:.1f} ms long, and at least {least:.1f} ms are needed. "
                "Choose a longer recording.",
                name=path.name,
                length=len(samples) / spec.sample_rate * 1000,
                least=spec.grid / spec.sample_rate * 1000,
            )
        )
    return samples[:length]


def _given(path: Path, limit_s: float) -> GivenFile:
    """The file itself; of one that is too large its beginning, in 24 bits."""
    if path.stat().st_size <= MOST_GIVEN_BYTES:
        return GivenFile(path.name, path.read_bytes())
    audio = read_audio(path, limit_s=limit_s)
    with tempfile.TemporaryDirectory() as folder:
        short = Path(folder, f"{path.stem}.flac")
        write_audio(short, audio if audio.channels <= 2 else to_mono(audio), Encoding.FLAC_24)
        return GivenFile(short.name, short.read_bytes())


def _limit_s(spec: ModelSpec) -> float:
    return (spec.max_song_length - 1) / spec.sample_rate


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """A take as it sounds.

    Attributes:
        takes: what the take departs from, the oldest first, and the take itself.
        sounds: their own sounds.
    """

    takes: tuple[Take, ...]
    sounds: Sequence[Sound]

    def mixed(self, rate: int) -> Sound:
        """All of it, joined."""
        mix, _ = mixed(self.takes, self.sounds, rate)
        return mix.sound


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """A take to be written to a file.

    Attributes:
        voice: the take; in stereo the one in the middle.
        spec: of the model it was made with.
        sides: in stereo, the takes on the left and on the right, as long as the other; else none.
    """

    path: Path
    options: ExportOptions
    title: str
    voice: Voice
    spec: ModelSpec
    sides: tuple[Voice, ...] = ()

    def write(self) -> str:
        """Write the sound file, whole or not at all.

        Returns:
            A sentence that says where it is, and how loud where that was asked for.

        Raises:
            AudioFileError: it cannot be written there.
            OrderError: there is no sound in that stretch.
        """
        audio, words = self._levelled(resample(self._sound(), self._rate))
        encoding = Encoding[self.options.format.name]
        write_audio(self.path, audio, encoding, self.options.quality, self._tags())
        return words

    @property
    def _rate(self) -> int:
        return self.options.rate or self.spec.sample_rate

    def _sound(self) -> Audio:
        rate = self.spec.sample_rate
        middle = self.voice.mixed(rate)
        span = self.options.span or Span(0, len(middle.samples))
        if not any(span.intersection(sounding).length for sounding, _ in middle.stretches()):
            raise OrderError(
                tr("There is no sound there yet. Wait until some is made, or choose more.")
            )
        samples = middle.samples
        if self.options.width is not None and self.sides:
            left, right = (side.mixed(rate).samples for side in self.sides)
            samples = spread(middle.samples, left, right, self.options.width)
        return Audio(samples[span.start : span.end], rate)

    def _levelled(self, audio: Audio) -> tuple[Audio, str]:
        """The sound as loud as was asked for, and a sentence that says so."""
        target, path = self.options.loudness, self.path
        if target is None:
            return audio, tr("Exported to “{path}”.", path=path)
        made = levelled(audio, target)
        lufs = made.reached_lufs
        if lufs >= target - 0.05:
            return made.audio, tr("Exported to “{path}” at {lufs:.1f} LUFS.", path=path, lufs=lufs)
        return made.audio, tr(
            "Exported to “{path}” at {lufs:.1f} LUFS: louder, its peaks would be cut off.",
            path=path,
            lufs=lufs,
        )

    def _stereo(self) -> Stereo | None:
        """What of the recipe is more than one take's."""
        if self.options.width is None or not self.sides:
            return None
        return Stereo(self.options.width, tuple(side.takes[-1] for side in self.sides))

    def _tags(self) -> Tags:
        takes = self.voice.takes
        take = takes[-1]
        comment = "" if take.settings is None else f"{take.name}, seed {take.settings.seed}"
        return Tags(
            title=self.title,
            artist=worded(take.prompt.artists),
            genre=genre_words(take.prompt),
            comment=comment,
            lyrics=take.prompt.lyrics,
            licence=licence_notice(takes, self.spec),
            origin=source_type(takes),
            recipe=recipe(takes, self.spec, self._stereo()),
        )


def write_all(exports: Sequence[Export]) -> str:
    """Write several takes, each to a file of its own, and say where they are.

    Takes in which nothing sounds yet are left out.

    Raises:
        AudioFileError: one cannot be written; those before it are complete.
        OrderError: nothing sounds in any of them.
    """
    written = 0
    for export in exports:
        with contextlib.suppress(OrderError):
            export.write()
            written += 1
    if not written:
        raise OrderError(tr("There is no sound in any take yet. Wait until some is made."))
    folder = exports[0].path.parent
    return trn(
        "Exported {count} file to “{folder}”.",
        "Exported {count} files to “{folder}”.",
        written,
        folder=folder,
    )
