"""Ways to ask an engine and to look at what it answers, for tests of engines and of their users."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import psutil
from numpy.typing import NDArray

from engine.api import (
    LAST_EVENTS,
    CancelToken,
    Chunk,
    Engine,
    Event,
    Finished,
    SampleTask,
    Saved,
    Task,
)
from engine.catalog.specs import ModelSpec
from engine.types import Codes, Level, ModelId, Prompt, SamplingSettings, Span

ALL_LEVELS = (Level.TOP, Level.MIDDLE, Level.BOTTOM)

E = TypeVar("E")


def sampling(model: ModelSpec, /, seconds: float = 0.3, **changes: object) -> SampleTask:
    """A task from nothing at the start of a song, changed as asked."""
    task = SampleTask(
        model=model.id,
        prompt=Prompt("", (), "", song_length=model.snap_down(model.max_song_length - 1)),
        context=Codes.empty(),
        span=Span(0, model.snap_up(round(seconds * model.sample_rate))),
        levels=(Level.TOP,),
        settings=SamplingSettings(seed=7),
    )
    return replace(task, **changes)


def events_of(engine: Engine, task: Task) -> list[Event]:
    """All events of a task that nobody stops."""
    return list(engine.run(task, CancelToken()))


def results_of(engine: Engine, task: Task) -> tuple[Codes, ...]:
    """Results of a task that must finish."""
    last = events_of(engine, task)[-1]
    assert isinstance(last, Finished), last
    return last.results


def of_kind(events: Iterable[Event], kind: type[E]) -> list[E]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def saved_codes(events: Iterable[Event], take: int, level: Level) -> NDArray[np.uint16]:
    """Everything that was saved of one take and level, joined."""
    pieces = [
        event.codes
        for event in of_kind(events, Saved)
        if (event.variation, event.level) == (take, level)
    ]
    return np.concatenate([np.empty(0, np.uint16), *pieces])


def heard(events: Iterable[Event], take: int, level: Level) -> NDArray[np.float32]:
    """All sound of one take and level, joined."""
    pieces = [
        event.audio.samples
        for event in of_kind(events, Chunk)
        if (event.variation, event.level) == (take, level)
    ]
    return np.concatenate([np.empty(0, np.float32), *pieces])


def assert_tiles(stretches: list[tuple[int, int]], span: Span) -> None:
    """That (start, length) pairs follow one another from the span's start to its end."""
    position = span.start
    for start, length in stretches:
        assert start == position
        assert length > 0
        position += length
    assert position == span.end


def assert_follow(chunks: list[Chunk], span: Span) -> None:
    """That chunks follow one another, and cover the span and maybe a little around it."""
    stretches = [(chunk.start, len(chunk.audio.samples)) for chunk in chunks]
    start, end = stretches[0][0], sum(stretches[-1])
    assert start <= span.start
    assert end >= span.end
    assert_tiles(stretches, Span(start, end))


def overlaid(chunks: list[Chunk]) -> NDArray[np.float32]:
    """What is heard when each chunk replaces what was there."""
    sound = np.zeros(max(chunk.start + len(chunk.audio.samples) for chunk in chunks), np.float32)
    for chunk in chunks:
        sound[chunk.start : chunk.start + len(chunk.audio.samples)] = chunk.audio.samples
    return sound


def spliced(old: Codes, new: Codes, span: Span, model: ModelSpec) -> Codes:
    """The old codes from the song's start, with the new ones in the span."""
    levels = [level.copy() for level in old.levels]
    for level, hop in zip(Level, model.hops, strict=True):
        levels[level][span.start // hop : span.end // hop] = new.at(level)
    return Codes(tuple(levels))


def assert_results_are_what_was_saved(events: list[Event], takes: int = 1) -> None:
    """That the last event's results equal the sum of all `Saved`."""
    last = events[-1]
    assert isinstance(last, LAST_EVENTS)
    assert len(last.results) == takes
    for take, codes in enumerate(last.results):
        for level in Level:
            np.testing.assert_array_equal(codes.at(level), saved_codes(events, take, level))


def until(events: Iterator[Event], kind: type[Event]) -> list[Event]:
    """Events up to and with the first of a kind."""
    read: list[Event] = []
    for event in events:
        read.append(event)
        if isinstance(event, kind):
            break
    return read


def damaged_copy(model: Path, root: Path) -> ModelId:
    """Puts a copy of a model under `root`, its weights of the right size and no weights."""
    name = ModelId("damaged")
    shutil.copytree(model, root / name)
    weights, description = root / name / "model.safetensors", root / name / "studio.json"
    weights.write_bytes(b"\xff" * weights.stat().st_size)
    description.write_text(json.dumps(json.loads(description.read_text()) | {"id": name}))
    return name


def wait_for(condition: Callable[[], bool], limit_s: float = 10.0) -> None:
    """Wait until something holds; fail when it does not in time."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def engine_processes() -> list[psutil.Process]:
    """Children of this process that run an engine."""
    children = psutil.Process().children()
    return [child for child in children if any("spawn_main" in part for part in _command(child))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def wait_until_engines_rest() -> None:
    """Until no engine process used the processor for a while."""
    used, since = -1.0, time.monotonic()

    def rests() -> bool:
        nonlocal used, since
        now = sum(sum(process.cpu_times()[:2]) for process in engine_processes())
        if now != used:
            used, since = now, time.monotonic()
        return time.monotonic() - since > 0.3

    wait_for(rests, limit_s=20)
