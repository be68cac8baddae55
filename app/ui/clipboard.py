"""The system's clipboard, as far as it holds music of this program, and drags of the same.

Music crosses from one window to another as bytes. Knows nothing of what they mean.
"""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import QWidget

from app.song.clips import MIME
from app.ui import icons, widgets


class Clipboard(QObject):
    """What was copied, here or in another window.

    Signals:
        changed: something else was copied, whatever it is.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._system = QGuiApplication.clipboard()
        self._holds_music = _has_music(self._system.mimeData())
        self._system.dataChanged.connect(self._look)

    @property
    def holds_music(self) -> bool:
        """Whether there is something to paste."""
        return self._holds_music

    @property
    def music(self) -> bytes:
        """What there is to paste; empty for nothing."""
        return carried(self._system.mimeData())

    def _look(self) -> None:
        """Asked for once per change: the answer comes from another program, in its own time."""
        self._holds_music = _has_music(self._system.mimeData())
        self.changed.emit()

    def put(self, music: bytes) -> None:
        """Copy some music."""
        self._system.setMimeData(mime_data(music))


def mime_data(music: bytes) -> QMimeData:
    """Music as other windows take it."""
    data = QMimeData()
    data.setData(MIME, music)
    return data


def carried(data: QMimeData | None) -> bytes:
    """The music that is dragged or copied; empty for none."""
    return bytes(data.data(MIME).data()) if data is not None and data.hasFormat(MIME) else b""


def _has_music(data: QMimeData | None) -> bool:
    return data is not None and data.hasFormat(MIME)


def carry(music: bytes, source: QWidget) -> None:
    """Drag some music away from a widget, until the mouse lets go."""
    drag = QDrag(source)
    drag.setMimeData(mime_data(music))
    drag.setPixmap(icons.tinted(source, "drag-out").pixmap(widgets.ICON_SIZE))
    drag.exec(Qt.DropAction.CopyAction)
