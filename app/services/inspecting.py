"""What can be seen of the take that is heard: its spectrum, and how it surprises the model.

Both are worked out when somebody looks, in the background, and the engine is asked only while it
has nothing else to do. Knows the song and its services; what is seen is told in `app.song`.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.language import tr
from app.services.composing import Composing
from app.services.machines import Machines
from app.services.spectrograms import Spectrograms
from app.services.surprises import Surprises
from app.services.takes import TakeStore
from app.song.history import History
from app.song.spectrum import SpectrumPyramid
from app.song.surprise import Surprise, found, pieces


class Inspecting(Composing):
    """A studio whose takes can be looked into.

    Signals:
        spectrum_changed: more is known of the current take's spectrum.
        surprise_changed: more is known of how it surprises the model.
    """

    spectrum_changed = Signal()
    surprise_changed = Signal()

    def __init__(self, machines: Machines, parent: QObject | None = None) -> None:
        super().__init__(machines, parent)
        self._spectrograms = Spectrograms(self)
        self._surprises = Surprises(self._jobs, self)
        self._spectrograms.changed.connect(self._note_spectrum)
        self._surprises.changed.connect(self.surprise_changed)
        self._mixes.changed.connect(self._spectrograms.refresh)

    @property
    def spectrum(self) -> SpectrumPyramid | None:
        """The spectrum of the current take as far as it is known; None for nothing yet."""
        current = self.song.current
        if current is None:
            return None
        sound = self._mixes.sound(self.song, current)
        return self._spectrograms.of(current, sound, self._spec.sample_rate)

    @property
    def surprise(self) -> Surprise:
        """How the current take surprises the model as far as it is known, or why it is not.

        Asks for more of it, which `surprise_changed` tells.
        """
        reason = self._no_surprise
        if reason:
            return Surprise.unknown(reason)
        take = self.take
        growing = take is not None and self._jobs.fills({take.id})
        level = self.preferences.surprise_level
        asked = pieces(self.song, self._spec, self._codes, level, growing=growing)
        if not asked:
            return Surprise.unknown("" if growing else tr("Nothing of this quality has been made."))
        refusal = self._surprises.refusal(asked)
        if refusal:
            return Surprise.unknown(refusal)
        self._surprises.ask(asked, self._store)
        return found(asked, self._surprises.known, self._spec)

    @property
    def _no_surprise(self) -> str:
        """Why the model cannot be asked, as a sentence; "" where it can."""
        if self.take is None:
            return tr("There is nothing to listen to yet.")
        if self.model is None:
            return tr("The model of this song is not installed, so nobody can tell.")
        if not self._known_until:
            return tr("The model has not heard this recording yet.")
        return ""

    def _note_spectrum(self, take_id: str) -> None:
        if take_id == self.song.current:
            self.spectrum_changed.emit()

    def _replace_song(self, history: History, store: TakeStore, path: Path | None) -> None:
        self._spectrograms.forget()
        super()._replace_song(history, store, path)
