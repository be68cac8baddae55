"""The middle of the window: overview, timeline, what can be done to the selection, takes.

Shows the session's current take and sends it what the user asks for.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.language import tr
from app.session import Session
from app.song.lyrics import line_at
from app.song.song import TakeId
from app.ui import clock, context_menus, queue_rows, takes, widgets
from app.ui.action_row import ActionRow
from app.ui.actions import Actions
from app.ui.clipboard import carry
from app.ui.drag_handle import DragHandle
from app.ui.history_list import HistoryList
from app.ui.landmarks import Landmarks
from app.ui.lanes import Lanes
from app.ui.line_times import lane_lines
from app.ui.queue_panel import QueuePanel
from app.ui.snap_button import SnapButton
from app.ui.take_list import TakeList
from app.ui.timeline.overview import Overview
from app.ui.timeline.view import Timeline
from app.ui.timeline.words_lane import WordsLane
from app.ui.welcome import Welcome

_ALL_JOBS = ("pauseQueue", "cancelWaiting", "cancelAll")


class Desk(QWidget):
    """Everything about sound that exists already."""

    def __init__(self, session: Session, timeline: Timeline, actions: Actions) -> None:
        super().__init__()
        self._session = session
        self.timeline = timeline
        self.overview = Overview()
        self.lanes = Lanes(session, timeline)
        self.words = WordsLane(session.model.sample_rate if session.model else 44_100)
        self.takes = TakeList()
        self.history = HistoryList()
        self.drag_out = DragHandle()
        self._where = widgets.label("", role="dim")
        self.welcome = Welcome(actions)
        self.queue = QueuePanel(*(_named_button(actions, name) for name in _ALL_JOBS))
        self._lists = QTabWidget()
        self._pages = QStackedWidget()
        self._build(actions)
        self._connect()

    def show_takes(self) -> None:
        """Show the takes, and the sound of the chosen one."""
        session = self._session
        rows = takes.rows(session)
        self.takes.show_takes(rows, session.song.current)
        self.show_sound()
        self.show_selection()
        self.show_page()

    def show_words(self) -> None:
        """Show the lines of the words at their times."""
        model = self._session.model
        if model is not None:
            self.words.set_rate(model.sample_rate)
        self.words.show_lines(lane_lines(self._session))

    def show_sung(self) -> None:
        """Light the line that is sung."""
        sung, words = self._session.sung_now, self._session.song.prompt.lyrics
        self.words.show_lit(line_at(words, sung)[0] if sung >= 0 else -1)

    def _free_line(self, place: int) -> None:
        self._session.time_line(place, None)

    def show_history(self) -> None:
        """Show the steps that can be undone and redone."""
        self.history.show_history(*self._session.history)

    def show_queue(self) -> None:
        """Show the jobs, how many there are, and where the shown take will get better."""
        current = self._session.song.current
        planned = () if current is None else self._session.planned(current)
        self.timeline.brush.show_planned(planned)
        state = self._session.jobs.queue
        self.queue.show_queue(queue_rows.rows(self._session), state.remaining_s)
        words = tr("Queue ({count})", count=len(state.jobs)) if state.jobs else tr("Queue")
        self._lists.setTabText(self._lists.indexOf(self.queue), words)

    def go_to_queue(self) -> None:
        """Bring the list of jobs to the front, with the keyboard in it."""
        self._lists.setCurrentWidget(self.queue)
        self.queue.list.setFocus()

    def show_page(self) -> None:
        """Show the timeline once there is something, or something is being made."""
        session = self._session
        begun = bool(session.song.takes) or bool(session.jobs.queue.jobs)
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
        self.drag_out.setVisible(self._session.song_length > 0)

    def show_playhead(self, sample: int) -> None:
        """Show where the playhead is."""
        self.timeline.show_playhead(sample)
        self.overview.show_playhead(sample)
        self.lanes.show_playhead(sample)

    def _selection_words(self) -> str:
        session = self._session
        span, model = session.selection, session.model
        if model is None or session.song.current is None:
            return ""
        if span is None:
            return tr("Whole take")
        start, end = (clock.moment(at / model.sample_rate) for at in (span.start, span.end))
        length = clock.duration(span.length / model.sample_rate)
        return tr("{start} – {end}  ({length})", start=start, end=end, length=length)

    def _connect(self) -> None:
        session, timeline = self._session, self.timeline
        timeline.selection_asked.connect(session.select)
        timeline.selection_dragged.connect(session.select_near)
        timeline.selection_stepped.connect(session.select_next)
        timeline.seek_asked.connect(session.seek)
        timeline.scrub.moved.connect(session.scrub)
        timeline.scrub.ended.connect(session.end_scrub)
        timeline.removal_asked.connect(session.delete_selection)
        timeline.brush.painted.connect(session.paint)
        timeline.handles.carry_asked.connect(self._carry)
        timeline.view_changed.connect(self.overview.show_view)
        timeline.view_changed.connect(self.words.show_view)
        self.words.line_timed.connect(session.time_line)
        self.words.line_freed.connect(self._free_line)
        self.overview.view_asked.connect(timeline.set_view)
        self.takes.chosen.connect(session.choose_take)
        self.takes.renamed.connect(session.rename_take)
        self.takes.removal_asked.connect(session.remove_take)
        self.drag_out.wanted.connect(session.write_for_dragging)
        session.written_for_dragging.connect(self.drag_out.take_file)
        self.history.step_asked.connect(self._go_to_step)
        self.queue.pause_asked.connect(session.jobs.pause)
        self.queue.resume_asked.connect(session.jobs.resume)
        self.queue.cancel_asked.connect(session.jobs.cancel)
        self.queue.move_asked.connect(session.jobs.move)
        self.takes.audition_asked.connect(self._audition)

    def _carry(self) -> None:
        """Drag the selection away, once it is packed."""
        self._session.pack_selection(lambda music: carry(music, self.timeline))

    def _go_to_step(self, place: int) -> None:
        self._session.go_to_step(place)
        self.show_history()

    def _audition(self, name: str) -> None:
        """Play a take from where it is new."""
        session, take = self._session, TakeId(name)
        session.choose_take(take)
        session.seek(takes.begins(session, take))
        session.play()

    def _build(self, actions: Actions) -> None:
        for sound_in_time in (self.timeline, self.overview):
            sound_in_time.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.timeline.setObjectName("timeline")
        self.timeline.viewport().setObjectName("timelineCanvas")
        self.overview.setObjectName("overview")
        context_menus.offer(self.timeline, actions, context_menus.ON_TIMELINE)
        context_menus.offer(self.takes, actions, context_menus.ON_TAKES)
        sound = QWidget()
        in_time = (self.overview, self.timeline, *self.lanes.all, self.words)
        sound.setLayout(widgets.stacked(*in_time, spacing=0))
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("soundAndLists")
        split.addWidget(sound)
        split.addWidget(self._lower(actions))
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setCollapsible(0, False)
        self._pages.addWidget(split)
        self._pages.addWidget(self.welcome)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def _lower(self, actions: Actions) -> QWidget:
        pages = self._lists
        pages.setObjectName("lists")
        snap = SnapButton(actions)
        pages.setCornerWidget(snap)
        self._landmarks = Landmarks(self._session, self.timeline, snap)
        pages.addTab(self.takes, tr("Takes"))
        pages.addTab(self.history, tr("History"))
        pages.addTab(self.queue, tr("Queue"))
        row = ActionRow(actions, self._where, self.drag_out)
        lower = QWidget()
        lower.setLayout(widgets.stacked(row, pages, spacing=0))
        return lower


def _named_button(actions: Actions, name: str) -> QToolButton:
    button = widgets.action_button(actions[name])
    button.setObjectName(name)
    return button
