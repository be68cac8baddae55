"""Asks where and how a sound file shall be written. Remembers the folder and all but the range.

Knows the formats by name. Knows nothing of how they are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths, QTimer
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

from app.language import mark, tr, trn
from app.song.export import ExportFormat, ExportOptions, file_name
from app.ui import clock, widgets
from app.ui.dialogs.width_field import WidthField
from engine.types import Span

FORMATS = tuple(ExportFormat)

_FOLDER, _FORMAT, _QUALITY = "export/folder", "export/format", "export/quality"
_LOUDNESS, _RATE = "export/loudness", "export/rate"
_CHANNELS = "export/channels"

QUALITIES = ((mark("Small file"), 0.3), (mark("Good"), 0.7), (mark("Best"), 1.0))
"""Of lossy formats, as `ExportOptions` has it."""

LOUDNESSES = (
    (mark("As it is"), None),
    (mark("−14 LUFS: streaming"), -14.0),
    (mark("−16 LUFS: podcasts"), -16.0),
    (mark("−23 LUFS: broadcast"), -23.0),
)
"""What is asked for most, in the words of those who ask for it."""

RATES = (
    (mark("The model’s"), None),
    ("44.1 kHz", 44_100),
    ("48 kHz", 48_000),
    ("96 kHz", 96_000),
)
"""Samples per second of the file."""


CHANNELS = (mark("Mono"), mark("Stereo: left, middle and right"))
_NARROW = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
_SIZE = (560, 460)


class Extent(Enum):
    """How much is exported."""

    WHOLE = "whole"
    SELECTION = "selection"
    TAKES = "takes"


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to export.

    Attributes:
        title: of the song.
        length: samples of the take.
        selection: what is selected.
        rate: samples per second.
        takes: how many there are in the song.
        stereo: whether the take was rendered in stereo.
        width: how wide it is heard, 0 to 100.
    """

    title: str
    length: int
    selection: Span | None
    rate: int
    takes: int = 1
    stereo: bool = False
    width: int = 60


