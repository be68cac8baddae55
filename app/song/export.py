"""What a sound file of a take shall be. Knows the kinds there are, not how they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from app.language import mark, tr
from app.song.song import Take
from engine.types import Span


class ExportFormat(Enum):
    """A kind of sound file: its title, its suffix, and whether it has a `quality`."""

    WAV_16 = (mark("WAV, 16 bit"), ".wav", False)
    WAV_24 = (mark("WAV, 24 bit"), ".wav", False)
    WAV_FLOAT = (mark("WAV, 32 bit float"), ".wav", False)
    FLAC_16 = (mark("FLAC, 16 bit"), ".flac", False)
    FLAC_24 = (mark("FLAC, 24 bit"), ".flac", False)
    MP3 = ("MP3", ".mp3", True)
    VORBIS = ("OGG Vorbis", ".ogg", True)
    OPUS = ("Opus", ".opus", True)

    def __init__(self, title: str, suffix: str, lossy: bool) -> None:
        self.title, self.suffix, self.lossy = title, suffix, lossy


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to export.

    Attributes:
        quality: of lossy formats, 0 (small) to 1 (best).
        span: what to export; None for the whole take.
        loudness: in LUFS, −70 to −5; None to leave it as it is.
        rate: samples per second of the file, 8,000 to 192,000; None for the model's.
        width: of stereo, 0 (the middle alone) to 1; None for mono.
    """

    format: ExportFormat = ExportFormat.WAV_24
    quality: float = 0.8
    span: Span | None = None
    loudness: float | None = None
    rate: int | None = None
    width: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.quality <= 1:
            raise ValueError(f"Quality lies between 0 and 1, not {self.quality}.")
        if self.loudness is not None and not -70 <= self.loudness <= -5:
            raise ValueError(f"Loudness lies between −70 and −5 LUFS, not {self.loudness}.")
        if self.rate is not None and not 8_000 <= self.rate <= 192_000:
            raise ValueError(f"A rate lies between 8,000 and 192,000 Hz, not {self.rate}.")
        if self.width is not None and not 0 <= self.width <= 1:
            raise ValueError(f"A width lies between 0 and 1, not {self.width}.")


def whole(options: ExportOptions) -> ExportOptions:
    """The same options for a whole take by itself."""
    return replace(options, span=None, width=None)


def file_name(title: str) -> str:
    """A title as a file name that every system takes."""
    words = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", title).split()
    return " ".join(words).strip(" .")[:100] or tr("Song")


def file_names(takes: Sequence[Take]) -> tuple[str, ...]:
    """A name for each take that every system takes; those that would be equal are numbered."""
    names: list[str] = []
    for take in takes:
        name = file_name(take.name)
        same = sum(1 for other in names if re.fullmatch(re.escape(name) + r"(?: \(\d+\))?", other))
        names.append(f"{name} ({same + 1})" if same else name)
    return tuple(names)
