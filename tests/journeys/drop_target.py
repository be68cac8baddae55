"""Another program's window: writes down the path of a file that is dropped on it, once it is read.

It is a program of its own, so that a drop crosses from one process to another as it does in life.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel

TITLE = "Drop target"


class DropTarget(QLabel):
    """Takes one file and copies it, as an editor would that reads it."""

    def __init__(self, copy: Path) -> None:
        super().__init__("Drop here")
        self._copy = copy
        self.setWindowTitle(TITLE)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setGeometry(1020, 300, 220, 80)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        (url,) = event.mimeData().urls()
        draft = self._copy.with_suffix(".part")
        draft.write_bytes(Path(url.toLocalFile()).read_bytes())
        draft.rename(self._copy)


if __name__ == "__main__":
    app = QApplication(sys.argv)
    target = DropTarget(Path(sys.argv[1]))
    target.show()
    sys.exit(app.exec())
