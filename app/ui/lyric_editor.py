"""Where the words of the song are written.

Shows which characters the model cannot sing. Undo belongs to the song as a whole, so the editor
keeps none of its own and leaves those keys to the window.
"""

from __future__ import annotations

from itertools import accumulate

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from app.ui import theme, widgets

MOST_MARKS = 300
"""More marks than this help nobody, and cost time to draw."""


class LyricEditor(QWidget):
    """A text with marks under characters that will be dropped, and words that say so.

    Signals:
        edited: the whole text, after each change by hand.
    """

    edited = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = _Text()
        self._count = widgets.label("", role="dim")
        self._lost = widgets.paragraph("", role="warning")
        self._positions: tuple[int, ...] = ()
        self._build()

    def show_lyrics(self, lyrics: str) -> None:
        """Show the song's words; the cursor stays where it is when they are shown already."""
        if lyrics != self.text.toPlainText():
            cursor = min(self.text.textCursor().position(), len(lyrics))
            self.text.blockSignals(True)
            self.text.setPlainText(lyrics)
            self.text.blockSignals(False)
            place = self.text.textCursor()
            place.setPosition(cursor)
            self.text.setTextCursor(place)
        self._show_count()

    def show_lost(self, positions: tuple[int, ...]) -> None:
        """Mark the characters (by index into the text) that the model drops."""
        self._positions = positions
        text = self.text.toPlainText()
        places = utf16_places(text)
        marks = [self._mark(places[at], places[at + 1]) for at in positions[:MOST_MARKS]]
        self.text.setExtraSelections(marks)
        self._lost.setVisible(bool(positions))
        self._lost.setText(_lost_words(text, positions))

    @property
    def marked(self) -> tuple[int, ...]:
        """Which characters are marked."""
        return self._positions

    def _build(self) -> None:
        self.setFocusProxy(self.text)
        self.text.setPlaceholderText(
            "Words to be sung, line by line. Leave empty for music without singing."
        )
        self.text.textChanged.connect(self._tell)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.text, 1)
        column.addWidget(self._lost)
        column.addWidget(self._count)
        self._lost.hide()
        self._show_count()

    def _tell(self) -> None:
        self._show_count()
        self.edited.emit(self.text.toPlainText())

    def _show_count(self) -> None:
        characters = self.text.document().characterCount() - 1
        lines = "1 line" if self.text.blockCount() == 1 else f"{self.text.blockCount():,} lines"
        self._count.setText(f"{characters:,} characters · {lines}" if characters else "")

    def _mark(self, start: int, end: int) -> QTextEdit.ExtraSelection:
        cursor = self.text.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        mark = QTextEdit.ExtraSelection()
        mark.cursor = cursor  # pyright: ignore[reportAttributeAccessIssue]
        mark.format = self._mark_format()  # pyright: ignore[reportAttributeAccessIssue]
        return mark

    def _mark_format(self) -> QTextCharFormat:
        colours = theme.of(self)
        result = QTextCharFormat()
        result.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        result.setUnderlineColor(QColor(colours.error))
        result.setBackground(theme.translucent(colours.error, 0.22))
        return result


class _Text(QPlainTextEdit):
    """Plain text without an undo of its own; Tab leaves it."""

    def __init__(self) -> None:
        super().__init__()
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setMinimumHeight(88)

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
            if any(event.matches(key) for key in keys):
                event.ignore()
                return False
        return super().event(event)


def utf16_places(text: str) -> list[int]:
    """Where each character, and the end, stands in Qt's count: it counts an emoji twice."""
    return [0, *accumulate(1 + (character > "\uffff") for character in text)]


def _lost_words(text: str, positions: tuple[int, ...]) -> str:
    kinds = list(dict.fromkeys(text[at] for at in positions if at < len(text)))
    shown = " ".join(kinds[:8]) + (" …" if len(kinds) > 8 else "")
    count = "1 character" if len(positions) == 1 else f"{len(positions):,} characters"
    return f"The model cannot sing {count}, marked above, and leaves them out: {shown}"
