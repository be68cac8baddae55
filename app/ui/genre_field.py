"""A field for a few genres at once: each one chosen is a chip, and more can be added.

Knows a list of names and how many may be chosen. Knows nothing of sessions.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.ui import icons, names, widgets
from app.ui.name_field import NameField


class GenreField(QWidget):
    """Chips of the chosen genres, above a field that adds one.

    Signals:
        changed: the genres, as a tuple, when the user has changed them.
        validity_changed: whether what stands in the field can be used.
    """

    changed = Signal(tuple)
    validity_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._genres: tuple[str, ...] = ()
        self._known: tuple[str, ...] = ()
        self._most = 1
        self.field = NameField("genre", "Any genre")
        self._chips = QHBoxLayout()
        self._build()

    @property
    def valid(self) -> bool:
        """Whether what stands in the field can be used."""
        return self.field.valid

    @property
    def genres(self) -> tuple[str, ...]:
        """The genres on show."""
        return self._genres

    def set_names(self, known: tuple[str, ...], most: int) -> None:
        """Offer these names, of which up to `most` can be chosen."""
        self._known, self._most = known, most
        self.field.set_names(known)

    def show_genres(self, genres: tuple[str, ...]) -> None:
        """Show what is chosen."""
        if genres == self._genres:
            return
        self._genres = genres
        widgets.empty(self._chips)
        for genre in genres:
            self._chips.addWidget(self._chip(genre))
        self._chips.addStretch(1)
        self.field.line.setEnabled(len(genres) < self._most)
        self.field.line.setPlaceholderText(self._invitation())

    def _invitation(self) -> str:
        if not self._genres:
            return "Any genre"
        if len(self._genres) < self._most:
            return "Add another genre"
        return "No room for more genres" if self._most > 1 else "Remove it to choose another"

    def _add(self, name: str) -> None:
        known = names.same(name, self._known)
        if not name or known is None:
            return
        self.field.clear()
        if known not in self._genres:
            self.changed.emit((*self._genres, known))

    def _remove(self, genre: str) -> None:
        self.changed.emit(tuple(other for other in self._genres if other != genre))
        self.field.setFocus()

    def _chip(self, genre: str) -> QToolButton:
        chip = QToolButton()
        chip.setText(genre)
        chip.setIcon(icons.tinted(self, "close"))
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        chip.setIconSize(widgets.SMALL_ICON)
        chip.setFocusPolicy(widgets.STRONG_FOCUS)
        chip.setProperty("role", "chip")
        chip.setToolTip(f"Remove {genre}")
        chip.setAccessibleName(f"Remove genre {genre}")
        chip.clicked.connect(lambda: self._remove(genre))
        return chip

    def _build(self) -> None:
        self.setFocusProxy(self.field)
        self.field.entered.connect(self._add)
        self.field.validity_changed.connect(self.validity_changed)
        self._chips.setContentsMargins(0, 0, 0, 0)
        self._chips.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._chips)
        column.addWidget(self.field)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            genres, self._genres = self._genres, ()
            self.show_genres(genres)
