from __future__ import annotations

import pytest

from app.ui import clock


@pytest.mark.parametrize(
    ("seconds", "decimals", "words"),
    [
        (0, 1, "0:00.0"),
        (62.54, 1, "1:02.5"),
        (59.96, 1, "1:00.0"),
        (600, 0, "10:00"),
        (7.125, 2, "0:07.12"),
    ],
)
def test_a_moment_is_minutes_and_seconds(seconds: float, decimals: int, words: str) -> None:
    assert clock.moment(seconds, decimals) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(12, "12 s"), (12.5, "12.5 s"), (60, "1 min"), (200, "3 min 20 s")]
)
def test_a_duration_is_told_in_the_unit_that_suits(seconds: float, words: str) -> None:
    assert clock.duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "almost done"),
        (7, "about 7 s left"),
        (48, "about 50 s left"),
        (300, "about 5 min left"),
        (9000, "about 2.5 h left"),
    ],
)
def test_what_remains_is_no_more_exact_than_it_can_be(seconds: float, words: str) -> None:
    assert clock.remaining(seconds) == words


@pytest.mark.parametrize("seconds", [0.05, 1, 12, 60, 600, 7000])
def test_labels_of_the_ruler_never_crowd_and_can_be_told_apart(seconds: float) -> None:
    step = clock.step(seconds, 1000, 80)

    labels = [clock.moment(i * step, clock.decimals(step)) for i in range(1, 5)]
    assert step / seconds * 1000 >= 80
    assert len(set(labels)) == 4
