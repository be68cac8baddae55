"""What windows drawn side by side save, and whether their joins can be heard.

Run as a module: a child that answers as `engine.bench.protocol` describes.
"""

from __future__ import annotations

import logging
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from engine.api import CancelToken, Chunk, Event, Failed, Finished, SampleTask
from engine.audio.seams import seam_contrast
from engine.bench.protocol import Json, serve
from engine.catalog.store import ModelStore
from engine.errors import EngineError
from engine.runtime.local import LocalEngine
from engine.sampling import joins
from engine.types import Audio, Codes, Level, ModelId, Prompt, SamplingSettings, Span

_SEED = 1


@dataclass(frozen=True, slots=True)
class SeamFacts:
    """BOTTOM of one song, drawn exactly and side by side, from the same codes above.

    Attributes:
        windows: drawn at once.
        joins: how many there are.
        exact_s, parallel_s: processor time of each.
        exact_ratio, parallel_ratio: spectral flux at the joins over that elsewhere; the exact
            sound, which has none, is the measure of chance.
    """

    windows: int
    joins: int
    exact_s: float
    parallel_s: float
    exact_ratio: float
    parallel_ratio: float


class _Joins(logging.Handler):
    """Gathers where windows were joined, as the sampler tells in its log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.codes: list[int] = []

    def emit(self, record: logging.LogRecord) -> None:
        (code,) = cast(tuple[int], record.args)
        self.codes.append(code)


class Composer:
    """One model, and songs of it."""

    def __init__(self, folder: Path) -> None:
        self._spec = ModelStore([folder.parent]).get(folder.name).spec
        self._engine = LocalEngine([str(folder.parent)])

    def song(self, seconds: float, above: Codes, levels: tuple[Level, ...], windows: int) -> Drawn:
        """Draw some levels of a song.

        Args:
            above: codes of the levels that are not drawn.
            windows: drawn at once.

        Raises:
            EngineError: it could not be drawn.
        """
        span = Span(0, self._spec.snap_up(int(seconds * self._spec.sample_rate)))
        told = max(self._spec.min_song_length, min(span.end, self._spec.max_song_length - 1))
        levels_of_model = self._spec.level_settings()
        settings = SamplingSettings(_SEED, levels=levels_of_model, parallel_windows=windows)
        model = ModelId(self._spec.id)
        prompt, sounded = Prompt("", (), "", told), (min(levels),)
        task = SampleTask(model, prompt, above, span, levels, settings, sounded=sounded)
        sound: list[NDArray[np.float32]] = []
        last: Event | None = None
        began = time.process_time()
        for event in self._engine.run(task, CancelToken()):
            if isinstance(event, Chunk):
                sound.append(event.audio.samples)
            last = event
        if isinstance(last, Failed):
            raise EngineError(last.problem.message)
        assert isinstance(last, Finished)
        audio = Audio(np.concatenate(sound), self._spec.sample_rate)
        return Drawn(last.results[0], audio, time.process_time() - began)

    def compare(self, seconds: float, windows: int) -> SeamFacts:
        """Draw BOTTOM exactly and side by side.

        Raises:
            EngineError: it could not be drawn, or the song is too short for two windows.
        """
        upper = self.song(seconds, Codes.empty(), (Level.MIDDLE, Level.TOP), 1).codes
        exact = self.song(seconds, upper, (Level.BOTTOM,), 1)
        noted = _Joins()
        joins.log.addHandler(noted)
        joins.log.setLevel(logging.DEBUG)
        parallel = self.song(seconds, upper, (Level.BOTTOM,), windows)
        places = [code * self._spec.hop(Level.BOTTOM) for code in sorted(set(noted.codes))]
        if not places:
            raise EngineError(f"A song of {seconds:g} s has no two windows to join.")
        return SeamFacts(
            windows=windows,
            joins=len(places),
            exact_s=exact.cpu_s,
            parallel_s=parallel.cpu_s,
            exact_ratio=seam_contrast(exact.audio, places).ratio,
            parallel_ratio=seam_contrast(parallel.audio, places).ratio,
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """Codes, their sound, and the processor time that they took."""

    codes: Codes
    audio: Audio
    cpu_s: float


def compare(folder: str, seconds: float, windows: int) -> Json:
    """See `Composer.compare`, of the model in a folder."""
    return asdict(Composer(Path(folder)).compare(seconds, windows))


if __name__ == "__main__":
    serve({"compare": compare})
