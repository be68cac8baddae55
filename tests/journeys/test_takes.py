"""Takes joined and replaced in the real window, by mouse and keys alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from app.song.clips import MIME
from tests.journeys.desktop import Desktop
from tests.journeys.paster import wait_for_copy
from tests.journeys.test_window import export, make, run_job
from tests.journeys.window import TONES, Window, studio

GRIP_DOWN_PX = 24 + 17 + 8
"""From the top of the timeline to the middle of the selection's grip."""

FIRST_ROW_DOWN_PX, ROW_PX = 40, 26
GRID = 256
"""Samples per TOP code: where music is cut."""


def exported(window: Window, path: Path) -> tuple[NDArray[np.float64], int]:
    """The whole take, with the window in front again."""
    export(window, path)
    window.activate()
    return soundfile.read(path)


def row(window: Window, number: int) -> tuple[int, int]:
    """A point on a row of the list of takes."""
    left, top, _, _ = window.widget("takes").rect
    return left + 60, top + FIRST_ROW_DOWN_PX + number * ROW_PX


def select(window: Window, start: float, end: float) -> None:
    canvas = window.widget("timelineCanvas")
    window.after(lambda: window.screen.drag(canvas.at(start, 0.7), canvas.at(end, 0.7)), "timeline")


@pytest.mark.timeout(900)
@pytest.mark.x11
def test_takes_are_merged_cut_and_replaced(screen: Desktop, tmp_path: Path) -> None:
    with studio(screen, tmp_path) as window:
        window.place((1280, 800))
        make(window, seconds=4)
        window.fill("takeCount", "2")
        run_job(window, "generate")
        one, rate = exported(window, tmp_path / "one.wav")
        window.after(lambda: screen.click(row(window, 1)), "takes")
        two, _ = exported(window, tmp_path / "two.wav")
        window.after(lambda: screen.click(row(window, 0)), "takes")

        select(window, 0.3, 0.6)
        left, top, width, _ = window.widget("timelineCanvas").rect
        grip = round(left + 0.45 * width), top + GRIP_DOWN_PX
        window.made(lambda: screen.drag(grip, row(window, 1)))
        merged, _ = exported(window, tmp_path / "merged.wav")

        window.activate()
        long = window.widget("songTime").text
        screen.press("ctrl+x")
        wait_for_copy(screen, MIME)
        window.until("the song to be shorter", lambda: window.widget("songTime").text != long)
        cut, _ = exported(window, tmp_path / "cut.wav")
        screen.press("ctrl+Home")
        screen.press("ctrl+v")
        window.until("the song to be whole", lambda: window.widget("songTime").text == long)
        pasted, _ = exported(window, tmp_path / "pasted.wav")

        select(window, 0.4, 0.5)
        window.made(lambda: screen.press("ctrl+shift+r"))
        replaced, _ = exported(window, tmp_path / "replaced.wav")

    start, end = round(0.3 * len(two)), round(0.6 * len(two))
    slack = round(0.05 * rate)
    assert len(merged) == len(two) == len(one)
    assert (merged[: start - slack] == two[: start - slack]).all()
    assert (merged[end + slack :] == two[end + slack :]).all()
    middle = slice(start + rate // 4, end - rate // 4)
    assert np.corrcoef(merged[middle], one[middle])[0, 1] > 0.99
    assert abs(np.corrcoef(merged[middle], two[middle])[0, 1]) < 0.9
    assert abs(len(cut) - 0.7 * len(two)) < slack
    assert len(pasted) == len(two)
    first, last = round(0.4 * len(pasted)), round(0.5 * len(pasted))
    assert (replaced[: first - slack] == pasted[: first - slack]).all()
    assert (replaced[last + slack :] == pasted[last + slack :]).all()
    assert (replaced[first + slack : last - slack] != pasted[first + slack : last - slack]).any()


@pytest.mark.timeout(900)
@pytest.mark.x11
def test_music_is_copied_in_one_window_and_pasted_in_another(
    screen: Desktop, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    with studio(screen, folders[0], *TONES) as source:
        source.place((1280, 800))
        make(source, seconds=4)
        run_job(source, "generate")
        copied, rate = exported(source, tmp_path / "source.wav")
        with studio(screen, folders[1], *TONES) as target:
            target.place((1280, 800))
            make(target, seconds=3)
            run_job(target, "generate")
            before, _ = exported(target, tmp_path / "before.wav")

            source.activate()
            select(source, 0.25, 0.75)
            screen.press("ctrl+c")
            wait_for_copy(screen, MIME)
            target.activate()
            short = target.widget("songTime").text
            screen.press("ctrl+Home")
            screen.press("ctrl+v")
            target.until("music to be pasted", lambda: target.widget("songTime").text != short)
            pasted, _ = exported(target, tmp_path / "pasted.wav")
            screen.press("ctrl+z")
            target.until("pasting to be undone", lambda: target.widget("songTime").text == short)
            undone, _ = exported(target, tmp_path / "undone.wav")

    length, slack = len(pasted) - len(before), round(0.1 * rate)
    assert abs(length - len(copied) / 2) < slack
    middle = pasted[slack : length - slack]
    places = range(slack, len(copied) - len(middle), GRID)
    alike = [np.corrcoef(middle, copied[at : at + len(middle)])[0, 1] for at in places]
    assert max(alike) > 0.9
    half = len(before) // 2
    assert np.corrcoef(pasted[-half:], before[-half:])[0, 1] > 0.99
    assert (undone == before).all()
