"""A whole song through the engine as the program runs it, in a process of its own.

Measures what a person waits for: the first sound, cold and warm, and how long the song takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from engine.api import (
    LAST_EVENTS,
    CancelToken,
    Chunk,
    DecodeTask,
    Event,
    Failed,
    Finished,
    Progress,
    SampleTask,
    Task,
)
from engine.bench.children import BenchmarkError
from engine.bench.memory import children_bytes, children_cpu_s
from engine.bench.protocol import Json
from engine.catalog.store import InstalledModel
from engine.runtime.process import ProcessEngine
from engine.types import Codes, Level, Prompt, SamplingSettings, Span

_ENGINE = "engine.runtime.local:LocalEngine"


@dataclass(frozen=True, slots=True)
class SongFacts:
    """What one song took.

    Attributes:
        seconds: of music.
        first_sound_cold_s: from starting the engine's process.
        first_sound_warm_s: of a second song in the same process.
        took_s: the second song, from the order to its last sample.
        cpu_s: processor time of the second song.
        times_real: seconds of music a second by the clock, everything included.
        times_real_cpu: seconds of music per second of processor time, which others disturb less.
        level_per_s: codes a second of each level, as last told while sampling.
        decode_times_real: seconds of sound a second, from BOTTOM codes that stand.
        decode_share: processor time of decoding BOTTOM once over that of the song.
        sounding_share: the same of decoding all levels, as they were while the song was made.
        memory_start_bytes, memory_end_bytes: the engine's process after a third of the second
            song, and at its end.
    """

    seconds: float
    first_sound_cold_s: float
    first_sound_warm_s: float
    took_s: float
    cpu_s: float
    times_real: float
    times_real_cpu: float
    level_per_s: dict[str, float]
    decode_times_real: float
    decode_share: float
    sounding_share: float
    memory_start_bytes: int
    memory_end_bytes: int

    def json(self) -> Json:
        """For machines."""
        return asdict(self)


class _Watch:
    """Notes moments and memory while events come in."""

    def __init__(self, samples: int, tell: Callable[[str], None]) -> None:
        self._tell, self._samples = tell, samples
        self.began = time.monotonic()
        self.first_sound_s: float | None = None
        self.per_s: dict[str, float] = {}
        self.memory_start = 0

    def __call__(self, event: Event) -> None:
        if isinstance(event, Chunk):
            if self.first_sound_s is None:
                self.first_sound_s = self.elapsed_s
            if not self.memory_start and event.start * 3 >= self._samples:
                self.memory_start = children_bytes()
        elif isinstance(event, Progress) and event.level is not None:
            self.per_s[event.level.name.lower()] = event.per_second
            self._tell(f"song: {event.level.name.lower()}, {event.done} of {event.total}")

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self.began


def measure_song(model: InstalledModel, seconds: float, tell: Callable[[str], None]) -> SongFacts:
    """Compose a song twice and decode it, in a fresh process.

    Args:
        seconds: of music; rounded to the model's grid.

    Raises:
        BenchmarkError: it could not be composed.
        TaskError: the model makes no song of that length.
    """
    span = Span(0, model.spec.snap_up(int(seconds * model.spec.sample_rate)))
    cold = _Watch(span.end, tell)
    engine = ProcessEngine(_ENGINE, {"roots": [str(model.folder.parent)]})
    try:
        first = max(1, model.spec.snap_up(model.spec.sample_rate))
        _run(engine, _song(model, Span(0, min(first, span.end)), span.end), cold)
        warm, cpu = _Watch(span.end, tell), children_cpu_s()
        codes = _run(engine, _song(model, span, span.end), warm).results[0]
        took, memory_end = warm.elapsed_s, children_bytes()
        cpu = children_cpu_s() - cpu
        decoded = [_decode(engine, model, codes, span, level) for level in Level]
    finally:
        engine.close()
    length = span.length / model.spec.sample_rate
    return SongFacts(
        seconds=length,
        first_sound_cold_s=cold.first_sound_s or float("nan"),
        first_sound_warm_s=warm.first_sound_s or float("nan"),
        took_s=took,
        cpu_s=cpu,
        times_real=length / took,
        times_real_cpu=length / cpu,
        level_per_s=warm.per_s,
        decode_times_real=length / decoded[Level.BOTTOM][0],
        decode_share=decoded[Level.BOTTOM][1] / cpu,
        sounding_share=sum(level_cpu for _, level_cpu in decoded) / cpu,
        memory_start_bytes=warm.memory_start,
        memory_end_bytes=memory_end,
    )


def _song(model: InstalledModel, span: Span, length: int) -> SampleTask:
    told = max(model.spec.min_song_length, min(length, model.spec.max_song_length - 1))
    prompt = Prompt("", (), "", told)
    settings = SamplingSettings(seed=1, levels=model.spec.level_settings())
    return SampleTask(model.spec.id, prompt, Codes.empty(), span, tuple(Level), settings)


def _decode(
    engine: ProcessEngine, model: InstalledModel, codes: Codes, span: Span, level: Level
) -> tuple[float, float]:
    """Seconds by the clock and of processor time that the sound of a level takes."""
    watch, cpu = _Watch(span.end, lambda _: None), children_cpu_s()
    _run(engine, DecodeTask(model.spec.id, codes, span, level), watch)
    return watch.elapsed_s, children_cpu_s() - cpu


def _run(engine: ProcessEngine, task: Task, watch: _Watch) -> Finished:
    last: Event | None = None
    for event in engine.run(task, CancelToken()):
        watch(event)
        last = event
    if isinstance(last, Failed):
        raise BenchmarkError(f"The song failed: {last.problem.message}")
    assert isinstance(last, LAST_EVENTS) and isinstance(last, Finished)
    return last
