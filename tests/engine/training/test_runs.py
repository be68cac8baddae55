"""A run that was stopped ends as one that was not, and its schedule is as described."""

import json

import pytest
import torch

from engine.training.runs import Pace, RunFolder, Schedule, train

SCHEDULE = Schedule(steps=40, rate=0.5, warm_up=4, cool_down=10)


class Walk:
    """Learns a random walk: depends on its state, its generator and the rate alone."""

    def __init__(self):
        self.place = torch.zeros(3)
        self.generator = torch.Generator().manual_seed(3)

    def learn(self, step, rate):
        self.place = self.place + rate * torch.randn(3, generator=self.generator)
        return {"distance": self.place.norm().item()}

    def state_dict(self):
        return {"place": self.place, "generator": self.generator.get_state()}

    def load_state_dict(self, state):
        self.place = state["place"]
        self.generator.set_state(state["generator"])


def test_rate_rises_stays_and_falls_to_nothing():
    rates = [SCHEDULE.rate_at(step) for step in range(40)]

    assert rates[:4] == [0.125, 0.25, 0.375, 0.5]
    assert set(rates[4:31]) == {0.5}
    assert rates[31:] == sorted(rates[31:], reverse=True)
    assert rates[-1] < 0.02


def test_a_run_stopped_and_resumed_ends_with_the_same_weights(tmp_path):
    folder = RunFolder(tmp_path / "run")
    first, second, whole = Walk(), Walk(), Walk()
    half = Schedule(steps=20, rate=0.5, warm_up=4, cool_down=0)
    full = Schedule(steps=40, rate=0.5, warm_up=4, cool_down=0)

    train(first, half, folder, Pace())
    assert train(second, full, folder, Pace()) == 40
    train(whole, full, RunFolder(tmp_path / "whole"), Pace())

    assert torch.equal(second.place, whole.place)


def test_the_curve_has_a_line_of_means_per_period(tmp_path):
    folder = RunFolder(tmp_path / "run")

    train(Walk(), SCHEDULE, folder, Pace(record_every=10))

    lines = [json.loads(line) for line in (folder.path / "curve.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [10, 20, 30, 40]
    assert all(line["distance"] > 0 for line in lines)


def test_a_crash_while_saving_keeps_the_checkpoint_before(tmp_path):
    folder = RunFolder(tmp_path)
    folder.save({"step": 1})

    with pytest.raises(AttributeError):
        folder.save({"step": lambda: None})

    assert folder.load() == {"step": 1}
