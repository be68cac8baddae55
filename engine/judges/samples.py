"""Music that a model makes for the judges, at its usual settings.

Knows tasks and clips to ask like. Does not know what is heard of the music.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api import (
    CancelToken,
    Chunk,
    EncodeTask,
    Engine,
    Event,
    Failed,
    Finished,
    SampleTask,
    Task,
)
from engine.audio.export import write_audio
from engine.catalog.specs import ModelSpec
from engine.errors import EngineError
from engine.judges.clips import Clip
from engine.types import Audio, Codes, Level, ModelId, Prompt, SamplingSettings, Span

FIRST_SEED = 900_000


@dataclass(frozen=True, slots=True)
class Request:
    """Music to be made.

    Attributes:
        like: the clip whose artist, genres and lyrics are asked for.
        takes: how many pieces, drawn side by side.
        seconds: of each.
        seed: of the draw.
    """

    like: Clip
    takes: int
    seconds: float
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A piece that was made.

    Attributes:
        like: the clip whose labels were asked for.
        audio: of the finest level, new music only.
        codes: of the new music, per level.
    """

    like: Clip
    audio: Audio
    codes: Codes


def one_by_each_artist(clips: Sequence[Clip]) -> tuple[Clip, ...]:
    """The first clip of each artist, with words where there is one."""
    first: dict[str, Clip] = {}
    for clip in sorted(clips, key=lambda clip: not clip.prompt.lyrics):
        first.setdefault(clip.song.artist, clip)
    return tuple(first[artist] for artist in sorted(first))


def requests(clips: Sequence[Clip], count: int, seconds: float) -> list[Request]:
    """`count` samples that are asked for like some clips, as many like each as can be."""
    few, more = divmod(count, max(1, len(clips)))
    takes = [few + (n < more) for n in range(len(clips))]
    return [
        Request(clip, number, seconds, FIRST_SEED + n)
        for n, (clip, number) in enumerate(zip(clips, takes, strict=True))
        if number
    ]


class Studio:
    """Makes music with one model.

    Args:
        temperature: of the top level, as in `ModelSpec.level_settings`; None for the model's own.
        keep: a folder for the sounds that are made; None for none.
    """

    def __init__(
        self, engine: Engine, spec: ModelSpec, temperature: float | None, keep: Path | None
    ) -> None:
        self._engine, self._spec, self._keep = engine, spec, keep
        self._levels = spec.level_settings(temperature)

    def samples(self, wanted: Sequence[Request], tell: Callable[[str], None]) -> Iterator[Sample]:
        """All pieces of all requests.

        Raises:
            EngineError: one could not be made.
            OSError: one could not be kept.
        """
        for number, request in enumerate(wanted):
            tell(f"sampling {number + 1} of {len(wanted)}: {request.like.song.artist}")
            span = Span(0, self._spec.snap_up(round(request.seconds * self._spec.sample_rate)))
            for take, sample in enumerate(self._made(request, Codes.empty(), span)):
                self._put_away(sample, f"{request.like.song.artist}-{request.seed}-{take + 1}")
                yield sample

    def continued(self, clip: Clip, known: int) -> Sample:
        """New music behind the first samples of a clip, up to its end.

        Raises:
            EngineError: it could not be made.
            OSError: it could not be kept.
        """
        rate = self._spec.sample_rate
        heard = Audio(clip.audio(rate).samples[:known], rate)
        context = self._run(EncodeTask(ModelId(self._spec.id), heard))[1][0]
        span = Span(known, clip.span.length)
        request = Request(clip, 1, span.length / rate, FIRST_SEED)
        (sample,) = self._made(request, context, span)
        self._put_away(sample, f"{clip.name}-continued")
        return sample

    def _made(self, request: Request, context: Codes, span: Span) -> list[Sample]:
        asked = request.like.prompt
        length = max(self._spec.snap_up(span.end), self._spec.min_song_length)
        prompt = Prompt(asked.artist, asked.genres, asked.lyrics, length)
        settings = SamplingSettings(request.seed, request.takes, self._levels)
        model, levels = ModelId(self._spec.id), tuple(Level)
        task = SampleTask(model, prompt, context, span, levels, settings, sounded=(Level.BOTTOM,))
        sounds, results = self._run(task)
        rate = self._spec.sample_rate
        return [
            Sample(request.like, Audio(_within(sounds[take], span), rate), codes)
            for take, codes in enumerate(results)
        ]

    def _run(self, task: Task) -> tuple[dict[int, list[Chunk]], tuple[Codes, ...]]:
        """The finest sound of each take, and the codes."""
        sounds: dict[int, list[Chunk]] = {}
        last: Event | None = None
        for event in self._engine.run(task, CancelToken()):
            if isinstance(event, Chunk) and event.level is Level.BOTTOM:
                sounds.setdefault(event.variation, []).append(event)
            last = event
        if isinstance(last, Failed):
            raise EngineError(f"{last.problem.message} {last.problem.advice}".strip())
        assert isinstance(last, Finished)
        return sounds, last.results

    def _put_away(self, sample: Sample, name: str) -> None:
        if self._keep is not None:
            self._keep.mkdir(parents=True, exist_ok=True)
            write_audio(self._keep / f"{name.replace(' ', '-').lower()}.wav", sample.audio)


def _within(chunks: Sequence[Chunk], span: Span) -> NDArray[np.float32]:
    """The sound of a span; chunks begin before it where a decoder reaches back."""
    whole = np.concatenate([chunk.audio.samples for chunk in chunks])
    start = span.start - chunks[0].start
    return whole[start : start + span.length]
