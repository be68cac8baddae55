"""The lanes under the waveform in the real window, by mouse and keys alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.journeys.desktop import Desktop
from tests.journeys.test_window import export, make, run_job
from tests.journeys.window import studio

LIMIT_S = 240


@pytest.mark.timeout(900)
@pytest.mark.x11
def test_a_double_click_on_the_surprise_redoes_the_take_from_there(
    screen: Desktop, tmp_path: Path, pictures: Path
) -> None:
    first, redone, undone = (tmp_path / f"{name}.wav" for name in ("first", "redone", "undone"))

    with studio(screen, tmp_path, "--engine", "fake") as window:
        window.place((1280, 800))
        make(window, seconds=4)
        run_job(window, "generate")
        export(window, first)
        window.activate()
        screen.press("ctrl+alt+s", "ctrl+alt+u")
        window.until(
            "the surprise to be known",
            lambda: "100 %" in window.widget("surpriseLane").text,
            LIMIT_S,
        )
        known = window.widget("surpriseLane").text
        spectrogram = window.widget("spectrogramLane")
        lane = window.widget("surpriseLane")

        at = lane.at(0.5, 0.6)
        screen.click(at)
        window.made(lambda: screen.double_click(at), LIMIT_S)
        window.until(
            "the surprise of another take",
            lambda: window.widget("surpriseLane").text not in (known, ""),
            LIMIT_S,
        )
        export(window, redone)
        window.activate()
        window.after(lambda: screen.press("ctrl+z"), "takes")
        export(window, undone)
        screen.screenshot(pictures / "lanes.png")

    assert spectrogram.rect[1] + spectrogram.rect[3] == lane.rect[1]
    before, rate = soundfile.read(first)
    after, _ = soundfile.read(redone)
    half, slack = len(before) // 2, round(0.15 * rate)
    assert len(after) == len(before)
    assert np.array_equal(after[: half - slack], before[: half - slack])
    assert not np.array_equal(after[half + slack :], before[half + slack :])
    assert np.array_equal(soundfile.read(undone)[0], before)
