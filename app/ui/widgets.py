"""Small building blocks that all panels share: labels, buttons, layouts.

Knows the roles of the style sheet. Knows nothing of songs.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui import icons

ICON_PX = 20
ICON_SIZE = QSize(ICON_PX, ICON_PX)
STRONG_FOCUS = Qt.FocusPolicy.StrongFocus
SMALL_ICON = QSize(12, 12)
FRAME = (0, 40)
"""What the desktop may put around a window, which `resize` does not count."""


def label(text: str, role: str = "") -> QLabel:
    """One line of words in one of the style sheet's roles."""
    result = QLabel(text)
    result.setProperty("role", role)
    result.setTextFormat(Qt.TextFormat.PlainText)
    return result


def paragraph(text: str, role: str = "") -> QLabel:
    """Words that may take several lines."""
    result = label(text, role)
    result.setWordWrap(True)
    return result


def field_name(text: str, field: QWidget) -> QLabel:
    """The name of a field, for eyes and ears; its shortcut leads to the field."""
    field.setAccessibleName(text.replace("&", ""))
    result = QLabel(text)
    result.setProperty("role", "field")
    result.setBuddy(field)
    return result


def link(text: str, tip: str) -> QPushButton:
    """A button that looks like words."""
    button = QPushButton(text)
    button.setProperty("role", "link")
    button.setToolTip(tip)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button


def action_button(action: QAction, parent: QWidget | None = None) -> QToolButton:
    """A button with a command's icon and words."""
    button = QToolButton(parent)
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setIconSize(ICON_SIZE)
    button.setFocusPolicy(STRONG_FOCUS)
    return button


def icon_button(action: QAction, parent: QWidget | None = None) -> QToolButton:
    """A button with a command's icon alone; its words are for the tooltip and for ears."""
    button = action_button(action, parent)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setProperty("flat", "true")
    button.setAccessibleName(action.text().replace("&", ""))
    return button


def rule() -> QFrame:
    """A thin line that parts groups of a vertical layout."""
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFixedHeight(1)
    return line


def beside(*parts: QWidget | int, spacing: int = 8) -> QHBoxLayout:
    """Widgets from left to right; a number is a stretch."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    _fill(row, parts)
    return row


def stacked(*parts: QWidget | int, spacing: int = 4) -> QVBoxLayout:
    """Widgets from top to bottom; a number is a stretch."""
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    _fill(column, parts)
    return column


def _fill(layout: QHBoxLayout | QVBoxLayout, parts: tuple[QWidget | int, ...]) -> None:
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        else:
            layout.addWidget(part)


def scrolling(content: QWidget, name: str) -> QScrollArea:
    """What scrolls where room is short, by keys too; `name` is for ears."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setProperty("role", "scroll")
    area.setAccessibleName(name)
    area.setWidget(content)
    return area


def close_box(dialog: QDialog) -> QDialogButtonBox:
    """The row below a dialog that only shows something."""
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    box.rejected.connect(dialog.reject)
    return box


def fit(window: QWidget, size: tuple[int, int]) -> None:
    """Make a window that large, or as large as the screen allows."""
    room = window.screen().availableSize() - QSize(*FRAME)
    window.resize(QSize(*size).boundedTo(room))


def empty(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and apply the sheet anew."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Elided(QLabel):
    """One line of words that ends in … where room is short, and tells all as a tooltip."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__()
        self._whole = ""
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_words(text)

    def set_words(self, text: str) -> None:
        """Show other words."""
        if text != self._whole:
            self._whole = text
            self.setToolTip(text)
            self.setAccessibleName(text)
            self._fit()

    @property
    def words(self) -> str:
        """All of the words."""
        return self._whole

    def resizeEvent(self, event: QEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)  # pyright: ignore[reportArgumentType]
        self._fit()

    def _fit(self) -> None:
        mode = Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self._whole, mode, self.width()))


class IconButton(QToolButton):
    """A flat button with an icon that follows the theme."""

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setProperty("flat", "true")
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.setIconSize(QSize(16, 16))
        self.setIcon(icons.tinted(self, name))

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.setIcon(icons.tinted(self, self._name))


class WhereRoom(QWidget):
    """Shows something at its trailing end where there is room for all of it, and else nothing."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        row = beside(1, content)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """It can do without any."""
        return QSize(0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look whether there is room."""
        super().resizeEvent(event)
        self._content.setVisible(self.width() >= self._content.sizeHint().width())
