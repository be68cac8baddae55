"""Targets are judged by what was measured, and by nothing else."""

import pytest

from engine.bench.launch import Case, Wish
from engine.bench.rows import Row
from engine.bench.run import Report
from engine.bench.song import SongFacts
from engine.bench.targets import PLANS, RATIOS, verdicts
from engine.types import Level, Precision


def row(precision, batch, step_ms=1.0, ratio=None, ends=None):
    case = Case(Level.BOTTOM, precision, batch)
    return Row(case, step_ms, (1, 1), 1, 0.5, 10, 1000, 1, ends, 2**30, 4, 0, ratio=ratio)


def report(name, *rows, song=None):
    wish = Wish((), (), (), 1, 1, 1, None)
    return Report(name, wish, 3, rows, song)


def met(found):
    return {verdict.what: verdict.met for verdict in found}


def test_a_ratio_is_met_from_its_bound_on():
    fast, slow = (report("1920x12", row(Precision.SINGLE, 1, ratio=r)) for r in (2.5, 2.49))

    assert list(met(verdicts([fast])).values()) == [True]
    assert list(met(verdicts([slow])).values()) == [False]


def test_without_the_peer_a_ratio_is_not_measured():
    (verdict,) = verdicts([report("128x4", row(Precision.SINGLE, 8))])

    assert (verdict.met, verdict.measured, verdict.wanted) == (None, "", "at least 12")


@pytest.mark.parametrize(("ends", "even"), [(0.95, True), (1.1, True), (1.11, False), (0.5, False)])
def test_a_step_costs_the_same_at_both_ends_of_a_window(ends, even):
    (verdict,) = verdicts([report("pocket", row(Precision.HALF, 1, ends=ends))])

    assert verdict.met is even


@pytest.mark.parametrize(("eight", "cheap"), [(2.5, True), (2.6, False)])
def test_eight_takes_cost_at_most_two_and_a_half_times_one(eight, cheap):
    rows = row(Precision.INT8, 1), row(Precision.INT8, 8, step_ms=eight)

    assert list(met(verdicts([report("pocket", *rows)])).values()) == [cheap]


def test_a_song_is_judged_by_its_speed_and_its_first_sound():
    song = SongFacts(20, 4.5, 0.8, 10, 12, 2, 1.7, {}, 20, 0.03, 0.07, 2**30, 2**30)

    judged = met(verdicts([report("pocket", song=song)]))

    assert judged == {
        "pocket, song of 20 s: × real time, by the clock": True,
        "pocket, sound of all levels: share of the song's processor time": True,
        "pocket, first sound warm: seconds": True,
        "pocket, first sound cold: seconds": False,
    }


def test_the_plans_measure_every_ratio_wanted():
    planned = {(p.model, precision, b) for p in PLANS for precision in p.precisions
               for b in p.batches}  # fmt: skip

    assert RATIOS.keys() <= planned
