"""The steps that led to the song as it is, and those that were undone.

Shows what it was told last, and says where the user wants to go. Knows nothing of sessions.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app.language import mark, tr

BEGINNING = mark("Beginning")
_DONE, _PRESENT, _UNDONE = mark("{step}, done"), mark("{step}, present"), mark("{step}, undone")


class HistoryList(QListWidget):
    """One row per step, the present one chosen, undone ones dim.

    Signals:
        step_asked: the number of a step.
    """

    step_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[str, ...], int] = ((), 0)
        self.setObjectName("history")
        self.setAccessibleName(tr("History"))
        self.setUniformItemSizes(True)
        self.currentRowChanged.connect(self._ask)

    def show_history(self, labels: tuple[str, ...], place: int) -> None:
        """Show these steps, and which of them is the present one."""
        if (labels, place) == self._shown:
            return
        self._shown = labels, place
        self.blockSignals(True)
        self._fill(labels, place)
        self.setCurrentRow(place)
        self.blockSignals(False)
        self.scrollToItem(self.item(place))

    def _fill(self, labels: tuple[str, ...], place: int) -> None:
        while self.count() > len(labels):
            self.takeItem(self.count() - 1)
        while self.count() < len(labels):
            self.addItem(QListWidgetItem())
        for row, label in enumerate(labels):
            item = self.item(row)
            group = QPalette.ColorGroup.Disabled if row > place else QPalette.ColorGroup.Normal
            item.setText(tr(label or BEGINNING))
            item.setForeground(self.palette().brush(group, QPalette.ColorRole.Text))
            state = _UNDONE if row > place else _PRESENT if row == place else _DONE
            item.setData(Qt.ItemDataRole.AccessibleTextRole, tr(state, step=item.text()))

    def _ask(self, row: int) -> None:
        if row >= 0 and row != self._shown[1]:
            self.step_asked.emit(row)
