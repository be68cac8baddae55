"""Stretches of music on their way from one take to another, also between songs and windows.

A clip is made of codes, so that it sounds where it is put as if it had been made there, and of
recorded sound as it was imported. Codes mean something to their own model alone, so a clip says
which one that is. Knows nothing of clipboards.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.language import tr
from app.song.codes import covers
from app.song.errors import DocumentError, OrderError
from app.song.layers import ORIGINAL, SILENT, Sound
from app.song.song import Take
from engine.catalog.specs import ModelSpec
from engine.types import NO_CODE, Codes, Level, ModelId, Span

MIME = "application/x-jukebox-codes"
_MAGIC = b"JUKEBOX CLIP 1\n"
_MOST_BYTES = 2**30
_MOST_HEADER = 2**20
_MOST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Kin:
    """What two models must share for codes of one to mean the same to the other.

    Attributes:
        weights: SHA-256 of them, in hexadecimal; "" where there are none.
    """

    id: ModelId
    weights: str
    title: str
    sample_rate: int
    hops: tuple[int, int, int]
    codebook_size: int


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """Sound as it was imported.

    Attributes:
        start: moment of its first sample, in samples from the beginning of what it is a part of.
        samples: (time,) float32, whole BOTTOM codes.
    """

    start: int
    samples: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A stretch of music by itself.

    Attributes:
        kin: the model whose codes it holds.
        codes: from its first sample on, with holes; every level as long as the clip.
        recorded: where it is a recording, that.
        start: where it was in its song, in samples.
        name: of the take that it comes from.
    """

    kin: Kin
    codes: Codes
    recorded: tuple[Recorded, ...]
    start: int
    name: str

    @property
    def length(self) -> int:
        """Samples."""
        return len(self.codes.at(Level.TOP)) * self.kin.hops[Level.TOP]

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels of which it has any codes, TOP among them, coarsest first."""
        there = {level for level in Level if (self.codes.at(level) != NO_CODE).any()}
        return tuple(sorted(there | {Level.TOP}, reverse=True))


def kin_of(spec: ModelSpec, weights: str = "") -> Kin:
    """What identifies a model's codes."""
    return Kin(spec.id, weights, spec.title, spec.sample_rate, spec.hops, spec.codebook_size)


def clip_of(
    codes: Codes, recorded: Sequence[Recorded], span: Span, name: str, spec: ModelSpec
) -> Clip:
    """A stretch of a take.

    Args:
        codes: of the take, from the first sample of the song.
        recorded: the recorded sound inside the span, counted from its start.
        span: on the grid.

    Raises:
        OrderError: the music there has no codes.
    """
    if not covers(codes, Level.TOP, span, spec):
        raise OrderError(tr("This stretch has no codes yet. Wait until it is made, and try again."))
    levels = tuple(_stretch(codes.at(level), span, spec.hop(level)) for level in Level)
    return Clip(kin_of(spec), Codes(levels), tuple(recorded), span.start, name)


