"""Stretches of a window: as long as asked, and ended without loss where the reader stops."""

from itertools import count

import pytest
import torch

from engine.sampling.decoding import stretches


class Counting:
    """A stream whose codes count up, and which notes how many were asked for."""

    def __init__(self):
        self.drawn = 0

    def draw(self, uniforms):
        first, self.drawn = self.drawn, self.drawn + uniforms.shape[1]
        return torch.arange(first, self.drawn).expand(uniforms.shape[0], -1)


def test_stretches_hold_every_code_once_and_in_order():
    cut = list(stretches(Counting(), torch.zeros(2, 25), 10, lambda: False))

    assert [part.shape for part in cut] == [(2, 10), (2, 10), (2, 5)]
    assert torch.cat(cut, dim=1).tolist() == [list(range(25))] * 2


@pytest.mark.parametrize("patience", range(1, 12))
def test_a_stop_keeps_all_that_was_drawn_and_draws_no_more(patience):
    stream, asked = Counting(), count()

    cut = list(stretches(stream, torch.zeros(1, 40), 10, lambda: next(asked) >= patience))

    assert torch.cat(cut, dim=1).tolist() == [list(range(stream.drawn))]
    assert 0 < stream.drawn < 40


def test_a_stop_before_the_first_code_gives_none():
    assert list(stretches(Counting(), torch.zeros(1, 40), 10, lambda: True)) == []
