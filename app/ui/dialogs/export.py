"""Asks where and how a sound file shall be written. Remembers the folder and the format.

Knows the formats by name. Knows nothing of how they are written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.song.export import ExportFormat, ExportOptions
from app.ui import clock, widgets
from engine.types import Span

FORMATS = tuple(ExportFormat)

_FOLDER, _FORMAT, _QUALITY = "export/folder", "export/format", "export/quality"

QUALITIES = (("Small file", 0.3), ("Good", 0.7), ("Best", 1.0))
"""Of lossy formats, as `ExportOptions` has it."""


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to export.

    Attributes:
        title: of the song.
        length: samples of the take.
        selection: what is selected.
        rate: samples per second.
    """

    title: str
    length: int
    selection: Span | None
    rate: int


class ExportDialog(QDialog):
    """One page: file, format, range."""

    def __init__(self, material: Material, settings: QSettings, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._material, self._settings = material, settings
        self.file = QLineEdit()
        self.format = QComboBox()
        self.quality = QComboBox()
        self._quality_name = widgets.field_name("&Quality", self.quality)
        self.whole = QRadioButton(f"The &whole take ({self._length(material.length)})")
        self.selected = QRadioButton("The &selection")
        self.export = QPushButton("Export")
        self._warning = widgets.paragraph("", role="warning")
        self._build()
        self._restore()
        self._change_format()

    @property
    def path(self) -> Path:
        """Where to write."""
        return Path(self.file.text().strip()).expanduser()

    @property
    def options(self) -> ExportOptions:
        """How to write."""
        span = self._material.selection if self.selected.isChecked() else None
        return ExportOptions(self._chosen, QUALITIES[self.quality.currentIndex()][1], span)

    def accept(self) -> None:
        """Remember the folder and the format, and close."""
        self._settings.setValue(_FOLDER, str(self.path.parent))
        self._settings.setValue(_FORMAT, self._chosen.title)
        self._settings.setValue(_QUALITY, self.quality.currentText())
        super().accept()

    @property
    def _chosen(self) -> ExportFormat:
        return FORMATS[max(0, self.format.currentIndex())]

    def _length(self, samples: int) -> str:
        return clock.duration(samples / self._material.rate)

    def _restore(self) -> None:
        folder = self._folder()
        titles = [each.title for each in FORMATS]
        last = str(self._settings.value(_FORMAT, titles[0]))
        self.format.setCurrentIndex(titles.index(last) if last in titles else 0)
        self.quality.setCurrentText(str(self._settings.value(_QUALITY, "Good")))
        name = file_name(self._material.title)
        self.file.setText(str(folder / f"{name}{self._chosen.suffix}"))
        self.file.setSelection(len(str(folder)) + 1, len(name))

    def _folder(self) -> Path:
        """Where the last file went, or else where music belongs."""
        music = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MusicLocation)
        folders = (Path(str(self._settings.value(_FOLDER, music))), Path(music), Path.home())
        return next((folder for folder in folders if folder.is_dir()), Path.cwd())

    def _change_format(self) -> None:
        for part in (self.quality, self._quality_name):
            part.setVisible(self._chosen.lossy)
        suffixes = {each.suffix for each in FORMATS}
        if self.file.text().strip() and self.path.suffix.lower() in suffixes:
            self.file.setText(str(self.path.with_suffix(self._chosen.suffix)))
        self._check()

    def _follow_suffix(self) -> None:
        """Choose the format that a typed name asks for."""
        suffixes = [each.suffix for each in FORMATS]
        asked = self.path.suffix.lower()
        if asked in suffixes and asked != self._chosen.suffix:
            self.format.setCurrentIndex(suffixes.index(asked))

    def _check(self) -> None:
        """Say what stands in the way of writing there."""
        problem, words = "", ""
        if not self.file.text().strip() or self.path.is_dir():
            problem = "Give the file a name."
        elif not self.path.is_absolute():
            problem = "Give the whole path of the file, beginning with its folder."
        elif not self.path.parent.is_dir():
            problem = f"There is no folder “{self.path.parent}”."
        elif self.path.exists():
            words = f"“{self.path.name}” exists already and will be replaced."
        self._warning.setText(problem or words)
        self.export.setText("Replace" if words else "Export")
        self.export.setEnabled(not problem)

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self,
            "Export to",
            self.file.text(),
            f"{self._chosen.title} (*{self._chosen.suffix})",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if name:
            path = Path(name)
            self.file.setText(str(path if path.suffix else path.with_suffix(self._chosen.suffix)))

    def _build(self) -> None:
        self.setWindowTitle("Export")
        self.setObjectName("exportDialog")
        self.setMinimumWidth(520)
        self.format.addItems([each.title for each in FORMATS])
        self.quality.addItems([words for words, _ in QUALITIES])
        self.format.currentIndexChanged.connect(self._change_format)
        self.file.textChanged.connect(self._check)
        self.file.textEdited.connect(self._follow_suffix)
        self._choose_range()
        browse = QPushButton("&Browse…")
        browse.clicked.connect(self._browse)
        self._name_fields()
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(10)
        grid.addWidget(widgets.field_name("&File", self.file), 0, 0)
        grid.addWidget(self.file, 0, 1)
        grid.addWidget(browse, 0, 2)
        grid.addWidget(widgets.field_name("F&ormat", self.format), 1, 0)
        grid.addWidget(self.format, 1, 1, 1, 2)
        grid.addWidget(self._quality_name, 2, 0)
        grid.addWidget(self.quality, 2, 1, 1, 2)
        grid.addLayout(widgets.stacked(self.whole, self.selected), 3, 1, 1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(12)
        column.addLayout(grid)
        column.addWidget(self._warning)
        column.addStretch(1)
        column.addWidget(self._buttons())

    def _name_fields(self) -> None:
        fields = {
            "exportFile": self.file,
            "exportFormat": self.format,
            "exportQuality": self.quality,
            "exportNow": self.export,
        }
        for name, field in fields.items():
            field.setObjectName(name)

    def _choose_range(self) -> None:
        group = QButtonGroup(self)
        for button in (self.whole, self.selected):
            group.addButton(button)
        selection = self._material.selection
        self.whole.setChecked(True)
        self.whole.setObjectName("exportWhole")
        self.selected.setObjectName("exportSelection")
        self.selected.setEnabled(selection is not None)
        if selection is not None:
            self.selected.setText(f"The &selection ({self._length(selection.length)})")

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        box.addButton(self.export, QDialogButtonBox.ButtonRole.AcceptRole)
        self.export.setProperty("role", "primary")
        self.export.setDefault(True)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box


def file_name(title: str) -> str:
    """A title as a file name that every system takes."""
    words = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", title).split()
    return " ".join(words).strip(" .")[:100] or "Song"
