"""The values that both sides of the seam share: levels, spans, audio, codes, prompts, settings.

Everything here is immutable and validated on creation, with a `ValueError` that says what was wrong
and what is allowed. It knows nothing of torch, files, devices or the screen.

Time is counted in samples at the model's rate. Seconds exist on screen and on the command line,
tokens inside `engine.sampling` and below.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import NewType, TypeVar

import numpy as np
from numpy.typing import NDArray

_T = TypeVar("_T", bound=np.generic)

ModelId = NewType("ModelId", str)

NO_CODE = 0xFFFF
"""The value that marks a place in a code array where nothing has been sampled yet."""

MAX_VARIATIONS = 64
MAX_PARALLEL_WINDOWS = 64
MAX_BLENDED = 8


class Level(IntEnum):
    """A level of the VQ-VAE, numbered as OpenAI does: the finest is 0."""

    BOTTOM = 0
    MIDDLE = 1
    TOP = 2


class Precision(StrEnum):
    """In which numbers the attention stacks of the priors are held and computed.

    Everything else (embeddings, normalisation, convolutions, label and position vectors, logits,
    draws, the VQ-VAE) is in single precision always. On a GPU, HALF and BFLOAT compute in that
    type between the border of the stack and its end, with keys and values kept in it too, as the
    original does in half precision. On a processor, where half arithmetic is slow, HALF only
    stores the weights in two bytes: they are widened as they are read, and computed with in single
    precision. BFLOAT and INT8 round what meets them too, as processors multiply pairs or fours of
    those fast, and keep keys and values in two bytes; sums of pairs stay in single precision.

    Attributes:
        SINGLE: four bytes a weight; two on a processor, where that loses nothing. The reference:
            placement and batching change no code.
        HALF: two bytes, 11 significant bits, up to 65504; the original's own on a GPU.
        BFLOAT: two bytes, 8 significant bits, the range of single precision.
        INT8: one byte a weight and a scale per output channel, met by inputs rounded to bytes row
            by row; on processors only, and only of models that were measured to lose little by it.
    """

    SINGLE = "fp32"
    HALF = "fp16"
    BFLOAT = "bf16"
    INT8 = "int8"

    @property
    def rounds_inputs(self) -> bool:
        """Whether a processor also rounds what meets the weights, and keys and values."""
        return self in (Precision.BFLOAT, Precision.INT8)


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of time, `start` included and `end` not, in samples."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"A span has 0 ≤ start ≤ end, not {self.start}…{self.end}.")

    @property
    def length(self) -> int:
        """Samples in the span."""
        return self.end - self.start

    def intersection(self, other: Span) -> Span:
        """The part in both spans; empty (at the later start) where they do not meet."""
        start = max(self.start, other.start)
        return Span(start, max(start, min(self.end, other.end)))


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """Sound: float32 samples, nominally within −1…1, read-only.

    Attributes:
        samples: (time,) for mono or (time, channels).
        rate: samples per second.
    """

    samples: NDArray[np.float32]
    rate: int

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise ValueError(f"A sample rate is a positive number, not {self.rate}.")
        samples = np.asarray(self.samples, dtype=np.float32)
        if samples.ndim not in (1, 2):
            raise ValueError(f"Audio is (time,) or (time, channels), not {samples.shape}.")
        object.__setattr__(self, "samples", _read_only(samples))

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return len(self.samples) / self.rate

    @property
    def channels(self) -> int:
        """1 for mono."""
        return 1 if self.samples.ndim == 1 else self.samples.shape[1]

    def __reduce__(self) -> tuple[object, ...]:
        """Arrays come out of a pipe writeable: made anew, they are read-only again."""
        return Audio, (self.samples, self.rate)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Audio)
            and self.rate == other.rate
            and np.array_equal(self.samples, other.samples)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """The codes of a stretch of music, one array per level, BOTTOM first.

    Arrays start at the same moment and may differ in the time they cover. `NO_CODE` marks places
    that hold nothing; a place beyond the end of an array holds nothing either.

    Attributes:
        levels: one (tokens,) uint16 array per level, read-only.
    """

    levels: tuple[NDArray[np.uint16], ...]

    def __post_init__(self) -> None:
        arrays = tuple(_read_only(np.asarray(level, dtype=np.uint16)) for level in self.levels)
        if not arrays or any(array.ndim != 1 for array in arrays):
            raise ValueError("Codes are one one-dimensional array per level.")
        object.__setattr__(self, "levels", arrays)

    @classmethod
    def empty(cls, levels: int = len(Level)) -> Codes:
        """Codes of nothing at all."""
        return cls(tuple(np.empty(0, np.uint16) for _ in range(levels)))

    def at(self, level: int) -> NDArray[np.uint16]:
        """The array of one level."""
        return self.levels[level]

    def __reduce__(self) -> tuple[object, ...]:
        """Arrays come out of a pipe writeable: made anew, they are read-only again."""
        return Codes, (self.levels,)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Codes)
            and len(self.levels) == len(other.levels)
            and all(np.array_equal(a, b) for a, b in zip(self.levels, other.levels, strict=True))
        )


@dataclass(frozen=True, slots=True)
class Share:
    """A name in a blend, and how much it counts beside the others: above 0."""

    name: str
    weight: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.weight) and self.weight > 0):
            raise ValueError(f"A name in a blend weighs more than 0, not {self.weight}.")


@dataclass(frozen=True, slots=True)
class Cue:
    """A place in the lyrics, and when it shall be sung.

    Attributes:
        place: position in the lyrics as written.
        at: samples of the song.
    """

    place: int
    at: int

    def __post_init__(self) -> None:
        if self.place < 0 or self.at < 0:
            raise ValueError(f"A cue is at 0 or later, not at {self.place} and {self.at}.")


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the music shall be.

    Attributes:
        artist: a name of the model's vocabulary, or "" for any artist.
        genres: names of the model's vocabulary; empty for any genre.
        lyrics: the words of the whole song.
        song_length: samples of the whole song as the model is told, not of what is sampled.
        other_artists: who is blended into the artist, and the part of the whole that each makes,
            together below 1; the rest is the artist's. Empty for the artist alone.
        genre_shares: the part of the whole that each genre makes in a blend, scaled to add up to
            1; empty for all of them at full strength, as the models learned it.
        cues: when some places of the lyrics shall be sung, in order of both. They move the
            characters that the model has in view; cues beyond the song's end count for nothing.
    """

    artist: str
    genres: tuple[str, ...]
    lyrics: str
    song_length: int
    other_artists: tuple[Share, ...] = ()
    genre_shares: tuple[float, ...] = ()
    cues: tuple[Cue, ...] = ()

    def __post_init__(self) -> None:
        if self.song_length <= 0:
            raise ValueError(f"A song is longer than 0 samples, not {self.song_length}.")
        others = sum(share.weight for share in self.other_artists)
        if not others < 1:
            raise ValueError(f"Other artists make less than the whole, not {others:.3f} of it.")
        _require_names([self.artist, *(share.name for share in self.other_artists)])
        if self.genre_shares:
            _require_names(self.genres)
            object.__setattr__(self, "genre_shares", _shares(self.genre_shares, self.genres))
        for before, after in pairwise(self.cues):
            if before.place >= after.place or before.at > after.at:
                raise ValueError(f"Cues come in the order of the lyrics, not {before}, {after}.")

    @property
    def artists(self) -> tuple[Share, ...]:
        """Every artist and the part of the whole that it makes; together 1."""
        rest = 1 - sum(share.weight for share in self.other_artists)
        return (Share(self.artist, rest), *self.other_artists)

    @property
    def blends(self) -> bool:
        """Whether names are mixed by weight."""
        return bool(self.other_artists or self.genre_shares)


