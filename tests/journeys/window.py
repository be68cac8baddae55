"""The real program in a real window, driven by mouse and keys alone.

Finds widgets by name in the file that `--debug-rects` keeps. Knows nothing of the code inside.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.desktop import Desktop, Point, Program, wait_for

TITLE = "Jukebox Studio"
_BEGUN_S = 10.0
STILL = 5
"""Looks at a widget in a row that must agree; together they take longer than the file's period."""

TONES = ("--engine", "fake")
"""Options of a program that makes tones, at the pace of music."""


@dataclass(frozen=True)
class Widget:
    """What the window tells of one of its widgets; the rectangle is in pixels of the screen."""

    rect: tuple[int, int, int, int]
    enabled: bool
    text: str

    def at(self, across: float = 0.5, down: float = 0.5) -> Point:
        """A point inside, by shares of its width and height."""
        left, top, width, height = self.rect
        return round(left + width * across), round(top + height * down)


class Window:
    """The program's main window on a desktop."""

    def __init__(self, screen: Desktop, program: Program, rects: Path) -> None:
        self.screen = screen
        self._rects = rects
        self._id = screen.window(program, TITLE)

    def find(self, name: str) -> Widget | None:
        """A visible widget, or None."""
        facts = json.loads(self._rects.read_text("utf-8")) if self._rects.exists() else {}
        return Widget(**facts[name]) if name in facts else None

    def widget(self, name: str, limit_s: float = 60) -> Widget:
        """A widget, as soon as it can be seen."""
        return wait_for(f"widget “{name}”", lambda: self.find(name), limit_s)

    def enabled(self, name: str, limit_s: float = 150) -> Widget:
        """A widget, as soon as it can be used."""

        def look() -> Widget | None:
            found = self.find(name)
            return found if found and found.enabled else None

        return wait_for(f"“{name}” to be enabled", look, limit_s)

    def disabled(self, name: str, limit_s: float) -> None:
        """Wait until a widget cannot be used any more."""
        self.until(
            f"“{name}” to be disabled",
            lambda: not self._usable(name),
            limit_s,
        )

    def until(self, what: str, look: Callable[[], bool], limit_s: float = 30) -> None:
        """Wait until something is so."""
        wait_for(what, look, limit_s)

    def words(self, name: str) -> str:
        """What a widget says; "" while it cannot be seen."""
        found = self.find(name)
        return found.text if found else ""

    def takes(self) -> list[str]:
        """The takes in words, the chosen one with a star."""
        return self.words("takes").splitlines()

    def after(self, act: Callable[[], object], name: str) -> None:
        """Do something, and wait until what a widget says is another than before."""
        before = self.words(name)
        act()
        self.until(f"“{name}” to say something else", lambda: self.words(name) != before)

    def made(self, act: Callable[[], object], limit_s: float = 240) -> None:
        """Do something that makes takes, and wait for them, until nothing is being made.

        However short the work is: takes are listed before it begins, and stay. Work that was not
        seen to begin is taken to have ended in between.
        """
        before = len(self.takes())
        act()
        self.until("more takes", lambda: len(self.takes()) > before)
        latest = time.monotonic() + _BEGUN_S
        self.until("work to begin", lambda: self._usable("stop") or time.monotonic() > latest)
        self.disabled("stop", limit_s)

    def _usable(self, name: str) -> bool:
        found = self.find(name)
        return found is not None and found.enabled

    def click(self, name: str, limit_s: float = 60) -> None:
        """Press a button as soon as it can be pressed and has its place."""
        self.screen.click(self._settled(name, limit_s).at())

    def _settled(self, name: str, limit_s: float) -> Widget:
        """A widget that can be used, once it stays where it is, which dialogs do after a while."""
        seen: list[Widget] = []

        def look() -> Widget | None:
            found = self.enabled(name, limit_s)
            seen.append(found)
            return found if [each.rect for each in seen[-STILL:]] == [found.rect] * STILL else None

        return wait_for(f"“{name}” to stay where it is", look, limit_s)

    def fill(self, name: str, text: str) -> None:
        """Replace what stands in a field."""
        self.click(name)
        self.screen.press("ctrl+a")
        self.screen.type(text)
        self.until(f"“{text}” in “{name}”", lambda: text in self.widget(name).text)

    def choose(self, name: str, text: str) -> None:
        """Type the beginning of a name into a field, and take the first that is offered."""
        self.fill(name, text)
        self.widget("nameList")
        self.screen.press("Down", "Return")
        self.until("the list to close", lambda: self.find("nameList") is None)

    def place(self, size: Point) -> None:
        """Put the window into the upper left corner."""
        self.screen.place(self._id, (0, 0), size)
        self.until("the window in its place", lambda: self._shape() == (0, 0, *size))
        self.activate()

    def _shape(self) -> tuple[int, ...]:
        return tuple(self.widget("window").rect)

    def activate(self) -> None:
        """Bring the window to the front, so that keys reach it."""
        self.screen.activate(self._id)


@contextmanager
def studio(screen: Desktop, folder: Path, *options: str) -> Generator[Window]:
    """The program, from its start to the end of the block; a failure leaves a screenshot."""
    rects = folder / "rects.json"
    command = [sys.executable, "-m", "app", "--debug-rects", rects, *options]
    with screen.start("studio", *command) as program:
        try:
            yield Window(screen, program, rects)
        except Exception:
            screen.screenshot(folder / "failure.png")
            raise
