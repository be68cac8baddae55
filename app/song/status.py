"""What the desk shows of the work going on: the job, the transport, the engine, notices.

Plain values. Knows nothing of who makes or shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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
    """

    playing: bool = False
    playhead: int = 0
    audible_until: int = 0
    available: bool = True
    message: str = ""
    looping: bool = False
    peak: float = 0.0


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
