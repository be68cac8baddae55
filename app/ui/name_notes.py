"""What is to be said about names that a model does not know, with others to take at a click.

Shows what it is told. Knows nothing of models.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.language import tr
from app.ui import widgets


@dataclass(frozen=True, slots=True)
class NameNote:
    """What is to be said about a name.

    Attributes:
        words: what is wrong, and what the model hears instead.
        role: how grave it is, as the style sheet calls it: "problem" or "warning".
        offers: names to take instead.
    """

    name: str
    words: str
    role: str
    offers: tuple[str, ...]


class NameNotes(QWidget):
    """A few notes below a field, or nothing.

    Signals:
        picked: the name that a note is about, and the one to take instead.
    """

    picked = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notes: tuple[NameNote, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3)
        self.hide()

    def show_notes(self, notes: tuple[NameNote, ...]) -> None:
        """Show these notes and no others."""
        if notes == self._notes:
            return
        self._notes = notes
        widgets.empty(self._column)
        for note in notes:
            self._column.addWidget(self._lines(note))
        self.setVisible(bool(notes))

    def _lines(self, note: NameNote) -> QWidget:
        """The words of a note, and below them what it offers."""
        lines = QWidget()
        column = widgets.stacked(widgets.paragraph(note.words, role=note.role), spacing=1)
        for name in note.offers:
            button = widgets.link(name, tr("Use {name}", name=name))
            button.clicked.connect(lambda _=False, name=name: self.picked.emit(note.name, name))
            row = QHBoxLayout()
            row.addWidget(button)
            row.addStretch(1)
            column.addLayout(row)
        lines.setLayout(column)
        return lines
