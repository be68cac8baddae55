"""`jukebox encode` and `jukebox decode`: sound to codes and back."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api import (
    CancelToken,
    Chunk,
    DecodeTask,
    EncodeTask,
    Event,
    Failed,
    Finished,
    Progress,
    Task,
)
from engine.atomic import ensure_writable
from engine.atomic import told as refused
from engine.audio.export import encoding_for, write_audio
from engine.audio.files import Channels, audio_info, read_audio
from engine.audio.tags import Tags
from engine.catalog.checks import check
from engine.catalog.specs import ModelSpec
from engine.cli.console import ProgressDisplay, answer, answer_json, minutes
from engine.cli.interrupts import Stopped, leaving_at_once, stopping
from engine.cli.tools import Tools, chosen_model, run, told
from engine.codes import CodesFile, read_codes, write_codes
from engine.errors import AudioFileError, CodesFileError, TaskError
from engine.types import Audio, Codes, Level, Span


def encode(options: argparse.Namespace, tools: Tools) -> int:
    """Write the codes of a sound file. Gives the exit status.

    Raises:
        EngineError: it cannot be done.
    """
    spec = chosen_model(tools.store, options.model).spec
    audio = _recording(options.audio, spec)
    try:
        ensure_writable(options.codes, _codes_bytes(len(audio.samples), spec))
    except OSError as error:
        raise CodesFileError(refused(error, options.codes)) from error
    codes = work(EncodeTask(spec.id, audio), tools, lambda event: None).results[0]
    write_codes(options.codes, CodesFile(codes, spec.id))
    _report(options, options.codes, _seconds(codes, spec), spec)
    return 0


def decode(options: argparse.Namespace, tools: Tools) -> int:
    """Write the sound of a file of codes. Gives the exit status.

    Raises:
        EngineError: it cannot be done.
    """
    content = read_codes(options.codes)
    spec = tools.store.get(content.model).spec
    encoding_for(options.out)
    try:
        ensure_writable(options.out)
    except OSError as error:
        raise AudioFileError(refused(error, options.out)) from error
    level = _level(options.level, content.codes)
    span = Span(0, len(content.codes.at(level)) * spec.hop(level))
    pieces: list[NDArray[np.float32]] = []

    def gather(event: Event) -> None:
        if isinstance(event, Chunk):
            pieces.append(event.audio.samples)

    work(DecodeTask(spec.id, content.codes, span, level), tools, gather)
    audio = Audio(np.concatenate(pieces), spec.sample_rate)
    comment = f"Made by AI with Jukebox Studio: {level.name.lower()} codes of {spec.id}, decoded."
    write_audio(options.out, audio, tags=Tags(title=options.out.stem, comment=comment))
    _report(options, options.out, audio.seconds, spec)
    return 0


def _recording(path: Path, spec: ModelSpec) -> Audio:
    seconds, limit = audio_info(path).seconds, spec.max_song_length / spec.sample_rate
    if seconds > limit:
        raise TaskError(
            f"“{path.name}” lasts {minutes(seconds)}, and songs of {spec.title} are shorter than "
            f"{minutes(limit)}. Cut it first."
        )
    return read_audio(path, spec.sample_rate, Channels.MONO, limit)


def _codes_bytes(samples: int, spec: ModelSpec) -> int:
    return 1024 + sum(2 * (samples // hop) for hop in spec.hops)


def _level(wish: str | None, codes: Codes) -> Level:
    """The level asked for, or the finest that has codes."""
    if wish is not None:
        return Level[wish.upper()]
    return next((level for level in Level if len(codes.at(level))), Level.TOP)


def work(task: Task, tools: Tools, gather: Callable[[Event], None]) -> Finished:
    """Do a task to its end, on a display.

    Raises:
        EngineError: it cannot be done.
        Stopped: somebody stopped it.
    """
    check(task, tools.store)
    with leaving_at_once():
        engine = tools.engine()
    cancel = CancelToken()
    with stopping(cancel) as request, ProgressDisplay() as display:

        def watch(event: Event) -> None:
            gather(event)
            if isinstance(event, Progress):
                display.show(event)

        try:
            end = run(engine, task, cancel, watch)
        finally:
            engine.close()
        if isinstance(end, Failed):
            raise told(end)
        if not isinstance(end, Finished):
            raise Stopped(request.status or 130)
    return end


def _seconds(codes: Codes, spec: ModelSpec) -> float:
    return len(codes.at(Level.TOP)) * spec.grid / spec.sample_rate


def _report(options: argparse.Namespace, path: Path, seconds: float, spec: ModelSpec) -> None:
    if options.json:
        answer_json({"audio_seconds": seconds, "model": spec.id, "files": [str(path)]})
    else:
        answer(str(path))
