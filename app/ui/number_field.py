"""Fields for numbers: seconds, counts, temperature, seed."""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from app.language import tr

TEXT_MARGIN_PX = 6


class DecimalField(QDoubleSpinBox):
    """A number with a point. Tells a change once it is typed, not at each key."""

    def __init__(self, suffix: str, step: float, tip: str) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSuffix(suffix)
        self.setSingleStep(step)
        self.setDecimals(1 if step >= 0.1 else 2)
        self.setKeyboardTracking(False)
        self.setToolTip(tip)
        self.lineEdit().setTextMargins(TEXT_MARGIN_PX, 0, 0, 0)

    def show_range(self, least: float, most: float) -> None:
        """Allow other numbers, without telling what that changes."""
        with QSignalBlocker(self):
            self.setRange(least, most)

    def show_number(self, value: float) -> None:
        """Show a value without telling it; what is being typed stays unless the value changes."""
        if value != self.value():
            with QSignalBlocker(self):
                self.setValue(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel, unless the field is being worked on."""
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


class CountField(QSpinBox):
    """A whole number."""

    def __init__(self, least: int, most: int, tip: str) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setRange(least, most)
        self.setKeyboardTracking(False)
        self.setToolTip(tip)
        self.lineEdit().setTextMargins(TEXT_MARGIN_PX, 0, 0, 0)

    def show_number(self, value: int) -> None:
        """Show a value without telling it; what is being typed stays unless the value changes."""
        if value != self.value():
            with QSignalBlocker(self):
                self.setValue(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel, unless the field is being worked on."""
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


class SeedField(QLineEdit):
    """A seed, or nothing for a new one each time.

    Signals:
        seed_changed: a whole number, or None.
    """

    seed_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(tr("New each time"))
        self.setClearButtonEnabled(True)
        self.setToolTip(
            tr(
                "The same seed and the same prompt make the same music. Leave empty for new music "
                "each time."
            )
        )
        digits = QRegularExpression("[0-9]{0,18}")
        self.setValidator(QRegularExpressionValidator(digits, self))
        self.editingFinished.connect(self._tell)
        self.textChanged.connect(self._tell_cleared)

    def show_seed(self, seed: int | None) -> None:
        """Show a seed without telling it."""
        text = "" if seed is None else str(seed)
        if text != self.text() and not self.hasFocus():
            self.setText(text)

    def _tell(self) -> None:
        self.seed_changed.emit(int(self.text()) if self.text() else None)

    def _tell_cleared(self, text: str) -> None:
        if not text:
            self.seed_changed.emit(None)
