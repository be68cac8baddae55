"""`jukebox compose`: words to a sound file."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from engine.api import Cancelled, CancelToken, Failed
from engine.audio.export import write_audio
from engine.audio.tags import Tags
from engine.cli.console import answer, answer_json, say
from engine.cli.interrupts import leaving_at_once, stopping
from engine.cli.orders import Order, order
from engine.cli.studio import Studio
from engine.cli.tools import BrokenTaskError, Tools, told
from engine.cli.words import write_words
from engine.errors import AudioFileError
from engine.types import Audio, Level, Prompt


def compose(options: argparse.Namespace, tools: Tools) -> int:
    """Compose what the options say, write it, and report. Gives the exit status.

    Raises:
        EngineError: it cannot be done; what was made until then is written first.
    """
    began = time.monotonic()
    with leaving_at_once():
        wanted = order(options, tools.store)
        engine = tools.engine()
    cancel = CancelToken()
    with stopping(cancel) as request:
        studio = Studio(wanted, engine, cancel, began)
        try:
            end = studio.work()
            takes = studio.takes()
        finally:
            engine.close()
        written = _write(wanted, takes)
        written += _write_words(wanted, studio)
        result = _result(wanted, studio, written, takes)
        result["wall_seconds"] = round(time.monotonic() - began, 3)
        _report(options, result, written)
        if isinstance(end, Failed):
            raise told(end)
        if isinstance(end, Cancelled):
            say(_stopped(wanted, takes, written))
            return request.status or 130
    return 0


def _write(wanted: Order, takes: Sequence[Audio]) -> list[Path]:
    """Write every take that has sound; where the disk refuses, keep the music elsewhere."""
    written: list[Path] = []
    for number, (path, take) in enumerate(zip(wanted.files, takes, strict=True), start=1):
        if len(take.samples):
            _write_take(path, take, _tags(number, wanted))
            written.append(path)
    return written


def _write_words(wanted: Order, studio: Studio) -> tuple[Path, ...]:
    """Write when the words of each take are sung, if somebody asked."""
    for path, lines in zip(wanted.words, studio.lines()[: len(wanted.words)], strict=True):
        write_words(path, lines)
    return wanted.words


def _write_take(path: Path, take: Audio, tags: Tags) -> None:
    try:
        write_audio(path, take, tags=tags)
    except AudioFileError as error:
        rescue = Path(tempfile.mkdtemp(prefix="jukebox-")) / path.name
        write_audio(rescue, take, tags=tags)
        raise BrokenTaskError(f"{error} The music is kept in “{rescue}”.") from error


def _tags(number: int, wanted: Order) -> Tags:
    """What the file says of itself; it does not depend on its name, nor on the time of day."""
    prompt, settings = wanted.task.prompt, wanted.task.settings
    recipe = {
        "model": wanted.model.id,
        "artist": prompt.artist,
        "genres": prompt.genres,
        **_blend(prompt),
        "lyrics": prompt.lyrics,
        "song_length": prompt.song_length,
        "span": [wanted.task.span.start, wanted.task.span.end],
        "levels": [level.name.lower() for level in wanted.task.levels],
        "seed": settings.seed,
        "temperature": settings.levels[Level.TOP].temperature,
        "parallel_windows": settings.parallel_windows,
        "take": number,
    }
    title = f"{wanted.model.title} {settings.seed}-{number}"
    comment = f"Made by AI with Jukebox Studio. {json.dumps(recipe, ensure_ascii=False)}"
    return Tags(
        title=title, artist=wanted.model.title, genre=", ".join(prompt.genres), comment=comment
    )


def _blend(prompt: Prompt) -> dict[str, object]:
    """What of a prompt is there in blends only."""
    others = [[share.name, share.weight] for share in prompt.other_artists]
    return {"other_artists": others, "genre_shares": prompt.genre_shares} if prompt.blends else {}


def _report(
    options: argparse.Namespace, result: Mapping[str, object], written: Sequence[Path]
) -> None:
    if options.json:
        answer_json(result)
        return
    for path in written:
        answer(str(path))


def _result(
    wanted: Order, studio: Studio, written: Sequence[Path], takes: Sequence[Audio]
) -> dict[str, object]:
    first = studio.first_sound_s
    return {
        "audio_seconds": max(take.seconds for take in takes),
        "first_sound_seconds": None if first is None else round(first, 3),
        "tokens_per_second": {
            level.name.lower(): round(studio.speeds[level], 1) if level in studio.speeds else None
            for level in sorted(Level, reverse=True)
        },
        "plan": studio.plan,
        "peak_rss_mb": round(_peak_bytes() / 2**20, 1),
        "seed": wanted.task.settings.seed,
        "model": wanted.model.id,
        "files": [str(path) for path in written],
    }


def _peak_bytes() -> int:
    """The most memory that this process has held."""
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _stopped(wanted: Order, takes: Sequence[Audio], written: Sequence[Path]) -> str:
    if not written:
        return "Stopped before there was any sound; nothing was written."
    rate, start = wanted.model.sample_rate, wanted.task.span.start if wanted.prime else 0
    made = max(len(take.samples) for take in takes) - start
    names = ", ".join(f"“{path}”" for path in written)
    return f"Stopped after {made / rate:.1f} of {wanted.length / rate:.1f} s; kept in {names}."
