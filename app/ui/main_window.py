"""The window: it puts the panels together and passes between them and the session.

Shows what the session says, sends it what the user asks. Decides nothing.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QMainWindow,
    QMenu,
    QSplitter,
    QWidget,
)

from app.language import tr
from app.session import Session
from app.song.clips import MIME
from app.song.status import EngineState, JobState, Notice, Phase, QueueState, TransportState
from app.ui import commands, drop_overlay, icons, looks, menus, theme, tour, widgets, window_state
from app.ui.actions import Actions
from app.ui.clip_drops import ClipDrops
from app.ui.clipboard import Clipboard
from app.ui.cut_commands import cut_commands
from app.ui.desk import Desk
from app.ui.dialogs.about import AboutDialog, ModelLicence
from app.ui.dialogs.models import ModelsDialog
from app.ui.dialogs.shortcuts import ShortcutsDialog
from app.ui.drop_overlay import SONG_SUFFIX, DropOverlay
from app.ui.examples import fill_examples
from app.ui.focus_ring import FocusRing
from app.ui.hole_commands import hole_commands, snap_commands
from app.ui.job_bar import JobBar
from app.ui.lane_commands import lane_commands
from app.ui.lyric_commands import lyric_commands
from app.ui.notice_bar import NoticeBar
from app.ui.output_menu import OutputMenu
from app.ui.questions import Questions
from app.ui.queue_commands import queue_commands
from app.ui.queue_panel import queue_words
from app.ui.recent import fill_recent
from app.ui.side_panel import WIDTH_PX, SidePanel
from app.ui.stereo_control import StereoControl
from app.ui.take_commands import take_commands
from app.ui.timeline.view import Timeline
from app.ui.transport_bar import TransportBar
from app.ui.word_views import WordViews
from app.version import program_version

_SIZE = (1280, 800)
REDRAW_MS = 33
"""New sound is drawn this often at most."""


class MainWindow(QMainWindow):
    """One screen: prompt on the left, sound in the middle, transport above, progress below.

    The session is given; the window closes it when it closes itself.
    """

    def __init__(self, session: Session, settings: QSettings) -> None:
        theme.apply_appearance(looks.appearance(settings))
        super().__init__()
        self._session, self._settings = session, settings
        rate = session.model.sample_rate if session.model else 44_100
        self._timeline = Timeline(rate, self)
        self._questions = Questions(session, settings, self)
        self._clipboard = Clipboard(self)
        self._actions = Actions(self._commands(), self)
        self._transport = TransportBar(self._actions, StereoControl(session, self._actions))
        self._notice = NoticeBar()
        self._side = SidePanel(session, self._actions)
        self._desk = Desk(session, self._timeline, self._actions)
        self._words = WordViews(session, self._side.prompt, self._desk, self)
        self._job = JobBar()
        self._overlay = DropOverlay(self)
        self._clip_drops = ClipDrops(session, self, self._desk.takes, self._timeline)
        self._refresh = QTimer(self, singleShot=True, interval=0)
        self._redraw = QTimer(self, singleShot=True, interval=REDRAW_MS)
        self._queued = 0
        self._transport_rules = (False, False, False)
        self._build()
        self._connect()
        self._show_everything()

    @property
    def actions_by_name(self) -> Actions:
        """The window's commands."""
        return self._actions

    def open_path(self, path: Path) -> None:
        """Open a song file, or bring a recording in."""
        if path.suffix.lower() == SONG_SUFFIX:
            self._questions.open_song(path)
        else:
            self._session.import_audio(path)

    def begin(self, path: Path | None) -> None:
        """Open a file, or else bring back what a sudden end of the program left."""
        self._session.shelf.remind()
        if window_state.is_first(self._settings):
            self._desk.welcome.greet()
        if path is None:
            self._session.look_for_left_song()
        else:
            self.open_path(path)

    def show_problem(self, words: str) -> None:
        """Say that something unforeseen happened."""
        self._notice.show_notice(
            "error",
            tr("Something went wrong that should not have: {words}", words=words),
            tr("Your song is safe. Save it and go on; the log file has the details."),
        )

    # ── from the session ──────────────────────────────────────────────────────────────────────

    def _schedule_refresh(self) -> None:
        self._refresh.start()

    def _schedule_redraw(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start()

    def _show_everything(self) -> None:
        self._actions.tint()
        self._show_engine(self._session.engine_state)
        self._show_song()
        self._desk.show_takes()
        self._desk.show_selection()
        self._desk.show_history()
        self._show_transport(self._session.transport)
        self._show_job(self._session.job)
        self._show_queue(self._session.jobs.queue)
        self._show_file()

    def _show_song(self) -> None:
        self._side.show_song()
        self._words.show_words()
        self._transport.show_title(self._session.song.title)
        self._show_file()
        self._schedule_refresh()

    def _show_takes(self) -> None:
        self._desk.show_takes()
        self._show_transport(self._session.transport)
        self._schedule_refresh()

    def _show_history(self) -> None:
        self._desk.show_history()
        self._schedule_refresh()

    def _show_selection(self) -> None:
        self._desk.show_selection()
        self._schedule_refresh()

    def _show_job(self, job: JobState | None) -> None:
        if job is None:
            self._show_engine_words()
        else:
            self._job.show_job(job)
        self._desk.show_page()
        self._schedule_refresh()

    def _show_queue(self, queue: QueueState) -> None:
        self._desk.show_queue()
        several = len(queue.jobs) > 1
        self._job.show_queue(queue_words(len(queue.jobs), queue.remaining_s) if several else "")
        if len(queue.jobs) != self._queued:
            self._queued = len(queue.jobs)
            self._desk.show_page()
        self._schedule_refresh()

    def _show_engine(self, state: EngineState) -> None:
        if state.model is not None:
            self._timeline.set_rate(state.model.sample_rate)
        self._side.show_model()
        if self._session.job is None:
            self._show_engine_words()
        self._schedule_refresh()

    def _show_engine_words(self) -> None:
        state, job = self._session.engine_state, self._job
        show = job.show_waiting if state.phase is Phase.STARTING else job.show_idle
        show(state.message)

    def _show_transport(self, state: TransportState) -> None:
        model = self._session.model
        rate = model.sample_rate if model else 1
        self._transport.show_time(state.playhead / rate, self._session.song_length / rate)
        self._transport.show_message(state.message)
        self._transport.show_playing(state.playing)
        self._transport.show_comparison(bool(self._session.compared), state.gain_db)
        self._transport.show_level(state)
        self._desk.show_playhead(state.playhead)
        self._words.show_sung()
        if state.playing:
            self._timeline.follow_playhead()
        rules = (state.playing, state.looping, state.playhead > 0)
        if rules != self._transport_rules:
            self._transport_rules = rules
            self._schedule_refresh()

    def _show_notice(self, notice: Notice) -> None:
        self._notice.show_notice(notice.severity, notice.message, notice.advice)

    def _show_file(self) -> None:
        path = self._session.path
        if path is not None:
            self.setWindowFilePath(str(path))
        name = path.stem if path is not None else self._session.song.title or tr("Untitled song")
        self.setWindowTitle(tr("{name}[*] – Jukebox Studio", name=name))
        self.setWindowModified(self._session.modified)

    # ── from the user ─────────────────────────────────────────────────────────────────────────

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about changes that are not saved, then end everything in order."""
        event.ignore()
        self._questions.unless_cancelled(lambda: self._end(event))

    def _end(self, event: QCloseEvent) -> None:
        window_state.keep(self, self._settings)
        self._session.close()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Say what a drop will do."""
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
            return
        self._overlay.announce(event.mimeData())
        if drop_overlay.dropped_file(event.mimeData()) is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Music can be dropped in some places only."""
        point = event.position().toPoint()
        if event.mimeData().hasFormat(MIME) and not self._clip_drops.move(event.mimeData(), point):
            event.ignore()
        else:
            event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the veil away."""
        self._clip_drops.leave()
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Do what was said."""
        self._overlay.hide()
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
            self._clip_drops.drop(event.mimeData(), event.position().toPoint())
            return
        path = drop_overlay.dropped_file(event.mimeData())
        if path is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.open_path(path)

    def event(self, event: QEvent) -> bool:
        """Leave Space to a button that has the focus; elsewhere it plays."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            on_button = isinstance(QApplication.focusWidget(), QAbstractButton)
            if event.key() == Qt.Key.Key_Space and plain and on_button:
                event.accept()
                return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._actions.tint()

    def _tell_language(self, name: str) -> None:
        words = tr("Jukebox Studio speaks {language} from its next start on.", language=name)
        self._notice.show_notice("info", words, tr("Quit and start it again to change over."))

    # ── the parts ─────────────────────────────────────────────────────────────────────────────

    def _commands(self) -> tuple[commands.Command, ...]:
        session, ask = self._session, self._questions
        return (
            *commands.file_commands(session, ask, self.close),
            *commands.edit_commands(session),
            *cut_commands(session, self._clipboard),
            *take_commands(session, lambda: self._desk.takes.rename_chosen()),
            *commands.music_commands(session, lambda: self._side.prompt.problem),
            *lyric_commands(session, ask, lambda: self._side.prompt.lyrics.cursor_place),
            *queue_commands(session, lambda: self._desk.go_to_queue()),
            *hole_commands(session, lambda: self._side.prompt.problem),
            *snap_commands(session),
            *commands.model_commands(ask, self._show_models),
            *commands.transport_commands(session),
            *commands.view_commands(self._timeline),
            *lane_commands(session, lambda: self._desk.lanes.show()),
            *commands.help_commands(ask, self._show_tour, self._show_shortcuts, self._show_about),
        )

    def _fill_recent(self, menu: QMenu) -> None:
        fill_recent(menu, self._session.preferences.recent, self._questions.open_song)

    def _show_models(self) -> None:
        dialog = ModelsDialog(self._session, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show_shelf_notice(self, notice: Notice) -> None:
        """Tell of models, where the dialog of models does not tell it."""
        if self.findChild(ModelsDialog) is None:
            self._show_notice(notice)

    def _show_tour(self) -> None:
        tour.begin(self._side, self._desk, self)

    def _show_shortcuts(self) -> None:
        ShortcutsDialog(self._actions, self).open()

    def _show_about(self) -> None:
        models = tuple(ModelLicence(spec.title, spec.licence) for spec in self._session.models)
        AboutDialog(program_version(), models, self).open()

    def _build(self) -> None:
        self.setObjectName("window")
        self.setWindowIcon(icons.program_icon())
        middle = QSplitter()
        middle.setObjectName("sideAndDesk")
        middle.addWidget(self._side)
        middle.addWidget(self._desk)
        middle.setStretchFactor(1, 1)
        middle.setCollapsible(1, False)
        middle.setSizes([WIDTH_PX, _SIZE[0] - WIDTH_PX])
        whole = QWidget()
        bars = (self._transport, self._questions.offer_bar(), self._notice)
        column = widgets.stacked(*bars, middle, self._job, spacing=0)
        column.setStretch(3, 1)
        whole.setLayout(column)
        self.setCentralWidget(whole)
        submenus = {
            menus.RECENT: menus.renewed_menu(tr("Open &Recent"), self._fill_recent, self),
            menus.EXAMPLES: menus.renewed_menu(
                tr("Songs to Tr&y"), lambda menu: fill_examples(menu, self._session), self
            ),
            menus.OUTPUT: OutputMenu(self._session, self),
            menus.APPEARANCE: looks.appearance_menu(self._settings, self),
            menus.LANGUAGE: looks.language_menu(self._settings, self._tell_language, self),
        }
        menus.fill_menu_bar(self.menuBar(), self._actions, submenus)
        self._take_drops_itself()
        self._side.prompt.artist.setFocus()
        widgets.fit(self, _SIZE)
        self._ring = FocusRing(self)
        window_state.restore(self, self._settings)

    def _take_drops_itself(self) -> None:
        """Text fields would take the name of a dropped file as text."""
        for child in self.findChildren(QWidget):
            child.setAcceptDrops(False)
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        session = self._session
        session.song_changed.connect(self._show_song)
        session.takes_changed.connect(self._show_takes)
        session.selection_changed.connect(self._show_selection)
        session.job_changed.connect(self._show_job)
        session.jobs.queue_changed.connect(self._show_queue)
        session.audio_changed.connect(self._schedule_redraw)
        session.transport_changed.connect(self._show_transport)
        session.engine_changed.connect(self._show_engine)
        session.history_changed.connect(self._show_history)
        session.notice.connect(self._show_notice)
        session.shelf.told.connect(self._show_shelf_notice)
        session.snapping_changed.connect(self._schedule_refresh)
        session.models_changed.connect(self._side.show_model)
        session.file_changed.connect(self._show_file)
        self._transport.title_changed.connect(session.set_title)
        self._side.prompt.validity_changed.connect(self._schedule_refresh)
        session.words_changed.connect(self._schedule_refresh)
        self._timeline.selection_asked.connect(self._schedule_refresh)
        self._clipboard.changed.connect(self._actions.refresh)
        self._refresh.timeout.connect(self._actions.refresh)
        self._redraw.timeout.connect(self._desk.show_takes)
