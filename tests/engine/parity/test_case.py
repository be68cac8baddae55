"""What counts as a miss: any number that is not within the tolerance, and nothing compared."""

import math

import pytest
import torch

from engine.parity.case import Check, close, equal, near, same, worst


@pytest.mark.parametrize("error", [math.nan, math.inf, 1.1e-5])
def test_an_error_that_is_not_within_the_tolerance_is_a_miss(error):
    assert not Check("x", error, 1e-5).passed
    assert Check("x", 1e-5, 1e-5).passed


def test_codes_are_counted_and_floats_measured_against_the_largest():
    ours, theirs = torch.tensor([1.0, 2.0, 100.0]), torch.tensor([1.0, 2.5, 100.0])

    assert same("x", ours, theirs).error == 1
    assert close("x", ours, theirs).error == pytest.approx(0.005)
    assert close("x", theirs * (1 + 1e-6), theirs).passed
    assert near("x", 1.0, 1.0 + 1e-6).passed


@pytest.mark.parametrize("compare", [same, close])
def test_tensors_of_other_shapes_never_agree(compare):
    check = compare("x", torch.ones(1, 3), torch.ones(3))

    assert not check.passed
    assert "(1, 3)" in check.note


def test_a_number_that_is_none_never_agrees():
    broken = torch.tensor([math.nan, 1.0])

    assert not close("x", broken, torch.ones(2)).passed
    assert not close("x", torch.zeros(2), torch.zeros(2) * math.nan).passed
    assert not near("x", math.nan, 1.0).passed


def test_the_worst_of_many_is_one_that_misses():
    checks = [Check("fine", 3.0, 5.0), Check("bad", 1.0, 0.0)]

    assert worst("all", checks) == Check("all", 1.0, 0.0, "bad")
    assert not worst("all", []).passed
    assert equal("x", [1], [1]).passed
