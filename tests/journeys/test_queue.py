"""The quality brush and the queue in the real window, by mouse and keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.desktop import Desktop
from tests.journeys.test_takes import exported
from tests.journeys.test_window import make, run_job
from tests.journeys.window import TONES, Window, studio

RIBBON_UP_PX = 7
"""From the bottom of the timeline to the middle of the ribbon."""

LIMIT_S = 60


def paint(window: Window, start: float, end: float) -> None:
    """Drag along the ribbon, between two shares of the timeline."""
    left, top, width, height = window.widget("timelineCanvas").rect
    y = top + height - RIBBON_UP_PX
    window.screen.drag((round(left + start * width), y), (round(left + end * width), y))


def rows(window: Window) -> list[list[str]]:
    """The jobs: what each does, its takes, how much is made, the time left, and what it is at."""
    found = window.find("queue")
    return [line.split("\t") for line in found.text.split("\n")] if found and found.text else []


def jobs(window: Window) -> list[str]:
    return [f"{row[0]} {row[-1]}" for row in rows(window)]


def made(window: Window, number: int) -> int:
    """Per cent of a job that are made."""
    return int(rows(window)[number][2].split()[0])


def queue_is(window: Window, *wanted: str) -> None:
    window.until(f"a queue of {wanted}", lambda: jobs(window) == list(wanted), LIMIT_S)


def draft(window: Window, seconds: int) -> None:
    """A draft to work on."""
    window.place((1280, 800))
    make(window, seconds)
    run_job(window, "generate")


@pytest.mark.timeout(900)
@pytest.mark.x11
def test_strokes_of_the_brush_raise_a_stretch_and_put_it_back(
    screen: Desktop, tmp_path: Path
) -> None:
    with studio(screen, tmp_path, *TONES) as window:
        draft(window, seconds=8)
        rough, rate = exported(window, tmp_path / "draft.wav")

        window.after(lambda: paint(window, 0.4, 0.6), "takes")
        window.disabled("stop", LIMIT_S)
        fine, _ = exported(window, tmp_path / "fine.wav")

        with screen.holding("shift"):
            window.made(lambda: paint(window, 0.3, 0.7), LIMIT_S)
        coarse, _ = exported(window, tmp_path / "coarse.wav")
        window.activate()
        window.after(lambda: screen.press("ctrl+z"), "takes")
        undone, _ = exported(window, tmp_path / "undone.wav")

    slack, start, end = rate // 10, round(0.4 * len(rough)), round(0.6 * len(rough))
    assert len(rough) == len(fine) == len(coarse)
    assert (fine[: start - slack] == rough[: start - slack]).all()
    assert (fine[end + slack :] == rough[end + slack :]).all()
    assert (fine[start + slack : end - slack] != rough[start + slack : end - slack]).mean() > 0.9
    assert (coarse[start + slack : end - slack] == rough[start + slack : end - slack]).all()
    assert (undone == fine).all()


@pytest.mark.timeout(900)
@pytest.mark.x11
def test_a_queue_is_reordered_paused_resumed_and_cancelled(screen: Desktop, tmp_path: Path) -> None:
    with studio(screen, tmp_path, *TONES) as window:
        draft(window, seconds=20)
        screen.press("ctrl+shift+j")
        window.widget("queue")
        window.fill("seconds", "6")
        paint(window, 0.05, 0.95)
        queue_is(window, "Render Running")

        screen.press("ctrl+Return")
        queue_is(window, "Generate Running", "Render Waiting")
        before = made(window, 1)
        queue_is(window, "Render Running")
        assert made(window, 0) >= before

        screen.press("ctrl+shift+p")
        queue_is(window, "Render Paused")
        window.fill("seconds", "60")
        window.click("generate")
        queue_is(window, "Generate Running", "Render Paused")
        window.click("generate")
        queue_is(window, "Generate Running", "Generate Waiting", "Render Paused")

        screen.press("ctrl+shift+j", "Home", "Down", "space")
        queue_is(window, "Generate Running", "Generate Paused", "Render Paused")
        screen.press("alt+Up")
        queue_is(window, "Generate Paused", "Generate Running", "Render Paused")
        screen.press("space")
        queue_is(window, "Generate Running", "Generate Waiting", "Render Paused")
        screen.press("Delete")
        queue_is(window, "Generate Running", "Render Paused")
        screen.press("End", "space")
        queue_is(window, "Generate Running", "Render Waiting")
        window.click("cancelWaiting")
        queue_is(window, "Generate Running")
        window.click("cancelAll")
        queue_is(window)
        window.disabled("stop", LIMIT_S)
