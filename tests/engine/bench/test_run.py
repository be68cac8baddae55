"""The whole benchmark with real children, one of which stands in for the other library."""

import sys
from pathlib import Path

import pytest

from engine.bench import launch
from engine.bench.children import BenchmarkError, Child, Slice, own_python
from engine.bench.launch import Peer, Reading, Wish
from engine.bench.run import Bench
from engine.bench.subjects import random_subject
from engine.types import Level, Precision

STAND_IN = Peer(Path(sys.executable), "tests.engine.bench.stand_in")


def wish(peer=None, batches=(1,), rounds=1):
    return Wish((Level.BOTTOM,), (Precision.SINGLE,), batches, 1, rounds, 0.005, peer)


@pytest.fixture(scope="module")
def report():
    said = []
    found = measured(random_subject(16, 3), wish(STAND_IN, (1, 3)), 2, said.append)
    assert any(words.startswith("launch 2 of 2") for words in said)
    return found


def measured(about, wish, launches, tell=lambda words: None):
    work = Bench(about, wish, launches, 0, tell)
    work.run()
    return work.report()


def test_every_case_has_a_row(report):
    assert [(r.case.level, r.case.batch) for r in report.rows] == [(Level.BOTTOM, 1),
                                                                   (Level.BOTTOM, 3)]  # fmt: skip
    assert report.song is None
    assert report.complete and report.launches == 2


def test_the_other_side_works_on_the_same_window_and_draws_the_same_codes(report):
    assert all(entry.same == 1 for entry in report.rows)
    assert all(entry.ratio and entry.ratio > 0 for entry in report.rows)


@pytest.mark.parametrize(("peer", "whose"), [(None, "fp32"), (STAND_IN, "the peer")])
def test_what_does_not_fit_beside_the_others_is_refused_with_its_size(monkeypatch, peer, whose):
    asked = iter([10**12] * (whose == "the peer"))
    monkeypatch.setattr(launch, "free_ram", lambda: next(asked, 1000))

    with pytest.raises(BenchmarkError, match=f"BOTTOM of {whose} needs .* GB .* 0.0 GB of memory"):
        measured(random_subject(16, 1), wish(peer), 1)


def test_both_ends_of_the_window_are_measured_once(report):
    one, three = report.rows
    assert one.end_over_start and one.end_over_start > 0
    assert three.end_over_start is None


def test_weights_drawn_in_half_width_are_kept_in_it_in_single_precision_too(report):
    """The child says so, and the bytes that a step reads are counted by it."""
    assert {entry.weight_bytes for entry in report.rows} == {2}
    assert {entry.numbers for entry in report.rows} == {"fp32 in 2 B"}


def test_memory_and_reading_speed_are_of_this_world(report):
    assert all(2**26 < entry.peak_bytes < 2**33 for entry in report.rows)
    assert all(0.1 < entry.read_gb_s < 5000 for entry in report.rows)


@pytest.mark.parametrize(
    ("until", "batches", "launches"),
    [
        ("launch 1 of 2: bottom, fp32: loading", [], 0),
        ("launch 1 of 2: bottom, batch 3: round 1 of 2", [1], 1),
        ("launch 1 of 2: bottom, batch 3: round 2 of 2", [1, 3], 1),
        ("launch 2 of 2: bottom, batch 3: round 1 of 2", [1, 3], 2),
    ],
)
def test_who_stops_it_keeps_the_rounds_that_were_measured(until, batches, launches):
    def stop(words):
        if words == until:
            raise KeyboardInterrupt

    work = Bench(random_subject(16, 1), wish(batches=(1, 3), rounds=2), 2, 0, stop)
    with pytest.raises(KeyboardInterrupt):
        work.run()

    report = work.report()
    assert not report.complete and report.json()["complete"] is False
    assert report.launches == launches
    assert report.rows or not report.quiet
    assert [row.case.batch for row in report.rows] == batches
    assert all(row.step_ms > 0 and row.read_gb_s > 0 for row in report.rows)


def test_a_round_that_was_stopped_in_the_middle_is_left_out():
    slices = [Slice(1, 1, 1, 0)] * 3
    reading = Reading(slices[0], steps=slices, reads=slices[:2], peer=slices[:2])

    assert [len(kind) for kind in (reading.rounds().steps, reading.rounds().peer)] == [2, 2]
    assert len(Reading(slices[0], steps=slices, reads=slices).rounds().steps) == 3


def test_a_child_that_cannot_load_its_library_says_which():
    without = Peer(own_python())
    with pytest.raises(BenchmarkError, match="transformers"):
        measured(random_subject(16, 1), wish(without), 1)


def test_a_child_that_dies_is_quoted():
    with (
        Child(own_python(), "engine.bench.nothing", 1) as child,
        pytest.raises(BenchmarkError, match="No module named"),
    ):
        child.ask("load")
