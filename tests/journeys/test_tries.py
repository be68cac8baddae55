"""Several tries of the bundled model in the real window: brushed, continued, undone, exported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.journeys.desktop import Desktop
from tests.journeys.test_queue import paint
from tests.journeys.test_takes import exported, row
from tests.journeys.test_window import make, run_job
from tests.journeys.window import studio

SECONDS = 2
LIMIT_S = 240


@pytest.mark.timeout(900)
@pytest.mark.x11
def test_of_several_takes_one_is_brushed_continued_undone_and_exported(
    screen: Desktop, tmp_path: Path
) -> None:
    with studio(screen, tmp_path) as window:
        window.place((1280, 800))
        make(window, SECONDS)
        window.fill("takeCount", "3")
        run_job(window, "generate")
        first, rate = exported(window, tmp_path / "first.wav")
        window.after(lambda: screen.click(row(window, 1)), "takes")
        second, _ = exported(window, tmp_path / "second.wav")

        window.after(lambda: paint(window, 0.3, 0.7), "takes")
        window.disabled("stop", LIMIT_S)
        brushed, _ = exported(window, tmp_path / "brushed.wav")

        window.fill("takeCount", "1")
        run_job(window, "continue")
        longer, _ = exported(window, tmp_path / "longer.wav")
        window.after(lambda: screen.press("ctrl+z"), "takes")
        undone, _ = exported(window, tmp_path / "undone.wav")

    slack, start, end = rate // 5, round(0.3 * len(second)), round(0.7 * len(second))
    inside = slice(start + slack, end - slack)
    assert len(first) == len(second) == len(brushed) == pytest.approx(SECONDS * rate, rel=0.02)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.9
    assert (brushed[: start - slack] == second[: start - slack]).all()
    assert (brushed[end + slack :] == second[end + slack :]).all()
    assert (brushed[inside] != second[inside]).mean() > 0.9
    assert len(longer) == pytest.approx(2 * SECONDS * rate, rel=0.02)
    assert (longer[: len(brushed) - slack] == brushed[: len(brushed) - slack]).all()
    assert np.abs(longer[len(brushed) :]).max() > 0.001
    assert (undone == brushed).all()
