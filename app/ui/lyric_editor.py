"""Where the words of the song are written.

Shows which characters the model cannot sing, which is sung now, and which words the model has in
view. Sections help the writer; the model is not told their headers.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QMenu, QTextEdit, QToolButton, QVBoxLayout, QWidget

from app.language import mark, tr, trn
from app.song.lyrics import line_starts, sections
from app.ui import theme, widgets
from app.ui.lyric_text import LyricText

SECTIONS = (mark("Verse"), mark("Chorus"), mark("Bridge"), mark("Intro"), mark("Outro"))

MOST_MARKS = 300
"""More marks than this help nobody, and cost time to draw."""


class LyricEditor(QWidget):
    """A text with marks under characters that will be dropped, and words that say so.

    Signals:
        edited: the whole text, after each change by hand.
        line_dragged(place, position): the line with that place is held over a place on the screen.
        line_dropped(place, position): it was let go there.
    """

    edited = Signal(str)
    line_dragged = Signal(int, QPoint)
    line_dropped = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = LyricText()
        self.sections = QToolButton()
        self._count = widgets.label("", role="dim")
        self._lost = widgets.paragraph("", role="warning")
        self._positions: tuple[int, ...] = ()
        self._sung = -1
        self._view_words = ""
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
        self._mark_all()
        self._lost.setVisible(bool(positions))
        self._lost.setText(_lost_words(self.text.toPlainText(), positions))

    def show_sung(self, place: int) -> None:
        """Light the character (by index into the text) that is sung; none for −1."""
        if place != self._sung:
            self._sung = place
            self._mark_all()

    def show_view(self, view: tuple[int, int] | None, words: str) -> None:
        """Bracket the words from one index to another, and say why."""
        text = self.text.toPlainText()
        lines = None
        if view is not None and view[1] > view[0]:
            lines = text.count("\n", 0, view[0]), text.count("\n", 0, view[1] - 1)
        self.text.show_view(lines)
        self.text.margin.setStatusTip(words)
        if words != self._view_words:
            self._view_words = words
            self._show_count()

    def insert_section(self, name: str) -> None:
        """Begin a section at the line with the cursor."""
        cursor = self.text.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
        cursor.insertText(f"[{name}]\n")
        self.text.setTextCursor(cursor)
        self.text.setFocus()

    def go_to(self, place: int) -> None:
        """Put the cursor at an index of the text."""
        text = self.text.toPlainText()
        cursor = self.text.textCursor()
        cursor.setPosition(utf16_places(text)[min(place, len(text))])
        self.text.setTextCursor(cursor)
        self.text.centerCursor()
        self.text.setFocus()

    @property
    def cursor_place(self) -> int:
        """The index of the text at which the cursor stands."""
        return bisect_left(utf16_places(self.text.toPlainText()), self.text.textCursor().position())

    @property
    def marked(self) -> tuple[int, ...]:
        """Which characters are marked."""
        return self._positions

    def _build(self) -> None:
        self.setFocusProxy(self.text)
        self.text.setPlaceholderText(
            tr("Words to be sung, line by line. Leave empty for music without singing.")
        )
        self.text.textChanged.connect(self._tell)
        self.text.line_dragged.connect(self._drag)
        self.text.line_dropped.connect(self._drop)
        menu = QMenu(self.sections)
        menu.aboutToShow.connect(lambda: self._fill_sections(menu))
        self.sections.setText(tr("Sections"))
        self.sections.setAccessibleName(tr("Sections"))
        self.sections.setToolTip(tr("Begin a section here, or go to one; the model is not told"))
        self.sections.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.sections.setFocusPolicy(widgets.STRONG_FOCUS)
        self.sections.setMenu(menu)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.text, 1)
        column.addWidget(self._lost)
        self._count.setWordWrap(True)
        foot = widgets.beside(self._count, self.sections)
        foot.setStretch(0, 1)
        column.addLayout(foot)
        self._lost.hide()
        self._show_count()

    def _tell(self) -> None:
        self._show_count()
        self.edited.emit(self.text.toPlainText())

    def _show_count(self) -> None:
        characters = self.text.document().characterCount() - 1
        lines = trn("{count} line", "{count:,} lines", self.text.blockCount())
        count = trn("{count} character", "{count:,} characters", characters)
        words = f"{count} · {lines}\n{self._view_words}".strip()
        self._count.setText(words if characters else "")

    def _drag(self, line: int, position: QPoint) -> None:
        self.line_dragged.emit(line_starts(self.text.toPlainText())[line], position)

    def _drop(self, line: int, position: QPoint) -> None:
        self.line_dropped.emit(line_starts(self.text.toPlainText())[line], position)

    def _fill_sections(self, menu: QMenu) -> None:
        menu.clear()
        for name in SECTIONS:
            begin = menu.addAction(tr("Begin a Section: {name}", name=tr(name)))
            begin.triggered.connect(lambda _=False, name=name: self.insert_section(tr(name)))
        menu.addSeparator()
        for section in sections(self.text.toPlainText()):
            go = menu.addAction(tr("Go to {name}", name=section.name))
            go.triggered.connect(lambda _=False, place=section.words: self.go_to(place))

    def _mark_all(self) -> None:
        text = self.text.toPlainText()
        places = utf16_places(text)
        marks = [
            self._mark(places[section.start], places[section.words], self._header_format())
            for section in sections(text)[:MOST_MARKS]
        ]
        for at in self._positions[:MOST_MARKS]:
            if at < len(text):
                marks.append(self._mark(places[at], places[at + 1], self._mark_format()))
        if 0 <= self._sung < len(text):
            start, end = places[self._sung], places[self._sung + 1]
            marks.append(self._mark(start, end, self._sung_format()))
        self.text.setExtraSelections(marks)

    def _mark(self, start: int, end: int, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
        cursor = self.text.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        mark = QTextEdit.ExtraSelection()
        mark.cursor = cursor  # pyright: ignore[reportAttributeAccessIssue]
        mark.format = look  # pyright: ignore[reportAttributeAccessIssue]
        return mark

    def _header_format(self) -> QTextCharFormat:
        result = QTextCharFormat()
        result.setForeground(QColor(theme.of(self).dim))
        result.setFontItalic(True)
        return result

    def _sung_format(self) -> QTextCharFormat:
        colours = theme.of(self)
        result = QTextCharFormat()
        result.setBackground(QColor(colours.accent))
        result.setForeground(QColor(colours.on_accent))
        return result

    def _mark_format(self) -> QTextCharFormat:
        colours = theme.of(self)
        result = QTextCharFormat()
        result.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        result.setUnderlineColor(QColor(colours.error))
        result.setBackground(theme.translucent(colours.error, 0.22))
        return result


def utf16_places(text: str) -> list[int]:
    """Where each character, and the end, stands in Qt's count: it counts an emoji twice."""
    return [0, *accumulate(1 + (character > "\uffff") for character in text)]


def _lost_words(text: str, positions: tuple[int, ...]) -> str:
    kinds = list(dict.fromkeys(text[at] for at in positions if at < len(text)))
    shown = " ".join(kinds[:8]) + (" …" if len(kinds) > 8 else "")
    return trn(
        "The model cannot sing {count} character, marked above, and leaves it out: {shown}",
        "The model cannot sing {count:,} characters, marked above, and leaves them out: {shown}",
        len(positions),
        shown=shown,
    )
