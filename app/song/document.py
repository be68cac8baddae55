"""A song as a JSON-ready dict and back.

What comes back is checked as if it were hostile: it is a song, or a sentence says why not. Knows
nothing of files.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from app.song.errors import DocumentError
from app.song.song import MAX_SECONDS, Origin, Quality, Settings, Song, Take, TakeId
from engine.types import Level, LevelSettings, ModelId, Prompt, SamplingSettings, Span

FORMAT_VERSION = 1

_MAX_TAKES = 10_000
_MAX_TEXT = 200_000
_MAX_SAMPLES = 2**40
_TAKE_ID = re.compile(r"[0-9a-f]{32}")

Json = Mapping[str, Any]  # Any: JSON is whatever a file holds until it has been checked.
T = TypeVar("T")


def to_dict(song: Song) -> dict[str, Any]:
    """The song in terms of JSON."""
    return {
        "format_version": FORMAT_VERSION,
        "title": song.title,
        "model": song.model,
        "prompt": _prompt_dict(song.prompt),
        "settings": {
            "seconds": song.settings.seconds,
            "takes": song.settings.takes,
            "quality": song.settings.quality.name,
            "seed": song.settings.seed,
            "temperature": song.settings.temperature,
        },
        "takes": [_take_dict(take) for take in song.takes],
        "current": song.current,
    }


def from_dict(data: Json) -> Song:
    """The song that `to_dict` was given.

    Raises:
        DocumentError: the content is damaged, or from a newer version of the program.
    """
    try:
        return _song(data)
    except DocumentError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise DocumentError(f"The song's description is damaged: {error}") from error


def _song(data: Json) -> Song:
    version = data["format_version"]
    if not isinstance(version, int) or version < 1:
        raise DocumentError("The song's description has no version.")
    if version > FORMAT_VERSION:
        raise DocumentError(
            f"The song was saved by a newer version (format {version}; this one reads up to "
            f"{FORMAT_VERSION}). Update the program to open it."
        )
    takes = data["takes"]
    if not isinstance(takes, list) or len(takes) > _MAX_TAKES:
        raise DocumentError(f"A song holds up to {_MAX_TAKES} takes.")
    return Song(
        title=_text(data["title"]),
        model=ModelId(_text(data["model"])),
        prompt=_prompt(data["prompt"]),
        settings=_next_settings(data["settings"]),
        takes=tuple(_take(take) for take in takes),
        current=_optional(_take_id, data["current"]),
    )


def _prompt_dict(prompt: Prompt) -> dict[str, Any]:
    return {
        "artist": prompt.artist,
        "genres": list(prompt.genres),
        "lyrics": prompt.lyrics,
        "song_length": prompt.song_length,
    }


def _prompt(data: Json) -> Prompt:
    genres = data["genres"]
    if not isinstance(genres, list) or len(genres) > 100:
        raise DocumentError("The genres are no list.")
    return Prompt(
        _text(data["artist"]),
        tuple(_text(genre) for genre in genres),
        _text(data["lyrics"]),
        _samples(data["song_length"]),
    )


def _next_settings(data: Json) -> Settings:
    return Settings(
        seconds=_number(data["seconds"], 0, MAX_SECONDS),
        takes=_whole(data["takes"], 1, 64),
        quality=Quality[data["quality"]],
        seed=_optional(_seed, data["seed"]),
        temperature=_number(data["temperature"], 0, 10),
    )


def _take_dict(take: Take) -> dict[str, Any]:
    return {
        "id": take.id,
        "parent": take.parent,
        "span": [take.span.start, take.span.end],
        "length": take.length,
        "levels": [level.name for level in take.levels],
        "origin": take.origin.value,
        "prompt": _prompt_dict(take.prompt),
        "settings": _settings_dict(take.settings) if take.settings else None,
        "name": take.name,
        "made": take.made.isoformat(),
    }


def _take(data: Json) -> Take:
    start, end = data["span"]
    return Take(
        id=_take_id(data["id"]),
        parent=_optional(_take_id, data["parent"]),
        span=Span(_samples(start), _samples(end)),
        length=_samples(data["length"]),
        levels=_levels(data["levels"]),
        origin=Origin(data["origin"]),
        prompt=_prompt(data["prompt"]),
        settings=_optional(_settings, data["settings"]),
        name=_text(data["name"]),
        made=datetime.fromisoformat(_text(data["made"])),
    )


def _settings_dict(settings: SamplingSettings) -> dict[str, Any]:
    levels = {
        level.name: {
            "temperature": mine.temperature,
            "top_k": mine.top_k,
            "top_p": mine.top_p,
            "hop_fraction": mine.hop_fraction,
        }
        for level, mine in settings.levels.items()
    }
    return {"seed": settings.seed, "variations": settings.variations, "levels": levels}


def _settings(data: Json) -> SamplingSettings:
    levels = {
        level: LevelSettings(
            temperature=_number(mine["temperature"], 0, 10),
            top_k=_whole(mine["top_k"], 0, 2**31),
            top_p=_number(mine["top_p"], 0, 1),
            hop_fraction=_number(mine["hop_fraction"], 0, 1),
        )
        for level in Level
        for mine in [data["levels"][level.name]]
    }
    return SamplingSettings(_seed(data["seed"]), _whole(data["variations"], 1, 64), levels)


def _levels(names: object) -> tuple[Level, ...]:
    if not isinstance(names, list) or len(names) > len(Level):
        raise DocumentError("The levels of a take are no list.")
    levels = tuple(Level[name] for name in names)
    if list(levels) != sorted(set(levels), reverse=True):
        raise DocumentError("The levels of a take are not in order.")
    return levels


def _optional(read: Callable[[Any], T], value: object) -> T | None:
    return None if value is None else read(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise DocumentError("A text of the song is missing or beyond all measure.")
    return value


def _take_id(value: object) -> TakeId:
    if not isinstance(value, str) or not _TAKE_ID.fullmatch(value):
        raise DocumentError("A take has no proper id.")
    return TakeId(value)


def _whole(value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise DocumentError(f"{value!r} is no whole number from {least} to {most}.")
    return value


def _samples(value: object) -> int:
    return _whole(value, 0, _MAX_SAMPLES)


def _seed(value: object) -> int:
    return _whole(value, 0, 2**63 - 1)


def _number(value: object, least: float, most: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise DocumentError(f"{value!r} is no number.")
    if not least <= value <= most:
        raise DocumentError(f"{value!r} does not lie within {least} and {most}.")
    return float(value)
