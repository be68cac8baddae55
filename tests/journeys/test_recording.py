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
from tests.journeys.sound import sound_server
from tests.journeys.test_window import export, run_job
from tests.journeys.window import Window, studio

EXCERPT_S, SECONDS = 12, 10
WORDS = "all the windows are shining with the light\nfollow the road and the song is long"


@pytest.fixture
def excerpt(recording: Path, tmp_path: Path) -> Path:
    """The passage of the recording where the band sets in."""
    rate = soundfile.info(recording).samplerate
    music, _ = soundfile.read(recording, start=40 * rate, frames=EXCERPT_S * rate)
    path = tmp_path / "Feelings – été.flac"
    soundfile.write(path, music, rate)
    return path


def drop(window: Window, recording: Path) -> None:
    """Drag a file from a program of its own, which must live until the window has it."""
    screen = window.screen
    with screen.start("source", sys.executable, drag_source.__file__, recording) as program:
        source = screen.window(program, drag_source.TITLE)
        screen.activate(source)
        screen.carry(screen.middle(source), window.widget("window").at())
        window.widget("dropOverlay")
        screen.let_go()
        window.widget("timelineCanvas")
    window.activate()


@pytest.mark.timeout(600)
@pytest.mark.x11
@pytest.mark.sound
def test_a_dropped_recording_is_continued_and_exported(
    screen: Desktop, excerpt: Path, tmp_path: Path, pictures: Path
) -> None:
    song = tmp_path / "continued.flac"

    with sound_server(tmp_path, 44_100) as server:
        screen.environment |= server.variables
        with studio(screen, tmp_path) as window:
            window.place((1280, 800))
            window.fill("title", "Feelings, continued")
            window.choose("artist", "neon harbour")
            window.choose("genre", "synthpop")
            window.fill("lyrics", WORDS)
            window.fill("seconds", str(SECONDS))
            drop(window, excerpt)
            run_job(window, "continue")
            screen.screenshot(pictures / "continued.png")
            export(window, song)

    info = soundfile.info(song)
    assert info.format == "FLAC"
    assert info.duration == pytest.approx(EXCERPT_S + SECONDS, abs=0.1)