@dataclass(frozen=True, slots=True)
class LevelSettings:
    """How the codes of one level are drawn.

    Attributes:
        temperature: above 0; 1 draws as the model says, less is safer, more is wilder.
        top_k: draw from the k likeliest codes only; 0 for all.
        top_p: draw from the likeliest codes that hold this share of the probability; 0 for all.
        hop_fraction: new part of each window after the first, above 0 and at most 1. Smaller
            keeps more of the past in view and costs more.
    """

    temperature: float = 0.99
    top_k: int = 0
    top_p: float = 0.0
    hop_fraction: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.temperature <= 10:
            raise ValueError(f"Temperature lies above 0 and up to 10, not {self.temperature}.")
        if self.top_k < 0:
            raise ValueError(f"Top-k is 0 (off) or more, not {self.top_k}.")
        if not 0 <= self.top_p < 1:
            raise ValueError(f"Top-p is 0 (off) or below 1, not {self.top_p}.")
        if self.top_k and self.top_p:
            raise ValueError("Set top-k or top-p, not both.")
        if not 0 < self.hop_fraction <= 1:
            raise ValueError(f"The hop is a fraction above 0 and up to 1, not {self.hop_fraction}.")


PUBLISHED_TEMPERATURES = (0.99, 0.99, 0.98)
"""At which the released models were drawn, BOTTOM first."""


