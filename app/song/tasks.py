"""From a song, a selection and settings to a task for the engine: the only translation.

Knows the song and the model's grid and limits. Knows nothing of engines at work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from app.language import mark, tr
from app.song.codes import chain, covers, cut, known_until
from app.song.edits import next_name, numbered_name, replaceable
from app.song.errors import OrderError
from app.song.lyrics import told_prompt
from app.song.song import Maker, Origin, Quality, Song, Take, Verdict, new_take_id
from app.song.stereo import SIDES, placed
from engine.api import AlignTask, SampleTask
from engine.catalog.specs import ModelSpec
from engine.types import NO_CODE, Codes, Level, Prompt, SamplingSettings, Span

CANDIDATES = 8
"""Drafts that are made for a hole, of which the best are kept."""


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

    def by(self, maker: Maker) -> Order:
        """The same, to be made by this."""
        return replace(self, takes=tuple(replace(take, maker=maker) for take in self.takes))


def generation(song: Song, spec: ModelSpec, seed: int) -> Order:
    """New takes from the beginning, out of nothing.

    Raises:
        OrderError: the song has no room.
    """
    span = _new_span(0, song, spec)
    task = _task(song, spec, Codes.empty(), span, seed)
    return _order(mark("Generate"), song, task, Origin.GENERATED)


def continuation(song: Song, spec: ModelSpec, codes: Codes, at: int, seed: int) -> Order:
    """The current take kept up to `at`, or as far as its codes go, and new music from there.

    Args:
        codes: of the current take, from the first sample of the song.

    Raises:
        OrderError: there is nothing to continue, or the song has no room.
    """
    start = spec.snap_down(min(at, known_until(codes, Level.TOP, spec)))
    if start == 0:
        raise OrderError(
            tr("There is nothing to continue yet. Generate or import some music first.")
        )
    span = _new_span(start, song, spec)
    task = _task(song, spec, cut(codes, start, spec), span, seed)
    return _order(mark("Continue"), song, task, Origin.CONTINUED)


def redoing(song: Song, spec: ModelSpec, codes: Codes, selection: Span, seed: int) -> Order:
    """The inside of the selection made anew, and all around it kept.

    Args:
        codes: of the current take, from the first sample of the song.

    Raises:
        OrderError: the selection holds no music that can be made anew.
    """
    span = _snapped(selection, codes, spec)
    if not span.length:
        raise OrderError(tr("The selection holds no music to redo. Select a part of the waveform."))
    task = _task(song, spec, codes, span, seed)
    return _order(mark("Redo"), song, task, Origin.REDONE)


def replacing(song: Song, spec: ModelSpec, codes: Codes, selection: Span, seed: int) -> Order:
    """Several drafts for the inside of the selection, to choose from by what follows it.

    Nothing outside the selection changes, so that it is narrowed to the grid.

    Args:
        codes: of the current take, from the first sample of the song.

    Raises:
        OrderError: the selection is empty, or nothing follows it.
    """
    start, end = spec.snap_up(selection.start), spec.snap_down(selection.end)
    if end <= start:
        raise OrderError(tr("Select the stretch that shall be replaced."))
    if not covers(codes, Level.TOP, Span(end, end + spec.grid), spec):
        raise OrderError(
            tr("No music follows the selection, so there is nothing to lead into. Use Redo Inside.")
        )
    settings = replace(_settings(song, spec, seed), variations=CANDIDATES)
    length = max(song.prompt.song_length, len(codes.at(Level.TOP)) * spec.grid)
    prompt = replace(_prompt(song, Span(start, end), spec),
                     song_length=min(length, spec.max_song_length - 1))  # fmt: skip
    task = SampleTask(spec.id, prompt, codes, Span(start, end), (Level.TOP,), settings)
    return _order(mark("Replace"), song, task, Origin.REPLACED)


def refilling(song: Song, spec: ModelSpec, parent: Codes, seed: int) -> Order:
    """As many new takes as siblings of the current one were rejected, asked for in the same way.

    Args:
        parent: codes of the take that they depart from, from the first sample of the song.

    Raises:
        OrderError: none was rejected.
    """
    take = song.chosen
    rejected = () if take is None else replaceable(song, take.id)
    like = rejected[0] if rejected else None
    if like is None or like.settings is None:
        raise OrderError(tr("Reject some takes first; new ones then come in their place."))
    context = parent if like.origin.inside else cut(parent, like.span.start, spec)
    settings = replace(like.settings, seed=seed, variations=len(rejected))
    task = SampleTask(spec.id, like.prompt, context, like.span, like.levels, settings)
    return Order(mark("Refill"), task, _takes(song, like, task))


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
        raise OrderError(tr("There is nothing to render here. Generate some music first."))
    span = _lacking(span, quality, codes, spec)
    missing = [level for level in quality.levels if not covers(codes, level, span, spec)]
    levels = quality.levels[quality.levels.index(max(missing)) :]
    settings = take.settings or _settings(song, spec, 0)
    prompt = replace(take.prompt, song_length=max(take.prompt.song_length, span.end))
    task = SampleTask(spec.id, prompt, codes, span, levels, replace(settings, variations=1))
    return _order(mark("Render"), song, task, Origin.RENDERED)


def in_stereo(song: Song, spec: ModelSpec, codes: Codes, seed: int) -> Order:
    """Three upsamplings of the current take, to be heard left, in the middle and right.

    They begin where the model composed something: a recording before that is heard as it is.

    Args:
        codes: of the current take, from the first sample of the song.

    Raises:
        OrderError: there is nothing that the model composed.
    """
    take = song.chosen
    end = known_until(codes, Level.TOP, spec)
    start = end if take is None else spec.snap_down(min(_composed_from(song, take), end))
    if take is None or start == end:
        raise OrderError(tr("There is nothing composed to render in stereo yet."))
    settings = take.settings or _settings(song, spec, seed)
    prompt = replace(take.prompt, song_length=max(take.prompt.song_length, end))
    settings = replace(settings, seed=seed, variations=len(SIDES))
    task = SampleTask(spec.id, prompt, codes, Span(start, end), Quality.FULL.levels[1:], settings)
    order = _order(mark("Stereo"), song, task, Origin.RENDERED)
    return replace(order, takes=placed(order.takes, take.name))


def _composed_from(song: Song, take: Take) -> int:
    """The first moment of a take that is not an imported recording."""
    first, *later = chain(song, take.id)
    if first.origin is not Origin.IMPORTED:
        return 0
    return min((each.span.start for each in later), default=take.length)


def aligning(song: Song, spec: ModelSpec, codes: Codes) -> AlignTask:
    """Which words the current take sings: its own, or the song's where it was made without any.

    Args:
        codes: of the current take, from the first sample of the song.

    Raises:
        OrderError: there is nothing to listen to, or no words to listen for.
    """
    take = song.chosen
    span = Span(0, known_until(codes, Level.TOP, spec))
    if take is None or not span.length:
        raise OrderError(tr("There is nothing to listen to yet."))
    own = take.prompt if take.settings is not None else song.prompt
    prompt = told_prompt(own if own.lyrics.strip() else song.prompt)
    if not spec.lyric_characters or not prompt.lyrics.strip():
        raise OrderError(tr("There are no words to listen for."))
    length = max(prompt.song_length, span.end, spec.min_song_length)
    return AlignTask(spec.id, replace(prompt, song_length=length), codes, span)


def telling(song: Song, spec: ModelSpec, take: Take | None) -> SampleTask:
    """The task that makes the TOP codes of a take, or of the whole song from nothing for None.

    It says what the model is told, and is not there to be done: what is before it is silence.
    """
    if take is not None and take.settings is not None:
        before = np.zeros(take.span.start // spec.hop(Level.TOP), np.uint16)
        context = Codes((*(np.empty(0, np.uint16) for _ in range(Level.TOP)), before))
        top = (Level.TOP,)
        return SampleTask(spec.id, take.prompt, context, take.span, top, take.settings)
    prompt = _prompt(song, Span(0, 0), spec)
    span = Span(0, spec.snap_down(prompt.song_length))
    return SampleTask(spec.id, prompt, Codes.empty(), span, (Level.TOP,), _settings(song, spec, 0))


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
            tr(
                "The song is full: {title} knows songs of up to {longest:.0f} s, and this one "
                "goes on from {start:.0f} s. Continue from an earlier moment.",
                title=spec.title,
                longest=longest,
                start=start / spec.sample_rate,
            )
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
        raise OrderError(tr("This stretch has that quality already."))
    return Span(int(places[0]), int(places[-1]) + spec.grid)


def _task(song: Song, spec: ModelSpec, context: Codes, span: Span, seed: int) -> SampleTask:
    levels = song.settings.quality.levels
    settings = _settings(song, spec, seed)
    return SampleTask(spec.id, _prompt(song, span, spec), context, span, levels, settings)


def _prompt(song: Song, span: Span, spec: ModelSpec) -> Prompt:
    """What the model is told: the song's prompt, as long as the music and the model need."""
    length = max(song.prompt.song_length, span.end, spec.min_song_length)
    return told_prompt(replace(song.prompt, song_length=min(length, spec.max_song_length - 1)))


