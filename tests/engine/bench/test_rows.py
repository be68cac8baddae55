"""Launches brought together: medians, ratios by turns, and what follows for a song."""

import pytest

from engine.bench.children import Clock, Slice
from engine.bench.launch import Case, Reading, Wish
from engine.bench.rows import row, song_times_real
from engine.bench.subjects import bytes_per_token, random_subject
from engine.types import Level, Precision

CONFIG = random_subject(16, 3).prior(Level.BOTTOM)
CASE = Case(Level.BOTTOM, Precision.SINGLE, 2)


def slices(*seconds):
    return [Slice(10, wall_s=20 * s, cpu_s=10 * s, others=0.5) for s in seconds]


def reading(steps, peer=(), reads=(1e-9,)):
    return Reading(slices(0.001)[0], slices(*steps), slices(*peer), slices(*reads), peak=5, same=1)


def test_a_step_is_the_middle_of_the_launches_middles():
    launches = [reading((1, 2, 9)), reading((4, 4, 4)), reading((3, 3, 1))]

    found = row(CASE, CONFIG, launches, Clock.PROCESSOR)

    assert found.step_ms == 3000
    assert found.spread_ms == (2000, 4000)
    assert found.wall_ms == 6000
    assert found.ratio is None and "ratio" in found.json()


def test_time_is_that_of_the_clock_that_counts():
    assert slices(1)[0].seconds(Clock.PROCESSOR) == 1
    assert slices(1)[0].seconds(Clock.WALL) == 2


def test_a_ratio_compares_slices_that_followed_each_other():
    launches = [reading((1, 2, 3), (2, 4, 6)), reading((1, 1, 1), (3, 4, 5)),
                reading((1, 2, 1), (3, 6, 1))]  # fmt: skip

    found = row(CASE, CONFIG, launches, Clock.PROCESSOR)

    assert (found.ratio, found.ratio_spread) == (3, (2, 4))
    assert found.peer_ms == 4000


def test_the_roof_is_the_time_to_read_what_a_step_reads():
    count = bytes_per_token(CONFIG, CONFIG.context // 2, 4, 2)

    found = row(CASE, CONFIG, [reading((2e-9 * count,))], Clock.PROCESSOR)

    assert found.roof_share == pytest.approx(0.5)
    assert found.read_gb_s == pytest.approx(1)


def test_times_real_counts_the_codes_that_each_window_primes():
    found = row(CASE, CONFIG, [reading((0.004,))], Clock.PROCESSOR)

    second_of_codes = CONFIG.sample_rate / CONFIG.hop
    seconds = second_of_codes * (0.004 / CASE.batch + 0.001)
    assert found.times_real == pytest.approx(1 / seconds)


def test_a_song_takes_the_time_of_all_its_levels():
    rows = [
        row(Case(level, Precision.SINGLE, 2), CONFIG, [reading((0.004,))], Clock.PROCESSOR)
        for level in Level
    ]

    together = song_times_real(rows)["fp32", 2]

    assert together == pytest.approx(1 / sum(1 / entry.times_real for entry in rows))
    assert song_times_real(rows[:2]) == {}


@pytest.mark.parametrize(
    ("threads", "device", "clock"),
    [(1, "cpu", Clock.PROCESSOR), (2, "cpu", Clock.WALL), (1, "cuda", Clock.WALL)],
)
def test_processor_time_counts_where_one_thread_does_all_the_work(threads, device, clock):
    assert Wish((), (), (), threads, 1, 1, None, device).clock is clock
