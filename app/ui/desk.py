"""The middle of the window: overview, timeline, what can be done to the selection, takes.

Shows the session's current take and sends it what the user asks for.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.session import Session
from app.song.song import TakeId
from app.ui import clock, takes, widgets
from app.ui.actions import Actions
from app.ui.legend import Legend
from app.ui.take_list import TakeList
from app.ui.timeline.overview import Overview
from app.ui.timeline.view import Timeline
from app.ui.welcome import Welcome


class Desk(QWidget):
    """Everything about sound that exists already."""

    def __init__(self, session: Session, timeline: Timeline, actions: Actions) -> None:
        super().__init__()
        self._session = session
        self.timeline = timeline
        self.overview = Overview()
        self.takes = TakeList()
        self._where = widgets.label("", role="dim")
        self._welcome = Welcome(actions["example"], actions["import"], actions["open"])
        self._pages = QStackedWidget()
        self._build(actions)
        self._connect()

    def show_takes(self) -> None:
        """Show the takes, and the sound of the chosen one."""
        session = self._session
        rows = takes.rows(session)
        self.takes.show_takes(rows, session.song.current)
        self.show_sound()
        self.show_page()

    def show_page(self) -> None:
        """Show the timeline once there is something, or something is being made."""
        session = self._session
        begun = bool(session.song.takes) or session.job is not None
        self._pages.setCurrentIndex(0 if begun else 1)

    def show_sound(self) -> None:
        """Draw the chosen take anew."""
        session = self._session
        current = session.song.current
        if current is None:
            self.timeline.show_take(None, (), 1)
            self.overview.show_take(None, ())
            return
        peaks, quality = session.peaks(current), session.quality(current)
        self.timeline.show_take(peaks, quality, session.song_length)
        self.overview.show_take(peaks, quality)

    def show_selection(self) -> None:
        """Show what is selected."""
        span = self._session.selection
        self.timeline.show_selection(span)
        self._where.setText(self._selection_words())

    def show_playhead(self, sample: int) -> None:
        """Show where the playhead is."""
        self.timeline.show_playhead(sample)
        self.overview.show_playhead(sample)

    def _selection_words(self) -> str:
        session = self._session
        span, model = session.selection, session.model
        if model is None or session.song.current is None:
            return ""
        if span is None:
            return "Whole take"
        start, end = (clock.moment(at / model.sample_rate) for at in (span.start, span.end))
        length = clock.duration(span.length / model.sample_rate)
        return f"{start} – {end}  ({length})"

    def _connect(self) -> None:
        session, timeline = self._session, self.timeline
        timeline.selection_asked.connect(session.select)
        timeline.seek_asked.connect(session.seek)
        timeline.view_changed.connect(self.overview.show_view)
        self.overview.view_asked.connect(timeline.set_view)
        self.takes.chosen.connect(session.choose_take)
        self.takes.renamed.connect(session.rename_take)
        self.takes.removal_asked.connect(session.remove_take)
        self.takes.audition_asked.connect(self._audition)

    def _audition(self, name: str) -> None:
        """Play a take from where it is new."""
        session, take = self._session, TakeId(name)
        session.choose_take(take)
        session.seek(takes.begins(session, take))
        session.play()

    def _build(self, actions: Actions) -> None:
        self.timeline.setObjectName("timeline")
        self.timeline.viewport().setObjectName("timelineCanvas")
        self.overview.setObjectName("overview")
        sound = QWidget()
        sound.setLayout(widgets.stacked(self.overview, self.timeline, spacing=0))
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(sound)
        split.addWidget(self._lower(actions))
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        self._pages.addWidget(split)
        self._pages.addWidget(self._welcome)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def _lower(self, actions: Actions) -> QWidget:
        lower = QWidget()
        lower.setLayout(widgets.stacked(self._action_row(actions), self.takes, spacing=0))
        return lower

    def _action_row(self, actions: Actions) -> QFrame:
        row = QFrame()
        row.setObjectName("actionRow")
        layout = QHBoxLayout(row)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(6)
        for name in ("continue", "redoInside", "renderFull"):
            button = widgets.action_button(actions[name])
            button.setObjectName(name)
            layout.addWidget(button)
        more = QMenu(button)
        more.addAction(actions["renderMid"])
        button.setMenu(more)
        button.setPopupMode(button.ToolButtonPopupMode.MenuButtonPopup)
        layout.addSpacing(8)
        layout.addWidget(self._where)
        layout.addStretch(1)
        layout.addWidget(Legend())
        layout.addSpacing(8)
        for name in ("zoomOut", "zoomIn", "zoomSelection", "zoomFit"):
            layout.addWidget(widgets.icon_button(actions[name]))
        return row
