"""From words to a file in the real window, by mouse and keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from tests.journeys.desktop import Desktop
from tests.journeys.window import Window, studio

DRAFT = 1 / 6
"""Where the first of the three qualities is, as a share of the row."""


def make(window: Window, seconds: int) -> None:
    """Ask for drafts of so many seconds."""
    window.fill("seconds", str(seconds))
    window.screen.click(window.widget("quality").at(across=DRAFT))


def run_job(window: Window, button: str) -> None:
    """Press a button that makes takes, and wait until they are made."""
    window.made(lambda: window.click(button))


def export(window: Window, path: Path) -> None:
    """Write the whole take to a file, by the dialog, and close the message that it was written.

    The message moves all that lies below it: clicks would miss.
    """
    window.screen.press("ctrl+e")
    window.fill("exportFile", str(path))
    window.click("exportNow")
    window.until("the dialog to close", lambda: window.find("exportFile") is None)
    window.until(f"file {path.name}", path.exists)
    window.click("closeNotice")
    window.until("the message to go", lambda: window.find("noticeBar") is None)


@pytest.mark.timeout(600)
@pytest.mark.x11
def test_words_become_a_song_that_is_continued_and_exported(
    screen: Desktop, tmp_path: Path
) -> None:
    first, longer = tmp_path / "first.wav", tmp_path / "longer.wav"

    with studio(screen, tmp_path) as window:
        window.place((1280, 800))
        window.choose("artist", "Marlow")
        window.fill("lyrics", "the river is singing in the night")
        make(window, seconds=3)
        run_job(window, "generate")
        artist = window.widget("artist").text
        export(window, first)

        canvas = window.widget("timelineCanvas")
        screen.drag(canvas.at(0.05), canvas.at(0.5))
        make(window, seconds=3)
        run_job(window, "continue")
        export(window, longer)

    before, rate = soundfile.read(first)
    after, _ = soundfile.read(longer)
    kept = len(after) - 3 * rate
    assert artist.casefold() == "marlow finch"
    assert abs(len(before) - 3 * rate) < 0.05 * rate
    assert 0.2 * len(before) < kept < 0.8 * len(before)
    assert (before[: kept - rate // 10] == after[: kept - rate // 10]).all()