def _default_levels() -> Mapping[Level, LevelSettings]:
    bottom, middle, top = PUBLISHED_TEMPERATURES
    return {
        Level.BOTTOM: LevelSettings(bottom),
        Level.MIDDLE: LevelSettings(middle),
        Level.TOP: LevelSettings(top, hop_fraction=0.125),
    }


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """How a task draws its codes.

    Attributes:
        seed: 0 to 2**63 − 1. The same task with the same seed gives the same codes.
        variations: how many takes to draw at once, 1 to 64.
        levels: settings per level.
        batch_limit: how many takes run side by side; bounds memory, changes no code.
        parallel_windows: how many windows of a level below TOP run side by side, 1 to 64. 1 is
            exact. More are faster and approximate: each window starts without the past it is
            joined to. From 2 on the number changes no code.
        heard: samples before the span that the span is primed by, on the grid of TOP codes and 0
            for none; None for all that fits into a window. What lies before them is as if it had
            never been, except for the decoding of the edge.
    """

    seed: int = 0
    variations: int = 1
    levels: Mapping[Level, LevelSettings] = field(default_factory=_default_levels)
    batch_limit: int = 16
    parallel_windows: int = 1
    heard: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"A seed lies between 0 and 2^63 − 1, not {self.seed}.")
        if not 1 <= self.variations <= MAX_VARIATIONS:
            raise ValueError(f"Takes at once: 1 to {MAX_VARIATIONS}, not {self.variations}.")
        if self.batch_limit < 1:
            raise ValueError(f"At least one take runs at a time, not {self.batch_limit}.")
        if not 1 <= self.parallel_windows <= MAX_PARALLEL_WINDOWS:
            raise ValueError(
                f"Windows at once: 1 to {MAX_PARALLEL_WINDOWS}, not {self.parallel_windows}."
            )
        if self.heard is not None and self.heard < 0:
            raise ValueError(f"What is heard before a span is 0 samples or more, not {self.heard}.")
        missing = [level.name for level in Level if level not in self.levels]
        if missing:
            raise ValueError(f"Settings are missing for {', '.join(missing)}.")
        object.__setattr__(self, "levels", MappingProxyType(dict(self.levels)))

    def __reduce__(self) -> tuple[object, ...]:
        """Mapping proxies do not pickle, and settings cross a pipe."""
        rest = self.batch_limit, self.parallel_windows, self.heard
        return SamplingSettings, (self.seed, self.variations, dict(self.levels), *rest)


def _require_names(names: Sequence[str]) -> None:
    """Nothing, if names can be blended.

    Raises:
        ValueError: there are too many, or one comes twice.
    """
    if len(names) > MAX_BLENDED:
        raise ValueError(f"A blend takes {MAX_BLENDED} names at most, not {len(names)}.")
    if len({name.strip().casefold() for name in names}) < len(names):
        raise ValueError(f"Each name comes once in a blend: {', '.join(names)}.")


def _shares(weights: tuple[float, ...], names: tuple[str, ...]) -> tuple[float, ...]:
    """The part of the whole that each of some names makes; none where one makes all of it."""
    if len(weights) != len(names):
        raise ValueError(f"Each of {len(names)} genres has a weight, not {len(weights)}.")
    shares = [Share(name, weight) for name, weight in zip(names, weights, strict=True)]
    whole = math.fsum(share.weight for share in shares)
    if len(shares) == 1:
        return ()
    if math.isclose(whole, 1, abs_tol=1e-12):
        return weights
    return tuple(share.weight / whole for share in shares)


def _read_only(array: NDArray[_T]) -> NDArray[_T]:
    view = array.view()
    view.flags.writeable = False
    return view
