from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.song.export import ExportFormat, ExportOptions
from app.ui.dialogs.export import ExportDialog, Material, file_name
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
    assert file_name("  ..a:b?c\n. ") == "a b c"
    assert file_name("///") == "Song"


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
