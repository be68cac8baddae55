"""The spectra of takes, worked out in the background when they are first looked at.

Knows takes by id and their sound, of which what has changed is listened to anew, tile by tile.
Knows nothing of who draws them.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.services.background import Background
from app.song.layers import Sound
from app.song.song import TakeId
from app.song.spectrum import SpectrumPyramid
from engine.types import Span

TILE = 2**16
"""Samples that are listened to together: 3 s at 22 kHz."""

_MOST_KEPT = 4
_AT_ONCE = 4
"""Tiles between two looks at what has changed meanwhile."""


@dataclass(slots=True, eq=False)
class _Entry:
    """A spectrum, the sound that it is of, and the tiles of that which it does not know yet."""

    samples: NDArray[np.float32]
    spectrum: SpectrumPyramid
    missing: set[int] = field(default_factory=set[int])

    def hear(self, samples: NDArray[np.float32]) -> None:
        """From now on it is of this sound."""
        if len(samples) != len(self.samples):
            self.spectrum = self.spectrum.resized(len(samples))
        self.samples = samples
        self.miss(Span(0, len(samples)))

    def miss(self, span: Span) -> None:
        """What sounds there has changed."""
        end = min(span.end, len(self.samples))
        self.missing |= set(range(span.start // TILE, -(-end // TILE)))


class Spectrograms(QObject):
    """Spectra by take.

    Signals:
        changed(take_id): more of it is known.
    """

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._entries: OrderedDict[TakeId, _Entry] = OrderedDict()
        self._busy = False

    def of(self, take_id: TakeId, sound: Sound | None, rate: int) -> SpectrumPyramid | None:
        """The spectrum of a take, as far as it is known; `changed` tells when that is more.

        Args:
            sound: of the whole take; None for not yet, for which there is what there was.
        """
        entry = self._entries.get(take_id)
        if sound is not None:
            if entry is None:
                spectrum = SpectrumPyramid(len(sound.samples), rate)
                entry = self._entries[take_id] = _Entry(sound.samples, spectrum)
                entry.miss(Span(0, len(sound.samples)))
            elif entry.samples is not sound.samples:
                entry.hear(sound.samples)
            self._entries.move_to_end(take_id)
            while len(self._entries) > _MOST_KEPT:
                self._entries.popitem(last=False)
            self._go_on()
        return None if entry is None else entry.spectrum

    def refresh(self, take_id: TakeId, span: Span) -> None:
        """Take note that a take sounds different somewhere."""
        entry = self._entries.get(take_id)
        if entry is not None:
            entry.miss(span)
            self._go_on()

    def forget(self) -> None:
        """Another song comes."""
        self._entries.clear()

    def finish(self) -> None:
        """Wait for what is under way."""
        self._background.finish()

    def _go_on(self) -> None:
        """Listen to what is missing, the take that was looked at last first."""
        waiting = [each for each in reversed(self._entries.items()) if each[1].missing]
        if self._busy or not waiting:
            return
        self._busy = True
        take_id, entry = waiting[0]
        tiles = sorted(entry.missing)[:_AT_ONCE]
        entry.missing -= set(tiles)
        spectrum, samples = entry.spectrum, entry.samples

        def listen() -> None:
            for tile in tiles:
                spectrum.update(samples, Span(tile * TILE, (tile + 1) * TILE))

        self._background.run(listen, lambda _: self._arrive(take_id), _raise)

    def _arrive(self, take_id: TakeId) -> None:
        self._busy = False
        self.changed.emit(take_id)
        self._go_on()


def _raise(error: Exception) -> None:
    raise error
