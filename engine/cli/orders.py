"""What `compose` is asked for, found to be possible before anything slow begins."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.api import SampleTask
from engine.atomic import ensure_writable
from engine.atomic import told as refused
from engine.audio.export import encoding_for, size_estimate
from engine.audio.files import Channels, audio_info, read_audio
from engine.catalog.checks import check
from engine.catalog.names import half_known_names, level_names
from engine.catalog.specs import ModelSpec
from engine.catalog.store import InstalledModel, ModelStore
from engine.cli.console import minutes, say
from engine.cli.tools import chosen_model
from engine.cli.words import require_writable
from engine.errors import AudioFileError, TaskError, UnknownNameError
from engine.text import blends
from engine.types import (
    Audio,
    Codes,
    Level,
    Prompt,
    SamplingSettings,
    Span,
)

QUALITIES = {
    "draft": (Level.TOP,),
    "mid": (Level.TOP, Level.MIDDLE),
    "full": (Level.TOP, Level.MIDDLE, Level.BOTTOM),
}
_MAX_LYRIC_BYTES = 2**20
_FEW_NAMES = 12


@dataclass(frozen=True, slots=True)
class Order:
    """A song to compose.

    Attributes:
        task: without the codes of `prime`, which only an engine can make.
        prime: the sound to go on from, up to the task's span; None to start from nothing.
        length: samples of new music wanted; the span is a little longer, up to the grid.
        files: where the takes go.
        words: where it goes when each word of the takes is sung; empty if nobody asked.
    """

    model: ModelSpec
    task: SampleTask
    prime: Audio | None
    length: int
    files: tuple[Path, ...]
    words: tuple[Path, ...] = ()


def order(options: argparse.Namespace, store: ModelStore) -> Order:
    """The song that the options of `compose` describe.

    Raises:
        TaskError, AudioFileError, ModelError: it cannot be made, and why.
    """
    model = chosen_model(store, options.model)
    spec = model.spec
    prime = _prime(options, spec)
    start = 0 if prime is None else len(prime.samples)
    length = max(1, round(options.seconds * spec.sample_rate))
    task = SampleTask(
        model=spec.id,
        prompt=prompt(options, spec, start + length),
        context=Codes.empty(),
        span=Span(start, spec.snap_up(start + length)),
        levels=QUALITIES[options.quality],
        settings=_settings(options, spec),
    )
    _check(task, model, store)
    if options.out is None:
        raise TaskError(
            "Say where the song goes: give OUT, such as song.flac. See “jukebox compose --help”."
        )
    files = take_files(options.out, options.takes)
    words = _words(options, model)
    _refuse_unwritable(files, (start + length) / spec.sample_rate, spec.sample_rate)
    _tell_half_known_names(task.prompt, model)
    _tell_what_is_read(task.prompt.lyrics, model)
    return Order(spec, task, prime, length, files, words)


def _check(task: SampleTask, model: InstalledModel, store: ModelStore) -> None:
    """`check`, with the names that a small model knows, and where to find those of a large one."""
    try:
        check(task, store)
    except UnknownNameError as error:
        names = model.names.artist_names if error.kind == "artist" else model.names.genre_names
        known = f"It knows {', '.join(names)}." if 0 < len(names) <= _FEW_NAMES else ""
        more = f"“jukebox models {model.spec.id}” lists all it knows."
        raise TaskError(f"{error} {known or more}") from error


def take_files(out: Path, takes: int) -> tuple[Path, ...]:
    """One file per take: song.wav, song-2.wav, song-3.wav, …"""
    more = (out.with_name(f"{out.stem}-{number}{out.suffix}") for number in range(2, takes + 1))
    return (out, *more)


def _words(options: argparse.Namespace, model: InstalledModel) -> tuple[Path, ...]:
    """Where it goes when words are sung, a file per take."""
    if options.words is None:
        return ()
    if model.alphabet is None:
        raise TaskError(f"{model.spec.title} sings no words: leave out --words.")
    if not options.lyrics.strip() and options.lyrics_file is None:
        raise TaskError("--words needs lyrics: give --lyrics or --lyrics-file too.")
    files = take_files(options.words, options.takes)
    for file in files:
        require_writable(file)
    return files


def _refuse_unwritable(files: Sequence[Path], seconds: float, rate: int) -> None:
    for file in files:
        try:
            ensure_writable(file)
            needed = size_estimate(seconds, rate, encoding_for(file))
            ensure_writable(file, len(files) * needed)
        except OSError as error:
            raise AudioFileError(refused(error, file)) from error


def _settings(options: argparse.Namespace, spec: ModelSpec) -> SamplingSettings:
    seed = secrets.randbelow(2**31) if options.seed is None else options.seed
    try:
        return SamplingSettings(
            seed,
            options.takes,
            spec.level_settings(options.temperature),
            parallel_windows=options.parallel_windows,
        )
    except ValueError as error:
        raise TaskError(str(error)) from error


def prompt(options: argparse.Namespace, spec: ModelSpec, end: int) -> Prompt:
    """The song that options describe, of which music is made up to a sample.

    Raises:
        TaskError: the lyrics cannot be read, or so much music is too much.
    """
    genres = tuple(genre.strip() for genre in options.genre)
    length = _song_length(options, spec, end)
    asked = Prompt(options.artist.strip(), genres, _lyrics(options), length)
    try:
        return _blended(asked)
    except ValueError as error:
        raise TaskError(str(error)) from error


def _blended(asked: Prompt) -> Prompt:
    """A prompt in which “A:2, B:1” is read as a blend.

    Raises:
        ValueError: a blend is none that can be.
    """
    artists, genres = blends.parsed(asked.artist), blends.parsed(", ".join(asked.genres))
    if artists:
        asked = blends.with_artists(asked, artists)
    return blends.with_genres(asked, genres) if genres else asked


def _song_length(options: argparse.Namespace, spec: ModelSpec, end: int) -> int:
    """Samples of the song as the model is told: as wished, or as much as is made of it."""
    if options.song_length is not None:
        return max(spec.grid, spec.snap_up(round(options.song_length * spec.sample_rate)))
    length = max(spec.snap_up(end), spec.min_song_length)
    if length >= spec.max_song_length:
        raise TaskError(
            f"{end / spec.sample_rate:.0f} s of music are too much: songs of {spec.title} are "
            f"shorter than {spec.max_song_length / spec.sample_rate:.0f} s. Give fewer --seconds."
        )
    return length


def _lyrics(options: argparse.Namespace) -> str:
    path: Path | None = options.lyrics_file
    if path is None:
        return options.lyrics
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_LYRIC_BYTES + 1)
        if len(content) > _MAX_LYRIC_BYTES:
            raise TaskError(
                f"“{path}” is larger than any song's lyrics ({_MAX_LYRIC_BYTES} bytes)."
            )
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TaskError(f"“{path}” is no text in UTF-8. Save it as UTF-8 first.") from error
    except OSError as error:
        raise TaskError(f"The lyrics “{path}” cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise TaskError(f"The lyrics “{path}” cannot be read: {error}.") from error


def _tell_half_known_names(prompt: Prompt, model: InstalledModel) -> None:
    """Say which levels do not know a name and go on without it."""
    for name in half_known_names(prompt, level_names(model.config.priors, model.vocabularies)):
        say(f"Note: {name} It hears any {name.kind} instead.")


def _tell_what_is_read(lyrics: str, model: InstalledModel) -> None:
    """Say so where a model reads something else than what was written."""
    if not lyrics.strip():
        return
    if model.alphabet is None:
        say(f"Note: {model.spec.title} sings no words, so the lyrics change nothing.")
        return
    if any(character.isalpha() and character > "ɏ" for character in lyrics):
        start = " ".join(model.alphabet.clean(lyrics).split())[:60]
        say(f"Note: the model knows Latin letters only and reads “{start}…”.")
    lost = [place for place in model.alphabet.lost(lyrics) if not lyrics[place].isspace()]
    if lost:
        say(
            f"Note: {len(lost)} characters of the lyrics, such as “{lyrics[lost[0]]}”, are dropped."
        )


def _prime(options: argparse.Namespace, spec: ModelSpec) -> Audio | None:
    """The recording to go on from, at the model's rate, cut to whole codes."""
    path: Path | None = options.prime
    if path is None:
        if options.prime_seconds is not None:
            raise TaskError("--prime-seconds needs a recording: give --prime too.")
        return None
    seconds = audio_info(path).seconds
    limit = spec.max_song_length / spec.sample_rate
    wanted = seconds if options.prime_seconds is None else min(seconds, options.prime_seconds)
    if wanted >= limit:
        raise TaskError(
            f"“{path.name}” lasts {minutes(seconds)}, and songs of {spec.title} are shorter than "
            f"{minutes(limit)}. Say how much of its beginning to go on from with --prime-seconds."
        )
    audio = read_audio(path, spec.sample_rate, Channels.MONO, wanted)
    length = spec.snap_down(len(audio.samples))
    if not length:
        raise TaskError(
            f"“{path.name}” is too short to go on from: {audio.seconds:.4f} s, and at least "
            f"{spec.grid / spec.sample_rate:.4f} s are needed."
        )
    return Audio(audio.samples[:length], spec.sample_rate)
