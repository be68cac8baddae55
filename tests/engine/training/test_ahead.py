"""What is made ahead is what would have been made when asked for."""

import torch

from engine.training.ahead import Ahead, Renewed, generator_of


def test_threads_make_the_same_things_in_the_same_order():
    def make(step):
        return torch.rand(3, generator=generator_of(5, step)).tolist()

    waited, ahead = Ahead(make, workers=0), Ahead(make, workers=3)

    assert [ahead.take(step) for step in range(20)] == [waited.take(step) for step in range(20)]


def test_every_step_and_process_draws_something_else():
    drawn = {
        torch.rand(1, generator=generator_of(0, step, process)).item()
        for step in range(10)
        for process in range(4)
    }

    assert len(drawn) == 40


def test_a_folder_is_looked_up_anew_every_so_many_steps():
    looks = iter(range(100))
    found = Renewed(lambda: next(looks), every=5)

    assert [found.at(step) for step in range(12)] == [0] * 5 + [1] * 5 + [2] * 2
