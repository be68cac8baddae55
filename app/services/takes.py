"""What takes are made of: their own codes and their own sound, by id, in memory.

Knows where each stretch belongs and what of a take is not there yet. Knows nothing of files,
threads and how takes are joined. Lives on the window's thread; others may read sound that grows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.song import edits
from app.song.codes import chain, composed
from app.song.layers import ORIGINAL, SILENT, Sound
from app.song.song import Song, Take, TakeId
from engine.catalog.specs import ModelSpec
from engine.types import NO_CODE, Codes, Level, Span

_Key = tuple[tuple[TakeId, Span, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Matter:
    """A take's own codes and sound, each with room for the whole span that was planned."""

    start: int
    codes: tuple[NDArray[np.uint16], ...]
    sound: Sound


class TakeStore:
    """Codes and sound by take. All times are samples of the song."""

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self._matter: dict[TakeId, _Matter] = {}
        self._composed: dict[_Key, Codes] = {}

    def begin(self, take: Take) -> None:
        """Make room for what a take will hold; what it holds already stays."""
        if take.id in self._matter:
            return
        codes = tuple(
            np.full(take.span.length // self._spec.hop(level), NO_CODE, np.uint16)
            for level in Level
        )
        sound = Sound.silence(take.span.length, self._spec.hop(Level.BOTTOM))
        self._matter[take.id] = _Matter(take.span.start, codes, sound)

    def add_recording(self, take: Take, samples: NDArray[np.float32]) -> None:
        """Keep the sound of an imported take as it is."""
        self.begin(take)
        cell = self._spec.hop(Level.BOTTOM)
        quality = np.full(len(samples) // cell, ORIGINAL, np.int8)
        codes = self._matter[take.id].codes
        self._matter[take.id] = _Matter(take.span.start, codes, Sound(samples, quality, cell))

    def add_codes(
        self, take_id: TakeId, level: Level, start: int, codes: NDArray[np.uint16]
    ) -> None:
        """Keep new codes of a take; what lies outside its span is dropped."""
        matter = self._matter[take_id]
        first = (start - matter.start) // self._spec.hop(level)
        if first >= 0:
            room = matter.codes[level][first : first + len(codes)]
            room[:] = codes[: len(room)]
        self._composed.clear()

    def add_sound(
        self, take_id: TakeId, quality: int, start: int, samples: NDArray[np.float32]
    ) -> Span:
        """Keep new sound of a take, where it is better than what there was.

        Args:
            quality: a level, or `ORIGINAL`.

        Returns:
            The stretch of the song that it lies in.
        """
        matter = self._matter[take_id]
        put = matter.sound.put(max(0, start - matter.start), samples, quality)
        return Span(put.start + matter.start, put.end + matter.start)

    def codes(self, song: Song, take_id: TakeId) -> Codes:
        """All codes of a take, from the first sample of the song, with holes."""
        takes = chain(song, take_id)
        key = tuple((take.id, take.span, take.length) for take in takes)
        if key not in self._composed:
            self._composed[key] = composed(takes, self._own_codes, self._spec)
        return self._composed[key]

    def sound(self, take: Take) -> Sound:
        """The take's own sound within its span; it grows in place."""
        return self._matter[take.id].sound.within(Span(0, take.span.length))

    def made_until(self, take: Take) -> int:
        """The moment up to which something of a take was made, whole TOP codes only."""
        matter, spec = self._matter[take.id], self._spec
        if (matter.sound.quality == ORIGINAL).any():
            return take.span.end
        until = max(_known(matter.codes[level]) * spec.hop(level) for level in take.levels)
        return take.span.start + spec.snap_down(until)

    def lacks_codes(self, take: Take) -> bool:
        """Whether a take is a recording that has not been encoded."""
        matter = self._matter[take.id]
        recorded = bool((matter.sound.quality == ORIGINAL).any())
        return recorded and not _known(matter.codes[Level.TOP])

    def unheard(self, take: Take) -> tuple[tuple[Span, Level], ...]:
        """The stretches whose codes are there but not their sound, and at which level."""
        found: list[tuple[Span, Level]] = []
        done = 0
        for level in sorted(take.levels):
            hop = self._spec.hop(level)
            until = min(_known(self._matter[take.id].codes[level]) * hop, take.span.length)
            lacking = self._lacking(take, level, Span(min(done, until), until))
            if lacking.length:
                start, end = lacking.start // hop * hop, -(-lacking.end // hop) * hop
                found.append((Span(take.span.start + start, take.span.start + end), level))
            done = max(done, until)
        return tuple(found)

    def _lacking(self, take: Take, level: Level, span: Span) -> Span:
        sound = self._matter[take.id].sound
        first = span.start // sound.cell
        worse = np.flatnonzero(sound.quality[first : span.end // sound.cell] > level)
        if not len(worse):
            return Span(0, 0)
        return Span((first + int(worse[0])) * sound.cell, (first + int(worse[-1]) + 1) * sound.cell)

    def _own_codes(self, take_id: TakeId) -> Codes:
        return Codes(self._matter[take_id].codes)


def composed_quality(takes: tuple[Take, ...], store: TakeStore, cell: int) -> NDArray[np.int8]:
    """The quality of each cell of the last take of a chain."""
    quality = np.empty(0, np.int8)
    for take in takes:
        before, quality = quality, np.full(take.length // cell, SILENT, np.int8)
        quality[: len(before)] = before[: len(quality)]
        own = store.sound(take).quality
        first = take.span.start // cell
        under = quality[first : first + len(own)]
        shown = own != SILENT if Level.TOP not in take.levels else True
        np.copyto(under, own, where=shown)
    return quality


def settled(song: Song, store: TakeStore, takes: tuple[Take, ...]) -> Song:
    """The song with some takes cut to what was made of them, and without those never begun."""
    for take in takes:
        song = edits.shape_take(song, take.id, store.made_until(take))
    return song


def _known(codes: NDArray[np.uint16]) -> int:
    """How many codes there are before the first hole."""
    holes = np.flatnonzero(codes == NO_CODE)
    return int(holes[0]) if len(holes) else len(codes)
