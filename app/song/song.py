"""The document: a song, its prompt and settings, and the tree of takes made for it.

Everything is immutable and small, so that undo is a list of songs. Codes and sound live elsewhere,
by `TakeId`. Knows nothing of files, engines and the screen.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import NewType

from engine.catalog.specs import ModelSpec
from engine.types import MAX_VARIATIONS, Level, ModelId, Prompt, SamplingSettings, Span

TakeId = NewType("TakeId", str)

DEFAULT_SONG_S = 60
DEFAULT_SECONDS = 12.0
MAX_SECONDS = 600.0

NO_MODEL = ModelSpec(
    id=ModelId(""),
    title="No model",
    sample_rate=44_100,
    hops=(8, 32, 128),
    contexts=(8192, 8192, 8192),
    codebook_size=2048,
    min_song_length=1,
    max_song_length=600 * 44_100,
    max_genres=0,
    lyric_characters=0,
    size_bytes=0,
    licence="",
)
"""What songs are written for while no model is installed."""


class Quality(Enum):
    """How far sound is worked out: which levels are made, coarsest first."""

    DRAFT = (Level.TOP,)
    MID = (Level.TOP, Level.MIDDLE)
    FULL = (Level.TOP, Level.MIDDLE, Level.BOTTOM)

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that are made, coarsest first."""
        return self.value

    @property
    def finest(self) -> Level:
        """The level that is heard in the end."""
        return self.value[-1]


class Origin(StrEnum):
    """How a take came to be."""

    GENERATED = "generated"
    CONTINUED = "continued"
    REDONE = "redone"
    RENDERED = "rendered"
    IMPORTED = "imported"
    EDITED = "edited"
    REPLACED = "replaced"

    @property
    def inside(self) -> bool:
        """Whether such a take may lie inside its parent, which then goes on after it."""
        return self not in (Origin.GENERATED, Origin.CONTINUED, Origin.IMPORTED)


class Verdict(StrEnum):
    """What the composer thinks of a take."""

    OPEN = "open"
    KEPT = "kept"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Settings:
    """How the next takes shall be made.

    Attributes:
        seconds: how much to make, above 0 and at most 600.
        takes: how many at once.
        seed: None for a new one each time.
        temperature: of TOP, above 0 and up to 10; the levels below keep their ratio to it.
        heard_s: seconds before what is made that the model hears; None for as much as it can.
    """

    seconds: float = DEFAULT_SECONDS
    takes: int = 1
    quality: Quality = Quality.FULL
    seed: int | None = None
    temperature: float = 0.98
    heard_s: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.seconds) and 0 < self.seconds <= MAX_SECONDS):
            raise ValueError(f"Make above 0 and at most {MAX_SECONDS:.0f} s, not {self.seconds} s.")
        if not 1 <= self.takes <= MAX_VARIATIONS:
            raise ValueError(f"Takes at once: 1 to {MAX_VARIATIONS}, not {self.takes}.")
        if self.seed is not None and not 0 <= self.seed < 2**63:
            raise ValueError(f"A seed lies between 0 and 2^63 − 1, not {self.seed}.")
        if not 0 < self.temperature <= 10:
            raise ValueError(f"Temperature lies above 0 and up to 10, not {self.temperature}.")
        if self.heard_s is not None and not 0 <= self.heard_s <= MAX_SECONDS:
            raise ValueError(f"0 to {MAX_SECONDS:.0f} s can be heard, not {self.heard_s} s.")


