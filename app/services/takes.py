"""What takes are made of: their own codes and their own sound, by id, in memory.

Knows where each stretch belongs and what of a take is not there yet. Knows nothing of files,
threads and how takes are joined. Lives on the window's thread; others may read sound that grows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.song import edits
from app.song.clips import Clip, Recorded, clip_of, recorded_within
from app.song.codes import chain, composed
from app.song.layers import ORIGINAL, SILENT, Sound, stretches_of
from app.song.singing import Singing
from app.song.song import Origin, Song, Take, TakeId
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
    """Codes and sound by take. All times are samples of the song.

    Attributes:
        singing: what is sung in them.
    """

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self._matter: dict[TakeId, _Matter] = {}
        self._composed: dict[_Key, Codes] = {}
        self.singing = Singing()

    @property
    def spec(self) -> ModelSpec:
        """The model whose codes these are."""
        return self._spec

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

    def keep_only(self, takes: Collection[TakeId]) -> None:
        """Let go of what no song of the history holds any more."""
        for gone in self._matter.keys() - set(takes):
            del self._matter[gone]

    def add_recording(self, take: Take, samples: NDArray[np.float32]) -> None:
        """Keep the sound of an imported take as it is."""
        self.begin(take)
        cell = self._spec.hop(Level.BOTTOM)
        quality = np.full(len(samples) // cell, ORIGINAL, np.int8)
        codes = self._matter[take.id].codes
        self._matter[take.id] = _Matter(take.span.start, codes, Sound(samples, quality, cell))

    def place(self, take: Take, matter: Clip) -> None:
        """Keep the codes and the recorded sound that an edited take is made of."""
        self.begin(take)
        for level in Level:
            self._matter[take.id].codes[level][:] = matter.codes.at(level)
        match matter.recorded:
            case (Recorded(0, samples),) if len(samples) == matter.length:
                self.add_recording(take, samples)
            case pieces:
                for piece in pieces:
                    self.add_sound(take.id, ORIGINAL, take.span.start + piece.start, piece.samples)
        self._composed.clear()

    def clip(self, song: Song, take_id: TakeId, span: Span) -> Clip:
        """A stretch of a take, on the grid, by itself.

        Raises:
            OrderError: some of it has no codes.
        """
        takes = chain(song, take_id)
        recorded = recorded_within(takes, [self.sound(take) for take in takes], span)
        return clip_of(self.codes(song, take_id), recorded, span, takes[-1].name, self._spec)

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

        What lies outside its span is dropped: there its parent's sound is heard.

        Args:
            quality: a level, or `ORIGINAL`.

        Returns:
            The stretch of the song that it lies in.
        """
        matter = self._matter[take_id]
        before = max(0, matter.start - start)
        put = matter.sound.put(start + before - matter.start, samples[before:], quality)
        return Span(put.start + matter.start, put.end + matter.start)

    def codes(self, song: Song, take_id: TakeId) -> Codes:
        """All codes of a take, from the first sample of the song, with holes."""
        takes = chain(song, take_id)
        key = tuple((take.id, take.span, take.length) for take in takes)
        if key not in self._composed:
            self._composed[key] = composed(takes, self._own_codes, self._spec)
        return self._composed[key]

    def own_codes(self, take: Take) -> Codes:
        """What a take made itself, from the first sample of its span on, with holes."""
        return self._own_codes(take.id)

    def made(self, take: Take, span: Span, levels: Collection[Level]) -> Codes:
        """What a take made itself of a stretch at some levels, up to the first hole in each."""
        matter = self._matter[take.id]
        found: list[NDArray[np.uint16]] = []
        for level in Level:
            first, last = (
                (at - matter.start) // self._spec.hop(level) for at in (span.start, span.end)
            )
            codes = matter.codes[level][first : last if level in levels else first]
            found.append(codes[: _known(codes)].copy())
        return Codes(tuple(found))

    def sound(self, take: Take) -> Sound:
        """The take's own sound within its span; it grows in place."""
        return self._matter[take.id].sound.within(Span(0, take.span.length))

    def made_until(self, take: Take) -> int:
        """The moment up to which something of a take was made, whole TOP codes only."""
        matter, spec = self._matter[take.id], self._spec
        if take.origin is Origin.IMPORTED and self.is_recorded(take):
            return take.span.end
        reach = _end if take.origin in (Origin.EDITED, Origin.RENDERED) else _known
        until = max(reach(matter.codes[level]) * spec.hop(level) for level in take.levels)
        return take.span.start + spec.snap_down(until)

    def is_recorded(self, take: Take) -> bool:
        """Whether some of a take's sound is a recording as it was imported."""
        return bool((self._matter[take.id].sound.quality == ORIGINAL).any())

    def lacks_codes(self, take: Take) -> bool:
        """Whether a take is a recording that has not been encoded."""
        known = _known(self._matter[take.id].codes[Level.TOP])
        return take.origin is Origin.IMPORTED and self.is_recorded(take) and not known

    def unheard(self, take: Take) -> tuple[tuple[Span, Level], ...]:
        """The stretches whose codes are there but not their sound, and at which level."""
        sound = self.sound(take)
        if (sound.quality <= min(take.levels)).all():
            return ()
        finest = self._finest(take)
        lacking = np.where(sound.quality > finest, finest, SILENT).astype(np.int8)
        return tuple(
            (self._widened(span, level, take.span), level)
            for span, level in stretches_of(lacking, sound.cell)
        )

    def _finest(self, take: Take) -> NDArray[np.int8]:
        """The finest level of which a take has codes, per cell of sound."""
        cell = self._spec.hop(Level.BOTTOM)
        finest = np.full(take.span.length // cell, SILENT, np.int8)
        for level in take.levels:
            hop = self._spec.hop(level)
            there = self._matter[take.id].codes[level][: take.span.length // hop] != NO_CODE
            finest[np.repeat(there, hop // cell)] = level
        return finest

    def _widened(self, span: Span, level: Level, own: Span) -> Span:
        """A stretch of a take's own, widened to whole codes of a level, in samples of the song."""
        hop = self._spec.hop(level)
        return Span(own.start + span.start // hop * hop, own.start - (-span.end // hop) * hop)

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


def _end(codes: NDArray[np.uint16]) -> int:
    """How many codes there are up to the last that is no hole."""
    there = np.flatnonzero(codes != NO_CODE)
    return int(there[-1]) + 1 if len(there) else 0


def _known(codes: NDArray[np.uint16]) -> int:
    """How many codes there are before the first hole."""
    holes = np.flatnonzero(codes == NO_CODE)
    return int(holes[0]) if len(holes) else len(codes)