def recorded_within(
    takes: Sequence[Take], sounds: Sequence[Sound], span: Span
) -> tuple[Recorded, ...]:
    """The recorded sound within a span of the last take of a chain, counted from its start.

    Args:
        sounds: each take's own.
    """
    cell = sounds[0].cell
    owner = np.full(span.length // cell, -1, np.int32)
    for number, (take, own) in enumerate(zip(takes, sounds, strict=True)):
        inside = take.span.intersection(span)
        under = owner[_cells(inside, span.start, cell)]
        quality = own.quality[_cells(inside, take.span.start, cell)]
        shown = np.full(len(under), fill_value=Level.TOP in take.levels) | (quality != SILENT)
        under[shown] = np.where(quality[shown] == ORIGINAL, number, -1)
    edges = [0, *(np.flatnonzero(np.diff(owner)) + 1).tolist(), len(owner)]
    return tuple(
        Recorded(first * cell, _samples(takes[number], sounds[number], span, first, end))
        for first, end in itertools.pairwise(edges)
        for number in [int(owner[first])]
        if number >= 0
    )


def _samples(take: Take, own: Sound, span: Span, first: int, end: int) -> NDArray[np.float32]:
    offset = span.start - take.span.start
    return own.samples[offset + first * own.cell : offset + end * own.cell]


def _cells(span: Span, origin: int, cell: int) -> slice:
    return slice((span.start - origin) // cell, (span.end - origin) // cell)


def silence(length: int, spec: ModelSpec) -> Clip:
    """A hole of `length` samples, on the grid."""
    levels = (np.full(length // spec.hop(level), NO_CODE, np.uint16) for level in Level)
    return Clip(kin_of(spec), Codes(tuple(levels)), (), 0, "")


def joined(clips: Sequence[Clip]) -> Clip:
    """Clips of one model, at least one, one after the other."""
    first = clips[0]
    levels = (np.concatenate([clip.codes.at(level) for clip in clips]) for level in Level)
    recorded: list[Recorded] = []
    at = 0
    for clip in clips:
        recorded += [Recorded(at + each.start, each.samples) for each in clip.recorded]
        at += clip.length
    return Clip(first.kin, Codes(tuple(levels)), tuple(recorded), first.start, first.name)


def to_bytes(clip: Clip) -> bytes:
    """The clip as something that another window can be handed."""
    header = {
        "model": {
            "id": clip.kin.id,
            "weights": clip.kin.weights,
            "title": clip.kin.title,
            "sample_rate": clip.kin.sample_rate,
            "hops": clip.kin.hops,
            "codebook_size": clip.kin.codebook_size,
        },
        "start": clip.start,
        "name": clip.name,
        "length": clip.length,
        "recorded": [[each.start, len(each.samples)] for each in clip.recorded],
    }
    words = json.dumps(header).encode()
    codes = [clip.codes.at(level).astype("<u2").tobytes() for level in Level]
    sound = [each.samples.astype("<f4").tobytes() for each in clip.recorded]
    return b"".join([_MAGIC, len(words).to_bytes(4, "little"), words, *codes, *sound])


def from_bytes(data: bytes) -> Clip:
    """The clip that `to_bytes` was given; what comes in is checked as if it were hostile.

    Raises:
        DocumentError: it makes no sense.
    """
    try:
        return _clip(data)
    except DocumentError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise DocumentError(tr("What was copied is damaged: {error}", error=error)) from error


def _clip(data: bytes) -> Clip:
    if not data.startswith(_MAGIC) or len(data) > _MOST_BYTES:
        raise DocumentError(tr("What was copied is no music of this program."))
    at = len(_MAGIC) + 4
    size = int.from_bytes(data[len(_MAGIC) : at], "little")
    if size > _MOST_HEADER:
        raise DocumentError(tr("What was copied is damaged."))
    header = json.loads(data[at : at + size])
    kin = _kin(header["model"])
    lengths = [_count(header["length"]) // hop for hop in kin.hops]
    if lengths[Level.TOP] < 1 or header["length"] % kin.hops[Level.TOP]:
        raise DocumentError(tr("What was copied is damaged: it has no length."))
    pieces = _Pieces(data, at + size)
    codes = Codes(tuple(pieces.codes(length, kin) for length in lengths))
    recorded = tuple(pieces.sound(entry, kin, header["length"]) for entry in header["recorded"])
    pieces.finish()
    if (codes.at(Level.TOP) == NO_CODE).any():
        raise DocumentError(tr("What was copied is damaged: some of its codes are missing."))
    return Clip(kin, codes, recorded, _count(header["start"]), _text(header["name"]))


class _Pieces:
    """Arrays out of bytes, one after the other."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def codes(self, count: int, kin: Kin) -> NDArray[np.uint16]:
        array = self._take(count, np.dtype("<u2")).astype(np.uint16)
        if ((array >= kin.codebook_size) & (array != NO_CODE)).any():
            raise DocumentError(tr("What was copied is damaged: codes that no model knows."))
        return array

    def sound(self, entry: Any, kin: Kin, length: int) -> Recorded:
        start, count = (_count(value) for value in entry)
        cell = kin.hops[Level.BOTTOM]
        if start % cell or count % cell or not count or start + count > length:
            raise DocumentError(tr("What was copied is damaged: sound at no place."))
        samples = self._take(count, np.dtype("<f4")).astype(np.float32)
        if not np.isfinite(samples).all():
            raise DocumentError(tr("What was copied is damaged: sound that is no numbers."))
        return Recorded(start, samples)

    def finish(self) -> None:
        if self._at != len(self._data):
            raise DocumentError(tr("What was copied is damaged: there is more than it says."))

    def _take(self, count: int, kind: np.dtype[Any]) -> NDArray[Any]:
        array = np.frombuffer(self._data, kind, count, self._at)
        self._at += count * kind.itemsize
        return array


def _kin(data: Any) -> Kin:
    hops = tuple(_count(hop) for hop in data["hops"])
    bottom, middle, top = hops
    if not bottom or middle % bottom or not middle or top % middle or not top:
        raise DocumentError(tr("What was copied is damaged: its levels do not fit each other."))
    rate, size = _count(data["sample_rate"]), _count(data["codebook_size"])
    names = ModelId(_text(data["id"])), _text(data["weights"]), _text(data["title"])
    return Kin(*names, rate, (bottom, middle, top), size)


def _stretch(codes: NDArray[np.uint16], span: Span, hop: int) -> NDArray[np.uint16]:
    result = np.full(span.length // hop, NO_CODE, np.uint16)
    there = codes[span.start // hop : span.end // hop]
    result[: len(there)] = there
    return result


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**40:
        raise DocumentError(tr("What was copied is damaged: a number is missing."))
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise DocumentError(tr("What was copied is damaged: a name is missing."))
    return value
