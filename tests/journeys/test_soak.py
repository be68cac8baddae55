"""Three minutes of song; `python -m tests.journeys.soak` runs for as long as you like."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.journeys.soak import RATE, gaps, soak


@pytest.mark.timeout(300)
@pytest.mark.sound
def test_composing_playing_undoing_and_exporting_pile_nothing_up(tmp_path: Path) -> None:
    report = soak(tmp_path, minutes=1.0, speed=3)

    assert report.cycles >= 6 and report.compared_s > 150
    assert report.gaps == ()
    assert report.last["window MB"] < report.first["window MB"] + 12
    assert report.last["engine MB"] < report.first["engine MB"] + 12
    assert report.last["threads"] <= report.first["threads"] + 1
    assert report.last["handles"] <= report.first["handles"] + 2


def test_a_gap_is_found_and_what_follows_is_compared_on() -> None:
    sound = np.random.default_rng(1).integers(-9000, 9000, 4 * RATE).astype(np.int16)
    silence = np.zeros(300, np.int16)
    lost = np.concatenate([silence, sound[:RATE], sound[RATE + 400 :]])
    added = np.concatenate([silence, sound[:RATE], silence, sound[RATE:]])

    pause = np.zeros(RATE, np.int16)
    twice = np.concatenate([sound, pause, sound])
    later = np.concatenate([silence, sound, pause, silence, sound])

    assert list(gaps(sound, np.concatenate([silence, sound]))) == []
    assert list(gaps(twice, later)) == []
    assert list(gaps(twice, np.concatenate([sound, pause, sound[400:]]))) != []
    assert list(gaps(sound, np.concatenate([sound[:RATE], pause, sound[RATE:]]))) == [RATE]
    assert list(gaps(sound, lost)) == [RATE]
    assert list(gaps(sound, added)) == [RATE]
