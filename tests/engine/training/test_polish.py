"""Polishing changes the decoder alone, teaches its judges, and resumes bit for bit."""

import pytest
import torch
from accelerate import Accelerator

from engine.catalog.specs import VqVaeConfig
from engine.training import polish
from engine.training.data import Crops, find_songs
from engine.training.polish import DecoderPolisher
from engine.training.runs import Pace, RunFolder, Schedule, train
from engine.training.vqvae import LevelTrainer, VqVaeTraining

TINY = VqVaeConfig(22050, (2, 1, 1), (2, 2, 2), 8, 16, 8, 1, (1, 1, 1))
TRAINING = VqVaeTraining(batch=(2, 2, 2), crop=(2048, 2048, 2048), unrounded_steps=4)
SCHEDULE = Schedule(steps=6, rate=1e-3, warm_up=1, cool_down=1)


@pytest.fixture
def polisher(tone_dataset, monkeypatch):
    """Makes polishers of one trained level, whose judges are listened to after two steps."""
    monkeypatch.setattr(polish, "_LONE_STEPS", 2)
    crops = Crops(find_songs(tone_dataset, 22050), 2048)
    trainer = LevelTrainer(TINY, 0, TRAINING, lambda: crops, Accelerator(cpu=True))
    for step in range(8):
        trainer.learn(step, 1e-3)
    weights = {name: value.clone() for name, value in trainer.model.state_dict().items()}

    def make():
        made = DecoderPolisher(TINY, 0, TRAINING, crops, Accelerator(cpu=True))
        made.begin_as(weights)
        return made, weights

    return make


def test_codes_stay_valid(polisher, tmp_path):
    tuned, before = polisher()

    train(tuned, SCHEDULE, RunFolder(tmp_path), Pace())

    changed = {name.split(".")[0] for name, value in tuned.model.state_dict().items()
               if not torch.equal(value, before[name])}  # fmt: skip
    assert changed == {"decoder"}


def test_judges_learn_to_tell_real_from_made(polisher):
    tuned, _ = polisher()

    losses = [tuned.learn(0, 1e-3)["judges"] for _ in range(30)]

    assert losses[-1] < 0.9 * losses[0]


def test_a_run_stopped_and_resumed_ends_with_the_same_weights(polisher, tmp_path):
    (whole, _), (begun, _), (resumed, _) = polisher(), polisher(), polisher()
    parts = RunFolder(tmp_path / "parts")

    train(whole, SCHEDULE, RunFolder(tmp_path / "whole"), Pace())
    for step in range(4):
        begun.learn(step, SCHEDULE.rate_at(step))
    parts.save({"step": 4, "trainer": begun.state_dict()})
    train(resumed, SCHEDULE, parts, Pace())

    expected, found = whole.model.state_dict(), resumed.model.state_dict()
    assert all(torch.equal(found[name], value) for name, value in expected.items())
