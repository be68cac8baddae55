from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.debug_rects import EVERY_MS, RectWriter


def test_visible_named_widgets_are_told_with_place_state_and_words(
    qtbot: QtBot, tmp_path: Path
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setObjectName("window")
    button = QPushButton("Generate", window)
    button.setObjectName("generate")
    button.setEnabled(False)
    button.setGeometry(10, 20, 100, 30)
    hidden = QLabel("nothing", window)
    hidden.setObjectName("hidden")
    hidden.hide()
    window.show()
    window.move(5, 7)
    writer = RectWriter(tmp_path / "rects.json", window)

    writer.write()

    told = json.loads((tmp_path / "rects.json").read_text("utf-8"))
    corner = button.mapToGlobal(button.rect().topLeft())
    assert told["generate"] == {
        "rect": [corner.x(), corner.y(), 100, 30],
        "enabled": False,
        "text": "Generate",
    }
    assert "hidden" not in told
    assert list(tmp_path.iterdir()) == [tmp_path / "rects.json"]


def test_places_are_those_after_what_was_hidden_just_now_is_gone(
    qtbot: QtBot, tmp_path: Path
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    bar, below = QLabel("a message"), QLabel("below")
    below.setObjectName("below")
    column = QVBoxLayout(window)
    for widget, height in ((bar, 40), (below, 30)):
        widget.setFixedHeight(height)
        column.addWidget(widget)
    column.addStretch(1)
    window.show()
    before = below.y()
    writer = RectWriter(tmp_path / "rects.json", window)

    bar.hide()
    writer.write()

    told = json.loads((tmp_path / "rects.json").read_text("utf-8"))
    assert told["below"]["rect"][1] - window.mapToGlobal(window.rect().topLeft()).y() < before


def test_what_is_drawn_in_a_moment_is_drawn_before_it_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    label = QLabel("0 0", window)
    label.setObjectName("label")
    window.show()
    path = tmp_path / "rects.json"
    seen: set[str] = set()
    later = QTimer(window, interval=0, singleShot=True)
    later.timeout.connect(lambda: label.setText(f"{count} {count}"))
    count = 0

    def change() -> None:
        nonlocal count
        if path.exists():
            seen.add(json.loads(path.read_text("utf-8"))["label"]["text"])
        count += 1
        label.setText(f"{count} {label.text().split()[1]}")
        later.start()

    every = QTimer(window, interval=EVERY_MS)
    every.timeout.connect(change)
    every.start()
    RectWriter(path, window)

    qtbot.waitUntil(lambda: len(seen) > 4)
    assert all(len(set(text.split())) == 1 for text in seen)
