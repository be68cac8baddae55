"""The program as a program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

LIMIT_S = 60


def told(rects: Path, process: subprocess.Popen[bytes]) -> dict[str, dict[str, object]]:
    """What the window tells of its widgets, once it is shown."""
    end = time.monotonic() + LIMIT_S
    while not rects.exists():
        assert process.poll() is None, "it ended"
        assert time.monotonic() < end, "no window"
        time.sleep(0.05)
    return json.loads(rects.read_text("utf-8"))


def test_it_shows_a_window_that_is_ready_to_use(user_home: Path, tmp_path: Path) -> None:
    rects = tmp_path / "rects.json"
    command = [sys.executable, "-m", "app", "--engine", "fake", "--debug-rects", str(rects)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=os.environ | {"HOME": str(user_home)}, stderr=log)
    try:
        widgets = told(rects, process)
    finally:
        process.terminate()
        process.wait(LIMIT_S)

    assert widgets["generate"]["enabled"] and widgets["artist"]["enabled"]
    assert b"Traceback" not in (tmp_path / "log").read_bytes()


@pytest.mark.parametrize(
    ("option", "words"), [("--help", "a recording to compose on from"), ("--version", "")]
)
def test_it_explains_itself_without_a_display(option: str, words: str) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "app", option],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )

    assert process.returncode == 0
    assert words in " ".join(process.stdout.split())
