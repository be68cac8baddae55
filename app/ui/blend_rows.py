"""Names that are blended, each with the part of the whole that it makes, to be moved by hand.

Shows shares and says what the user makes of them. Knows nothing of artists, genres and sessions.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSlider, QWidget

from app.language import tr
from app.ui import widgets
from app.ui.number_field import CountField
from engine.text.blends import with_part
from engine.types import Share

_LEAST_PART = 0.005
"""What 0 % in a field stands for, and what 100 % leaves to the others: each has some part."""


class BlendRows(QWidget):
    """A row for each name: a slider and a number in per cent, and a button that takes it out.

    Signals:
        changed: the shares as the user has made them, together 1.
    """

    changed = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: tuple[Share, ...] = ()
        self._rows: list[_Row] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 4)
        self._grid.setColumnStretch(1, 3)
        self.hide()

    @property
    def shares(self) -> tuple[Share, ...]:
        """What is on show."""
        return self._shares

    def show_shares(self, shares: tuple[Share, ...]) -> None:
        """Show these; nothing at all for none."""
        names = [share.name for share in shares]
        if names != [share.name for share in self._shares]:
            self._rebuild(names)
        self._shares = shares
        for row, share in zip(self._rows, shares, strict=True):
            row.show_part(share.weight)
        self.setVisible(bool(shares))

    def _rebuild(self, names: list[str]) -> None:
        widgets.empty(self._grid)
        self._rows = [_Row(name) for name in names]
        for number, row in enumerate(self._rows):
            for column, part in enumerate((row.name, row.slider, row.field, row.remove)):
                self._grid.addWidget(part, number, column)
            for source in (row.slider, row.field):
                source.valueChanged.connect(partial(self._weigh, number))
            row.remove.clicked.connect(lambda _=False, at=number: self._remove(at))

    def _weigh(self, place: int, percent: int) -> None:
        if len(self._shares) > 1:
            part = min(max(percent / 100, _LEAST_PART), 1 - _LEAST_PART)
            self.changed.emit(with_part(self._shares, place, part))

    def _remove(self, place: int) -> None:
        rest = self._shares[:place] + self._shares[place + 1 :]
        self.changed.emit(rest)


class _Row:
    """The widgets of a name; their owner is the grid that they are put into."""

    def __init__(self, name: str) -> None:
        words = tr("How much of the whole “{name}” makes", name=name or tr("any"))
        self.name = widgets.Elided(name or tr("any"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.field = CountField(0, 100, words)
        self.remove = widgets.IconButton("close", tr("Take {name} out", name=name or tr("any")))
        self.remove.setFocusPolicy(widgets.STRONG_FOCUS)
        self.slider.setRange(0, 100)
        self.slider.setMinimumWidth(48)
        self.slider.setToolTip(words)
        self.field.setSuffix(tr(" %"))
        for part in (self.slider, self.field):
            part.setAccessibleName(words)

    def show_part(self, part: float) -> None:
        """Show a part of the whole, without telling it."""
        percent = round(100 * part)
        self.field.show_number(percent)
        with QSignalBlocker(self.slider):
            self.slider.setValue(percent)
