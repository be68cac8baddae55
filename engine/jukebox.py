"""A model that makes music, a few calls away: what `engine.api` does, for scripts.

Every way of sampling is a call of `sample` or `upsample`; what differs is what they start from.
Knows tasks and codes. Runs one task at a time, in this process, and waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.api import (
    Aligned,
    AlignTask,
    CancelToken,
    Chunk,
    DecodeTask,
    EncodeTask,
    Engine,
    Event,
    Failed,
    Finished,
    SampleTask,
    Task,
)
from engine.catalog.specs import ModelSpec
from engine.catalog.store import default_store
from engine.catalog.tokenizer import Tokenizer
from engine.errors import EngineError, TaskError
from engine.text import blends
from engine.text.timing import SungWord, sung_words
from engine.types import NO_CODE, Audio, Codes, Level, Prompt, SamplingSettings, Share, Span

ALL_LEVELS = (Level.TOP, Level.MIDDLE, Level.BOTTOM)


class Jukebox:
    """Makes music with one installed model. Close it, or use it in a `with`, to free its memory.

    Args:
        model: the name of an installed model.
        engine: what does the work; None for the engine in this process.

    Raises:
        ModelError: the model is missing or damaged.
    """

    def __init__(self, model: str = "pocket", engine: Engine | None = None) -> None:
        self._installed = default_store().get(model)
        self._spec = self._installed.spec
        self._engine = engine or _local_engine()

    @property
    def spec(self) -> ModelSpec:
        """Rate, hops, windows and limits of the model."""
        return self._spec

    @property
    def tokenizer(self) -> Tokenizer:
        """The names and characters that the model knows, read from its files."""
        return Tokenizer.load(self._installed.folder, self._installed.config)

    def prompt(
        self,
        artist: str | Mapping[str, float] = "",
        genres: Iterable[str] | Mapping[str, float] = (),
        lyrics: str = "",
        seconds: float | None = None,
    ) -> Prompt:
        """What the music shall be.

        Args:
            artist, genres: names that the model knows; none for any. Names with weights are
                blended: {"ann": 2, "bo": 1} is two parts of one and one of the other.
            lyrics: the words of the whole song.
            seconds: length of the whole song; None for the shortest that the model knows.
        """
        spec = self._spec
        wanted = spec.min_song_length if seconds is None else round(seconds * spec.sample_rate)
        blank = Prompt("", (), lyrics, spec.snap_up(max(wanted, 1)))
        artists = {artist: 1.0} if isinstance(artist, str) else artist
        named = blends.with_artists(blank, _weighed(artists))
        if isinstance(genres, Mapping):
            return blends.with_genres(named, _weighed(genres))
        return replace(named, genres=tuple(genres))

    def encode(self, audio: Audio) -> Codes:
        """Sound as codes of every level, from which `sample` can go on.

        Raises:
            TaskError: the sound is too short or too long.
            EngineError: it could not be done, and why.
        """
        return self._finished(EncodeTask(self._spec.id, audio)).results[0]

    def decode(self, codes: Codes, level: Level | None = None) -> Audio:
        """The sound of codes.

        Args:
            level: of which level; None for the finest that has codes.

        Raises:
            TaskError: there are no codes, or some are missing.
            EngineError: it could not be done, and why.
        """
        chosen = level if level is not None else _finest(codes)
        span = Span(0, len(codes.at(chosen)) * self._spec.hop(chosen))
        pieces: list[NDArray[np.float32]] = []
        for event in self._events(DecodeTask(self._spec.id, codes, span, chosen)):
            if isinstance(event, Chunk):
                pieces.append(event.audio.samples)
        return Audio(np.concatenate(pieces), self._spec.sample_rate)

    def sample(
        self,
        prompt: Prompt,
        seconds: float,
        context: Codes | None = None,
        settings: SamplingSettings | None = None,
        levels: tuple[Level, ...] = ALL_LEVELS,
    ) -> tuple[Codes, ...]:
        """New music, at the end of what there is.

        Ancestral sampling starts from nothing, priming from an encoded recording, continuing from
        codes that were sampled before.

        Args:
            seconds: how much; up to one TOP code more is made.
            context: the codes of the song as they stand; None for none.
            settings: seed, number of takes and how to draw; None for the usual.
            levels: TOP, and as many below as wished.

        Returns:
            Per take the codes of the whole song, the context included.

        Raises:
            TaskError: it can never be done as asked, and why.
            EngineError: it could not be done, and why.
        """
        before, spec = context or Codes.empty(), self._spec
        start = len(before.at(Level.TOP)) * spec.grid
        end = start + spec.snap_up(max(1, round(seconds * spec.sample_rate)))
        return self._sampled(prompt, before, Span(start, end), levels, settings)

    def upsample(
        self, prompt: Prompt, codes: Codes, settings: SamplingSettings | None = None
    ) -> tuple[Codes, ...]:
        """The levels below TOP, from where the codes of either end up to where those of TOP do.

        Returns:
            Per take the codes of the whole song.

        Raises:
            TaskError: it can never be done as asked, and why.
            EngineError: it could not be done, and why.
        """
        spec, below = self._spec, (Level.MIDDLE, Level.BOTTOM)
        start = min(spec.snap_down(len(codes.at(level)) * spec.hop(level)) for level in below)
        end = len(codes.at(Level.TOP)) * spec.grid
        if start >= end:
            raise TaskError("There are no TOP codes whose lower levels are missing.")
        return self._sampled(prompt, codes, Span(start, end), below, settings)

    def align(self, prompt: Prompt, codes: Codes) -> tuple[SungWord, ...]:
        """The words of the lyrics that the codes sing, and when.

        Raises:
            TaskError: it can never be done as asked, and why.
            EngineError: it could not be done, and why.
        """
        spec = self._spec
        span = Span(0, len(codes.at(Level.TOP)) * spec.grid)
        events = self._events(AlignTask(spec.id, prompt, codes, span))
        aligned = [event for event in events if isinstance(event, Aligned)]
        places = np.concatenate([each.places for each in aligned])
        weights = np.concatenate([each.weights for each in aligned])
        return sung_words(prompt.lyrics, places, weights, 0.0, spec.grid / spec.sample_rate)

    def close(self) -> None:
        """Give the model's memory back. Closing twice is closing once."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _sampled(
        self,
        prompt: Prompt,
        context: Codes,
        span: Span,
        levels: tuple[Level, ...],
        settings: SamplingSettings | None,
    ) -> tuple[Codes, ...]:
        task = SampleTask(
            self._spec.id,
            prompt,
            context,
            span,
            levels,
            settings or SamplingSettings(levels=self._spec.level_settings()),
            sounded=(),
        )
        takes = self._finished(task).results
        return tuple(self._joined(context, take, span, levels) for take in takes)

    def _joined(self, context: Codes, take: Codes, span: Span, levels: tuple[Level, ...]) -> Codes:
        """A take behind the context; where a level has a hole between them, `NO_CODE`."""
        whole: list[NDArray[np.uint16]] = []
        for level, hop in zip(Level, self._spec.hops, strict=True):
            known = context.at(level)
            if level in levels:
                first = span.start // hop
                hole = np.full(max(0, first - len(known)), NO_CODE, np.uint16)
                known = np.concatenate([known[:first], hole, take.at(level)])
            whole.append(known)
        return Codes(tuple(whole))

    def _finished(self, task: Task) -> Finished:
        last = self._events(task)[-1]
        assert isinstance(last, Finished)
        return last

    def _events(self, task: Task) -> list[Event]:
        """All events of a task that finished.

        Raises:
            TaskError: it can never be done as asked.
            EngineError: it failed.
        """
        events = list(self._engine.run(task, CancelToken()))
        last = events[-1]
        if isinstance(last, Failed):
            words = f"{last.problem.message} {last.problem.advice}"
            raise EngineError(words.strip())
        return events


def _weighed(names: Mapping[str, float]) -> tuple[Share, ...]:
    return tuple(Share(name, weight) for name, weight in names.items())


def _finest(codes: Codes) -> Level:
    return next((level for level in Level if len(codes.at(level))), Level.TOP)


def _local_engine() -> Engine:
    """The engine in this process. Loads torch, which is why nothing else here does."""
    from engine.runtime.local import LocalEngine

    return LocalEngine()
