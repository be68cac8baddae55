"""What a model of a released size takes: loading, listening, drawing at all levels, sounding.

    jukebox models fabricate 1b_lyrics random-1b
    python -m tests.benchmarks.real_size random-1b riff.ogg --precision bf16

Runs the engine's own tasks on the beginning of a recording, one after the other, and prints how
long each took, and the most memory that the process had held by then. Linux.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.api import (
    CancelToken,
    Chunk,
    DecodeTask,
    EncodeTask,
    Failed,
    Finished,
    PrepareTask,
    Progress,
    SampleTask,
    Saved,
    Task,
)
from engine.audio.files import Channels, read_audio
from engine.catalog.sizes import vqvae_numbers
from engine.catalog.store import InstalledModel, open_model
from engine.errors import EngineError
from engine.runtime.budget import weights_bytes
from engine.runtime.local import LocalEngine
from engine.types import Audio, Codes, Level, Precision, Prompt, SamplingSettings, Span

LYRICS = "Paper boats go down the drain, counting lamps along the lane"
SONG_S = 60
DOWNWARDS = (Level.TOP, Level.MIDDLE, Level.BOTTOM)


class Clock:
    """Time since it was made: that of the wall, and that of all processors together."""

    def __init__(self) -> None:
        self._wall, self._busy = time.monotonic(), time.process_time()

    def __str__(self) -> str:
        wall, busy = time.monotonic() - self._wall, time.process_time() - self._busy
        return f"{wall:.1f} s ({busy:.1f} s of processors)"


@dataclass
class Bench:
    """An engine, and a clock beside it."""

    engine: LocalEngine
    model: InstalledModel

    def run(self, task: Task, what: str) -> tuple[Codes, ...]:
        """Run a task to its end, and print what it took, level by level where it saves codes."""
        clock, last, heard = Clock(), time.monotonic(), 0.0
        codes, seconds = Counter[Level](), Counter[Level]()
        for event in self.engine.run(task, CancelToken()):
            now = time.monotonic()
            match event:
                case Progress(level=None, total=0):
                    print(f"{what}: {event.note}", flush=True)
                case Saved():
                    codes[event.level] += len(event.codes)
                    seconds[event.level] += now - last
                case Chunk():
                    heard += event.audio.seconds
                case Failed():
                    raise EngineError(f"{event.problem.message} {event.problem.advice}")
                case Finished():
                    made = f", {heard:.2f} s of sound" if heard else ""
                    print(f"{what}: {clock}{made}; peak {peak_bytes() / 1e9:.2f} GB", flush=True)
                    for level in codes:
                        print(f"  {level.name}: {codes[level]} codes in {seconds[level]:.1f} s")
                    return event.results
                case _:
                    pass
            last = now
        raise EngineError(f"{what}: no end")

    def everything(self, recording: Audio, prime_s: float, more_s: float) -> None:
        """Listen, load, draw, sound."""
        spec, name = self.model.spec, self.model.spec.id
        self.run(EncodeTask(name, recording), f"listening to {recording.seconds:.1f} s")
        prime = Audio(recording.samples[: round(prime_s * recording.rate)], recording.rate)
        (known,) = self.run(EncodeTask(name, prime), f"listening to {prime.seconds:.2f} s")
        before = peak_bytes()
        self.run(PrepareTask(name), "loading all levels")
        print(f"  the peak rose by {(peak_bytes() - before) / 1e9:.2f} GB")
        start = len(known.at(Level.TOP)) * spec.grid
        span = Span(start, start + spec.snap_up(round(more_s * spec.sample_rate)))
        prompt = Prompt("", (), LYRICS, spec.snap_up(SONG_S * spec.sample_rate))
        task = SampleTask(name, prompt, known, span, DOWNWARDS, SamplingSettings(seed=7))
        (new,) = self.run(task, f"drawing after {len(known.at(Level.TOP))} codes of TOP")
        song = Codes(tuple(np.concatenate([known.at(n), new.at(n)]) for n in Level))
        for level in DOWNWARDS:
            end = len(song.at(level)) * spec.hop(level)
            self.run(DecodeTask(name, song, Span(0, end), level), f"sound of {level.name}")


def weights_of(model: InstalledModel, precision: Precision) -> int:
    """Bytes of the weights as they are kept on a processor."""
    priors = sum(weights_bytes(prior, precision, True) for prior in model.config.priors)
    return priors + 4 * vqvae_numbers(model.config.vqvae)


def peak_bytes() -> int:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Run everything once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="a model's folder")
    parser.add_argument("recording", type=Path, help="any sound file")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--listen", type=float, default=5.0, help="seconds to encode")
    parser.add_argument("--prime", type=float, default=0.25, help="seconds to go on from")
    parser.add_argument("--more", type=float, default=0.05, help="seconds to draw at all levels")
    options = parser.parse_args()
    model = open_model(options.model.resolve())
    if options.precision != "auto":
        size, so_far = weights_of(model, Precision(options.precision)), peak_bytes()
        print(f"weights in {options.precision}: {size / 1e9:.2f} GB; so far {so_far / 1e9:.2f} GB")
    clock = Clock()
    engine = LocalEngine([str(model.folder.parent)], "cpu", options.precision)
    recording = read_audio(options.recording, None, Channels.MONO, options.listen)
    Bench(engine, model).everything(recording, options.prime, options.more)
    engine.close()
    print(f"all: {clock}")


if __name__ == "__main__":
    main()
