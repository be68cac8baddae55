"""The contract between whoever wants music and whoever makes it: tasks, events, `Engine`.

Tasks and events are plain immutable values, so that a pipe, a socket or a cluster can carry them.
An engine takes one task and yields events until exactly one says that it ended.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.phrases import Phrase
from engine.types import Audio, Codes, Level, ModelId, Prompt, SamplingSettings, Span

# ── tasks ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PrepareTask:
    """Load a model and warm it up. Ends with `Finished` without results."""

    model: ModelId


@dataclass(frozen=True, slots=True)
class SampleTask:
    """Sample the codes of `span` at `levels`, and stream their sound.

    Ancestral sampling has an empty `context`. Continuing has codes up to `span.start`. Upsampling
    has upper codes that cover the span, and asks for the levels below. Priming is an `EncodeTask`
    first, and then a continuation.

    Attributes:
        context: the codes of the song as they stand, from its first sample. What lies before the
            span primes the levels; upper codes inside the span condition levels below when those
            are not sampled anew; what lies after it only helps to decode the edge.
        span: on the grid of TOP codes.
        levels: any of them; each but TOP needs the one above, sampled or in `context`.
        made: to go on with a task that was stopped: what there is of each variation, as the
            `results` of its last event. Only what is missing is made, and the same comes of it as
            if nothing had stopped it. Empty to begin.
        sounded: the levels that are wanted as sound; of others come codes alone. Sound costs about
            as much at each level, whether or not anybody hears it, and changes no code.
    """

    model: ModelId
    prompt: Prompt
    context: Codes
    span: Span
    levels: tuple[Level, ...]
    settings: SamplingSettings
    made: tuple[Codes, ...] = ()
    sounded: tuple[Level, ...] = tuple(Level)


@dataclass(frozen=True, slots=True)
class EncodeTask:
    """Turn sound into codes of every level. Any rate, mono or more channels.

    Ends with `Finished` holding one `Codes` that start at the first sample of the audio. The
    audio is mixed to mono, resampled to the model's rate, and cut to whole TOP codes.
    """

    model: ModelId
    audio: Audio


@dataclass(frozen=True, slots=True)
class DecodeTask:
    """Turn the codes of one level into sound: `Chunk`s of variation 0 that tile `span`."""

    model: ModelId
    codes: Codes
    span: Span
    level: Level


@dataclass(frozen=True, slots=True)
class AlignTask:
    """Find out which characters of the lyrics the codes of a song sing: `Aligned` of variation 0.

    The same as a `SampleTask` tells while it samples these codes at TOP.

    Attributes:
        prompt: with the lyrics, as the codes were or might have been made for.
        codes: of the song as they stand; those of TOP cover the span.
        span: on the grid of TOP codes.
    """

    model: ModelId
    prompt: Prompt
    codes: Codes
    span: Span


@dataclass(frozen=True, slots=True)
class ScoreTask:
    """Tell how surprised the model is by codes of one level that stand: `Scored`.

    Attributes:
        prompt: as the codes were or might have been made for.
        codes: of the song as they stand; those of the level, and of the one above, cover the span.
        span: on the grid of TOP codes.
        fills: what might stand right before the span instead, as a `SampleTask` gives it: each
            is a variation of its own, scored beside the others in the same pass. All have the same
            number of TOP codes. Empty for the codes as they stand; at TOP only.
        level: whose codes.
    """

    model: ModelId
    prompt: Prompt
    codes: Codes
    span: Span
    fills: tuple[Codes, ...] = ()
    level: Level = Level.TOP


Task = PrepareTask | SampleTask | EncodeTask | DecodeTask | AlignTask | ScoreTask

# ── events ─────────────────────────────────────────────────────────────────────────────────────


class ProblemKind(StrEnum):
    """What went wrong, in one word that code can act on."""

    ENGINE_DIED = "engine-died"
    OUT_OF_MEMORY = "out-of-memory"
    MODEL_MISSING = "model-missing"
    MODEL_BROKEN = "model-broken"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure told to a person.

    Attributes:
        message: what happened, with the numbers, as a sentence.
        advice: what to do about it, as a sentence.
        detail: for a report to the developers, such as a traceback; may be empty.
        said: what message and advice say, so that it can be said in another language; may be empty.
    """

    kind: ProblemKind
    message: str
    advice: str
    detail: str = ""
    said: tuple[Phrase, ...] = ()

    @classmethod
    def of_error(cls, kind: ProblemKind, error: EngineError, detail: str = "") -> Problem:
        """What an error says, its first sentence as the message and the others as the advice."""
        message, _, advice = str(error).partition(". ")
        whole = (f"{message}.", advice) if advice else (message, "")
        return cls(kind, *whole, detail, (error.phrase,))

    @classmethod
    def told(cls, kind: ProblemKind, message: Phrase, advice: Phrase, detail: str = "") -> Problem:
        """A problem in these words."""
        return cls(kind, str(message), str(advice), detail, (message, advice))

    @classmethod
    def unforeseen(cls, error: Exception) -> Problem:
        """What nobody thought of, with its traceback."""
        return cls.told(
            ProblemKind.INTERNAL,
            Phrase(
                "The engine met an error it did not expect: {error}.",
                error=str(error).rstrip(".") or type(error).__name__,
            ),
            Phrase("What was made so far is kept. Try again; if it stays, please report it."),
            "".join(traceback.format_exception(error)),
        )


