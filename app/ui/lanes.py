"""Keeps the lanes under the waveform true, those that are shown: spectrogram and surprise.

Shows what the session says, and sends it what is asked in them.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.language import tr
from app.session import Session
from app.ui.timeline.lane import Lane
from app.ui.timeline.spectrogram_lane import SpectrogramLane
from app.ui.timeline.surprise_lane import SurpriseLane
from app.ui.timeline.view import Timeline
from app.ui.words import LEVEL_NAMES

SPECTRUM_MS, SURPRISE_MS = 33, 250
"""How often each is drawn anew at most; what surprises takes a millisecond to put together."""


class Lanes(QObject):
    """Both lanes, brought up to date a few times a second, and only while they are shown."""

    def __init__(self, session: Session, timeline: Timeline) -> None:
        super().__init__(timeline)
        self._session = session
        self.spectrogram, self.surprise = SpectrogramLane(self._rate), SurpriseLane(self._rate)
        self._spectrum_timer = QTimer(self, singleShot=True, interval=SPECTRUM_MS)
        self._surprise_timer = QTimer(self, singleShot=True, interval=SURPRISE_MS)
        self._spectrum_timer.timeout.connect(self._show_spectrum)
        self._surprise_timer.timeout.connect(self._show_surprise)
        shared = (session.takes_changed, session.engine_changed)
        for change in (*shared, session.audio_changed, session.spectrum_changed):
            change.connect(self._spectrum_soon)
        for change in (*shared, session.song_changed, session.job_changed,
                       session.surprise_changed):  # fmt: skip
            change.connect(self._surprise_soon)
        for lane in self.all:
            timeline.view_changed.connect(lane.show_view)
            lane.seek_asked.connect(session.seek)
        self.surprise.redo_asked.connect(session.redo_from)
        self.show()

    @property
    def all(self) -> tuple[Lane, ...]:
        """From the top to the bottom."""
        return self.spectrogram, self.surprise

    def show(self) -> None:
        """Show what is wanted as it is now."""
        preferences = self._session.preferences
        self.spectrogram.setVisible(preferences.spectrogram)
        self.surprise.setVisible(preferences.surprise)
        self._show_spectrum()
        self._show_surprise()

    def show_playhead(self, sample: int) -> None:
        """Show where the playhead is."""
        for lane in self.all:
            lane.show_playhead(sample)

    def _show_spectrum(self) -> None:
        if self._session.preferences.spectrogram:
            self.spectrogram.show_spectrum(self._session.spectrum, self._rate)

    def _show_surprise(self) -> None:
        preferences = self._session.preferences
        if preferences.surprise:
            quality = tr(LEVEL_NAMES[preferences.surprise_level])
            self.surprise.set_title(tr("Surprise · {quality}", quality=quality))
            self.surprise.show_surprise(self._session.surprise, self._rate)

    @property
    def _rate(self) -> int:
        model = self._session.model
        return model.sample_rate if model else 44_100

    def _spectrum_soon(self) -> None:
        _start(self._spectrum_timer)

    def _surprise_soon(self) -> None:
        _start(self._surprise_timer)


def _start(timer: QTimer) -> None:
    """Let a timer run out, unless it is about to."""
    if not timer.isActive():
        timer.start()
