"""A place to take hold of the sound that is shown, and drag it into another program.

Asks for a file when it is pressed, and lets it go where the mouse does. Knows nothing of sessions.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from app.language import tr
from app.ui import icons, widgets


class DragHandle(QToolButton):
    """Drags a sound file out of the window.

    The file is written while the mouse begins to move; a drag that comes too soon waits for it.

    Signals:
        wanted: a file of what is shown is needed now.
    """

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._from: QPoint | None = None
        self._moved = False
        self._file: Path | None = None
        self.setObjectName("dragOut")
        self.setProperty("flat", "true")
        self.setAccessibleName(tr("Drag this sound into another program"))
        self.setToolTip(tr("Drag the selection, or the whole take, into another program"))
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setIconSize(widgets.ICON_SIZE)
        self.tint()

    def tint(self) -> None:
        """Draw the icon in the colours of the theme."""
        self.setIcon(icons.tinted(self, "drag-out"))

    def take_file(self, path: Path) -> None:
        """Here is the file that was wanted."""
        self._file = path
        self._go()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for the file at once."""
        if event.button() is Qt.MouseButton.LeftButton and self.isEnabled():
            self._from, self._moved, self._file = event.position().toPoint(), False, None
            self.wanted.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin to drag once the mouse has left its place."""
        if self._from is not None:
            way = event.position().toPoint() - self._from
            self._moved = self._moved or way.manhattanLength() >= QApplication.startDragDistance()
            self._go()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go without having dragged."""
        self._from = None

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.tint()

    def _go(self) -> None:
        if self._from is None or not self._moved or self._file is None:
            return
        self._from = None
        drag = QDrag(self)
        drag.setMimeData(file_data(self._file))
        drag.setPixmap(self.icon().pixmap(widgets.ICON_SIZE))
        drag.exec(Qt.DropAction.CopyAction)


def file_data(path: Path) -> QMimeData:
    """What a file manager would hand over for a file."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data