@dataclass(frozen=True, slots=True)
class Started:
    """The plan is known: `steps` codes will be sampled, encoded or decoded."""

    steps: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the task is.

    Attributes:
        level: the level at work, or None between levels.
        done: steps finished, of `total`.
        per_second: steps a second at this level, as measured lately; 0 while unknown, also while
            what was made lately says nothing of the speed to come.
        remaining_s: seconds until the end by measured speeds; None while unknown.
        note: a few words, such as "loading model".
    """

    level: Level | None
    done: int
    total: int
    per_second: float = 0.0
    remaining_s: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """New codes, safe to keep. They reach the reader before the sound made of them.

    Attributes:
        variation: which take, from 0.
        start: moment of the first code, in samples of the song, on the level's grid.
        codes: (tokens,) uint16.
    """

    variation: int
    level: Level
    start: int
    codes: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Chunk:
    """New sound, mono, at the model's rate. Chunks of one take and level follow without holes.

    Together they tile the span, and the moments before and after it whose sound the new codes
    change: a decoder reaches beyond single codes. So new music joins old without a seam.

    Attributes:
        variation: which take, from 0.
        level: the level it was decoded from; lower is better.
        start: moment of its first sample, in samples of the song.
    """

    variation: int
    level: Level
    start: int
    audio: Audio


@dataclass(frozen=True, slots=True)
class Aligned:
    """Which character of the lyrics is sung at each of some TOP codes, as the model seems to sing.

    They follow the `Saved` of their codes, one after the other without holes from the span's start
    on, and reach its end unless the task ends early. None where there are no lyrics to be read.

    Attributes:
        variation: which take, from 0.
        start: moment of the first code, in samples of the song.
        places: (codes,) int32 positions in the lyrics as written; −1 where none is sung.
        weights: (codes,) float32 within 0…1: how much the model looks there.
    """

    variation: int
    start: int
    places: NDArray[np.int32]
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scored:
    """How little the model expected each of some codes of a level, given those before them.

    Those of a variation tile the span, in order.

    Attributes:
        variation: which take, or which of a task's fills, from 0.
        start: moment of the first code, in samples of the song.
        bits: (codes,) float32: −log2 of each code's probability; 0 for a certain one.
    """

    variation: int
    start: int
    bits: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Finished:
    """The task is done. One `Codes` per take, starting at the first sample of the span.

    Levels that the task did not ask for are empty. Decoding, aligning, scoring and preparing have
    no results.
    """

    results: tuple[Codes, ...] = ()


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The task was stopped. `results` as in `Finished`, with what was made so far."""

    results: tuple[Codes, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """The task broke. `results` as in `Finished`, with what was made so far."""

    problem: Problem
    results: tuple[Codes, ...] = ()


Event = Started | Progress | Saved | Chunk | Aligned | Scored | Finished | Cancelled | Failed
LAST_EVENTS = (Finished, Cancelled, Failed)


class CancelToken:
    """A request to stop, that any thread may make and any thread may see."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the task to stop. Asking twice is asking once."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked."""
        return self._event.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Whether somebody asks within `timeout_s` seconds."""
        return self._event.wait(timeout_s)


class Engine(Protocol):
    """Makes music. May be held on any thread; runs one task at a time."""

    def run(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        """Do the task, reporting as it goes.

        The last event, and only the last, is `Finished`, `Cancelled` or `Failed`.
        Closing the iterator early cancels the task.

        Raises:
            TaskError: the task can never succeed (unknown artist, span off the grid, too short).
                Raised before the first event, so callers can tell a mistake from bad luck.
        """
        ...

    def close(self) -> None:
        """Stop whatever runs and give memory back. Closing twice is closing once."""
        ...
