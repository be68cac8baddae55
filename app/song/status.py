"""What the desk shows of the work going on: the job, the transport, the engine, notices.

Plain values. Knows nothing of who makes or shows them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.song.song import TakeId
from engine.catalog.specs import ModelSpec
from engine.types import Level


class Severity(StrEnum):
    """How much a notice matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Phase(StrEnum):
    """How far the engine is."""

    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell the user.

    Attributes:
        message: what happened, as a sentence.
        advice: what to do about it, as a sentence; may be empty.
    """

    severity: Severity
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A way on that is offered.

    Attributes:
        words: what it does, for a button.
        take: does it.
        leaves_song: whether the open song is left for it.
    """

    words: str
    take: Callable[[], None]
    leaves_song: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """Something the user may do or leave; whatever they choose, nothing is lost.

    Attributes:
        message: what there is, as a sentence.
        advice: what becomes of it if nothing is chosen, as a sentence.
        choices: the first is what most want.
    """

    message: str
    advice: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class JobState:
    """How far the engine's work is.

    Attributes:
        title: what it does, in a word or two.
        level: the level at work, or None between levels.
        done, total: steps; 0 of 0 while the plan is unknown.
        per_second: steps a second as measured lately; 0 while unknown.
        remaining_s: seconds until the end; None while unknown.
        note: a few words, such as "loading the model".
        elapsed_s: seconds since it began.
    """

    title: str
    level: Level | None = None
    done: int = 0
    total: int = 0
    per_second: float = 0.0
    remaining_s: float | None = None
    note: str = ""
    elapsed_s: float = 0.0


class JobPhase(StrEnum):
    """What a job of the queue does."""

    RUNNING = "running"
    WAITING = "waiting"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job of the queue.

    Attributes:
        number: tells it from all others.
        title: what it does, in a word or two; not translated yet.
        takes: those that it makes.
        done, total: codes made, and those of the whole job.
        remaining_s: seconds of work left by what was measured; None while unknown.
    """

    number: int
    title: str
    takes: tuple[TakeId, ...]
    phase: JobPhase
    done: int
    total: int
    remaining_s: float | None


@dataclass(frozen=True, slots=True)
class QueueState:
    """What the engine has been asked to make.

    Attributes:
        jobs: in the order in which they run.
        remaining_s: seconds until all that are not paused are done; None while unknown.
    """

    jobs: tuple[QueuedJob, ...] = ()
    remaining_s: float | None = None


@dataclass(frozen=True, slots=True)
class TransportState:
    """What is heard.

    Attributes:
        playing: whether sound runs, or waits for more to be made.
        playhead: what is heard now, in samples of the song.
        audible_until: first moment at or after the playhead that has no sound yet.
        available: whether sound can come out.
        message: why not, or what it waits for; "" when there is nothing to say.
        looping: whether the selection, or else the whole take, repeats.
        peak: loudest of what was heard lately, 0…1.
        gain_db: how much softer it is played than it is, 0 or less.
    """

    playing: bool = False
    playhead: int = 0
    audible_until: int = 0
    available: bool = True
    message: str = ""
    looping: bool = False
    peak: float = 0.0
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class EngineState:
    """Whether music can be made.

    Attributes:
        message: what it does or what is wrong, in words.
        model: the one in use, or None when none is installed.
    """

    phase: Phase
    message: str
    model: ModelSpec | None


class RecorderPhase(StrEnum):
    """How far a recording is."""

    IDLE = "idle"
    OPENING = "opening"
    RECORDING = "recording"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class RecorderState:
    """A recording in the making.

    Attributes:
        seconds: how long it is, or the last one was.
        peak: the largest amplitude of late, 0 to 1 and beyond.
        message: a sentence about what is wrong, or ended it; "" where all is well.
    """

    phase: RecorderPhase = RecorderPhase.IDLE
    seconds: float = 0.0
    peak: float = 0.0
    message: str = ""
