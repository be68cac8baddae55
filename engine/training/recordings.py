"""A user's folder of recordings as a dataset.

Beside the recordings lies `metadata.jsonl`, a line of JSON for each of them: `file`, `artist`,
`genres` and, where there are any, `lyrics` and `words`: a list of `text`, `start` and `end`, in
seconds. Knows this layout and that of a dataset. Does not know what is learnt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from engine.audio.export import write_audio
from engine.audio.files import Channels, read_audio
from engine.training.data import DatasetError

METADATA = "metadata.jsonl"
_LONGEST_S = 3600.0
_HELD_OUT_EVERY = 10
_SETTINGS = ("threads =", "precision =")
_TABLE = re.compile(r"^(?=\[)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Names:
    """The artists and genres of a dataset, each once, in alphabetic order."""

    artists: tuple[str, ...]
    genres: tuple[str, ...]


def take_in(music: Path, data: Path, rate: int) -> Names:
    """Write a folder of recordings as a dataset: mono, at one rate, with labels beside each.

    Every tenth recording, beginning with the second, is held out. What is there already is left.

    Raises:
        DatasetError: the metadata cannot be understood.
        AudioFileError: a recording cannot be read.
        OSError: the dataset cannot be written.
    """
    entries = _entries(music / METADATA)
    for number, entry in enumerate(entries):
        folder = data / "heldout" if number % _HELD_OUT_EVERY == 1 else data
        folder.mkdir(parents=True, exist_ok=True)
        sound = folder / f"{number:06d}.flac"
        if sound.exists():
            continue
        audio = read_audio(music / entry["file"], rate, Channels.MONO, _LONGEST_S)
        seconds = len(audio.samples) / rate
        labels = _labels(entry, seconds, number + 1)
        sound.with_suffix(".json").write_text(json.dumps(labels, ensure_ascii=False), "utf-8")
        write_audio(sound, audio)
    return Names(
        tuple(sorted({entry["artist"].lower() for entry in entries} - {""})),
        tuple(sorted({genre.lower() for entry in entries for genre in entry["genres"]})),
    )


def _entries(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(
            f"“{path}” cannot be read. It holds a line of JSON per recording: file, artist, genres "
            "and, where there are any, lyrics and words."
        ) from error
    entries = [_entry(line, number) for number, line in enumerate(lines, 1) if line.strip()]
    if not entries:
        raise DatasetError(f"“{path}” names no recording.")
    return entries


def _entry(line: str, number: int) -> dict[str, Any]:
    try:
        read: object = json.loads(line)
    except ValueError as error:
        raise _odd(number, "it is not JSON") from error
    if not isinstance(read, dict):
        raise _odd(number, "it is no table")
    entry = {"artist": "", "genres": [], "lyrics": "", "words": []} | cast(dict[str, Any], read)
    texts = [entry.get("file"), entry["artist"], entry["lyrics"], *_listed(entry["genres"])]
    if not all(isinstance(text, str) for text in texts) or not entry["file"]:
        raise _odd(number, "file, artist, genres and lyrics must be text")
    return entry


def _listed(value: object) -> list[object]:
    return cast(list[object], value) if isinstance(value, list) else [None]


def _odd(number: int, fault: str) -> DatasetError:
    return DatasetError(f"Line {number} of {METADATA} cannot be understood: {fault}.")


def _labels(entry: Mapping[str, Any], seconds: float, number: int) -> dict[str, object]:
    lyrics, given = entry["lyrics"], entry["words"]
    timed = bool(given)
    words: list[Any] = given or _spread(lyrics.split(), seconds)
    place, placed = 0, list[dict[str, object]]()
    for word in words:
        try:
            text, start, end = str(word["text"]), float(word["start"]), float(word["end"])
        except (KeyError, TypeError, ValueError) as error:
            raise _odd(number, "a word needs text, start and end") from error
        found = lyrics.find(text, place)
        if found < 0:
            raise _odd(number, f"the word “{text}” does not follow in the lyrics")
        placed.append({"text": text, "start": start, "end": end, "character": found})
        place = found + len(text)
    genres = [genre.lower() for genre in entry["genres"]]
    artist = entry["artist"].lower()
    return {
        "artist": artist, "genres": genres, "lyrics": lyrics, "words": placed, "timed": timed,
    }  # fmt: skip


def _spread(words: list[str], seconds: float) -> list[dict[str, object]]:
    """Words without times, evenly over the song."""
    share = seconds / max(1, len(words))
    return [
        {"text": word, "start": n * share, "end": (n + 1) * share} for n, word in enumerate(words)
    ]


def recipe_text(like: str, title: str, names: Names) -> str:
    """The text of a recipe for other music: that of `like`, with another title and other names."""
    values = {
        "title": title,
        "licence": "as its maker decides",
        "artists": ["any", *names.artists],
        "genres": ["any", *names.genres],
    }
    head = "".join(f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in values.items())
    tables = _TABLE.split(like)
    kept = [part for part in tables[1:] if not part.startswith("[songs]")]
    settings = [line for line in tables[0].splitlines() if line.startswith(_SETTINGS)]
    return head + "\n".join(settings) + "\n\n" + "".join(kept)
