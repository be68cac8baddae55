"""Sound files in, and the plain conversions of sound: rate and channels.

Reads in blocks, so that memory follows what is asked for and not how long the file is. Knows
nothing of models, nor of writing (`engine.audio.export`).
"""

from __future__ import annotations

import math
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from engine.errors import AudioFileError
from engine.types import Audio

_BLOCK_VALUES = 2**17
_MIN_RATE, _MAX_RATE = 1_000, 1_000_000
DEFAULT_LIMIT_S = 600.0
"""The longest song of any released model."""


class Channels(Enum):
    """What to do with more than one channel."""

    AS_IS = "as they are"
    MONO = "mixed to mono"


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a sound file says of itself.

    Attributes:
        seconds: how long it sounds.
        rate: samples per second.
        format: such as "WAV (Microsoft), Signed 16 bit PCM".
    """

    seconds: float
    rate: int
    channels: int
    format: str


def audio_info(path: Path) -> AudioInfo:
    """What a sound file is, without reading its sound.

    Raises:
        AudioFileError: it cannot be read as sound.
    """
    with _opened(path) as file:
        kind = f"{file.format_info}, {file.subtype_info}"
        return AudioInfo(file.frames / file.samplerate, file.samplerate, file.channels, kind)


def read_audio(
    path: Path,
    rate: int | None = None,
    channels: Channels = Channels.AS_IS,
    limit_s: float = DEFAULT_LIMIT_S,
) -> Audio:
    """The beginning of a sound file of any kind that libsndfile reads.

    Args:
        path: WAV, FLAC, MP3, OGG, Opus, AIFF, CAF and others, of any rate, depth and channels.
        rate: samples per second of the result; None for the file's.
        channels: of the result.
        limit_s: at most so many seconds; memory is in proportion to what is returned.

    Raises:
        AudioFileError: it is missing, no sound, empty, damaged, or holds NaN or infinite values.
    """
    with _opened(path) as file:
        count = 1 if channels is Channels.MONO else file.channels
        convert = _converter(file.samplerate, rate, count)
        pieces = [convert(block, last) for block, last in _blocks(file, path, channels, limit_s)]
        samples = np.concatenate(pieces)
        return Audio(samples[:, 0] if samples.shape[1] == 1 else samples, rate or file.samplerate)


def to_mono(audio: Audio) -> Audio:
    """The mean of all channels."""
    return audio if audio.samples.ndim == 1 else Audio(_mixed(audio.samples)[:, 0], audio.rate)


def resample(audio: Audio, rate: int) -> Audio:
    """The same sound at another rate."""
    if audio.rate == rate or not len(audio.samples):
        return Audio(audio.samples, rate)
    return Audio(soxr.resample(audio.samples, audio.rate, rate), rate)


class _Stream(soundfile.SoundFile):
    """Read from front to back. A seek after each block makes the MP3 reader print complaints."""

    def seekable(self) -> bool:
        return False


def _opened(path: Path) -> _Stream:
    _refuse_what_is_no_file(path)
    try:
        file = _Stream(path)
    except (soundfile.LibsndfileError, TypeError) as error:
        raise _unreadable(path) from error
    if not _MIN_RATE <= file.samplerate <= _MAX_RATE:
        rate = file.samplerate
        file.close()
        raise AudioFileError(
            "“{name}” claims {rate} samples per second. {least} to {most} can be read; convert it "
            "first.",
            name=path.name,
            rate=rate,
            least=_MIN_RATE,
            most=_MAX_RATE,
        )
    return file


def _refuse_what_is_no_file(path: Path) -> None:
    try:
        status = path.stat()
    except FileNotFoundError:
        raise AudioFileError(
            "There is no file “{path}”. Check the name and folder.", path=path
        ) from None
    except (OSError, ValueError) as error:
        raise AudioFileError(
            "“{path}” cannot be read: {reason}.", path=path, reason=error
        ) from error
    if stat.S_ISDIR(status.st_mode):
        raise AudioFileError(
            "“{path}” is a folder. Give the name of a sound file in it.", path=path
        )
    if not stat.S_ISREG(status.st_mode):
        raise AudioFileError(
            "“{path}” is no plain file. Copy the sound to a file first.", path=path
        )
    if not status.st_size:
        raise AudioFileError("“{path}” is an empty file (0 bytes). Export it anew.", path=path)


def _unreadable(path: Path) -> AudioFileError:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        return AudioFileError(
            "“{path}” cannot be read: {reason}. Check its permissions.",
            path=path,
            reason=error.strerror,
        )
    return AudioFileError(
        "“{name}” is not a sound file that can be read. WAV, FLAC, MP3, OGG, Opus, AIFF and "
        "CAF work; convert M4A, AAC, WMA and others to one of these first.",
        name=path.name,
    )


def _blocks(
    file: _Stream, path: Path, channels: Channels, limit_s: float
) -> Iterator[tuple[NDArray[np.float32], bool]]:
    """(frames, channels) blocks up to the limit, and whether each is the last."""
    left = min(file.frames, math.ceil(limit_s * file.samplerate))
    size = max(1, _BLOCK_VALUES // file.channels)
    position = 0
    while left > 0:
        try:
            block = np.asarray(file.read(min(size, left), "float32", always_2d=True), np.float32)
        except soundfile.LibsndfileError as error:
            raise AudioFileError(
                "“{name}” is damaged after {seconds:.2f} s. Export it anew, or cut it before that.",
                name=path.name,
                seconds=position / file.samplerate,
            ) from error
        left = left - len(block) if len(block) else 0
        mixed = _mixed(block) if channels is Channels.MONO else block
        _refuse_what_is_no_number(mixed, path, position / file.samplerate)
        position += len(block)
        if position:
            yield mixed, left <= 0
    if not position:
        raise AudioFileError("“{name}” holds no sound (0 samples). Export it anew.", name=path.name)


def _refuse_what_is_no_number(block: NDArray[np.float32], path: Path, seconds: float) -> None:
    if not np.isfinite(block).all():
        raise AudioFileError(
            "“{name}” holds values that are no numbers (NaN or infinite) near {seconds:.1f} s. "
            "Export it anew; 16 or 24 bits cannot hold such values.",
            name=path.name,
            seconds=seconds,
        )


def _mixed(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    return samples.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)


def _converter(
    source: int, target: int | None, channels: int
) -> Callable[[NDArray[np.float32], bool], NDArray[np.float32]]:
    """From blocks at one rate to blocks at another, without seams."""
    if target is None or target == source:
        return lambda block, _: block
    return soxr.ResampleStream(source, target, channels, dtype="float32").resample_chunk
