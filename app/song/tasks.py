"""From a song, a selection and settings to a task for the engine: the only translation.

Knows the song and the model's grid and limits. Knows nothing of engines at work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from app.song.codes import covers, cut, known_until
from app.song.edits import next_name
from app.song.errors import OrderError
from app.song.song import Origin, Quality, Song, Take, new_take_id
from engine.api import SampleTask
from engine.catalog.specs import ModelSpec
from engine.types import NO_CODE, Codes, Level, Prompt, SamplingSettings, Span


@dataclass(frozen=True, slots=True)
class Order:
    """A task together with the takes that its variations become.

    Attributes:
        label: what it does, in a word.
        takes: one per variation; what they say was made is a plan until the task has ended.
    """

    label: str
    task: SampleTask
    takes: tuple[Take, ...]


def generation(song: Song, spec: ModelSpec, seed: int) -> Order:
    """New takes from the beginning, out of nothing.

    Raises:
        OrderError: the song has no room.
    """
    span = _new_span(0, song, spec)
    task = _task(song, spec, Codes.empty(), span, seed)
    return _order("Generate", song, task, Origin.GENERATED)


def continuation(song: Song, spec: ModelSpec, codes: Codes, at: int, seed: int) -> Order:
    """The current take kept up to `at`, or as far as its codes go, and new music from there.

    Args:
        codes: of the current take, from the first sample of the song.

    Raises:
        OrderError: there is nothing to continue, or the song has no room.
    """
    start = spec.snap_down(min(at, known_until(codes, Level.TOP, spec)))
    if start == 0:
        raise OrderError("There is nothing to continue yet. Generate or import some music first.")
    span = _new_span(start, song, spec)
    task = _task(song, spec, cut(codes, start, spec), span, seed)
    return _order("Continue", song, task, Origin.CONTINUED)


def redoing(song: Song, spec: ModelSpec, codes: Codes, selection: Span, seed: int) -> Order:
    """The inside of the selection made anew, and all around it kept.

    Args:
        codes: of the current take, from the first sample of the song.

    Raises:
        OrderError: the selection holds no music that can be made anew.
    """
    span = _snapped(selection, codes, spec)
    if not span.length:
        raise OrderError("The selection holds no music to redo. Select a part of the waveform.")
    task = _task(song, spec, codes, span, seed)
    return _order("Redo", song, task, Origin.REDONE)


def rendering(
    song: Song, spec: ModelSpec, codes: Codes, selection: Span | None, quality: Quality
) -> Order:
    """The same music in a better quality, inside the selection or everywhere.

    What has that quality already is not made again, as far as it lies at either end.

    Args:
        codes: of the current take, from the first sample of the song.

    Raises:
        OrderError: there is nothing to start from, or nothing left to improve.
    """
    take = song.chosen
    span = _snapped(selection or Span(0, 0 if take is None else take.length), codes, spec)
    if take is None or not span.length:
        raise OrderError("There is nothing to render here. Generate some music first.")
    span = _lacking(span, quality, codes, spec)
    missing = [level for level in quality.levels if not covers(codes, level, span, spec)]
    levels = quality.levels[quality.levels.index(max(missing)) :]
    settings = take.settings or _settings(song, 0)
    prompt = replace(take.prompt, song_length=max(take.prompt.song_length, span.end))
    task = SampleTask(spec.id, prompt, codes, span, levels, replace(settings, variations=1))
    return _order("Render", song, task, Origin.RENDERED)


def imported(song: Song, name: str, length: int) -> Take:
    """A take that is a recording of `length` samples, on the grid."""
    return Take(
        id=new_take_id(),
        parent=None,
        span=Span(0, length),
        length=length,
        levels=Quality.FULL.levels,
        origin=Origin.IMPORTED,
        prompt=song.prompt,
        settings=None,
        name=name,
        made=datetime.now(UTC),
    )


def _new_span(start: int, song: Song, spec: ModelSpec) -> Span:
    """As much as the settings ask for from `start`, or as the model's longest song has room for."""
    room = spec.snap_down(spec.max_song_length - 1)
    length = spec.snap_up(max(1, round(song.settings.seconds * spec.sample_rate)))
    if start >= room:
        longest = spec.max_song_length / spec.sample_rate
        raise OrderError(
            f"The song is full: {spec.title} knows songs of up to {longest:.0f} s, and this one "
            f"goes on from {start / spec.sample_rate:.0f} s. Continue from an earlier moment."
        )
    return Span(start, min(start + length, room))


def _snapped(selection: Span, codes: Codes, spec: ModelSpec) -> Span:
    """The selection widened to the grid, as far as there are TOP codes under it."""
    end = min(spec.snap_up(selection.end), known_until(codes, Level.TOP, spec))
    return Span(min(spec.snap_down(selection.start), end), end)


def _lacking(span: Span, quality: Quality, codes: Codes, spec: ModelSpec) -> Span:
    """The span without what has the quality already at its start and its end."""
    lacking = np.zeros(span.length // spec.grid, bool)
    for level in quality.levels:
        hop = spec.hop(level)
        under = codes.at(level)[span.start // hop : span.end // hop]
        there = np.zeros(span.length // hop, bool)
        there[: len(under)] = under != NO_CODE
        lacking |= ~there.reshape(len(lacking), -1).all(axis=1)
    places = np.flatnonzero(lacking) * spec.grid + span.start
    if not len(places):
        raise OrderError("This stretch has that quality already.")
    return Span(int(places[0]), int(places[-1]) + spec.grid)


def _task(song: Song, spec: ModelSpec, context: Codes, span: Span, seed: int) -> SampleTask:
    levels = song.settings.quality.levels
    settings = _settings(song, seed)
    return SampleTask(spec.id, _prompt(song, span, spec), context, span, levels, settings)


def _prompt(song: Song, span: Span, spec: ModelSpec) -> Prompt:
    """The song's prompt, its length raised to what the music and the model need."""
    length = max(song.prompt.song_length, span.end, spec.min_song_length)
    return replace(song.prompt, song_length=min(length, spec.max_song_length - 1))


def _settings(song: Song, seed: int) -> SamplingSettings:
    standard = SamplingSettings().levels
    temperature = song.settings.temperature
    levels = {level: replace(standard[level], temperature=temperature) for level in Level}
    return SamplingSettings(seed, song.settings.takes, levels)


def _order(label: str, song: Song, task: SampleTask, origin: Origin) -> Order:
    parent = None if origin is Origin.GENERATED else song.chosen
    inside = origin in (Origin.REDONE, Origin.RENDERED)
    length = parent.length if parent is not None and inside else task.span.end
    first = next_name(song)
    takes = tuple(
        Take(
            id=new_take_id(),
            parent=None if parent is None else parent.id,
            span=task.span,
            length=max(length, task.span.end),
            levels=task.levels,
            origin=origin,
            prompt=task.prompt,
            settings=task.settings,
            name=f"Take {first + number}",
            made=datetime.now(UTC),
        )
        for number in range(task.settings.variations)
    )
    return Order(label, task, takes)
