"""Explains the keys, and says what the program is."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from app.ui import icons, widgets
from app.ui.actions import Actions

TIMELINE_KEYS = (
    ("← →", "Move the playhead"),
    ("Home, End", "To the start, to the end"),
    ("Shift + ← →", "Select, or make the selection larger"),
    ("Ctrl + Shift + ← →", "Make the selection smaller"),
    ("Shift + Home, End", "Select from the playhead to the start, to the end"),
    ("[  ]", "Put an edge of the selection at the playhead"),
    ("Esc", "Select nothing"),
    ("Page Up, Page Down", "Scroll by a screen"),
    ("Wheel", "Zoom at the pointer; with Shift, scroll"),
)
_ROWS_PER_COLUMN = 19
ABOUT_PX = 400

ABOUT = """Composes music with Jukebox, OpenAI's 2020 model family, on this computer.

The program is free software under the GNU General Public License, version 3 or later. Models have \
licences of their own; OpenAI's Jukebox weights and what is made with them are for \
non-commercial use."""


class ShortcutsDialog(QDialog):
    """Every key on one page."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard Shortcuts")
        self.setObjectName("shortcutsDialog")
        rows = [
            (action.shortcut().toString(), action.text().replace("&", ""))
            for command, action in actions.all
            if command.keys
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(5)
        for number, (keys, words) in enumerate([*rows, *TIMELINE_KEYS]):
            column, row = divmod(number, _ROWS_PER_COLUMN)
            grid.addWidget(widgets.label(keys, role="heading"), row, 2 * column)
            grid.addWidget(widgets.label(words), row, 2 * column + 1)
        _finish(self, grid)


class AboutDialog(QDialog):
    """Name, version, licences."""

    def __init__(self, version: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Jukebox Studio")
        self.setObjectName("aboutDialog")
        picture = widgets.label("")
        picture.setPixmap(icons.program_icon().pixmap(72))
        title = widgets.label(f"Jukebox Studio {version}", role="title")
        words = widgets.paragraph(ABOUT)
        words.setFixedWidth(ABOUT_PX)
        _finish(self, widgets.stacked(picture, title, words, spacing=10))


def _finish(dialog: QDialog, content: QGridLayout | QVBoxLayout) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    box.rejected.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(18, 16, 18, 16)
    column.setSpacing(14)
    column.addLayout(content)
    column.addWidget(box)
