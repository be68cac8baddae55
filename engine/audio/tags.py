"""What players and archives can read of a sound file besides its sound.

Knows which container keeps a text under which name. Knows nothing of songs and models.

Source: ID3v2.4 informal standard, section 4; Xiph Vorbis comment field recommendations; IPTC
digital source type vocabulary, for the mark of music that a model made.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import BinaryIO

import mutagen
from mutagen import id3
from mutagen.mp3 import MP3
from mutagen.wave import WAVE

MADE_BY_A_MODEL = "trainedAlgorithmicMedia"
"""The IPTC digital source type of media that a trained model made."""

_COMMENT_NAMES = {
    "title": "TITLE",
    "artist": "ARTIST",
    "genre": "GENRE",
    "comment": "COMMENT",
    "software": "ENCODER",
    "lyrics": "LYRICS",
    "licence": "LICENSE",
    "origin": "DIGITALSOURCETYPE",
    "recipe": "RECIPE",
}
_TEXT_FRAMES = {
    "title": id3.TIT2,  # pyright: ignore[reportPrivateImportUsage]
    "artist": id3.TPE1,  # pyright: ignore[reportPrivateImportUsage]
    "genre": id3.TCON,  # pyright: ignore[reportPrivateImportUsage]
    "software": id3.TSSE,  # pyright: ignore[reportPrivateImportUsage]
}
_UTF_8 = 3


@dataclass(frozen=True, slots=True)
class Tags:
    """What players show of a file. Empty ones are left out.

    Attributes:
        licence: a sentence on what may be done with the sound.
        origin: how it came about, an IPTC digital source type such as `MADE_BY_A_MODEL`.
        recipe: what it takes to make the sound again, as JSON.
    """

    title: str = ""
    artist: str = ""
    genre: str = ""
    comment: str = ""
    software: str = "Jukebox Studio"
    lyrics: str = ""
    licence: str = ""
    origin: str = ""
    recipe: str = ""

    def texts(self) -> dict[str, str]:
        """The tags that are not empty, by attribute, as text that every container can hold."""
        return {name: _plain(text) for name, text in asdict(self).items() if text}


def write_tags(file: BinaryIO, tags: Tags) -> None:
    """Put tags into a complete sound file; the sound stays as it is.

    Args:
        file: WAV, FLAC, MP3, OGG Vorbis or Opus, open for reading and writing.

    Raises:
        OSError: the file cannot be written.
        ValueError: it is none of these.
    """
    file.seek(0)
    sound = mutagen.File(file)  # pyright: ignore[reportPrivateImportUsage]
    if sound is None:
        raise ValueError("No container that tags can be put into.")
    if isinstance(sound, MP3 | WAVE):
        if sound.tags is None:
            sound.add_tags()
        for frame in _frames(tags.texts()):
            sound.tags.add(frame)  # pyright: ignore[reportOptionalMemberAccess]
    else:
        for name, text in tags.texts().items():
            sound[_COMMENT_NAMES[name]] = text
    file.seek(0)
    try:
        sound.save(file)
    except mutagen.MutagenError as error:  # pyright: ignore[reportPrivateImportUsage]
        raise error.__cause__ if isinstance(error.__cause__, OSError) else OSError(error) from error


def _frames(texts: dict[str, str]) -> list[id3.Frame]:
    """The texts as ID3 knows them."""
    return [_frame(name, text) for name, text in texts.items()]


def _frame(name: str, text: str) -> id3.Frame:
    if name in _TEXT_FRAMES:
        return _TEXT_FRAMES[name](encoding=_UTF_8, text=[text])
    if name == "comment":
        return id3.COMM(encoding=_UTF_8, lang="eng", desc="", text=[text])  # pyright: ignore[reportPrivateImportUsage]
    if name == "lyrics":
        return id3.USLT(encoding=_UTF_8, lang="eng", desc="", text=text)  # pyright: ignore[reportPrivateImportUsage]
    return id3.TXXX(encoding=_UTF_8, desc=_COMMENT_NAMES[name], text=[text])  # pyright: ignore[reportPrivateImportUsage]


def _plain(text: str) -> str:
    """Text that a tag can hold."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
