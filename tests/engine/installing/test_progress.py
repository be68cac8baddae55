"""Speed and time left are measured, and nothing is said where nothing is known."""

import pytest

from engine.installing.progress import Meter, Phase


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def heard():
    return []


@pytest.fixture
def meter(heard, clock):
    return Meter(heard.append, Phase.DOWNLOADING, 1000, clock)


def test_speed_and_time_left_are_those_of_what_came_since_the_start(meter, heard, clock):
    meter.restart(400)
    for done in (410, 420, 430):
        clock.now += 1
        meter.reach(done)

    assert [(p.done, p.per_second, p.remaining_s) for p in heard] == [
        (400, None, None),
        (410, None, None),
        (420, 10.0, 58.0),
        (430, 10.0, 57.0),
    ]


def test_speed_follows_a_change_within_seconds(meter, heard, clock):
    meter.restart(0)
    for done in range(1, 31):
        clock.now += 1
        meter.reach(done)
    for more in range(1, 14):
        clock.now += 1
        meter.reach(30 + 20 * more)

    assert heard[29].per_second == 1.0
    assert heard[-1].per_second == 20.0


def test_after_a_pause_speed_is_measured_anew(meter, heard, clock):
    meter.restart(0)
    clock.now += 5
    meter.reach(100)
    meter.wait("The connection was lost.")
    clock.now += 60
    meter.reach(100)
    clock.now += 1
    meter.reach(110)

    assert [p.per_second for p in heard] == [None, 20.0, None, None, None]
    assert heard[2].note == "The connection was lost." and heard[3].note == ""


def test_what_is_given_up_is_not_counted_as_speed(meter, heard, clock):
    meter.restart(500)
    clock.now += 3
    meter.reach(0)
    clock.now += 2
    meter.reach(10)

    assert [p.per_second for p in heard] == [None, None, 5.0]


def test_it_is_told_ten_times_a_second_at_most_and_always_at_the_end(meter, heard, clock):
    meter.restart(0)
    for done in range(1, 1001):
        clock.now += 0.001
        meter.reach(done)

    assert 8 <= len(heard) <= 13
    assert heard[-1].done == 1000