def _settings(song: Song, spec: ModelSpec, seed: int) -> SamplingSettings:
    levels, seconds = spec.level_settings(song.settings.temperature), song.settings.heard_s
    heard = None if seconds is None else spec.snap_up(round(seconds * spec.sample_rate))
    return SamplingSettings(seed, song.settings.takes, levels, heard=heard)


def _order(label: str, song: Song, task: SampleTask, origin: Origin) -> Order:
    parent = None if origin is Origin.GENERATED else song.chosen
    length = parent.length if parent is not None and origin.inside else task.span.end
    like = Take(
        id=new_take_id(),
        parent=None if parent is None else parent.id,
        span=task.span,
        length=max(length, task.span.end),
        levels=task.levels,
        origin=origin,
        prompt=task.prompt,
        settings=task.settings,
        name="",
        made=datetime.now(UTC),
    )
    return Order(label, task, _takes(song, like, task))


def _takes(song: Song, like: Take, task: SampleTask) -> tuple[Take, ...]:
    """One take like another for each variation of a task, with names of their own."""
    first = next_name(song)
    return tuple(
        replace(
            like,
            id=new_take_id(),
            settings=task.settings,
            name=numbered_name(first + number),
            made=datetime.now(UTC),
            verdict=Verdict.OPEN,
            starred=False,
            variation=number,
        )
        for number in range(task.settings.variations)
    )
