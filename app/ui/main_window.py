"""The window: it puts the panels together and passes between them and the session.

Shows what the session says, sends it what the user asks. Decides nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QByteArray, QEvent, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QMainWindow, QMenu, QWidget

from app.session import Session
from app.song.status import EngineState, JobState, Notice, Phase, TransportState
from app.ui import commands, drop_overlay, icons, menus, theme, widgets
from app.ui.actions import Actions
from app.ui.desk import Desk
from app.ui.dialogs.help import AboutDialog, ShortcutsDialog
from app.ui.drop_overlay import SONG_SUFFIX, DropOverlay
from app.ui.job_bar import JobBar
from app.ui.notice_bar import NoticeBar
from app.ui.questions import Questions
from app.ui.recent import fill_recent
from app.ui.side_panel import SidePanel
from app.ui.theme import Appearance
from app.ui.timeline.view import Timeline
from app.ui.transport_bar import TransportBar
from app.version import program_version

_GEOMETRY, _APPEARANCE = "window/geometry", "window/appearance"
_SIZE = (1280, 800)
_FRAME = (0, 40)
"""What the desktop may put around a window, which `resize` does not count."""
REDRAW_MS = 33
"""New sound is drawn this often at most."""


class MainWindow(QMainWindow):
    """One screen: prompt on the left, sound in the middle, transport above, progress below.

    The session is given; the window closes it when it closes itself.
    """

    def __init__(self, session: Session, settings: QSettings) -> None:
        theme.apply_appearance(_appearance(settings))
        super().__init__()
        self._session, self._settings = session, settings
        rate = session.model.sample_rate if session.model else 44_100
        self._timeline = Timeline(rate, self)
        self._questions = Questions(session, settings, self)
        self._actions = Actions(self._commands(), self)
        self._transport = TransportBar(self._actions)
        self._notice = NoticeBar()
        self._side = SidePanel(session, self._actions)
        self._desk = Desk(session, self._timeline, self._actions)
        self._job = JobBar()
        self._overlay = DropOverlay(self)
        self._refresh = QTimer(self, singleShot=True, interval=0)
        self._redraw = QTimer(self, singleShot=True, interval=REDRAW_MS)
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
        if path is None:
            self._session.recover()
        else:
            self.open_path(path)

    def show_problem(self, words: str) -> None:
        """Say that something unforeseen happened."""
        self._notice.show_notice(
            "error",
            f"Something went wrong that should not have: {words}",
            "Your song is safe. Save it and go on; the log file has the details.",
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
        self._show_transport(self._session.transport)
        self._show_job(self._session.job)
        self._show_file()

    def _show_song(self) -> None:
        self._side.show_song()
        self._transport.show_title(self._session.song.title)
        self._show_file()
        self._schedule_refresh()

    def _show_takes(self) -> None:
        self._desk.show_takes()
        self._show_transport(self._session.transport)
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

    def _show_engine(self, state: EngineState) -> None:
        if state.model is not None:
            self._timeline.set_rate(state.model.sample_rate)
        self._side.show_model()
        if self._session.job is None:
            self._show_engine_words()
        self._schedule_refresh()

    def _show_engine_words(self) -> None:
        state = self._session.engine_state
        if state.phase is Phase.STARTING:
            self._job.show_waiting(state.message)
        else:
            self._job.show_idle(state.message)

    def _show_transport(self, state: TransportState) -> None:
        model = self._session.model
        rate = model.sample_rate if model else 1
        self._transport.show_time(state.playhead / rate, self._session.song_length / rate)
        self._transport.show_message(state.message)
        self._transport.show_playing(state.playing)
        self._transport.meter.show_level(state.peak if state.playing else 0.0)
        self._desk.show_playhead(state.playhead)
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
        name = path.stem if path is not None else self._session.song.title or "Untitled song"
        self.setWindowTitle(f"{name}[*] – Jukebox Studio")
        self.setWindowModified(self._session.modified)

    # ── from the user ─────────────────────────────────────────────────────────────────────────

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about changes that are not saved, then end everything in order."""
        event.ignore()
        self._questions.unless_cancelled(lambda: self._end(event))

    def _end(self, event: QCloseEvent) -> None:
        self._settings.setValue(_GEOMETRY, self.saveGeometry())
        self._session.close()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Say what a drop will do."""
        self._overlay.announce(event.mimeData())
        if drop_overlay.dropped_file(event.mimeData()) is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the veil away."""
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Do what was said."""
        self._overlay.hide()
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

    def _choose_appearance(self, appearance: Appearance) -> None:
        self._settings.setValue(_APPEARANCE, str(appearance))
        theme.apply_appearance(appearance)

    # ── the parts ─────────────────────────────────────────────────────────────────────────────

    def _commands(self) -> tuple[commands.Command, ...]:
        session, ask = self._session, self._questions
        return (
            *commands.file_commands(session, ask, self.close),
            *commands.edit_commands(session, lambda: self._desk.takes.rename_chosen()),
            *commands.music_commands(session, lambda: self._side.prompt.problem),
            *commands.transport_commands(session),
            *commands.view_commands(self._timeline),
            *commands.help_commands(self._show_shortcuts, self._show_about),
        )

    def _fill_recent(self, menu: QMenu) -> None:
        fill_recent(menu, self._session.preferences.recent, self._questions.open_song)

    def _show_shortcuts(self) -> None:
        ShortcutsDialog(self._actions, self).open()

    def _show_about(self) -> None:
        AboutDialog(program_version(), self).open()

    def _build(self) -> None:
        self.setObjectName("window")
        self.setWindowIcon(icons.program_icon())
        body = widgets.beside(self._side, self._desk, spacing=0)
        body.setStretch(1, 1)
        middle = QWidget()
        middle.setLayout(body)
        whole = QWidget()
        column = widgets.stacked(self._transport, self._notice, middle, self._job, spacing=0)
        column.setStretch(2, 1)
        whole.setLayout(column)
        self.setCentralWidget(whole)
        appearance = menus.fill_menu_bar(self.menuBar(), self._actions, self._fill_recent)
        menus.fill_appearance(appearance, _appearance(self._settings), self._choose_appearance)
        self._take_drops_itself()
        self._side.prompt.artist.setFocus()
        self.resize(QSize(*_SIZE).boundedTo(self.screen().availableSize() - QSize(*_FRAME)))
        self.setMinimumSize(960, 600)
        self.restoreGeometry(cast(QByteArray, self._settings.value(_GEOMETRY, QByteArray())))

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
        session.audio_changed.connect(self._schedule_redraw)
        session.transport_changed.connect(self._show_transport)
        session.engine_changed.connect(self._show_engine)
        session.history_changed.connect(self._schedule_refresh)
        session.notice.connect(self._show_notice)
        session.file_changed.connect(self._show_file)
        self._transport.title_changed.connect(session.set_title)
        self._side.prompt.validity_changed.connect(self._schedule_refresh)
        self._timeline.selection_asked.connect(self._schedule_refresh)
        self._refresh.timeout.connect(self._actions.refresh)
        self._redraw.timeout.connect(self._desk.show_takes)


def _appearance(settings: QSettings) -> Appearance:
    stored = settings.value(_APPEARANCE)
    return Appearance(stored) if stored in list(Appearance) else Appearance.SYSTEM
