"""Values for tests of the desk: a small model, takes, and a speaker that is read by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.services.machines import DeskModel
from app.services.microphone import Form
from app.services.microphone import Take as Hear
from app.services.player import Read, SoundError
from app.song.song import Origin, Quality, Settings, Song, Take, TakeId
from engine.runtime.fake import FAKE_MODEL
from engine.text.lyrics import ALPHABET_V3
from engine.types import Level, Prompt, SamplingSettings, Span

SPEC = FAKE_MODEL
MODEL = DeskModel(SPEC, ("Ada", "Bix"), ("Blues", "Choral"), ALPHABET_V3)


class HandSpeaker:
    """A speaker that hears what the test pulls. Implements `Speaker`."""

    def __init__(self) -> None:
        self.read: Read | None = None
        self.alive, self.output = False, ""
        self.quick = False
        self.dropped = 0
        self.plugged: list[str] = []

    def open(self, rate: int, read: Read, output: str = "", *, quick: bool = False) -> None:
        if output and output not in self.plugged:
            raise SoundError(f"There is no {output}.")
        self.rate, self.read, self.output, self.alive = rate, read, output, True
        self.quick = quick

    def anew(self, change: Callable[[], None]) -> None:
        self.dropped += 1
        change()

    def close(self) -> None:
        self.alive = False

    def outputs(self) -> tuple[str, ...]:
        return tuple(self.plugged)

    def heard(self) -> int | None:
        return None

    def pull(self, frames: int) -> NDArray[np.float32]:
        """The next frames of the left channel."""
        return self.pull_both(frames)[:, 0]

    def pull_both(self, frames: int) -> NDArray[np.float32]:
        """The next frames of both channels."""
        assert self.read is not None
        out = np.full((frames, 2), np.nan, np.float32)
        self.read(out)
        return out


class HandEar:
    """A microphone that hears what the test says. Implements `Ear`."""

    def __init__(self) -> None:
        self.take: Hear | None = None
        self.alive, self.source = False, ""
        self.plugged: list[str] = ["Desk microphone"]

    def open(self, source: str, take: Hear) -> Form:
        if not self.plugged or (source and source not in self.plugged):
            raise SoundError("Nothing can be recorded here.")
        self.take, self.source, self.alive = take, source, True
        return Form(8000, 1)

    def sources(self) -> tuple[str, ...]:
        return tuple(self.plugged)

    def close(self) -> None:
        self.alive = False

    def hear(self, samples: NDArray[np.float32]) -> None:
        assert self.take is not None
        self.take(samples.reshape(-1, 1).astype(np.float32))


PROMPT = Prompt("Ada", ("Blues",), "La la la", SPEC.min_song_length)
GRID = SPEC.grid


def take(letter: str, start: int, end: int, **changes: Any) -> Take:
    """A take of the grid units from `start` to `end`, told apart by a letter."""
    fields: dict[str, Any] = {
        "id": TakeId(letter * 32),
        "parent": None,
        "span": Span(start * GRID, end * GRID),
        "length": end * GRID,
        "levels": Quality.FULL.levels,
        "origin": Origin.GENERATED,
        "prompt": PROMPT,
        "settings": SamplingSettings(seed=5),
        "name": f"Take {letter}",
        "made": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    }
    return Take(**{**fields, **changes})


def song(*takes: Take) -> Song:
    """A song with these takes, the last one current."""
    return Song("Tune", SPEC.id, PROMPT, Settings(), takes, takes[-1].id if takes else None)


def codes_like(start: int, end: int, level: Level, shift: int = 0) -> NDArray[np.uint16]:
    """Codes for some grid units, each telling its own place."""
    per_unit = GRID // SPEC.hop(level)
    return ((np.arange(start * per_unit, end * per_unit) + shift) % 1000).astype(np.uint16)
