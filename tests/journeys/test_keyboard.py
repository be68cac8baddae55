"""From words to a continued song in a file, without a mouse."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import soundfile

from app.ui.debug_rects import FOCUS
from tests.journeys.desktop import Desktop
from tests.journeys.window import TONES, Window, studio

SECONDS = 3
MOST_TABS, STEPS = 60, 8
GLANCE_S = 0.4
"""Longer than the window takes to tell of a change."""


def select_on_the_timeline(window: Window) -> None:
    """Walk there by Tab, and select by Shift and an arrow."""
    names: list[str] = []
    for _ in range(MOST_TABS):
        window.screen.press("Tab")
        window.until("the keyboard elsewhere", lambda: at_keyboard(window) not in names[-1:])
        names.append(at_keyboard(window))
        if names[-1] == "timeline":
            break
    assert names[-1] == "timeline", names
    window.screen.press(*["shift+Right"] * STEPS)
    window.enabled("redoInside")


def at_keyboard(window: Window) -> str:
    """The name of the widget that has the keyboard."""
    found = window.find(FOCUS)
    return found.text if found else ""


@pytest.mark.timeout(600)
@pytest.mark.x11
def test_a_song_is_made_continued_undone_and_exported_by_keys_alone(
    screen: Desktop, tmp_path: Path
) -> None:
    first, longer = tmp_path / "first.wav", tmp_path / "longer.wav"

    with studio(screen, tmp_path, *TONES) as window:
        window.place((1280, 800))
        screen.press("alt+m", "ctrl+a")
        screen.type(f"{SECONDS}")
        screen.press("Tab")
        screen.press("alt+l")
        screen.type("the river is singing")
        window.until("the words", lambda: "singing" in window.widget("lyrics").text)
        window.enabled("generate")
        window.made(lambda: screen.press("ctrl+Return"))
        export(window, first)

        screen.press("alt+l", "ctrl+Home")
        window.until("the keyboard in the words", lambda: at_keyboard(window) == "lyrics")
        select_on_the_timeline(window)
        window.made(lambda: screen.press("ctrl+t"))
        window.after(lambda: screen.press("ctrl+z"), "takes")
        window.after(lambda: screen.press("ctrl+shift+z"), "takes")
        window.disabled("stop", limit_s=60)
        export(window, longer)

    before, rate = soundfile.read(first)
    after, _ = soundfile.read(longer)
    kept = len(after) - SECONDS * rate
    assert abs(len(before) - SECONDS * rate) < 0.05 * rate
    assert 0 < kept < len(before), "it goes on from the end of what was selected"
    assert (before[: kept - rate // 10] == after[: kept - rate // 10]).all()


def export(window: Window, path: Path) -> None:
    """Type a name into the dialog that comes, which is ready for that."""
    window.activate()
    window.screen.press("ctrl+e")
    window.widget("exportDialog")
    window.until("the dialog to have the keyboard", lambda: renamed(window, path.stem))
    window.screen.press("Return")
    window.until(f"file {path.name}", path.exists)
    window.until("the dialog to close", lambda: window.find("exportDialog") is None)


def renamed(window: Window, name: str) -> bool:
    """Type a name in place of what is there, and look whether it came."""
    window.screen.press("ctrl+a")
    window.screen.type(str(Path(window.widget("exportFile").text).with_name(f"{name}.wav")))
    time.sleep(GLANCE_S)
    return Path(window.widget("exportFile").text).name == f"{name}.wav"
