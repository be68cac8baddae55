"""What covers the window while a file is dragged over it: it says what a drop will do."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.language import tr
from app.ui import theme

SONG_SUFFIX = ".jukebox"


def dropped_file(data: QMimeData) -> Path | None:
    """The one local file that is being dragged, or None for anything else."""
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    return Path(urls[0].toLocalFile())


def refusal(data: QMimeData) -> str:
    """Why a drop would do nothing; "" when it would do something."""
    if len(data.urls()) > 1:
        return tr("One file at a time, please.")
    return "" if dropped_file(data) else tr("Only a file from this computer can be dropped here.")


class DropOverlay(QWidget):
    """A veil over the whole window, with one sentence. Owned by the window it covers."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._covered = parent
        self._words, self._more = "", ""
        self.setObjectName("dropOverlay")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        parent.installEventFilter(self)
        self.hide()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words

    def announce(self, data: QMimeData) -> None:
        """Say what dropping this will do."""
        path = dropped_file(data)
        if path is None:
            self.cover(refusal(data), "")
        elif path.suffix.lower() == SONG_SUFFIX:
            self.cover(tr("Open the song “{stem}”", stem=path.stem), path.name)
        else:
            self.cover(tr("Bring this recording in and compose on from it"), path.name)

    def cover(self, words: str, more: str) -> None:
        """Say what a drop will do, and with what."""
        self._words, self._more = words, more
        self.setGeometry(self._covered.rect())
        self.raise_()
        self.show()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the window."""
        if event.type() is QEvent.Type.Resize:
            self.setGeometry(self._covered.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil, a dashed frame and two lines of words."""
        colours = theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.translucent(colours.window, 0.88))
        painter.setPen(QPen(QColor(colours.accent), 2, Qt.PenStyle.DashLine))
        frame = QRectF(self.rect()).adjusted(24, 24, -24, -24)
        painter.drawRoundedRect(frame, 14, 14)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        middle = frame.center().y()
        flags = Qt.AlignmentFlag.AlignHCenter
        painter.drawText(frame.adjusted(0, middle - 60, 0, 0), flags, self._words)
        painter.setFont(self.font())
        painter.setPen(QColor(colours.dim))
        painter.drawText(frame.adjusted(0, middle - 18, 0, 0), flags, self._more)
