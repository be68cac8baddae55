"""What must be asked of the user before a command can be carried out: files, names, consent.

Every answer becomes an intent of the session.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QFileDialog, QWidget

import resources
from app.language import tr
from app.session import Session
from app.song.export import file_name
from app.song.status import Choice
from app.ui.dialogs import leaving
from app.ui.dialogs.export import ExportDialog, Extent, Material
from app.ui.dialogs.leaving import Answer
from app.ui.dialogs.own_names import OwnNamesDialog
from app.ui.dialogs.record import RecordDialog
from app.ui.drop_overlay import SONG_SUFFIX
from app.ui.offer_bar import OfferBar

_SOUNDS = "*.wav *.flac *.mp3 *.ogg *.opus *.aif *.aiff *.aifc *.caf *.au *.w64"
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
        name, _ = QFileDialog.getOpenFileName(
            self._window, tr("Open Song"), self._folder(), _songs()
        )
        if name:
            self.open_song(Path(name))

    def open_song(self, path: Path) -> None:
        """Open a song file, after asking what to do with this song."""
        self.unless_cancelled(lambda: self._session.open_song(path))

    def open_example(self) -> None:
        """Open the song that comes along, after asking what to do with this one."""
        example = resources.path("examples", "example.jukebox")
        self.unless_cancelled(lambda: self._session.open_copy(example))

    def save(self) -> None:
        """Save, after asking where if that is not known."""
        if self._session.path is None:
            self.save_as()
        else:
            self._session.save_song()

    def save_as(self) -> bool:
        """Ask where, and save there. Whether a place was given."""
        path = self._place_for_song(tr("Save Song"))
        if path is not None:
            self._session.save_song_as(path)
        return path is not None

    def save_copy(self) -> None:
        """Ask where, and put a small copy there."""
        path = self._place_for_song(tr("Save Small Copy"))
        if path is not None:
            self._session.save_copy(path)

    def duplicate(self) -> None:
        """Go on with a copy, after asking what to do with changes of this song."""
        self.unless_cancelled(self._session.duplicate_song)

    def _place_for_song(self, title: str) -> Path | None:
        start = Path(self._folder()) / f"{file_name(self._session.song.title)}{SONG_SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(self._window, title, str(start), _songs())
        if not name:
            return None
        path = Path(name)
        if path.suffix.lower() != SONG_SUFFIX:
            path = path.with_name(f"{path.name}{SONG_SUFFIX}")
        self._settings.setValue(_FOLDER, str(path.parent))
        return path

    def import_audio(self) -> None:
        """Ask for a sound file and bring it in."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("Import Recording"),
            self._folder(),
            f"{tr('Sound files')} ({_SOUNDS});;{tr('All files')} (*)",
        )
        if name:
            self._session.import_audio(Path(name))

    def record(self) -> None:
        """Ask for a microphone, and bring in what it hears."""
        dialog = RecordDialog(self._session, self._settings, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export(self) -> None:
        """Ask where and how, and write a sound file."""
        session = self._session
        if session.model is None:
            return
        material = Material(
            session.song.title,
            session.song_length,
            session.selection,
            session.model.sample_rate,
            len(session.song.takes),
            session.sides is not None,
            session.preferences.width,
        )
        dialog = ExportDialog(material, self._settings, self._window)
        dialog.accepted.connect(lambda: self._export(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export_recordings(self) -> None:
        """Ask for a folder, and write what was imported into it."""
        title = tr("Export Original Recordings to")
        folder = QFileDialog.getExistingDirectory(self._window, title, self._folder())
        if folder:
            self._session.export_recordings(Path(folder))

    def export_words(self) -> None:
        """Ask where, and write the lines with their times."""
        title = self._session.song.title or tr("Untitled song")
        forms = tr("Lyrics for players (*.lrc);;Subtitles (*.srt)")
        name, form = QFileDialog.getSaveFileName(
            self._window, tr("Export Words with Times"), file_name(title), forms
        )
        if name:
            path = Path(name)
            ending = ".srt" if "*.srt" in form else ".lrc"
            self._session.export_words(path if path.suffix else path.with_suffix(ending))

    def _export(self, dialog: ExportDialog) -> None:
        every = dialog.extent is Extent.TAKES
        write = self._session.export_takes if every else self._session.export
        write(dialog.path, dialog.options)
        if dialog.options.width is not None:
            self._session.set_width(round(dialog.options.width * 100))

    def own_names(self) -> None:
        """Ask what the user calls artists and genres."""
        session = self._session
        likes = session.preferences
        dialog = OwnNamesDialog(
            (session.artist_names, likes.artists.aliases),
            (session.genre_names, likes.genres.aliases),
            self._window,
        )
        dialog.accepted.connect(lambda: session.call_names(*dialog.chosen))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def unless_cancelled(self, go_on: Callable[[], object]) -> None:
        """Go on, once the user has said what to do with changes that are not saved."""
        session = self._session
        if not session.modified:
            go_on()
            return
        answer = leaving.ask(session.song.title or tr("Untitled song"), self._window)
        if answer is Answer.DISCARD:
            session.discard()
            go_on()
        elif answer is Answer.SAVE and self._saved():
            go_on()

    def offer_bar(self) -> OfferBar:
        """A bar with what the session offers, for the window."""
        bar = OfferBar()
        self._session.offered.connect(bar.show_offer)
        bar.taken.connect(self._take)
        return bar

    def _take(self, choice: Choice) -> None:
        """Do what was offered, after asking what to do with this song if it is left."""
        if choice.leaves_song:
            self.unless_cancelled(choice.take)
        else:
            choice.take()

    def _saved(self) -> bool:
        if self._session.path is None:
            return self.save_as()
        self._session.save_song()
        return True

    def _folder(self) -> str:
        return str(self._settings.value(_FOLDER, str(Path.home())))


def _songs() -> str:
    return f"{tr('Jukebox songs')} (*{SONG_SUFFIX})"
