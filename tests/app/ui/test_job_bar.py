from __future__ import annotations

from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot

from app.song.status import JobState
from app.ui.job_bar import JobBar
from engine.types import Level


def test_a_job_tells_what_where_how_fast_and_how_long(qtbot: QtBot) -> None:
    bar = JobBar()
    qtbot.addWidget(bar)

    bar.show_job(JobState("Continue", Level.MIDDLE, 500, 2000, 742.0, 38.0))

    assert bar.words == "Continue · Mid level · 25 % · 742 codes/s · about 40 s left"
    assert bar.accessibleName() == "Continue: 25 %"
    progress = bar.findChild(QProgressBar)
    assert progress is not None
    assert progress.value() / progress.maximum() == 0.25


def test_an_unknown_plan_shows_no_numbers(qtbot: QtBot) -> None:
    bar = JobBar()
    qtbot.addWidget(bar)

    bar.show_job(JobState("Generate", note="loading the model"))

    assert bar.words == "Generate · loading the model"
    progress = bar.findChild(QProgressBar)
    assert progress is not None and progress.maximum() == 0


def test_without_a_job_the_engine_speaks(qtbot: QtBot) -> None:
    bar = JobBar()
    qtbot.addWidget(bar)
    bar.show_job(JobState("Generate", Level.TOP, 1, 2, 1.0, 1.0))

    bar.show_idle("Pocket is ready.")

    assert bar.words == "Pocket is ready."
