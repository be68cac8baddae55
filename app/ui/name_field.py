"""A field that takes one name out of thousands, with search while typing.

Knows a list of names, and which of them somebody likes. A name that is not in the list is shown as
wrong, with names that are near; it is passed on as typed and never replaced, unless it can only
mean one: “beatles” is “The Beatles”.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCompleter, QLineEdit, QVBoxLayout, QWidget

from app.language import mark, tr
from app.song.names import NameIndex
from app.song.taste import Taste
from app.ui import icons, name_words
from app.ui.name_list import NameList, NameRow, NameRows
from app.ui.name_notes import NameNotes
from app.ui.widgets import set_property
from engine.text.blends import parsed

VISIBLE_NAMES = 12
STAR_KEYS = "Ctrl+D"

_SHOW_ALL = {"artist": mark("Show all artists"), "genre": mark("Show all genres")}
_NOWHERE_ROLE = Qt.ItemDataRole.UserRole + 9


def nowhere_else(_: str) -> tuple[str, ...]:
    """The other models that know a name, where nobody has been told how to find out."""
    return ()


class NameField(QWidget):
    """A line to type a name in, a list to pick it from, and words about what is wrong.

    Signals:
        entered: the name as the list has it, or as typed when the list has it not; "" for any.
        validity_changed: whether what stands in the field can be used.
        star_asked: a name that shall be a favourite, or no longer.
    """

    entered = Signal(str)
    validity_changed = Signal(bool)
    star_asked = Signal(str)

    def __init__(self, kind: str, any_label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind, self._any_label = kind, any_label
        self._names, self._taste = NameIndex(()), Taste()
        self._elsewhere: Callable[[str], tuple[str, ...]] = nowhere_else
        self._valid = True
        self.line = QLineEdit()
        self.line.setPlaceholderText(any_label)
        self.line.setClearButtonEnabled(True)
        self.list = NameList()
        self._rows = NameRows(self)
        self._open = QAction(tr(_SHOW_ALL[kind]), self)
        self._star = QAction(self)
        self._notes = NameNotes()
        self._build()

    @property
    def valid(self) -> bool:
        """Whether what stands in the field can be used."""
        return self._valid

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.line.text()

    @property
    def offered(self) -> tuple[str, ...]:
        """What the list holds, from top to bottom."""
        return self._rows.names

    def set_names(self, known: NameIndex, taste: Taste) -> None:
        """Offer these names, those that somebody likes first."""
        if known is self._names and taste == self._taste:
            return
        self._names, self._taste = known, taste
        if self.list.isVisible():
            self._rows.show_rows(tuple(map(self._row, self._rows.names)))
        self._check()

    def ask_elsewhere(self, ask: Callable[[str], tuple[str, ...]]) -> None:
        """From now on, tell of a name that this model does not know which other models do."""
        self._elsewhere = ask

    def show_name(self, name: str) -> None:
        """Put a name in the field, unless somebody is typing there."""
        if not self.line.hasFocus() or not self.line.isModified():
            self.line.setText(name)
            self._check()

    def clear(self) -> None:
        """Empty the field."""
        self.line.clear()
        self._check()

    def _build(self) -> None:
        self.setFocusProxy(self.line)
        completer = _Completer(self._rows, self)
        completer.setPopup(self.list)
        self.list.paint_stars()
        completer.setMaxVisibleItems(VISIBLE_NAMES)
        # Later, since the line itself puts the name in last of all.
        completer.activated.connect(self._pick, Qt.ConnectionType.QueuedConnection)
        self.line.setCompleter(completer)
        for action in (self._star, self._open):
            self.line.addAction(action, QLineEdit.ActionPosition.TrailingPosition)
        self._open.triggered.connect(self._show_all)
        self._star.triggered.connect(self._ask_star)
        self._star.setVisible(False)
        self.list.star_asked.connect(self.star_asked)
        self.line.editingFinished.connect(self._finish)
        self.line.textEdited.connect(self._search)
        self._notes.picked.connect(self._mend)
        for watched in (self.line, self.list):
            watched.installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.line)
        column.addWidget(self._notes)
        self._tint()

    def _search(self, typed: str) -> None:
        self._explain(())
        self._show_star()
        self._rows.show_rows(tuple(map(self._row, self._names.search(typed, self._taste))))

    def _show_all(self) -> None:
        rows = map(self._row, self._names.search("", self._taste))
        free = (NameRow(self._any_label, star=None),) if self._any_label else ()
        self._rows.show_rows((*free, *rows))
        completer = self.line.completer()
        completer.setCompletionPrefix("")
        completer.complete()

    def _row(self, name: str) -> NameRow:
        if name == self._any_label:
            return NameRow(name, star=None)
        note = name_words.note_of(name, self._names)
        return NameRow(name, note, self._taste.likes(name))

    def _pick(self, name: str) -> None:
        self.line.setText("" if name == self._any_label else name)
        self._finish()

    def _mend(self, wrong: str, name: str) -> None:
        """Take an offered name in place of the one that was wrong, alone or in a blend."""
        self._pick(self.line.text().replace(wrong, name, 1))

    def _finish(self) -> None:
        name = self._meant()
        self.line.setText(name)
        self.line.setModified(False)
        self._check()
        self.entered.emit(name)

    def _meant(self) -> str:
        typed = self.line.text().strip()
        if typed.casefold() in ("", "any", tr("any"), self._any_label.casefold()):
            return ""
        return self._names.meant(typed) or typed

    def _unknown(self, typed: str) -> tuple[str, ...]:
        """The names of what is typed, one or a blend, that are not in the list."""
        wanted = [share.name for share in parsed(typed)] or [typed] * bool(typed)
        has_list = bool(self._names.names)
        return tuple(name for name in wanted if has_list and self._names.meant(name) is None)

    def _check(self) -> None:
        typed = self._meant()
        unknown = self._unknown(typed)
        known = not unknown
        self._explain(unknown)
        self._show_star()
        if known != self._valid:
            self._valid = known
            self.validity_changed.emit(known)

    def _explain(self, unknown: tuple[str, ...]) -> None:
        set_property(self.line, "wrong", bool(unknown))
        notes = (
            name_words.unknown_note(self._kind, name, self._names, self._elsewhere(name))
            for name in unknown
        )
        self._notes.show_notes(tuple(notes))

    def _show_star(self) -> None:
        """A name in the list can be a favourite."""
        known = self._names.same(self.line.text())
        self._star.setVisible(known is not None)
        likes = known is not None and self._taste.likes(known)
        self._star.setIcon(icons.tinted(self, "star" if likes else "star-outline"))
        words = tr("No longer a favourite") if likes else tr("Make it a favourite")
        keys = QKeySequence(STAR_KEYS).toString(QKeySequence.SequenceFormat.NativeText)
        self._star.setText(f"{words} ({keys})")

    def _ask_star(self) -> None:
        name = self._names.same(self.line.text())
        if name is not None:
            self.star_asked.emit(name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down opens the list; a key gives a star to the name in the field or in the list."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if QKeySequence(event.keyCombination()) == QKeySequence(STAR_KEYS):
            self.list.star_current() if self.list.isVisible() else self._ask_star()
            return True
        if watched is self.line and event.key() == Qt.Key.Key_Down and not self.list.isVisible():
            self._show_all()
            return True
        return False

    def _tint(self) -> None:
        self._open.setIcon(icons.tinted(self, "chevron-down"))
        self._show_star()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._tint()


class _Completer(QCompleter):
    """Shows all rows, which were found already; none is lit until a key or the mouse is on it."""

    def __init__(self, rows: NameRows, parent: QWidget) -> None:
        super().__init__(rows, parent)
        self.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        # Rows hold nothing there, so that Qt does not look for one that begins as what is typed.
        self.setCompletionRole(_NOWHERE_ROLE)

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """The name in a row."""
        return index.data(Qt.ItemDataRole.EditRole)
