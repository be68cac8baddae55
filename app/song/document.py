"""A song as a JSON-ready dict and back.

What comes back is checked as if it were hostile: it is a song, or a sentence says why not. Knows
nothing of files.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable, Generator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from app.language import mark, tr
from app.song.errors import DocumentError
from app.song.song import (
    MAX_SECONDS,
    Fit,
    Maker,
    Origin,
    Quality,
    Settings,
    Song,
    Take,
    TakeId,
    Verdict,
)
from engine.types import (
    MAX_BLENDED,
    MAX_PARALLEL_WINDOWS,
    MAX_VARIATIONS,
    Cue,
    Level,
    LevelSettings,
    ModelId,
    Prompt,
    SamplingSettings,
    Share,
    Span,
)

FORMAT_VERSION = 5

_MAX_TAKES = 10_000
_MAX_TEXT = 200_000
_MAX_SAMPLES = 2**40
_TAKE_ID = re.compile(r"[0-9a-f]{32}")

Json = Mapping[str, Any]  # Any: JSON is whatever a file holds until it has been checked.
T = TypeVar("T")


def to_dict(song: Song) -> dict[str, Any]:
    """The song in terms of JSON."""
    takes = [take_dict(take) for take in song.takes]
    return {
        "format_version": FORMAT_VERSION,
        **head_dict(song),
        "takes": takes,
        "current": song.current,
    }


def head_dict(song: Song) -> dict[str, Any]:
    """All of the song but its takes, in terms of JSON."""
    return {
        "title": song.title,
        "model": song.model,
        "prompt": _prompt_dict(song.prompt),
        "settings": {
            "seconds": song.settings.seconds,
            "takes": song.settings.takes,
            "quality": song.settings.quality.name,
            "seed": song.settings.seed,
            "temperature": song.settings.temperature,
            "heard_s": song.settings.heard_s,
        },
    }


def from_dict(data: Json) -> Song:
    """The song that `to_dict` was given.

    Raises:
        DocumentError: the content is damaged, or from a newer version of the program.
    """
    with _in_words():
        return _song(_upgraded(data))


def takes_from(data: Json) -> tuple[Take, ...]:
    """The takes of what `to_dict` was given, also where they make no song together.

    Raises:
        DocumentError: as `from_dict`.
    """
    with _in_words():
        return tuple(_take(take) for take in _takes(_upgraded(data)))


@contextlib.contextmanager
def _in_words() -> Generator[None]:
    try:
        yield
    except DocumentError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise DocumentError(
            tr("The song's description is damaged: {error}", error=error)
        ) from error


def _upgraded(data: Json) -> Json:
    """The description as this version of the program would have written it."""
    version = data["format_version"]
    if not isinstance(version, int) or version < 1:
        raise DocumentError(tr("The song's description has no version."))
    if version > FORMAT_VERSION:
        raise DocumentError(
            tr(
                "The song was saved by a newer version (format {version}; this one reads up to "
                "{known}). Update the program to open it.",
                version=version,
                known=FORMAT_VERSION,
            )
        )
    for number in range(version, FORMAT_VERSION):
        data = _UPGRADES[number](data)
    return data


def _takes(data: Json) -> list[Json]:
    takes = data["takes"]
    if not isinstance(takes, list) or len(takes) > _MAX_TAKES:
        raise DocumentError(tr("A song holds up to {most} takes.", most=_MAX_TAKES))
    return takes


def _song(data: Json) -> Song:
    return Song(
        title=_text(data["title"]),
        model=ModelId(_text(data["model"])),
        prompt=_prompt(data["prompt"]),
        settings=_next_settings(data["settings"]),
        takes=tuple(_take(take) for take in _takes(data)),
        current=_optional(_take_id, data["current"]),
    )


def _with_verdicts(data: Json) -> Json:
    """Format 2: the composer's judgement of takes."""
    judged = {"verdict": Verdict.OPEN.value, "starred": False}
    return {**data, "takes": [{**take, **judged} for take in data["takes"]]}


def _with_makers(data: Json) -> Json:
    """Format 3: what a take was made by, and all of how it was drawn."""
    return {**data, "takes": [_with_maker(take) for take in data["takes"]]}


def _with_maker(take: Json) -> Json:
    settings = take["settings"]
    if settings is not None:
        settings = {**settings, "batch_limit": 16, "parallel_windows": 1, "heard": None}
    return {**take, "settings": settings, "maker": None, "variation": 0}


def _with_blends(data: Json) -> Json:
    """Format 4: names with weights, and times of lines."""
    new = {"other_artists": [], "genre_shares": [], "cues": []}
    takes = [{**take, "prompt": {**take["prompt"], **new}} for take in data["takes"]]
    return {**data, "prompt": {**data["prompt"], **new}, "takes": takes}


def _with_fits(data: Json) -> Json:
    """Format 5: how a take leads into what follows, and how much is heard of what is before."""
    settings = {**data["settings"], "heard_s": None}
    takes = [{**take, "fit": None} for take in data["takes"]]
    return {**data, "settings": settings, "takes": takes}


_UPGRADES: Mapping[int, Callable[[Json], Json]] = {
    1: _with_verdicts,
    2: _with_makers,
    3: _with_blends,
    4: _with_fits,
}
"""By the version they upgrade from."""


