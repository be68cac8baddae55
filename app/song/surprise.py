"""How surprised the model is by each code of a take, as far as it was asked.

What is asked comes in pieces of half a window, so that each answer depends on codes and words
only, and whoever needs the engine never waits for long. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.song.lyrics import told_prompt
from app.song.song import Song
from engine.api import ScoreTask
from engine.catalog.specs import ModelSpec
from engine.types import NO_CODE, Codes, Level, Span


@dataclass(frozen=True, slots=True, eq=False)
class Surprise:
    """Surprise along a take.

    Attributes:
        bits: (codes,) float32 of the codes from the first sample on; NaN where not known.
        grid: samples per code.
        chance: bits of a code that the model expects no more than any other.
        reason: why nothing is known, as a sentence; "" where something is, or will be soon.
    """

    bits: NDArray[np.float32]
    grid: int
    chance: float
    reason: str = ""

    @classmethod
    def unknown(cls, reason: str) -> Surprise:
        """Nothing is known, for a reason."""
        return cls(np.empty(0, np.float32), 1, 1.0, reason)

    def at(self, sample: int) -> float | None:
        """The bits of the code that sounds at a moment; None where that is not known."""
        code = sample // self.grid
        if not 0 <= code < len(self.bits) or np.isnan(self.bits[code]):
            return None
        return float(self.bits[code])

    def columns(
        self, start: float, end: float, width: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Mean and largest surprise within each of `width` equal parts of a stretch.

        Returns:
            Two (width,) float32 arrays of bits; NaN where none is known.
        """
        means, highs = (np.full(max(width, 0), np.nan, np.float32) for _ in range(2))
        edges = np.linspace(start, end, max(width, 0) + 1) / self.grid
        first = np.floor(edges[:-1]).astype(np.intp)
        inside = np.flatnonzero((first >= 0) & (first < len(self.bits)))
        if len(inside):
            places = first[inside]
            last = max(int(np.ceil(edges[inside[-1] + 1])), int(places[-1]) + 1)
            means[inside], highs[inside] = _reduced(self.bits[:last], places)
        return means, highs


def _reduced(
    bits: NDArray[np.float32], places: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and maximum of what is known from each place up to the next one."""
    known = ~np.isnan(bits)
    values = np.where(known, bits, 0)
    sums, counts = (np.add.reduceat(each, places) for each in (values, known.astype(np.float32)))
    highs = np.where(counts > 0, np.maximum.reduceat(values, places), np.nan)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan), highs


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """What is asked at once.

    Attributes:
        key: tells it from all other questions.
    """

    key: bytes
    task: ScoreTask


def pieces(
    song: Song, spec: ModelSpec, codes: Codes, level: Level, *, growing: bool
) -> tuple[Piece, ...]:
    """What to ask about the current take, in order; nothing about stretches without such codes.

    Args:
        codes: of the take, from the first sample of the song.
        level: whose codes.
        growing: whether more codes come, so that pieces that are not whole can wait.
    """
    take = song.chosen
    if take is None:
        return ()
    asked = tuple(_stretches(codes, level, spec, growing))
    prompt = told_prompt(take.prompt if take.settings is not None else song.prompt)
    end = max((span.end for span in asked), default=0)
    length = max(prompt.song_length, end, spec.min_song_length)
    prompt = replace(prompt, song_length=min(length, spec.max_song_length - 1))
    told = hashlib.sha256(repr((spec.id, prompt, level)).encode()).digest()
    tasks = (ScoreTask(spec.id, prompt, codes, span, level=level) for span in asked)
    return tuple(_piece(task, spec, told) for task in tasks)


def _stretches(codes: Codes, level: Level, spec: ModelSpec, growing: bool) -> Iterator[Span]:
    """Half windows of a level whose codes are known, or what is known of their beginnings."""
    hop, there = spec.hop(level), codes.at(level)
    half = max(spec.grid, spec.snap_down(spec.contexts[level] // 2 * hop))
    for start in range(0, len(there) * hop, half):
        known = there[start // hop : (start + half) // hop]
        holes = np.flatnonzero(known == NO_CODE)
        length = spec.snap_down(int(holes[0] if len(holes) else len(known)) * hop)
        if length == half or (length and not growing):
            yield Span(start, start + length)


def found(
    asked: Sequence[Piece], known: Mapping[bytes, NDArray[np.float32]], spec: ModelSpec
) -> Surprise:
    """What is known of the current take, from the answers by key to one or more `pieces`."""
    chance, hop = float(np.log2(spec.codebook_size)), spec.hop(asked[0].task.level)
    bits = np.full(asked[-1].task.span.end // hop, np.nan, np.float32)
    for piece in asked:
        answer = known.get(piece.key)
        if answer is not None:
            first = piece.task.span.start // hop
            bits[first : first + len(answer)] = answer
    return Surprise(bits, hop, chance)


def _piece(task: ScoreTask, spec: ModelSpec, told: bytes) -> Piece:
    """A question with a key of all that its answer depends on: a window of codes, and the words.

    Args:
        told: a digest of what is told of the song.
    """
    level, window = task.level, spec.contexts[task.level] * spec.hop(task.level)
    heard = max(0, task.span.end - window)
    key = hashlib.sha256(told + repr(task.span).encode())
    for each, end in ((level, task.span.end), (Level(min(level + 1, Level.TOP)), heard + window)):
        key.update(task.codes.at(each)[heard // spec.hop(each) : end // spec.hop(each)].tobytes())
    return Piece(key.digest(), task)
