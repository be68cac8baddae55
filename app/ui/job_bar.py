"""What is being made, how far it is, how fast, and how long it still takes.

Shows what it was told last. Knows nothing of sessions.
"""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from app.language import tr
from app.song.problems import note_in_words
from app.song.status import JobState
from app.ui import clock, widgets
from app.ui.words import LEVEL_NAMES

STEPS = 1000
TOLD_EVERY_PERCENT = 25
"""Screen readers hear of progress this often."""


class JobBar(QFrame):
    """One line at the bottom of the window: the job, or else how the engine is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = widgets.label("", role="heading")
        self._detail = widgets.Elided("", role="dim")
        self._bar = QProgressBar()
        self._eta = widgets.label("", role="dim")
        self._queue = widgets.label("", role="dim")
        self._told = 0
        self._build()

    @property
    def words(self) -> str:
        """All that it says."""
        parts = (self._title.text(), self._detail.words, self._eta.text())
        return " · ".join(part for part in parts if part)

    def show_job(self, job: JobState) -> None:
        """Show how far a job is."""
        self._title.setText(tr(job.title))
        self._title.show()
        self._detail.set_words(details(job))
        self._eta.setText("" if job.remaining_s is None else clock.remaining(job.remaining_s))
        self._bar.setRange(0, STEPS if job.total else 0)
        self._bar.setValue(round(STEPS * job.done / job.total) if job.total else 0)
        self._bar.show()
        self._announce(job)

    def show_queue(self, words: str) -> None:
        """Say how much waits beside what is shown; "" for nothing."""
        self._queue.setText(words)

    def show_waiting(self, message: str) -> None:
        """Say what is being waited for."""
        self._say(message)
        self._bar.setRange(0, 0)
        self._bar.show()

    def show_idle(self, message: str) -> None:
        """Say how the engine is while it has nothing to make."""
        self._say(message)
        self._bar.hide()

    def _say(self, message: str) -> None:
        self._title.setText("")
        self._title.hide()
        self._detail.set_words(message)
        self._eta.setText("")
        self._told = 0

    def _announce(self, job: JobState) -> None:
        percent = 100 * job.done // job.total if job.total else 0
        stage = percent // TOLD_EVERY_PERCENT
        if stage != self._told:
            self._told = stage
            self.setAccessibleName(tr("{task}: {percent} %", task=tr(job.title), percent=percent))
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))

    def _build(self) -> None:
        self.setObjectName("statusStrip")
        self._bar.setObjectName("progress")
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(220)
        self._bar.setAccessibleName(tr("Progress"))
        self._bar.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(10)
        row.addWidget(self._title)
        row.addWidget(self._detail, 1)
        row.addWidget(self._eta)
        row.addWidget(self._bar)
        row.addWidget(self._queue)


def details(job: JobState) -> str:
    """What a job does right now, in words: level, place, speed."""
    parts: list[str] = []
    if job.level is not None:
        parts.append(tr("{quality} level", quality=tr(LEVEL_NAMES[job.level])))
    if job.total:
        parts.append(f"{100 * job.done // job.total} %")
    if job.per_second:
        parts.append(tr("{speed:,.0f} codes/s", speed=job.per_second))
    if job.note:
        parts.append(note_in_words(job.note))
    return " · ".join(parts)