@dataclass(frozen=True, slots=True)
class Maker:
    """What a take was made by: with the same, its settings give the same codes again.

    Attributes:
        weights: SHA-256 of the model's weights, in hexadecimal; "" where there are none.
        version: of the engine.
    """

    model: ModelId
    weights: str
    version: str


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a take leads into the music that was kept after it.

    Attributes:
        bits: how surprised the model is by that music, per code; less is better.
        before: the same, after what stood there before; None where nothing did.
    """

    bits: float
    before: float | None

    def __post_init__(self) -> None:
        for bits in (self.bits, self.before):
            if bits is not None and not (math.isfinite(bits) and bits >= 0):
                raise ValueError(f"A surprise is 0 bits or more, not {bits}.")


@dataclass(frozen=True, slots=True)
class Take:
    """One try at the song, departing from its parent.

    Its sound is its parent's up to its own span, then its own, then its parent's again up to
    `length`.

    Attributes:
        parent: None for a take that begins the song.
        span: what was made, on the grid of TOP codes.
        length: samples of the whole take from the beginning of the song; at least `span.end`.
        levels: those made for it, coarsest first. Inside the span coarser levels are the parent's,
            and finer ones are not there.
        prompt: what was asked for.
        settings: how it was drawn; None for a take that was imported or edited.
        made: when, with its time zone.
        starred: whether it is one of the best.
        maker: None where an older version of the program did not write it down.
        variation: which of the takes that were drawn at once, from 0.
        fit: how well it leads into what follows; None where that was not asked.
    """

    id: TakeId
    parent: TakeId | None
    span: Span
    length: int
    levels: tuple[Level, ...]
    origin: Origin
    prompt: Prompt
    settings: SamplingSettings | None
    name: str
    made: datetime
    verdict: Verdict = Verdict.OPEN
    starred: bool = False
    maker: Maker | None = None
    variation: int = 0
    fit: Fit | None = None

    def __post_init__(self) -> None:
        if self.length < self.span.end:
            raise ValueError(f"A take of {self.length} samples cannot hold {self.span}.")
        if not self.levels:
            raise ValueError("A take is made of one level or more.")
        if self.parent is None and (self.span.start or self.length != self.span.end):
            raise ValueError("A take without parent begins the song and is all its own.")
        if self.made.tzinfo is None:
            raise ValueError("The moment a take was made needs a time zone.")


@dataclass(frozen=True, slots=True)
class Song:
    """A piece of work: what it shall be, and the takes there are.

    Attributes:
        model: whose codes the takes are made of.
        takes: parents before their children.
        current: the take that is shown, heard and worked on.
    """

    title: str
    model: ModelId
    prompt: Prompt
    settings: Settings = field(default_factory=Settings)
    takes: tuple[Take, ...] = ()
    current: TakeId | None = None

    def __post_init__(self) -> None:
        known: set[TakeId] = set()
        for take in self.takes:
            if take.id in known:
                raise ValueError(f"Two takes are called “{take.id}”.")
            if take.parent is not None and take.parent not in known:
                raise ValueError(f"Take “{take.id}” departs from an unknown “{take.parent}”.")
            known.add(take.id)
        if self.current is not None and self.current not in known:
            raise ValueError(f"The current take “{self.current}” is not in the song.")

    def take(self, take_id: TakeId) -> Take:
        """One take.

        Raises:
            KeyError: it is not in the song.
        """
        for take in self.takes:
            if take.id == take_id:
                return take
        raise KeyError(take_id)

    def siblings(self, take_id: TakeId) -> tuple[Take, ...]:
        """The takes of the same stretch in the same place, made in the same way, itself included.

        Raises:
            KeyError: it is not in the song.
        """
        like = self.take(take_id)
        place = (like.parent, like.span.start, like.origin)
        return tuple(
            take for take in self.takes if (take.parent, take.span.start, take.origin) == place
        )

    def has(self, take_id: TakeId) -> bool:
        """Whether a take is in the song."""
        return any(take.id == take_id for take in self.takes)

    @property
    def chosen(self) -> Take | None:
        """The current take itself."""
        return None if self.current is None else self.take(self.current)


def blank_song(spec: ModelSpec) -> Song:
    """A song of which nothing is there yet, as long as the model and 60 seconds allow."""
    length = min(DEFAULT_SONG_S * spec.sample_rate, spec.max_song_length - 1)
    prompt = Prompt("", (), "", max(length, spec.min_song_length))
    return Song("", spec.id, prompt, Settings(temperature=spec.temperatures[Level.TOP]))


def new_take_id() -> TakeId:
    """An id that no other take has."""
    return TakeId(uuid.uuid4().hex)
