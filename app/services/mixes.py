"""The whole sound of takes, mixed when it is first asked for and kept up to date while it grows.

Knows how to mix without stopping the window. Knows nothing of who plays or draws it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from app.services.background import Background
from app.services.takes import TakeStore, composed_quality
from app.song.codes import chain
from app.song.layers import Mix, Sound, Stretches, stretches_of
from app.song.peaks import PeakPyramid
from app.song.song import Song, Take, TakeId
from engine.catalog.specs import ModelSpec
from engine.types import Level, Span

MOST_KEPT = 6

_Shape = tuple[tuple[TakeId, Span, int], ...]


@dataclass(slots=True)
class _Entry:
    """A mix, or the intention of one, with what has changed while it was being made.

    While a take is mixed anew, the mix of its former shape stays in use.

    Attributes:
        takes: what the take departs from, the oldest first, and the take itself.
        outdated: whether one of those before it has changed while it was being mixed.
    """

    takes: tuple[Take, ...]
    mix: Mix | None = None
    peaks: PeakPyramid | None = None
    awaited: bool = True
    outdated: bool = False
    missed: list[Span] = field(default_factory=list[Span])

    @property
    def shape(self) -> _Shape:
        """What tells it from a mix of the same take when that was longer, or elsewhere."""
        return tuple((take.id, take.span, take.length) for take in self.takes)

    def departs_from(self, take_id: TakeId) -> bool:
        """Whether another take is heard in it."""
        return any(take.id == take_id for take in self.takes[:-1])


class Mixes(QObject):
    """Mixes by take.

    Signals:
        changed(take_id, span): a take sounds different there.
    """

    changed = Signal(str, object)

    def __init__(
        self, store: TakeStore, spec: ModelSpec, background: Background, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._store, self._spec, self._background = store, spec, background
        self._entries: OrderedDict[TakeId, _Entry] = OrderedDict()

    def sound(self, song: Song, take_id: TakeId) -> Sound | None:
        """The whole sound of a take, or None for now; `changed` tells when it is there."""
        mix = self._entry(song, take_id).mix
        return None if mix is None else mix.sound

    def peaks(self, song: Song, take_id: TakeId) -> PeakPyramid | None:
        """The extremes of a take's sound, or None for now."""
        return self._entry(song, take_id).peaks

    def quality(self, song: Song, take_id: TakeId) -> Stretches:
        """Where a take has sound, and of which level."""
        cell = self._spec.hop(Level.BOTTOM)
        return stretches_of(composed_quality(chain(song, take_id), self._store, cell), cell)

    def refresh(self, take_id: TakeId, span: Span) -> None:
        """Take note that a take's own sound has changed."""
        for other, entry in self._entries.items():
            if entry.departs_from(take_id):
                self._mix_again(other, entry)
        entry = self._entries.get(take_id)
        if entry is None:
            return
        if entry.awaited:
            entry.missed.append(span)
        if entry.mix is None or entry.peaks is None:
            return
        changed = entry.mix.update(span)
        entry.peaks.update(changed)
        self.changed.emit(take_id, changed)

    def replace(self, store: TakeStore, spec: ModelSpec) -> None:
        """Forget everything; another song comes."""
        self._store, self._spec = store, spec
        self._entries.clear()

    def _entry(self, song: Song, take_id: TakeId) -> _Entry:
        fresh = _Entry(chain(song, take_id))
        entry = self._entries.get(take_id)
        if entry is None or entry.shape != fresh.shape:
            if entry is not None:
                fresh.mix, fresh.peaks = entry.mix, entry.peaks
            entry = self._entries[take_id] = fresh
            self._mix(take_id, entry)
        self._entries.move_to_end(take_id)
        while len(self._entries) > MOST_KEPT:
            self._entries.popitem(last=False)
        return entry

    def _mix_again(self, take_id: TakeId, entry: _Entry) -> None:
        entry.outdated = entry.awaited
        if not entry.awaited:
            entry.awaited = True
            self._mix(take_id, entry)

    def _mix(self, take_id: TakeId, entry: _Entry) -> None:
        sounds = [self._store.sound(take) for take in entry.takes]
        self._background.run(
            lambda: mixed(entry.takes, sounds, self._spec.sample_rate),
            lambda mix: self._arrive(take_id, entry, mix),
            _raise,
        )

    def _arrive(self, take_id: TakeId, entry: _Entry, mix: tuple[Mix, PeakPyramid]) -> None:
        if self._entries.get(take_id) is not entry:
            return
        entry.mix, entry.peaks = mix
        entry.awaited = False
        for span in entry.missed:
            entry.peaks.update(entry.mix.update(span))
        entry.missed.clear()
        self.changed.emit(take_id, Span(0, len(entry.mix.sound.samples)))
        if entry.outdated:
            self._mix_again(take_id, entry)


def mixed(takes: tuple[Take, ...], sounds: Sequence[Sound], rate: int) -> tuple[Mix, PeakPyramid]:
    """The mix of the last take of a chain, and its extremes. May take a second for ten minutes."""
    mix = Mix(takes[0], None, sounds[0], rate)
    for take, own in zip(takes[1:], sounds[1:], strict=True):
        mix = Mix(take, mix.sound, own, rate)
    return mix, PeakPyramid(mix.sound.samples)


def _raise(error: Exception) -> None:
    raise error
