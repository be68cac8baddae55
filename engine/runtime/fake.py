"""A stand-in for an engine: the events of a real one in the real order, with tones for music.

It needs no model and no torch, answers at once unless its script says otherwise, and breaks when
its script says so. It serves tests, and nobody who did not ask for it by name.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.api import (
    Aligned,
    AlignTask,
    Cancelled,
    CancelToken,
    Chunk,
    DecodeTask,
    EncodeTask,
    Event,
    Failed,
    Finished,
    PrepareTask,
    Problem,
    ProblemKind,
    Progress,
    SampleTask,
    Saved,
    Scored,
    ScoreTask,
    Started,
    Task,
)
from engine.audio.files import resample, to_mono
from engine.catalog.checks import check_extent
from engine.catalog.specs import ModelSpec
from engine.errors import EngineError, ModelMissingError
from engine.phrases import Phrase
from engine.runtime.harvest import Harvest
from engine.types import NO_CODE, Audio, Codes, Level, ModelId, Prompt, Span

FAKE_MODEL = ModelSpec(
    id=ModelId("fake"),
    title="Tones",
    sample_rate=22_050,
    hops=(32, 128, 256),
    contexts=(1024, 1024, 1024),
    codebook_size=1024,
    min_song_length=1024 * 256,
    max_song_length=600 * 22_050,
    max_genres=5,
    lyric_characters=128,
    size_bytes=0,
    licence="none",
)

_STRETCH_S = 0.25
_REACH = 4
_PITCHES = 8
_LOUDNESS = 0.2


class Mishap(StrEnum):
    """What can go wrong on purpose."""

    FAIL = "fail"
    DIE = "die"
    HANG = "hang"


@dataclass(frozen=True, slots=True)
class Script:
    """How the fake behaves.

    Attributes:
        stretch_s: seconds that each stretch of music takes to make.
        mishap: what goes wrong, if anything. DIE takes the process along; HANG heeds no cancel.
        mishap_after: stretches of a task that still go well.
    """

    stretch_s: float = 0.0
    mishap: Mishap | None = None
    mishap_after: int = 0


class FakeEngine:
    """Makes tones that follow from seed, take, level and position. Implements `Engine`."""

    def __init__(self, spec: ModelSpec = FAKE_MODEL, script: Script | None = None) -> None:
        self._spec = spec
        self._script = script or Script()
        self._busy = threading.Lock()
        self._cancel: CancelToken | None = None

    def run(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        """See `Engine.run`. A second task waits until the first has ended."""
        check_extent(task, self._spec)
        return self._guarded(task, cancel)

    def close(self) -> None:
        """Cancel the task that runs, if any."""
        if (running := self._cancel) is not None:
            running.cancel()

    def _guarded(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        harvest = Harvest(task)
        with self._busy:
            self._cancel = cancel
            try:
                for event in self._events(task, cancel):
                    harvest.add(event)
                    if not isinstance(event, Finished):
                        yield event
            except EngineError as error:
                last: Event = Failed(_problem(error), harvest.results())
            else:
                end = Cancelled if cancel.cancelled else Finished
                last = end(harvest.results())
            finally:
                self._cancel = None
        yield last

    def _events(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        yield Progress(None, 0, 0, note="loading the model: needs nothing")
        if task.model != self._spec.id:
            raise ModelMissingError(
                "The stand-in plays “{name}”, not “{model}”.", name=self._spec.id, model=task.model
            )
        pace = _Pace(self._script, cancel)
        match task:
            case PrepareTask():
                yield from _prepare(pace)
            case SampleTask():
                yield from _sample(task, self._spec, pace)
            case EncodeTask():
                yield from _encode(task, self._spec, pace)
            case DecodeTask():
                yield from _decode(task, self._spec, pace)
            case AlignTask():
                yield from _align(task, self._spec, pace)
            case ScoreTask():
                yield from _score(task, self._spec, pace)


class _ScriptedError(EngineError):
    """Raised because the script says so."""


class _Pace:
    """Lets time pass, and things go wrong, as the script says."""

    def __init__(self, script: Script, cancel: CancelToken) -> None:
        self._script = script
        self._cancel = cancel
        self._began = time.monotonic()
        self._stretches = 0

    def goes_on(self) -> bool:
        """Whether the next stretch shall be made, after the time that takes."""
        if self._stretches == self._script.mishap_after:
            _suffer(self._script.mishap)
        self._stretches += 1
        return not self._cancel.wait(self._script.stretch_s)

    def progress(self, level: Level | None, done: int, total: int) -> Progress:
        """How far the task is."""
        per_second = done / max(time.monotonic() - self._began, 1e-9)
        return Progress(level, done, total, per_second, (total - done) / per_second)


def _suffer(mishap: Mishap | None) -> None:
    match mishap:
        case Mishap.FAIL:
            raise _ScriptedError("The script says to fail here.")
        case Mishap.DIE:
            os._exit(1)
        case Mishap.HANG:
            threading.Event().wait()
        case None:
            return


def _problem(error: EngineError) -> Problem:
    missing = isinstance(error, ModelMissingError)
    kind = ProblemKind.MODEL_MISSING if missing else ProblemKind.INTERNAL
    return Problem.told(kind, error.phrase, Phrase("Ask the stand-in for something else."))


def _prepare(pace: _Pace) -> Iterator[Event]:
    yield Started(len(Level))
    for done, level in enumerate(sorted(Level, reverse=True), start=1):
        if not pace.goes_on():
            return
        yield Progress(level, done, len(Level), note="loading the model")


def _sample(task: SampleTask, spec: ModelSpec, pace: _Pace) -> Iterator[Event]:
    takes, limit = range(task.settings.variations), task.settings.batch_limit
    groups = [takes[first : first + limit] for first in range(0, len(takes), limit)]
    plans = [list(_missing(task, group, spec)) for group in groups]
    total = sum(
        len(group) * span.length // spec.hop(level)
        for group, plan in zip(groups, plans, strict=True)
        for level, span in plan
    )
    done = 0
    yield Started(total)
    for group, plan in zip(groups, plans, strict=True):
        for level, span in plan:
            if not pace.goes_on():
                return
            codes = [_codes(task.settings.seed, take, level, span, spec) for take in group]
            for take, new in zip(group, codes, strict=True):
                yield from _saved(task, take, level, span.start, new, spec.hop(level))
            if level in task.sounded:
                yield from _heard(task, group, codes, (level, span), spec)
            if level is Level.TOP and task.prompt.lyrics.strip():
                yield from (_sung(take, task.prompt, span, spec) for take in group)
            done += len(group) * len(codes[0])
            yield pace.progress(level, done, total)


def _heard(
    task: SampleTask,
    group: range,
    codes: Sequence[NDArray[np.uint16]],
    where: tuple[Level, Span],
    spec: ModelSpec,
) -> Iterator[Chunk]:
    """The sound of new codes of some takes."""
    level, span = where
    before, after = _neighbours(task, level, span, spec.hop(level))
    start = span.start - len(before) * spec.hop(level)
    for take, new in zip(group, codes, strict=True):
        heard = np.concatenate([before, new, after])
        yield Chunk(take, level, start, _tones(heard, spec.hop(level), spec))


def _missing(task: SampleTask, group: range, spec: ModelSpec) -> Iterator[tuple[Level, Span]]:
    """The stretches that some takes lack, in the order of making."""
    for level, span in _stretches(task.span, sorted(task.levels, reverse=True), spec):
        made = min((len(task.made[take].at(level)) for take in group if task.made), default=0)
        start = max(span.start, task.span.start + made * spec.hop(level))
        if start < span.end:
            yield level, Span(start, span.end)


def _saved(
    task: SampleTask, take: int, level: Level, start: int, codes: NDArray[np.uint16], hop: int
) -> Iterator[Saved]:
    """What of some codes is new."""
    made = len(task.made[take].at(level)) if task.made else 0
    known = max(0, made - (start - task.span.start) // hop)
    if known < len(codes):
        yield Saved(take, level, start + known * hop, codes[known:])


def _neighbours(
    task: SampleTask, level: Level, stretch: Span, hop: int
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Known codes around the span that sound again with its first and last stretch.

    Real decoders reach beyond single codes, so that new music changes some of the old.
    """
    known, span = task.context.at(level), task.span
    first, end = span.start // hop, span.end // hop
    before = known[max(0, first - _REACH) : first] if stretch.start == span.start else known[:0]
    after = known[end : end + _REACH] if stretch.end == span.end else known[:0]
    holes_before, holes_after = (np.flatnonzero(codes == NO_CODE) for codes in (before, after))
    return (
        before[holes_before[-1] + 1 :] if len(holes_before) else before,
        after[: holes_after[0]] if len(holes_after) else after,
    )


