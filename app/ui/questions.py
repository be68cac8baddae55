"""What must be asked of the user before a command can be carried out: files, names, consent.

Every answer becomes an intent of the session.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QFileDialog, QWidget

from app.session import Session
from app.ui.dialogs import leaving
from app.ui.dialogs.export import ExportDialog, Material, file_name
from app.ui.dialogs.leaving import Answer
from app.ui.drop_overlay import SONG_SUFFIX

_SONGS = f"Jukebox songs (*{SONG_SUFFIX})"
_SOUNDS = "Sound files (*.wav *.flac *.mp3 *.ogg *.opus *.aif *.aiff *.aifc *.caf *.au *.w64)"
_FOLDER = "songs/folder"


class Questions(QObject):
    """Asks with dialogs over a window, which owns it."""

    def __init__(self, session: Session, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._settings, self._window = session, settings, window

    def new(self) -> None:
        """Begin another song, after asking what to do with this one."""
        self.unless_cancelled(self._session.new_song)

    def open(self) -> None:
        """Ask for a song file and open it."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open Song", self._folder(), _SONGS)
        if name:
            self.open_song(Path(name))

    def open_song(self, path: Path) -> None:
        """Open a song file, after asking what to do with this song."""
        self.unless_cancelled(lambda: self._session.open_song(path))

    def save(self) -> None:
        """Save, after asking where if that is not known."""
        if self._session.path is None:
            self.save_as()
        else:
            self._session.save_song()

    def save_as(self) -> bool:
        """Ask where, and save there. Whether a place was given."""
        start = Path(self._folder()) / f"{file_name(self._session.song.title)}{SONG_SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save Song", str(start), _SONGS)
        if not name:
            return False
        path = Path(name)
        if path.suffix.lower() != SONG_SUFFIX:
            path = path.with_name(f"{path.name}{SONG_SUFFIX}")
        self._settings.setValue(_FOLDER, str(path.parent))
        self._session.save_song_as(path)
        return True

    def import_audio(self) -> None:
        """Ask for a sound file and bring it in."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Import Recording", self._folder(), f"{_SOUNDS};;All files (*)"
        )
        if name:
            self._session.import_audio(Path(name))

    def export(self) -> None:
        """Ask where and how, and write a sound file."""
        session = self._session
        if session.model is None:
            return
        material = Material(
            session.song.title, session.song_length, session.selection, session.model.sample_rate
        )
        dialog = ExportDialog(material, self._settings, self._window)
        dialog.accepted.connect(lambda: session.export(dialog.path, dialog.options))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def unless_cancelled(self, go_on: Callable[[], object]) -> None:
        """Go on, once the user has said what to do with changes that are not saved."""
        session = self._session
        if not session.modified:
            go_on()
            return
        answer = leaving.ask(session.song.title or "Untitled song", self._window)
        if answer is Answer.DISCARD:
            session.discard()
            go_on()
        elif answer is Answer.SAVE and self._saved():
            go_on()

    def _saved(self) -> bool:
        if self._session.path is None:
            return self.save_as()
        self._session.save_song()
        return True

    def _folder(self) -> str:
        return str(self._settings.value(_FOLDER, str(Path.home())))
