"""The pictures of the README: the example song in the real window, in several looks and languages.

With `JUKEBOX_PICTURES` set to `resources/pictures`, this makes them; else they are thrown away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

import resources
from tests.journeys.desktop import desktop
from tests.journeys.sound import sound_server
from tests.journeys.window import Window, studio

EXAMPLE = resources.path("examples", "example.jukebox")
SIZE = (1280, 800)
LIMIT_S = 400


@contextmanager
def opened(folder: Path, language: str, look: str, scale: int) -> Generator[Window]:
    """The example song in a window that fills a screen of 1280×800 at that scale."""
    song = folder / "The Golden River.jukebox"
    shutil.copy(EXAMPLE, song)
    state = Path(os.environ["XDG_DATA_HOME"], "jukebox-studio")
    state.mkdir(parents=True)
    settings = f"[window]\nlanguage={language}\nappearance={look}\n"
    (state / "window.ini").write_text(settings, encoding="utf-8")
    size = (SIZE[0] * scale, SIZE[1] * scale)
    with desktop(folder, size) as screen, sound_server(folder, 44_100) as sound:
        screen.environment |= sound.variables | {"QT_SCALE_FACTOR": str(scale)}
        with studio(screen, folder, "--engine", "in-process", str(song)) as window:
            window.place(size)
            window.enabled("continue", limit_s=LIMIT_S)
            yield window


def select(window: Window, start: float, end: float) -> None:
    """Drag over a part of the waveform, by shares of its width."""
    canvas = window.widget("timelineCanvas")
    window.screen.drag(canvas.at(start, 0.6), canvas.at(end, 0.6))
    window.enabled("redoInside")


def small(picture: Path) -> None:
    """Write a picture with few colours: a third of the bytes, and nobody sees it."""
    subprocess.run(
        ["convert", picture, "-strip", "+dither", "-colors", "128", f"PNG8:{picture}"], check=True
    )


@pytest.mark.timeout(900)
@pytest.mark.x11
@pytest.mark.sound
@pytest.mark.parametrize(
    ("name", "language", "look", "scale"),
    [
        ("light", "en", "light", 1),
        ("dark", "en", "dark", 1),
        ("arabic", "ar", "dark", 1),
        ("contrast", "en", "contrast-dark", 1),
        ("light@2x", "en", "light", 2),
        ("dark@2x", "en", "dark", 2),
    ],
)
def test_the_example_song_in_a_look_and_a_language(
    tmp_path: Path, pictures: Path, name: str, language: str, look: str, scale: int
) -> None:
    with opened(tmp_path, language, look, scale) as window:
        select(window, 0.35, 0.62)
        window.until("the sound to be decoded", lambda: not window.find("progress"), LIMIT_S)
        window.screen.screenshot(pictures / f"{name}.png")
        small(pictures / f"{name}.png")

        assert tuple(window.widget("window").rect[2:]) == (SIZE[0] * scale, SIZE[1] * scale)
        assert (pictures / f"{name}.png").stat().st_size > 10_000
