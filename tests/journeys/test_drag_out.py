"""A selection dragged by its handle out of the real window into another program."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.journeys import drop_target
from tests.journeys.desktop import Desktop
from tests.journeys.test_takes import exported, select
from tests.journeys.test_window import make, run_job
from tests.journeys.window import TONES, studio


@pytest.mark.timeout(600)
@pytest.mark.x11
def test_a_selection_is_dragged_into_another_program(screen: Desktop, tmp_path: Path) -> None:
    copy = tmp_path / "dropped.wav"

    with studio(screen, tmp_path, *TONES) as window:
        window.place((980, 760))
        make(window, seconds=4)
        run_job(window, "generate")
        whole, rate = exported(window, tmp_path / "whole.wav")
        select(window, 0.25, 0.75)
        window.enabled("redoInside")
        # Beside the window, since a press on that brings it to the front.
        with screen.start("target", sys.executable, drop_target.__file__, copy) as program:
            target = screen.middle(screen.window(program, drop_target.TITLE))
            screen.carry(window.widget("dragOut").at(), target)
            screen.let_go()
            window.until("the file in the other program", copy.exists)

    dropped, dropped_rate = soundfile.read(copy)
    assert dropped_rate == rate
    assert len(dropped) == pytest.approx(len(whole) / 2, abs=rate / 20)
    start = round(0.25 * len(whole))
    around = whole[start - rate // 20 : start + len(dropped) + rate // 20]
    alike = np.correlate(around, dropped, "valid").max() / np.dot(dropped, dropped)
    assert alike == pytest.approx(1, abs=1e-3)