def _encode(task: EncodeTask, spec: ModelSpec, pace: _Pace) -> Iterator[Event]:
    sound = resample(to_mono(task.audio), spec.sample_rate).samples
    span = Span(0, spec.snap_down(len(sound)))
    total, done = sum(span.length // hop for hop in spec.hops), 0
    yield Started(total)
    for tile in _tiles(span, _stretch(spec)):
        if not pace.goes_on():
            return
        done += sum(tile.length // hop for hop in spec.hops)
        yield pace.progress(None, done, total)
    levels = (_loudness(sound[: span.end], hop, spec.codebook_size) for hop in spec.hops)
    yield Finished((Codes(tuple(levels)),))


def _decode(task: DecodeTask, spec: ModelSpec, pace: _Pace) -> Iterator[Event]:
    hop, codes = spec.hop(task.level), task.codes.at(task.level)
    total = task.span.length // hop
    yield Started(total)
    for tile in _tiles(task.span, _stretch(spec)):
        if not pace.goes_on():
            return
        tones = _tones(codes[tile.start // hop : tile.end // hop], hop, spec)
        yield Chunk(0, task.level, tile.start, tones)
        yield pace.progress(task.level, (tile.end - task.span.start) // hop, total)


def _align(task: AlignTask, spec: ModelSpec, pace: _Pace) -> Iterator[Event]:
    total = task.span.length // spec.grid
    yield Started(total)
    for tile in _tiles(task.span, _stretch(spec)):
        if not pace.goes_on():
            return
        yield _sung(0, task.prompt, tile, spec)
        yield pace.progress(Level.TOP, (tile.end - task.span.start) // spec.grid, total)


def _score(task: ScoreTask, spec: ModelSpec, pace: _Pace) -> Iterator[Event]:
    level, hop = task.level, spec.hop(task.level)
    first = task.span.start // hop
    fills = [fill.at(level) for fill in task.fills] or [task.codes.at(level)[:first]]
    total = len(fills) * task.span.length // hop
    yield Started(total)
    for tile in _tiles(task.span, _stretch(spec)):
        if not pace.goes_on():
            return
        here = task.codes.at(level)[tile.start // hop : tile.end // hop]
        for variation, before in enumerate(fills):
            heard = int(before[-1]) if len(before) else 0
            yield Scored(variation, tile.start, ((here + heard) % 16).astype(np.float32))
        done = len(fills) * (tile.end - task.span.start) // hop
        yield pace.progress(level, done, total)


def _sung(take: int, prompt: Prompt, span: Span, spec: ModelSpec) -> Aligned:
    """The lyrics spread evenly over the song."""
    moments = np.arange(span.start, span.end, spec.grid)
    places = moments * len(prompt.lyrics) // prompt.song_length
    return Aligned(take, span.start, places.astype(np.int32), np.ones(len(places), np.float32))


def _stretches(
    span: Span, levels: Sequence[Level], spec: ModelSpec
) -> Iterator[tuple[Level, Span]]:
    """Stretches in the order of making: a window of a level, then the same time at those below."""
    if not levels:
        return
    level, below = levels[0], levels[1:]
    for window in _tiles(span, spec.contexts[level] * spec.hop(level)):
        for stretch in _tiles(window, _stretch(spec)):
            yield level, stretch
        yield from _stretches(window, below, spec)


def _stretch(spec: ModelSpec) -> int:
    return max(spec.grid, spec.snap_down(round(_STRETCH_S * spec.sample_rate)))


def _tiles(span: Span, length: int) -> Iterator[Span]:
    for start in range(span.start, span.end, length):
        yield Span(start, min(start + length, span.end))


def _codes(seed: int, take: int, level: Level, span: Span, spec: ModelSpec) -> NDArray[np.uint16]:
    """Codes that depend on where they stand in the song and not on how they were asked for."""
    hop = spec.hop(level)
    key = np.zeros(1, np.uint64)
    for part in (seed, take, level):
        key = _mixed(key + np.uint64(part))
    positions = np.arange(span.start // hop, span.end // hop, dtype=np.uint64)
    drawn = _mixed(key + positions * np.uint64(0x9E3779B97F4A7C15))
    return (drawn % np.uint64(spec.codebook_size)).astype(np.uint16)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers that look random, each following from the one given (SplitMix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _tones(codes: NDArray[np.uint16], hop: int, spec: ModelSpec) -> Audio:
    """Whole periods of a sine for each code, so that any cut is clean; silence for no code."""
    periods = np.where(codes == NO_CODE, 0, 1 + codes % _PITCHES)
    phase = 2 * np.pi * np.arange(hop) / hop
    waves = _LOUDNESS * np.sin(np.outer(np.arange(_PITCHES + 1), phase))
    return Audio(waves[periods].reshape(-1).astype(np.float32), spec.sample_rate)


def _loudness(sound: NDArray[np.float32], hop: int, codebook_size: int) -> NDArray[np.uint16]:
    peaks = np.abs(sound.reshape(-1, hop)).max(axis=1)
    return np.clip(peaks * codebook_size, 0, codebook_size - 1).astype(np.uint16)
