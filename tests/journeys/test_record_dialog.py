"""A tone that a real sound server plays, recorded by mouse and keys, primes a take."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.journeys.desktop import Desktop
from tests.journeys.sound import sound_server
from tests.journeys.test_microphone import (
    HEIGHT,
    RATE,
    SOURCE,
    TONE_HZ,
    offer_monitor,
    playing,
    tone,
)
from tests.journeys.test_window import export, make, run_job
from tests.journeys.window import Window, studio

__all__ = ["tone"]
SECONDS = 3
LIMIT_S = 240
MOST_SOURCES = 8
GLANCE_S = 0.4
"""Longer than the window takes to tell of a change."""


def open_dialog(window: Window) -> None:
    """By the letters that the menus underline."""
    window.screen.press("alt+f")
    window.screen.press("m")
    window.widget("recordDialog")


def recorded_s(window: Window) -> float:
    """What the dialog's clock shows."""
    clock = window.find("recordClock")
    minutes, seconds = clock.text.split(":") if clock else ("0", "0")
    return 60 * int(minutes) + float(seconds)


def record(window: Window, seconds: float) -> None:
    """Choose the source by the arrow keys, begin by Return, and wait."""
    window.until("the source to be chosen", lambda: chosen(window))
    window.screen.press("Return")
    window.until("the clock to run", lambda: recorded_s(window) >= seconds)


def chosen(window: Window) -> bool:
    """Whether the source is chosen; walks through the list from its top while it is not."""
    window.screen.press("Home")
    for _ in range(MOST_SOURCES):
        time.sleep(GLANCE_S)
        if window.widget("recordSource").text == SOURCE:
            return True
        window.screen.press("Down")
    return False


@pytest.mark.timeout(600)
@pytest.mark.x11
@pytest.mark.sound
def test_a_recording_made_in_the_dialog_primes_a_take(
    screen: Desktop, tmp_path: Path, tone: Path, pictures: Path
) -> None:
    primed = tmp_path / "primed.wav"

    with sound_server(tmp_path, RATE) as server:
        offer_monitor(tmp_path)
        screen.environment |= server.variables
        with playing(server, tone) as player, studio(screen, tmp_path) as window:
            window.place((1280, 800))
            make(window, SECONDS)
            open_dialog(window)
            record(window, 1)
            screen.press("Escape")
            window.until("the dialog to close", lambda: window.find("recordDialog") is None)
            kept = window.find("takes")

            open_dialog(window)
            record(window, 2)
            source = window.widget("recordSource").text
            screen.screenshot(pictures / "record.png")
            window.click("recordButton")
            window.until("the dialog to close", lambda: window.find("recordDialog") is None)
            window.enabled("continue", LIMIT_S)
            window.disabled("stop", LIMIT_S)
            player.terminate()
            run_job(window, "continue")
            export(window, primed)

    assert kept is None, "what is cancelled leaves no take"
    assert source == SOURCE
    sound, rate = soundfile.read(primed)
    given = sound[: len(sound) - SECONDS * rate]
    heard = np.abs(np.fft.rfft(given * np.hanning(len(given))))
    assert len(given) >= 2 * rate - rate // 50
    assert np.fft.rfftfreq(len(given), 1 / rate)[heard.argmax()] == pytest.approx(TONE_HZ, abs=1)
    inside = given[
        len(given) // 4 : -len(given) // 4
    ]  # Cut off, a wave rings where it was resampled.
    assert np.abs(inside).max() == pytest.approx(HEIGHT, abs=0.02)
    assert sound[len(given) :].any(), "the model went on"
