"""How loud takes are, measured in the background when they are compared.

Knows takes by id and their sound. Knows nothing of who plays them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.services.background import Background
from app.song.layers import Sound
from app.song.song import TakeId
from engine.audio.loudness import loudness
from engine.types import Audio


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """A loudness in LUFS, and the sound that it is of, as that was then."""

    samples: NDArray[np.float32]
    edition: int
    lufs: float


class Loudnesses(QObject):
    """Loudness by take.

    Signals:
        measured: another one is known.
    """

    measured = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._known: dict[TakeId, _Measured] = {}
        self._busy = False

    def of(self, take_id: TakeId, sound: Sound, rate: int) -> float | None:
        """The integrated loudness of a take in LUFS; None until `measured` tells of it.

        Of sound that has changed since, it is what was measured last, and measured anew.
        """
        known, number = self._known.get(take_id), sound.edition.number
        fits = known is not None and known.samples is sound.samples and known.edition == number
        if not fits and not self._busy:
            self._busy = True
            samples = sound.samples
            self._background.run(
                lambda: _Measured(samples, number, loudness(Audio(samples, rate))),
                lambda found: self._arrive(take_id, found),
                _raise,
            )
        return None if known is None else known.lufs

    def forget(self) -> None:
        """Another song comes."""
        self._known.clear()

    def finish(self) -> None:
        """Wait for what is under way."""
        self._background.finish()

    def _arrive(self, take_id: TakeId, found: _Measured) -> None:
        self._busy = False
        self._known[take_id] = found
        self.measured.emit()


def _raise(error: Exception) -> None:
    raise error
