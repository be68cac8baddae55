"""Keeps the marks of the timeline true: what the model hears, where the song ends, the beats.

Shows what the session says, and sends it where marks are dragged to.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.language import tr
from app.session import Session
from app.ui import clock
from app.ui.snap_button import SnapButton
from app.ui.timeline.view import Timeline
from engine.types import Level


class Landmarks(QObject):
    """The marks of one timeline, brought up to date once per turn of the event loop at most."""

    def __init__(self, session: Session, timeline: Timeline, snap: SnapButton) -> None:
        super().__init__(timeline)
        self._session, self._timeline, self._snap = session, timeline, snap
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.show)
        for change in (session.song_changed, session.takes_changed, session.selection_changed,
                       session.job_changed, session.snapping_changed,
                       session.engine_changed):  # fmt: skip
            change.connect(self._soon.start)
        session.audio_changed.connect(self._soon.start)
        timeline.handles.song_end_asked.connect(self._end_song)
        timeline.handles.heard_asked.connect(self._hear_from)
        self._soon.start()

    def show(self) -> None:
        """Show everything as it is now."""
        session, handles = self._session, self._timeline.handles
        self._snap.show_snap(session.snap)
        handles.show_beats(session.beats)
        if session.model is None or session.song.current is None:
            handles.show_hearing(None, "")
            handles.show_song_end(None, "")
            return
        rate, heard = session.model.sample_rate, session.hearing
        length = 0 if heard is None else heard.length
        words = tr("hears {seconds} before going on", seconds=clock.duration(length / rate))
        handles.show_hearing(heard, words)
        end = session.song.prompt.song_length
        self._timeline.show_room(end)
        handles.show_song_end(end, tr("song ends {moment}", moment=clock.moment(end / rate)))

    def _end_song(self, moment: int) -> None:
        model = self._session.model
        if model is not None:
            self._session.set_song_length(moment / model.sample_rate)
        self.show()

    def _hear_from(self, moment: int) -> None:
        """Hear from a moment on; all there is where the bracket was drawn out to its limit."""
        session = self._session
        heard, model = session.hearing, session.model
        if model is None or heard is None:
            return
        window = model.contexts[Level.TOP] * model.grid
        whole = moment <= 0 or heard.end - moment >= window
        session.set_heard(None if whole else (heard.end - moment) / model.sample_rate)
        self.show()
