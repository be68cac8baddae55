"""What the music shall be: model, artist, genres, words.

Shows the session's song and sends it changes.
"""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.session import Session
from app.ui import widgets
from app.ui.genre_field import GenreField
from app.ui.lyric_editor import LyricEditor
from app.ui.name_field import NameField


class PromptPanel(QWidget):
    """The upper part of the side panel.

    Signals:
        validity_changed: a field became right or wrong.
    """

    validity_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._checked = session, ""
        self.model = QComboBox()
        self.artist = NameField("artist", "Any artist")
        self.genres = GenreField()
        self.lyrics = LyricEditor()
        self._model_name = widgets.field_name("&Model", self.model)
        self._build()
        self._connect()

    @property
    def problem(self) -> str:
        """What keeps the prompt from being used; "" when nothing does."""
        if not self.artist.valid:
            return "Choose an artist that the model knows."
        return "" if self.genres.valid else "Choose a genre that the model knows."

    def show_model(self) -> None:
        """Offer what the model knows."""
        session = self._session
        models = session.models
        with QSignalBlocker(self.model):
            self.model.clear()
            for spec in models:
                self.model.addItem(spec.title, spec.id)
            if session.model is not None:
                self.model.setCurrentIndex(self.model.findData(session.model.id))
        for part in (self.model, self._model_name):
            part.setVisible(len(models) > 1)
        self.artist.set_names(session.artists)
        most = session.model.max_genres if session.model is not None else 1
        self.genres.set_names(session.genres, most)

    def show_song(self) -> None:
        """Show the session's prompt."""
        prompt = self._session.song.prompt
        self.artist.show_name(prompt.artist)
        self.genres.show_genres(prompt.genres)
        if prompt.lyrics != self._checked:
            self._checked = prompt.lyrics
            self.lyrics.show_lyrics(prompt.lyrics)
            self.lyrics.show_lost(self._session.lyric_report())

    def _choose_model(self, row: int) -> None:
        self._session.set_model(self.model.itemData(row))

    def _connect(self) -> None:
        session = self._session
        self.model.activated.connect(self._choose_model)
        self.artist.entered.connect(session.set_artist)
        self.genres.changed.connect(session.set_genres)
        self.lyrics.edited.connect(session.set_lyrics)
        for field in (self.artist, self.genres):
            field.validity_changed.connect(self.validity_changed)

    def _build(self) -> None:
        names = {"model": self.model, "artist": self.artist.line, "genre": self.genres.field.line}
        for name, field in (*names.items(), ("lyrics", self.lyrics.text)):
            field.setObjectName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(widgets.stacked(self._model_name, self.model))
        column.addLayout(
            widgets.stacked(widgets.field_name("&Artist", self.artist.line), self.artist)
        )
        column.addLayout(
            widgets.stacked(widgets.field_name("Ge&nres", self.genres.field.line), self.genres)
        )
        lyrics = widgets.stacked(widgets.field_name("&Lyrics", self.lyrics.text), self.lyrics)
        column.addLayout(lyrics, 1)
