from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.drop_overlay import DropOverlay, dropped_file, refusal


def carrying(*urls: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    return data


def test_a_name_with_spaces_and_accents_arrives_whole() -> None:
    assert dropped_file(carrying("file:///tmp/prime%20%C3%A9%201.wav")) == Path(
        "/tmp/prime é 1.wav"
    )


@pytest.mark.parametrize(
    "data",
    [
        QMimeData(),
        carrying("https://example.org/a.wav"),
        carrying("file:///a.wav", "file:///b.wav"),
    ],
    ids=["nothing", "a web address", "two files"],
)
def test_what_cannot_be_dropped_is_refused_in_words(data: QMimeData) -> None:
    assert dropped_file(data) is None
    assert refusal(data).endswith(".") or refusal(data).endswith("please.")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("riff.wav", "Bring this recording in and compose on from it"),
        ("night.jukebox", "Open the song “night”"),
    ],
)
def test_the_veil_says_what_a_drop_will_do(qtbot: QtBot, name: str, words: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    overlay = DropOverlay(window)

    overlay.announce(carrying(f"file:///music/{name}"))

    assert overlay.words == words
    assert not overlay.isHidden() and overlay.geometry() == window.rect()
