"""A field that takes one name out of thousands, with search while typing.

Knows a list of names. A name that is not in the list is shown as wrong, with names that are
near; it is passed on as typed and never replaced.
"""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.ui import icons, names, widgets

VISIBLE_NAMES = 12


class NameField(QWidget):
    """A line to type a name in, a list to pick it from, and words about what is wrong.

    Signals:
        entered: the name as the list has it, or as typed when the list has it not; "" for any.
        validity_changed: whether what stands in the field can be used.
    """

    entered = Signal(str)
    validity_changed = Signal(bool)

    def __init__(self, kind: str, any_label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind, self._any_label = kind, any_label
        self._names: tuple[str, ...] = ()
        self._valid = True
        self.line = QLineEdit()
        self.line.setPlaceholderText(any_label)
        self.line.setClearButtonEnabled(True)
        self._model = QStringListModel(self)
        self._open = QAction(f"Show all {kind}s", self)
        self._problem = widgets.paragraph("", role="problem")
        self._near = QHBoxLayout()
        self._build()

    @property
    def valid(self) -> bool:
        """Whether what stands in the field can be used."""
        return self._valid

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.line.text()

    def set_names(self, known: tuple[str, ...]) -> None:
        """Offer these names."""
        if known != self._names:
            self._names = known
            self._model.setStringList([self._any_label, *known] if self._any_label else [*known])
            self._check()

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
        completer = QCompleter(self._model, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(VISIBLE_NAMES)
        cast(QAbstractItemView, completer.popup()).setObjectName("nameList")
        completer.activated.connect(self._pick)
        self.line.setCompleter(completer)
        self.line.addAction(self._open, QLineEdit.ActionPosition.TrailingPosition)
        self._open.triggered.connect(self._show_all)
        self.line.editingFinished.connect(self._finish)
        self.line.textEdited.connect(self._forget_problem)
        self._near.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.line)
        column.addWidget(self._problem)
        column.addLayout(self._near)
        self._problem.hide()
        self._tint()

    def _show_all(self) -> None:
        completer = self.line.completer()
        completer.setCompletionPrefix("")
        completer.complete()

    def _pick(self, name: str) -> None:
        self.line.setText("" if name == self._any_label else name)
        self._finish()

    def _finish(self) -> None:
        name = self._meant()
        self.line.setText(name)
        self.line.setModified(False)
        self._check()
        self.entered.emit(name)

    def _meant(self) -> str:
        typed = self.line.text().strip()
        if typed.casefold() in ("", "any", self._any_label.casefold()):
            return ""
        return names.same(typed, self._names) or typed

    def _check(self) -> None:
        typed = self._meant()
        known = not typed or not self._names or names.same(typed, self._names) is not None
        self._explain("" if known else typed)
        if known != self._valid:
            self._valid = known
            self.validity_changed.emit(known)

    def _explain(self, unknown: str) -> None:
        widgets.empty(self._near)
        self._problem.setVisible(bool(unknown))
        widgets.set_property(self.line, "wrong", bool(unknown))
        if not unknown:
            return
        near = names.near(unknown, self._names)
        hint = "Did you mean:" if near else "Pick one from the list."
        self._problem.setText(f"This model knows no {self._kind} “{unknown[:40]}”. {hint}")
        for name in near:
            button = widgets.link(name, f"Use {name}")
            button.clicked.connect(lambda _=False, name=name: self._pick(name))
            self._near.addWidget(button)
        self._near.addStretch(1)

    def _forget_problem(self) -> None:
        self._explain("")

    def _tint(self) -> None:
        self._open.setIcon(icons.tinted(self, "chevron-down"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._tint()
