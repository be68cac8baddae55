from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app import language
from app.song.export import ExportFormat, ExportOptions
from app.ui.dialogs.export import ExportDialog, Extent, Material
from engine.types import Span

SELECTION = Span(1000, 3000)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def dialog(qtbot: QtBot, settings: QSettings, selection: Span | None = None) -> ExportDialog:
    result = ExportDialog(Material("Silver / hill", 24_000, selection, 1000), settings, None)
    qtbot.addWidget(result)
    result.show()
    return result


def test_it_proposes_the_songs_title_as_a_name_that_any_system_takes(
    qtbot: QtBot, settings: QSettings
) -> None:
    assert dialog(qtbot, settings).path.name == "Silver hill.wav"


def test_a_name_can_be_typed_at_once(qtbot: QtBot, settings: QSettings) -> None:
    page = dialog(qtbot, settings)
    qtbot.waitUntil(lambda: page.file.selectedText() == "Silver hill")

    assert page.focusWidget() is page.file
    QTest.keyClicks(page.file, "night")
    assert page.path.name == "night.wav"
    with qtbot.waitSignal(page.accepted):
        QTest.keyClick(page.file, Qt.Key.Key_Return)


def test_loudness_and_rate_are_asked_for_and_remembered(qtbot: QtBot, settings: QSettings) -> None:
    page = dialog(qtbot, settings)
    assert (page.options.loudness, page.options.rate) == (None, None)

    page.loudness.setCurrentIndex(1)
    page.rate.setCurrentText("48 kHz")
    page.accept()

    again = dialog(qtbot, settings).options
    assert (again.loudness, again.rate) == (-14.0, 48_000)


def test_all_takes_can_be_exported_where_there_are_several(
    qtbot: QtBot, settings: QSettings
) -> None:
    assert not dialog(qtbot, settings).takes.isEnabled()
    page = ExportDialog(Material("Tune", 24_000, SELECTION, 1000, takes=3), settings, None)
    qtbot.addWidget(page)
    page.show()

    QTest.mouseClick(page.takes, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))

    assert page.extent is Extent.TAKES
    assert page.options.span is None


def test_the_format_decides_the_suffix(qtbot: QtBot, settings: QSettings, tmp_path: Path) -> None:
    page = dialog(qtbot, settings)
    page.file.setText(str(tmp_path / "night.wav"))

    page.format.setCurrentText(ExportFormat.OPUS.title)

    assert page.path == tmp_path / "night.opus"
    assert page.options.format is ExportFormat.OPUS
    assert page.quality.isVisible()


def test_a_typed_suffix_decides_the_format(qtbot: QtBot, settings: QSettings) -> None:
    page = dialog(qtbot, settings)

    page.file.selectAll()
    QTest.keyClicks(page.file, "/night.flac")

    assert page.options.format is ExportFormat.FLAC_16
    assert page.path == Path("/night.flac")


def test_the_selection_can_be_exported_alone(qtbot: QtBot, settings: QSettings) -> None:
    page = dialog(qtbot, settings, SELECTION)
    assert page.options.span is None

    QTest.mouseClick(page.selected, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))

    assert page.options == ExportOptions(page.options.format, page.options.quality, SELECTION)


def test_without_a_selection_there_is_nothing_to_choose(qtbot: QtBot, settings: QSettings) -> None:
    assert not dialog(qtbot, settings).selected.isEnabled()


def test_a_file_that_exists_is_replaced_only_after_a_word(
    qtbot: QtBot, settings: QSettings, tmp_path: Path
) -> None:
    (tmp_path / "night.wav").touch()
    page = dialog(qtbot, settings)

    page.file.setText(str(tmp_path / "night.wav"))
    assert page.export.text() == "Replace"

    page.file.setText(str(tmp_path / "day.wav"))
    assert page.export.text() == "Export"


@pytest.mark.parametrize("name", ["", "night.wav", "/no/such/folder/night.wav", "/"])
def test_what_cannot_be_written_cannot_be_asked_for(
    qtbot: QtBot, settings: QSettings, name: str
) -> None:
    page = dialog(qtbot, settings)

    page.file.setText(name)

    assert not page.export.isEnabled()


def test_folder_and_format_are_remembered(
    qtbot: QtBot, settings: QSettings, tmp_path: Path
) -> None:
    page = dialog(qtbot, settings)
    page.format.setCurrentText(ExportFormat.FLAC_24.title)
    page.file.setText(str(tmp_path / "night.flac"))

    QTest.mouseClick(page.export, Qt.MouseButton.LeftButton)

    again = dialog(qtbot, settings)
    assert again.path == tmp_path / "Silver hill.flac"
    assert again.options.format is ExportFormat.FLAC_24


def in_stereo(qtbot: QtBot, settings: QSettings) -> ExportDialog:
    material = Material("Tune", 24_000, None, 1000, 4, stereo=True, width=60)
    result = ExportDialog(material, settings, None)
    qtbot.addWidget(result)
    result.show()
    return result


def test_a_take_rendered_in_stereo_is_exported_so_and_mono_is_remembered(
    qtbot: QtBot, settings: QSettings
) -> None:
    page = in_stereo(qtbot, settings)
    assert page.options.width == 0.6

    page.width_slider.slider.setValue(35)
    assert page.width_slider.field.value() == 35
    assert page.options.width == 0.35
    page.channels.setCurrentIndex(0)
    assert page.options.width is None and not page.width_slider.isVisible()
    page.accept()

    assert in_stereo(qtbot, settings).options.width is None


def test_takes_each_to_its_own_file_are_mono(qtbot: QtBot, settings: QSettings) -> None:
    page = in_stereo(qtbot, settings)

    page.takes.setChecked(True)

    assert page.options.width is None and not page.channels.isEnabled()


def test_without_left_and_right_there_is_only_mono(qtbot: QtBot, settings: QSettings) -> None:
    page = dialog(qtbot, settings)

    assert not page.channels.isEnabled() and page.options.width is None
    assert "in stereo first" in page.channels.toolTip()


@pytest.mark.parametrize("share", [2, 3])
@pytest.mark.parametrize("code", ["en", "ar"])
def test_with_large_letters_it_fits_a_small_screen(
    qtbot: QtBot, settings: QSettings, qapp: QApplication, share: float, code: str
) -> None:
    """200 and 300 % of the letters' size alone, on a screen of 1280×800; the page scrolls."""
    language.speak(code)
    before = qapp.font()
    large = QFont(before)
    large.setPointSizeF(before.pointSizeF() * share)
    qapp.setFont(large)
    try:
        page = in_stereo(qtbot, settings)
        page.format.setCurrentIndex([each.lossy for each in ExportFormat].index(True))
        page.resize(1240, 760)
        QApplication.processEvents()
        least = page.minimumSizeHint()
        short = [
            part.text()
            for part in page.findChildren(QAbstractButton)
            if part.isVisible() and part.width() < part.minimumSizeHint().width()
        ]
        (area,) = page.findChildren(QScrollArea)
        (content,) = page.findChildren(QWidget, "exportPage")
        wide = content.width() - area.viewport().width()
    finally:
        qapp.setFont(before)

    assert (least.width(), least.height()) <= (1240, 760) and least.height() <= 760
    assert short == [] and wide <= 0
