"""All takes of a song written at once, as stems that lie one above the other in another program."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.export import ExportFormat, ExportOptions
from app.ui.dialogs.export import ExportDialog, Extent, Material
from engine.audio.files import read_audio
from engine.types import Span
from tests.app.kit import SPEC
from tests.app.listening import SECOND, Wait, exported


def composed(session: Session, done: Wait) -> None:
    """Two takes, and a third that departs from the first."""
    session.set_takes(2)
    session.generate()
    done(session)
    session.set_takes(1)
    session.choose_take(session.song.takes[0].id)
    session.select(Span(0, SECOND // 2))
    session.continue_selection()
    done(session)
    session.rename_take(session.song.takes[1].id, session.song.takes[0].name)


def test_every_take_is_written_whole_from_the_beginning_of_the_song(
    session: Session, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    composed(session, done)
    alone = []
    for take in session.song.takes:
        session.choose_take(take.id)
        done(session)
        alone.append(exported(session, tmp_path / "alone.wav", qtbot))
    material = Material("Tune", session.song_length, session.selection, SPEC.sample_rate, 3, True)
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    dialog = ExportDialog(material, settings, None)
    qtbot.addWidget(dialog)
    dialog.format.setCurrentText(ExportFormat.WAV_FLOAT.title)
    dialog.takes.setChecked(True)
    folder = tmp_path / "stems"
    folder.mkdir()
    dialog.file.setText(str(folder / "Tune.wav"))

    assert dialog.extent is Extent.TAKES
    with qtbot.waitSignal(session.notice) as told:
        session.export_takes(dialog.path, dialog.options)

    assert told.args is not None and "Exported 3 files" in told.args[0].message
    names = ["Tune – Take 1.wav", "Tune – Take 1 (2).wav", "Tune – Take 3.wav"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    for name, sound in zip(names, alone, strict=True):
        stem = read_audio(folder / name)
        assert stem.channels == 1 and np.array_equal(stem.samples, sound)


def test_stems_of_a_selection_are_whole_all_the_same(
    session: Session, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    """They would not lie above each other otherwise."""
    composed(session, done)
    options = ExportOptions(ExportFormat.WAV_FLOAT, span=Span(0, SECOND // 2), width=0.5)

    with qtbot.waitSignal(session.notice):
        session.export_takes(tmp_path / "Tune.wav", options)

    lengths = sorted(len(read_audio(path).samples) for path in tmp_path.glob("Tune*.wav"))
    assert lengths == sorted(take.length for take in session.song.takes)
