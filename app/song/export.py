"""What a sound file of a take shall be. Knows the kinds there are, not how they are written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.types import Span


class ExportFormat(Enum):
    """A kind of sound file: its title, its suffix, and whether it has a `quality`."""

    WAV_16 = ("WAV, 16 bit", ".wav", False)
    WAV_24 = ("WAV, 24 bit", ".wav", False)
    WAV_FLOAT = ("WAV, 32 bit float", ".wav", False)
    FLAC_16 = ("FLAC, 16 bit", ".flac", False)
    FLAC_24 = ("FLAC, 24 bit", ".flac", False)
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
    """

    format: ExportFormat = ExportFormat.WAV_24
    quality: float = 0.8
    span: Span | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.quality <= 1:
            raise ValueError(f"Quality lies between 0 and 1, not {self.quality}.")
