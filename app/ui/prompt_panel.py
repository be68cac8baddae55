"""What the music shall be: model, artist, genres, words.

Shows the session's song and sends it changes.
"""

from __future__ import annotations

import secrets

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.language import tr
from app.session import Session
from app.song.lyrics import LyricView
from app.ui import clock, widgets
from app.ui.artist_field import ArtistField
from app.ui.genre_field import GenreField
from app.ui.line_times import margin_times
from app.ui.lyric_editor import LyricEditor
from engine.text.blends import parts_of_genres


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
        self.artist = ArtistField()
        self.dice = widgets.IconButton("dice", tr("Surprise me with another artist"))
        self.genres = GenreField()
        self.lyrics = LyricEditor()
        self._model_name = widgets.field_name(tr("&Model"), self.model)
        self._build()
        self._connect()

    @property
    def problem(self) -> str:
        """What keeps the prompt from being used; "" when nothing does."""
        if not self.artist.valid:
            return tr("Choose an artist that the model knows.")
        return "" if self.genres.valid else tr("Choose a genre that the model knows.")

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
        self.show_names()

    def show_names(self) -> None:
        """Offer the names that the model knows, favourites first."""
        session, likes = self._session, self._session.preferences
        self.artist.set_names(session.artist_names, likes.artists)
        most = session.model.max_genres if session.model is not None else 1
        self.genres.set_names(session.genre_names, likes.genres, most)

    def show_song(self) -> None:
        """Show the session's prompt."""
        prompt, half_known = self._session.song.prompt, self._session.half_known
        self.artist.show_artists(prompt.artists, half_known)
        self.genres.show_genres(prompt.genres, parts_of_genres(prompt), half_known)
        if prompt.lyrics != self._checked:
            self._checked = prompt.lyrics
            self.lyrics.show_lyrics(prompt.lyrics)
            self.lyrics.show_lost(self._session.lyric_report())

    def _surprise(self) -> None:
        self._session.draw_artist(secrets.randbelow(2**31))

    def show_words(self) -> None:
        """Show what is sung, which words are in view, and when lines are sung."""
        session = self._session
        playhead = session.transport.playhead
        self.lyrics.show_sung(session.sung_now)
        view = session.lyric_view(playhead)
        shown = None if view is None else (view.start, view.end)
        self.lyrics.show_view(shown, "" if view is None else self._view_words(view))

    def show_times(self) -> None:
        """Show when lines are sung."""
        self.lyrics.text.show_times(margin_times(self._session))

    def _view_words(self, view: LyricView) -> str:
        rate = self._session.model.sample_rate if self._session.model else 1
        start, end = (clock.moment(at / rate) for at in (view.fresh.start, view.fresh.end))
        if view.whole:
            return tr("All words are in view of the model.")
        return tr("In view for {start} – {end}: the bracketed lines.", start=start, end=end)

    def _set_genres(self, genres: tuple[str, ...]) -> None:
        """Ask for genres at full strength, whether they were weighed before or not."""
        if genres == self._session.song.prompt.genres:
            self._session.add_genres_up()
        else:
            self._session.set_genres(genres)

    def _choose_model(self, row: int) -> None:
        self._session.set_model(self.model.itemData(row))

    def _connect(self) -> None:
        session = self._session
        self.model.activated.connect(self._choose_model)
        session.preferences_changed.connect(self.show_names)
        self.artist.changed.connect(session.blend_artists)
        self.artist.field.star_asked.connect(session.star_artist)
        self.artist.field.ask_elsewhere(session.models_with_artist)
        self.dice.clicked.connect(self._surprise)
        self.genres.changed.connect(self._set_genres)
        self.genres.weighed.connect(session.blend_genres)
        self.genres.field.star_asked.connect(session.star_genre)
        self.genres.field.ask_elsewhere(session.models_with_genre)
        self.lyrics.edited.connect(session.set_lyrics)
        for field in (self.artist, self.genres):
            field.validity_changed.connect(self.validity_changed)

    def _build(self) -> None:
        artist, genre = self.artist.field.line, self.genres.field.line
        names = {"model": self.model, "artist": artist, "genre": genre}
        names |= {"blendArtists": self.artist.blend, "blendGenres": self.genres.blend}
        names |= {"surpriseArtist": self.dice}
        for name, field in (*names.items(), ("lyrics", self.lyrics.text)):
            field.setObjectName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(widgets.stacked(self._model_name, self.model))
        name = widgets.field_name(tr("&Artist"), artist)
        column.addLayout(_headed((name, 1, self.artist.blend, self.dice), self.artist))
        name = widgets.field_name(tr("Ge&nres"), genre)
        column.addLayout(_headed((name, 1, self.genres.blend), self.genres))
        lyrics = widgets.stacked(widgets.field_name(tr("&Lyrics"), self.lyrics.text), self.lyrics)
        column.addLayout(lyrics, 1)


def _headed(heading: tuple[QWidget | int, ...], field: QWidget) -> QVBoxLayout:
    """A field below its name and what belongs beside the name."""
    column = widgets.stacked(spacing=4)
    column.addLayout(widgets.beside(*heading))
    column.addWidget(field)
    return column
