"""Sound files out: whole or not at all, with tags that say where the music comes from.

Knows libsndfile's formats and their traps. Knows nothing of songs and models.
"""

from __future__ import annotations

import io
from enum import Enum
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile

from engine.atomic import replacing, told
from engine.audio.files import resample
from engine.audio.ogg import number_by_content
from engine.audio.tags import Tags, write_tags
from engine.errors import AudioFileError
from engine.types import Audio

_BLOCK_FRAMES = 2**16
_MP3_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_OPUS_RATES = (8_000, 12_000, 16_000, 24_000, 48_000)
_LOSSY_BYTES_PER_SECOND = 40_000
_TIME_IN_PEAK_CHUNK = 12
_WAV_TAGS = ("title", "artist", "genre", "comment", "software")


class Encoding(Enum):
    """How sound is kept in a file: title, suffix, libsndfile's format and subtype, lossy."""

    WAV_16 = ("WAV, 16 bit", ".wav", "WAV", "PCM_16", False)
    WAV_24 = ("WAV, 24 bit", ".wav", "WAV", "PCM_24", False)
    WAV_FLOAT = ("WAV, 32 bit float", ".wav", "WAV", "FLOAT", False)
    FLAC_16 = ("FLAC, 16 bit", ".flac", "FLAC", "PCM_16", False)
    FLAC_24 = ("FLAC, 24 bit", ".flac", "FLAC", "PCM_24", False)
    MP3 = ("MP3", ".mp3", "MP3", "MPEG_LAYER_III", True)
    VORBIS = ("OGG Vorbis", ".ogg", "OGG", "VORBIS", True)
    OPUS = ("Opus", ".opus", "OGG", "OPUS", True)

    def __init__(self, title: str, suffix: str, format: str, subtype: str, lossy: bool) -> None:
        self.title, self.suffix = title, suffix
        self.format, self.subtype, self.lossy = format, subtype, lossy


def encoding_for(path: Path) -> Encoding:
    """The usual encoding for a file name, by its suffix.

    Raises:
        AudioFileError: no sound can be written under such a suffix.
    """
    by_suffix = {encoding.suffix: encoding for encoding in reversed(Encoding)}
    if path.suffix.lower() in by_suffix:
        return by_suffix[path.suffix.lower()]
    known = ", ".join(sorted(by_suffix))
    raise AudioFileError(
        "“{name}” has no suffix of a sound file. Choose one of {known}.",
        name=path.name,
        known=known,
    )


def write_audio(
    path: Path,
    audio: Audio,
    encoding: Encoding | None = None,
    quality: float = 0.8,
    tags: Tags | None = None,
) -> None:
    """Write a sound file. Until it is complete, whatever was at `path` stays there.

    The same arguments give the same bytes. Values beyond −1…1 are clipped, except in 32 bit float.

    Args:
        path: where.
        audio: mono or stereo; resampled where the encoding does not know its rate.
        encoding: None for the usual one of the suffix.
        quality: of lossy encodings, 0 (small) to 1 (best).
        tags: None for none.

    Raises:
        AudioFileError: it cannot be written there, or not like that.
    """
    encoding = encoding or encoding_for(path)
    audio = _suited(audio, encoding)
    try:
        with replacing(path) as file:
            _encode(_Sink(file), audio, encoding, 1 - quality, tags or Tags())
            write_tags(file, tags or Tags())
            _forget_the_moment(file, encoding)
    except OSError as error:
        raise AudioFileError(told(error, path)) from error


def size_estimate(seconds: float, rate: int, encoding: Encoding) -> int:
    """Bytes that a mono file of this length takes at most, roughly."""
    width = {"PCM_16": 2, "PCM_24": 3, "FLOAT": 4}.get(encoding.subtype, 0)
    return int(seconds * (rate * width or _LOSSY_BYTES_PER_SECOND)) + 4096


class _Sink:
    """A file as libsndfile wants it: it must not raise, so that the reason of a refusal is kept."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.refusal: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.refusal = error
            return 0

    def read(self, count: int) -> bytes:
        return self._file.read(count)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return self._file.seek(offset, whence)
        except OSError as error:
            self.refusal = error
            return -1

    def tell(self) -> int:
        return self._file.tell()


def _suited(audio: Audio, encoding: Encoding) -> Audio:
    """The sound as the encoding can take it."""
    if not len(audio.samples):
        raise AudioFileError("There is no sound to write yet.")
    if not np.isfinite(audio.samples).all():
        raise AudioFileError("The sound holds values that are no numbers, so it is not written.")
    if encoding.lossy and audio.channels > 2:
        raise AudioFileError(
            "{title} is written with 1 or 2 channels here, not {channels}. Choose WAV or FLAC.",
            title=encoding.title,
            channels=audio.channels,
        )
    known = {Encoding.MP3: _MP3_RATES, Encoding.OPUS: _OPUS_RATES}.get(encoding)
    suited = audio if known is None or audio.rate in known else resample(audio, 48_000)
    return suited if encoding is Encoding.WAV_FLOAT else _clipped(suited)


def _clipped(audio: Audio) -> Audio:
    return Audio(np.clip(audio.samples, -1, 1), audio.rate)


def _encode(sink: _Sink, audio: Audio, encoding: Encoding, compression: float, tags: Tags) -> None:
    """Feed libsndfile in blocks: it crashes on a minute of Vorbis in one call."""
    try:
        with soundfile.SoundFile(
            sink,  # pyright: ignore[reportArgumentType] — the stubs ask for more than is used
            "w",
            audio.rate,
            audio.channels,
            encoding.subtype,
            format=encoding.format,
            compression_level=compression if encoding.lossy else None,
            bitrate_mode="CONSTANT" if encoding is Encoding.MP3 else None,
        ) as file:
            if encoding.format == "WAV":
                _name_in_wav(file, tags)
            for start in range(0, len(audio.samples), _BLOCK_FRAMES):
                file.write(audio.samples[start : start + _BLOCK_FRAMES])
    except (soundfile.LibsndfileError, AssertionError) as error:
        if sink.refusal is None:
            raise AudioFileError(
                "The sound cannot be written as {title}: {reason}.",
                title=encoding.title,
                reason=error,
            ) from error
    if sink.refusal is not None:
        raise sink.refusal


def _name_in_wav(file: soundfile.SoundFile, tags: Tags) -> None:
    """Write the tags that WAV's own older kind has, which more programs read than ID3 in WAV."""
    for name, text in tags.texts().items():
        if name in _WAV_TAGS:
            setattr(file, name, text)


def _forget_the_moment(file: BinaryIO, encoding: Encoding) -> None:
    """Take out what libsndfile writes differently each time: a time of day, a random number."""
    if encoding.format == "OGG":
        number_by_content(file)
    if encoding is Encoding.WAV_FLOAT:
        file.seek(0)
        start = file.read(8192).find(b"PEAK")
        if start >= 0:
            file.seek(start + _TIME_IN_PEAK_CHUNK)
            file.write(bytes(4))
