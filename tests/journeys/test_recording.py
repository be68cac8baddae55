"""A recording that nobody here made, dropped on the window from another program and continued.

With `JUKEBOX_PICTURES` set to `resources/pictures`, this makes the picture in the README.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import soundfile

from tests.journeys import drag_source
from tests.journeys.desktop import Desktop
from tests.journeys.test_window import export, make, run_job
from tests.journeys.window import studio

SECONDS = 10


@pytest.mark.x11
def test_a_dropped_recording_is_continued_and_exported(
    screen: Desktop, recording: Path, tmp_path: Path, pictures: Path
) -> None:
    song = tmp_path / "continued.flac"

    with (
        studio(screen, tmp_path) as window,
        screen.start("source", sys.executable, drag_source.__file__, recording) as other,
    ):
        window.place((1280, 800))
        window.enabled("generate")
        source = screen.window(other, drag_source.TITLE)
        screen.place(source, (40, 700), (240, 60))
        screen.activate(source)
        screen.drag((160, 730), window.widget("window").at())
        window.activate()
        make(window, SECONDS)
        run_job(window, "continue")
        export(window, song)
        screen.screenshot(pictures / "continued.png")

    info = soundfile.info(song)
    assert info.format == "FLAC"
    assert info.duration > SECONDS
