"""The words of the song, in the editor and under the waveform, and lines dragged between them.

Passes between the views and the session. Knows nothing of how either looks.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint

from app.session import Session
from app.ui.desk import Desk
from app.ui.prompt_panel import PromptPanel


class WordViews(QObject):
    """Keeps both views at what the session says."""

    def __init__(
        self, session: Session, prompt: PromptPanel, desk: Desk, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._prompt, self._desk = session, prompt, desk
        session.words_changed.connect(self.show_words)
        prompt.lyrics.line_dragged.connect(self._drag)
        prompt.lyrics.line_dropped.connect(self._drop)
        desk.words.line_chosen.connect(prompt.lyrics.go_to)

    def show_words(self) -> None:
        """Show the times of lines and all that follows from them."""
        self._prompt.show_times()
        self._desk.show_words()
        self.show_sung()

    def show_sung(self) -> None:
        """Show which words are sung now, and which are in view."""
        self._prompt.show_words()
        self._desk.show_sung()

    def _drag(self, _place: int, position: QPoint) -> None:
        self._desk.words.show_drop(position)

    def _drop(self, place: int, position: QPoint) -> None:
        self._desk.words.show_drop(None)
        sample = self._desk.words.sample_under(position)
        if sample is not None:
            self._session.time_line(place, sample)
