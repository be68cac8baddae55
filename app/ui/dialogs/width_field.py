"""How wide stereo shall be: a slider and a number that say the same."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QSlider, QWidget

from app.language import tr
from app.ui import widgets
from app.ui.number_field import CountField


class WidthField(QWidget):
    """0 to 100 %: from the middle alone to left and right as strong as the middle."""

    def __init__(self) -> None:
        super().__init__()
        words = tr("0 % is the middle alone in both channels. Nothing cancels in mono.")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.field = CountField(0, 100, words)
        self.field.setSuffix(tr(" %"))
        self.slider.setRange(0, 100)
        self.slider.setToolTip(words)
        self.slider.setAccessibleName(tr("Width of stereo"))
        self.slider.valueChanged.connect(self.show_width)
        self.field.valueChanged.connect(self.show_width)
        row = widgets.beside(self.slider, self.field)
        row.setStretch(0, 1)
        self.setLayout(row)

    @property
    def share(self) -> float:
        """The width, 0 to 1."""
        return self.field.value() / 100

    def show_width(self, percent: int) -> None:
        """Show a width in both."""
        for part in (self.slider, self.field):
            with QSignalBlocker(part):
                part.setValue(percent)