class ExportDialog(QDialog):
    """One page: file, format, loudness, range."""

    def __init__(self, material: Material, settings: QSettings, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._material, self._settings = material, settings
        self.file = QLineEdit()
        self.format = QComboBox()
        self.quality = QComboBox()
        self._quality_name = widgets.field_name(tr("&Quality"), self.quality)
        self.loudness = QComboBox()
        self.rate = QComboBox()
        self.channels = QComboBox()
        self.width_slider = WidthField()
        self._width_name = widgets.field_name(tr("&Width"), self.width_slider.field)
        self.whole = QRadioButton(
            tr("The &whole take ({length})", length=self._length(material.length))
        )
        self.selected = QRadioButton(tr("The &selection"))
        self.takes = QRadioButton(
            trn(
                "The &take, to a file of its own",
                "All {count} &takes, each to a file of its own",
                material.takes,
            )
        )
        self.export = QPushButton(tr("Export"))
        self._warning = widgets.paragraph("", role="warning")
        self._build()
        self._restore()
        self._change_format()
        self.file.setFocus()
        QTimer.singleShot(0, self, self._select_name)  # Else showing the dialog selects the path.

    @property
    def path(self) -> Path:
        """Where to write."""
        return Path(self.file.text().strip()).expanduser()

    @property
    def extent(self) -> Extent:
        """How much to write."""
        if self.takes.isChecked():
            return Extent.TAKES
        return Extent.SELECTION if self.selected.isChecked() else Extent.WHOLE

    @property
    def options(self) -> ExportOptions:
        """How to write."""
        return ExportOptions(
            format=self._chosen,
            quality=QUALITIES[self.quality.currentIndex()][1],
            span=self._material.selection if self.extent is Extent.SELECTION else None,
            loudness=LOUDNESSES[self.loudness.currentIndex()][1],
            rate=RATES[self.rate.currentIndex()][1],
            width=self.width_slider.share if self._in_stereo else None,
        )

    @property
    def _in_stereo(self) -> bool:
        return self.channels.currentIndex() == 1 and self.extent is not Extent.TAKES

    def accept(self) -> None:
        """Remember the folder and the format, and close."""
        self._settings.setValue(_FOLDER, str(self.path.parent))
        self._settings.setValue(_FORMAT, self._chosen.title)
        self._settings.setValue(_QUALITY, QUALITIES[self.quality.currentIndex()][0])
        self._settings.setValue(_LOUDNESS, LOUDNESSES[self.loudness.currentIndex()][0])
        self._settings.setValue(_RATE, RATES[self.rate.currentIndex()][0])
        if self._material.stereo:
            self._settings.setValue(_CHANNELS, CHANNELS[self.channels.currentIndex()])
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
        self.quality.setCurrentText(tr(str(self._settings.value(_QUALITY, QUALITIES[1][0]))))
        self.loudness.setCurrentText(tr(str(self._settings.value(_LOUDNESS, LOUDNESSES[0][0]))))
        self.rate.setCurrentText(tr(str(self._settings.value(_RATE, RATES[0][0]))))
        self._restore_stereo()
        name = file_name(self._material.title)
        self.file.setText(str(folder / f"{name}{self._chosen.suffix}"))

    def _select_name(self) -> None:
        """What is typed at once is another name in the same folder."""
        self.file.setSelection(len(self.file.text()) - len(self.path.name), len(self.path.stem))

    def _restore_stereo(self) -> None:
        """A take that was rendered in stereo was meant to be heard so."""
        if self._material.stereo:
            last = str(self._settings.value(_CHANNELS, CHANNELS[1]))
            self.channels.setCurrentText(tr(last))
            self.width_slider.show_width(self._material.width)

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
        for part in (self.width_slider, self._width_name):
            part.setVisible(self._in_stereo)
        self.channels.setEnabled(self._material.stereo and self.extent is not Extent.TAKES)
        problem, words = "", ""
        if not self.file.text().strip() or self.path.is_dir():
            problem = tr("Give the file a name.")
        elif not self.path.is_absolute():
            problem = tr("Give the whole path of the file, beginning with its folder.")
        elif not self.path.parent.is_dir():
            problem = tr("There is no folder “{folder}”.", folder=self.path.parent)
        elif self.extent is not Extent.TAKES and self.path.exists():
            words = tr("“{name}” exists already and will be replaced.", name=self.path.name)
        self._warning.setText(problem or words)
        self.export.setText(tr("Replace") if words else tr("Export"))
        self.export.setEnabled(not problem)

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self,
            tr("Export to"),
            self.file.text(),
            f"{tr(self._chosen.title)} (*{self._chosen.suffix})",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if name:
            path = Path(name)
            self.file.setText(str(path if path.suffix else path.with_suffix(self._chosen.suffix)))

    def _build(self) -> None:
        self.setWindowTitle(tr("Export"))
        self.setObjectName("exportDialog")
        self.format.addItems([tr(each.title) for each in FORMATS])
        self.quality.addItems([tr(words) for words, _ in QUALITIES])
        self.loudness.addItems([tr(words) for words, _ in LOUDNESSES])
        self.rate.addItems([tr(words) for words, _ in RATES])
        self.channels.addItems([tr(words) for words in CHANNELS])
        if not self._material.stereo:
            self.channels.setToolTip(tr("Render the take in stereo first, in the menu Compose"))
        self.channels.currentIndexChanged.connect(self._check)
        self.format.currentIndexChanged.connect(self._change_format)
        self.file.textChanged.connect(self._check)
        self.file.textEdited.connect(self._follow_suffix)
        self._choose_range()
        self._name_fields()
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(12)
        page = QWidget()
        page.setObjectName("exportPage")
        inner = widgets.stacked(spacing=12)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.addLayout(self._grid())
        inner.addWidget(self._warning)
        inner.addStretch(1)
        page.setLayout(inner)
        column.addWidget(widgets.scrolling(page, tr("Export")))
        column.addWidget(self._buttons())
        self.export.setDefault(True)
        widgets.fit(self, _SIZE)

    def _grid(self) -> QGridLayout:
        browse = QPushButton(tr("&Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(10)
        grid.addWidget(widgets.field_name(tr("&File"), self.file), 0, 0)
        grid.addWidget(self.file, 0, 1)
        grid.addWidget(browse, 0, 2)
        rows = (
            (widgets.field_name(tr("F&ormat"), self.format), self.format),
            (self._quality_name, self.quality),
            (widgets.field_name(tr("Sample &rate"), self.rate), self.rate),
            (widgets.field_name(tr("&Loudness"), self.loudness), self.loudness),
            (widgets.field_name(tr("&Channels"), self.channels), self.channels),
            (self._width_name, self.width_slider),
        )
        for row, (name, field) in enumerate(rows, start=1):
            grid.addWidget(name, row, 0)
            grid.addWidget(field, row, 1, 1, 2)
        ranges = widgets.stacked(self.whole, self.selected, self.takes)
        grid.addLayout(ranges, len(rows) + 1, 1, 1, 2)
        return grid

    def _name_fields(self) -> None:
        fields = {
            "exportFile": self.file,
            "exportFormat": self.format,
            "exportQuality": self.quality,
            "exportLoudness": self.loudness,
            "exportRate": self.rate,
            "exportChannels": self.channels,
            "exportWidth": self.width_slider.field,
            "exportTakes": self.takes,
            "exportNow": self.export,
        }
        for name, field in fields.items():
            field.setObjectName(name)
        for box in (self.format, self.quality, self.rate, self.loudness, self.channels):
            # Large letters must not make the dialog wider than the screen.
            box.setSizeAdjustPolicy(_NARROW)
            box.setMinimumContentsLength(12)

    def _choose_range(self) -> None:
        group = QButtonGroup(self)
        for button in (self.whole, self.selected, self.takes):
            group.addButton(button)
            button.toggled.connect(self._check)
        self.takes.setEnabled(self._material.takes > 1)
        selection = self._material.selection
        self.whole.setChecked(True)
        self.whole.setObjectName("exportWhole")
        self.selected.setObjectName("exportSelection")
        self.selected.setEnabled(selection is not None)
        if selection is not None:
            self.selected.setText(
                tr("The &selection ({length})", length=self._length(selection.length))
            )

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        box.addButton(self.export, QDialogButtonBox.ButtonRole.AcceptRole)
        self.export.setProperty("role", "primary")
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box
