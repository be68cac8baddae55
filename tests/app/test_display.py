from __future__ import annotations

import subprocess
import sys

import pytest

from app import display


def test_no_display_is_told_in_words_before_qt_ends_the_program() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "app"],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert process.returncode == 2
    assert process.stderr.startswith("There is no display here")
    assert "jukebox compose" in process.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="X displays are for Linux")
def test_a_display_that_does_not_answer_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":987")

    assert display.problem().startswith("The display “:987” does not answer")


def test_a_platform_without_a_screen_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.delenv("DISPLAY", raising=False)

    assert display.problem() == ""
