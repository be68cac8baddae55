"""What is sung when: which characters of the words each stretch of a take sings.

The engine tells it while it samples, and is asked for it where nobody was told. Kept with the
take, and followed through the chain of takes that a song is made of. Pure. Knows codes and words;
knows nothing of engines and of the screen.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.language import tr
from app.song.errors import DocumentError
from app.song.lyrics import NOWHERE, line_at, placed, sections
from app.song.song import Take, TakeId
from engine.api import AlignTask, SampleTask, Task
from engine.catalog.specs import ModelSpec
from engine.text.timing import SungLine, SungWord, sung_lines, sung_places, sung_words
from engine.types import Cue, Level

_UNSUNG_S = 3.0
"""How long a line stays that has a time and is not known to be sung."""

_BYTES = 5
_STEPS = np.float32(255)
_MOST_CODES = 2**24


@dataclass(frozen=True, slots=True, eq=False)
class Sung:
    """What the codes from a moment on sing.

    Attributes:
        start: moment of the first code, in samples of the song.
        lyrics: the words that the model was told.
        places: (codes,) int32 positions in them, `NOWHERE` where none is sung.
        weights: (codes,) float32 within 0…1, in steps of 1/255: how sure that is.
    """

    start: int
    lyrics: str
    places: NDArray[np.int32]
    weights: NDArray[np.float32]

    @classmethod
    def told(
        cls, start: int, lyrics: str, places: NDArray[np.int32], weights: NDArray[np.float32]
    ) -> Sung:
        """What an engine told, as exactly as a song file keeps it."""
        return cls(start, lyrics, places, _whole(weights).astype(np.float32) / _STEPS)


def told_words(task: Task) -> str:
    """The words that a model was told for a task; "" for none."""
    return task.prompt.lyrics if isinstance(task, SampleTask | AlignTask) else ""


class Singing:
    """What is sung in takes, by take; what came later counts where it overlaps."""

    def __init__(self) -> None:
        self._told: dict[TakeId, list[Sung]] = {}

    def add(self, take_id: TakeId, sung: Sung) -> None:
        """Keep what a stretch sings."""
        self._told.setdefault(take_id, []).append(sung)

    def of(self, take_id: TakeId) -> tuple[Sung, ...]:
        """All that was told of a take, in the order of telling."""
        return tuple(self._told.get(take_id, ()))


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The way that a song takes through its words.

    Attributes:
        lyrics: the words that places count in, as they are written.
        places: (codes,) int32 positions in them, one per TOP code from the song's first sample on.
        weights: (codes,) how sure that is; 0 where nothing is known.
        way: (codes,) int32 the character that was sung last, never running backwards.
        code_s: seconds per code.
    """

    lyrics: str
    places: NDArray[np.int32]
    weights: NDArray[np.float32]
    way: NDArray[np.int32]
    code_s: float

    @property
    def known(self) -> bool:
        """Whether anything is known of it."""
        return bool(self.weights.any())

    @property
    def last(self) -> int:
        """The character that is sung last; `NOWHERE` where none is."""
        known = np.flatnonzero(self.weights)
        return int(self.way[known[-1]]) if len(known) else NOWHERE

    def character_at(self, seconds: float) -> int:
        """The character that is sung at a moment; `NOWHERE` where none is, or none is known."""
        code = int(seconds / self.code_s)
        if not 0 <= code < len(self.way) or not self.weights[code]:
            return NOWHERE
        return int(self.way[code])

    def lines(self) -> tuple[SungLine, ...]:
        """The lines that are sung, with the times of their words. 5 µs per code."""
        words = sung_words(self.lyrics, self.places, self.weights, 0.0, self.code_s)
        return sung_lines(self.lyrics, words)


def course(
    takes: Sequence[Take], told: Callable[[TakeId], Sequence[Sung]], lyrics: str, spec: ModelSpec
) -> Course:
    """The way of the last of some takes through words as they are written now.

    Where the words have changed since a take was made, it sings nothing.

    Args:
        takes: the take and all it departs from, the oldest first.
    """
    hop = spec.hop(Level.TOP)
    length = takes[-1].length // hop if takes else 0
    places, weights = np.full(length, NOWHERE, np.int32), np.zeros(length, np.float32)
    moved: dict[str, NDArray[np.int32]] = {}
    for take in takes:
        if Level.TOP in take.levels:
            weights[take.span.start // hop : take.span.end // hop] = 0
        for sung in told(take.id):
            if sung.lyrics not in moved:
                moved[sung.lyrics] = placed(sung.lyrics, lyrics)
            first = sung.start // hop
            room = slice(first, min(first + len(sung.places), take.length // hop, length))
            count = max(0, room.stop - first)
            places[room], weights[room] = _rewritten(sung, moved[sung.lyrics], count)
    places[weights == 0] = NOWHERE
    return Course(lyrics, places, weights, sung_places(places, weights), hop / spec.sample_rate)


def lines_at_their_times(
    lyrics: str, lines: Sequence[SungLine], cues: Sequence[Cue], rate: int
) -> tuple[SungLine, ...]:
    """Lines with times: those with a cue begin at it, the others when they are sung.

    Args:
        lines: those that are sung.
        cues: by places in the same words.
        rate: samples per second.
    """
    timed = {line_at(lyrics, line.words[0].place)[0]: line for line in lines}
    for cue in cues:
        start, end = line_at(lyrics, cue.place)
        text, at = lyrics[start:end].strip(), cue.at / rate
        if text and start in timed:
            timed[start] = _begun_at(timed[start], at)
        elif text and not sections(lyrics[start:end]):
            timed[start] = SungLine(text, (SungWord(text, start, at, at + _UNSUNG_S),))
    return tuple(sorted(timed.values(), key=lambda line: line.start_s))


def _begun_at(line: SungLine, start_s: float) -> SungLine:
    """The line sung earlier or later as a whole."""
    later = start_s - line.start_s
    words = (
        replace(word, start_s=word.start_s + later, end_s=word.end_s + later) for word in line.words
    )
    return SungLine(line.text, tuple(words))


def _rewritten(
    sung: Sung, moved: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The first codes of a stretch, by places of other words."""
    places, weights = sung.places[:count].copy(), sung.weights[:count].copy()
    inside = (places >= 0) & (places < len(moved))
    places[inside] = moved[places[inside]]
    weights[(places == NOWHERE) | ~inside] = 0
    return places, weights


def packed(sung: Sung) -> bytes:
    """Places and weights for a song file: mostly small steps, so they take little room."""
    steps = np.diff(sung.places, prepend=np.int32(0)).astype("<i4")
    return zlib.compress(steps.tobytes() + _whole(sung.weights).tobytes())


def unpacked(data: bytes, count: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The places and weights of `packed`.

    Raises:
        DocumentError: they make no sense.
    """
    if not 0 <= count <= _MOST_CODES:
        raise DocumentError(tr("words at no place."))
    try:
        content = zlib.decompressobj().decompress(data, count * _BYTES + 1)
    except zlib.error as error:
        raise DocumentError(tr("a stretch of words is cut off.")) from error
    if len(content) != count * _BYTES:
        raise DocumentError(tr("a stretch of words is cut off."))
    steps = np.frombuffer(content, "<i4", count).astype(np.int32)
    weights = np.frombuffer(content, np.uint8, offset=4 * count).astype(np.float32) / _STEPS
    return np.cumsum(steps, dtype=np.int32), weights


def _whole(weights: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.round(weights * _STEPS).astype(np.uint8)