def _prompt_dict(prompt: Prompt) -> dict[str, Any]:
    return {
        "artist": prompt.artist,
        "genres": list(prompt.genres),
        "lyrics": prompt.lyrics,
        "song_length": prompt.song_length,
        "other_artists": [[share.name, share.weight] for share in prompt.other_artists],
        "genre_shares": list(prompt.genre_shares),
        "cues": [[cue.place, cue.at] for cue in prompt.cues],
    }


def _prompt(data: Json) -> Prompt:
    genres = data["genres"]
    if not isinstance(genres, list) or len(genres) > 100:
        raise DocumentError(tr("The genres are no list."))
    return Prompt(
        _text(data["artist"]),
        tuple(_text(genre) for genre in genres),
        _text(data["lyrics"]),
        _samples(data["song_length"]),
        tuple(Share(_text(name), _number(w, 0, 1)) for name, w in _few(data["other_artists"])),
        tuple(_number(share, 0, 1) for share in _few(data["genre_shares"])),
        tuple(
            Cue(_whole(place, 0, _MAX_TEXT), _samples(at))
            for place, at in _few(data["cues"], _MAX_TEXT)
        ),
    )


def _few(values: object, most: int = MAX_BLENDED) -> list[Any]:
    """A list of few things. Any: each is checked by who asks."""
    if not isinstance(values, list) or len(values) > most:
        raise DocumentError(tr("What should be a short list is none."))
    return values


def _next_settings(data: Json) -> Settings:
    return Settings(
        seconds=_number(data["seconds"], 0, MAX_SECONDS),
        takes=_whole(data["takes"], 1, 64),
        quality=Quality[data["quality"]],
        seed=_optional(_seed, data["seed"]),
        temperature=_number(data["temperature"], 0, 10),
        heard_s=_optional(_seconds, data["heard_s"]),
    )


def take_dict(take: Take) -> dict[str, Any]:
    """A take in terms of JSON."""
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
        "verdict": take.verdict.value,
        "starred": take.starred,
        "maker": _maker_dict(take.maker) if take.maker else None,
        "variation": take.variation,
        "fit": {"bits": take.fit.bits, "before": take.fit.before} if take.fit else None,
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
        verdict=Verdict(data["verdict"]),
        starred=_truth(data["starred"]),
        maker=_optional(_maker, data["maker"]),
        variation=_whole(data["variation"], 0, MAX_VARIATIONS - 1),
        fit=_optional(_fit, data["fit"]),
    )


def _maker_dict(maker: Maker) -> dict[str, Any]:
    return {"model": maker.model, "weights": maker.weights, "version": maker.version}


def _maker(data: Json) -> Maker:
    return Maker(ModelId(_text(data["model"])), _text(data["weights"]), _text(data["version"]))


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
    return {
        "seed": settings.seed,
        "variations": settings.variations,
        "levels": levels,
        "batch_limit": settings.batch_limit,
        "parallel_windows": settings.parallel_windows,
        "heard": settings.heard,
    }


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
    return SamplingSettings(
        _seed(data["seed"]),
        _whole(data["variations"], 1, MAX_VARIATIONS),
        levels,
        _whole(data["batch_limit"], 1, 2**31),
        _whole(data["parallel_windows"], 1, MAX_PARALLEL_WINDOWS),
        _optional(_samples, data["heard"]),
    )


def _levels(names: object) -> tuple[Level, ...]:
    if not isinstance(names, list) or len(names) > len(Level):
        raise DocumentError(tr("The levels of a take are no list."))
    levels = tuple(Level[name] for name in names)
    if list(levels) != sorted(set(levels), reverse=True):
        raise DocumentError(tr("The levels of a take are not in order."))
    return levels


def _optional(read: Callable[[Any], T], value: object) -> T | None:
    return None if value is None else read(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise DocumentError(tr("A text of the song is missing or beyond all measure."))
    return value


def _take_id(value: object) -> TakeId:
    if not isinstance(value, str) or not _TAKE_ID.fullmatch(value):
        raise DocumentError(tr("A take has no proper id."))
    return TakeId(value)


def _whole(value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _unfit(mark("{value} is no whole number from {least} to {most}."), value, least, most)
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise DocumentError(tr("{value} is neither true nor false.", value=repr(value)))
    return value


def _samples(value: object) -> int:
    return _whole(value, 0, _MAX_SAMPLES)


def _seconds(value: object) -> float:
    return _number(value, 0, MAX_SECONDS)


def _fit(data: Json) -> Fit:
    return Fit(_number(data["bits"], 0, 1e6), _optional(_bits, data["before"]))


def _bits(value: object) -> float:
    return _number(value, 0, 1e6)


def _seed(value: object) -> int:
    return _whole(value, 0, 2**63 - 1)


def _number(value: object, least: float, most: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise DocumentError(tr("{value} is no number.", value=repr(value)))
    if not least <= value <= most:
        raise _unfit(mark("{value} does not lie within {least} and {most}."), value, least, most)
    return float(value)


def _unfit(sentence: str, value: object, least: float, most: float) -> DocumentError:
    return DocumentError(tr(sentence, value=repr(value), least=least, most=most))
