"""Asks what somebody calls artists and genres: one name of their own a line.

Knows lines and the names of a model. Knows nothing of where they are kept.
"""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from app.language import tr
from app.song import aliases
from app.song.aliases import Alias
from app.song.names import NameIndex
from app.ui import widgets

_SIZE = (460, 420)
_MOST_TOLD = 3


class OwnNamesDialog(QDialog):
    """Two fields of lines, “mine = theirs”, and what is odd about them."""

    def __init__(
        self,
        artists: tuple[NameIndex, tuple[Alias, ...]],
        genres: tuple[NameIndex, tuple[Alias, ...]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.artists, self.genres = QPlainTextEdit(), QPlainTextEdit()
        self._fields = ((self.artists, artists[0]), (self.genres, genres[0]))
        self._note = widgets.paragraph("", role="warning")
        self._box = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._build()
        self.artists.setPlainText(aliases.lines(artists[1]))
        self.genres.setPlainText(aliases.lines(genres[1]))

    @property
    def chosen(self) -> tuple[tuple[Alias, ...], tuple[Alias, ...]]:
        """The names of one's own for artists, and for genres."""
        return aliases.parsed(self.artists.toPlainText()), aliases.parsed(self.genres.toPlainText())

    def _check(self) -> None:
        """Say which lines cannot be kept, or else which names this model does not know."""
        broken = [line for field, _ in self._fields for line in aliases.broken(field.toPlainText())]
        unknown = [
            name
            for field, known in self._fields
            for _, name in aliases.parsed(field.toPlainText())
            if known.names and known.meant(name) is None
        ]
        words = ""
        if broken:
            words = tr(
                "Write your name, “=” and the model's name in each line. This line has not got "
                "both: “{line}”.",
                line=broken[0][:40],
            )
        elif unknown:
            words = tr(
                "This model does not know: {names}. That is kept for models that do.",
                names=", ".join(f"“{name[:40]}”" for name in unknown[:_MOST_TOLD]),
            )
        self._note.setText(words)
        self._note.setVisible(bool(words))
        self._box.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not broken)

    def _build(self) -> None:
        self.setWindowTitle(tr("Nicknames"))
        self.setObjectName("ownNamesDialog")
        self.artists.setPlaceholderText(tr("fab four = The Beatles"))
        self.genres.setPlaceholderText(tr("dnb = drum and bass"))
        names = {"ownArtists": self.artists, "ownGenres": self.genres, "ownNamesNote": self._note}
        for name, part in names.items():
            part.setObjectName(name)
        for field, _ in self._fields:
            field.setTabChangesFocus(True)
            field.textChanged.connect(self._check)
        self._box.accepted.connect(self.accept)
        self._box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(12)
        intro = tr("What you call an artist or a genre is found while you type, as the model's is.")
        column.addWidget(widgets.paragraph(intro))
        fields = ((tr("&Artists"), self.artists), (tr("&Genres"), self.genres))
        for title, field in fields:
            column.addLayout(widgets.stacked(widgets.field_name(title, field), field))
        column.addWidget(self._note)
        column.addWidget(self._box)
        widgets.fit(self, _SIZE)
