"""A desktop of our own to drive programs on: Xvfb, a window manager, and xdotool for the hands.

Knows screens, keys and the mouse. Knows nothing of what the windows are for.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TypeVar

Point = tuple[int, int]
T = TypeVar("T")

_FIRST_DISPLAY, _DISPLAYS_EACH, _PROCESSES = 1000, 1000, 2000
_displays = count()

DRAG_STEPS = 10
STEP_S = 0.05


def wait_for(what: str, look: Callable[[], T | None], limit_s: float = 60) -> T:
    """What `look` finds, as soon as it finds something.

    Raises:
        TimeoutError: it found nothing for `limit_s` seconds.
    """
    end = time.monotonic() + limit_s
    while not (found := look()):
        if time.monotonic() > end:
            raise TimeoutError(f"No {what} within {limit_s:.0f} s.")
        time.sleep(STEP_S)
    return found


@dataclass(frozen=True)
class Program:
    """A program that was started, and the file that takes what it prints."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None


@contextmanager
def running(*command: str | Path, environment: Mapping[str, str], log: Path) -> Iterator[Program]:
    """A program that is asked to end, and made to, when the block ends."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        yield Program(process, log)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Desktop:
    """One screen. `environment` is what a program needs to show itself there."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self.environment = dict(environment)
        self._logs = logs

    def start(self, name: str, *command: str | Path) -> AbstractContextManager[Program]:
        """A running program; what it prints goes to `name`.log."""
        return running(*command, environment=self.environment, log=self._logs / f"{name}.log")

    def window(self, program: Program, title: str) -> str:
        """The id of the visible window that a program shows under a title.

        Raises:
            RuntimeError: the program ended without showing one; holds what it printed.
        """

        def look() -> str:
            if program.ended:
                raise RuntimeError(program.log.read_text("utf-8"))
            mine = ("--all", "--pid", program.process.pid)
            found = self._xdotool("search", "--onlyvisible", *mine, "--name", title)
            return found.split("\n")[0]

        return wait_for(f"window “{title}”", look, limit_s=240)

    def activate(self, window: str) -> None:
        self._xdotool("windowactivate", "--sync", window)

    def place(self, window: str, corner: Point, size: Point) -> None:
        """Move and resize a window."""
        self._xdotool("windowsize", "--sync", window, *size)
        self._xdotool("windowmove", window, *corner)

    def middle(self, window: str) -> Point:
        """The middle of a window."""
        lines = self._xdotool("getwindowgeometry", "--shell", window).split("\n")
        facts = dict(line.split("=") for line in lines)
        left, top, width, height = (int(facts[key]) for key in ("X", "Y", "WIDTH", "HEIGHT"))
        return left + width // 2, top + height // 2

    def click(self, at: Point) -> None:
        self._xdotool("mousemove", *at)
        self._xdotool("click", 1)

    def double_click(self, at: Point) -> None:
        self._xdotool("mousemove", *at)
        self._xdotool("click", "--repeat", 2, "--delay", 60, 1)

    def drag(self, start: Point, end: Point) -> None:
        """Press at one place, walk to another and let go."""
        self.carry(start, end)
        self.let_go()

    def carry(self, start: Point, end: Point) -> None:
        """Press at one place and walk to another. One jump would not count as a drag."""
        self._xdotool("mousemove", *start)
        self._xdotool("mousedown", 1)
        for step in range(1, DRAG_STEPS + 1):
            share = step / DRAG_STEPS
            between = [round(a + (b - a) * share) for a, b in zip(start, end, strict=True)]
            self._xdotool("mousemove", *between)
            time.sleep(STEP_S)

    def let_go(self) -> None:
        """Release the mouse button."""
        self._xdotool("mouseup", 1)

    def type(self, text: str) -> None:
        for number, line in enumerate(text.split("\n")):
            if number:
                self.press("Return")
            self._xdotool("type", "--delay", 15, line)

    def press(self, *keys: str) -> None:
        """Keys by X name, such as "Return" or "ctrl+s"."""
        self._xdotool("key", *keys)

    @contextmanager
    def holding(self, key: str) -> Iterator[None]:
        """A key that is held down, such as "shift"."""
        self._xdotool("keydown", key)
        try:
            yield
        finally:
            self._xdotool("keyup", key)

    def screenshot(self, path: Path) -> None:
        """A picture of the whole screen."""
        subprocess.run(
            ["import", "-window", "root", path], env=self.environment, check=True, timeout=30
        )

    def _xdotool(self, *words: object) -> str:
        process = subprocess.run(
            ["xdotool", *map(str, words)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        return process.stdout.strip()


def _display_number() -> int:
    """A number that no other test has, nor had before.

    A server that ends takes away its number's socket even if another one has it by then.
    """
    return _FIRST_DISPLAY + os.getpid() % _PROCESSES * _DISPLAYS_EACH + next(_displays)


@contextmanager
def desktop(home: Path, size: Point = (1280, 800)) -> Iterator[Desktop]:
    """A fresh screen with a window manager, and a home of its own for the programs on it."""
    base = {key: value for key, value in os.environ.items() if not key.startswith("QT_")}
    read, write = os.pipe()
    with ExitStack() as stack:
        screen_of = ["-screen", "0", f"{size[0]}x{size[1]}x24"]
        xvfb = ["Xvfb", f":{_display_number()}", "-displayfd", str(write), *screen_of]
        # No auto-repeat: where a loaded machine is late to release a key, it would be many keys.
        server = subprocess.Popen(
            [*xvfb, "-nolisten", "tcp", "-r"], pass_fds=[write], stderr=subprocess.DEVNULL
        )
        stack.callback(server.wait)
        stack.callback(server.terminate)
        os.close(write)
        with os.fdopen(read) as numbers:
            display = f":{numbers.readline().strip()}"
        screen = Desktop(base | {"DISPLAY": display, "HOME": str(home)}, logs=home)
        stack.enter_context(screen.start("openbox", "openbox"))
        yield screen
