"""An artist is found while typing, liked and blended in the real window, by keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.desktop import Desktop
from tests.journeys.window import studio


@pytest.mark.x11
def test_an_artist_is_found_liked_and_blended_by_keys(
    screen: Desktop, tmp_path: Path, pictures: Path
) -> None:
    with studio(screen, tmp_path, "--engine", "fake") as window:
        window.place((1280, 800))
        window.click("artist")
        screen.type("finhc")
        screen.press("Tab")
        screen.press("shift+Tab", "ctrl+a")
        screen.type("mar")
        window.widget("nameList")
        screen.press("Down", "ctrl+d")
        screen.screenshot(pictures / "names.png")
        screen.press("Return")
        window.until("the name", lambda: window.widget("artist").text == "Marlow Finch")
        screen.press("ctrl+a", "BackSpace", "Down")
        window.widget("nameList")
        screen.press("Down", "Down", "Return")
        window.until("the favourite first", lambda: window.widget("artist").text == "Marlow Finch")

        window.click("blendArtists")
        screen.type("nine")
        window.widget("nameList")
        screen.press("Down", "Return")
        window.until("the list to close", lambda: window.find("nameList") is None)
        window.until("the blend", lambda: window.widget("artist").text == "")
        screen.screenshot(pictures / "blend.png")
        screen.press("shift+Tab", "ctrl+z")
        window.until("one artist", lambda: window.widget("artist").text == "Marlow Finch")
