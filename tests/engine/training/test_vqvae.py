"""Training a level lowers its loss, keeps its codes alive, and resumes bit for bit."""

import pytest
import torch
from accelerate import Accelerator

from engine.catalog.specs import VqVaeConfig
from engine.training.data import Crops, find_songs
from engine.training.runs import Pace, RunFolder, Schedule, train
from engine.training.vqvae import GATHERED_STEPS, LevelTrainer, VqVaeTraining

TINY = VqVaeConfig(22050, (2, 1, 1), (2, 2, 2), 8, 16, 8, 2, (1, 1, 1))
TRAINING = VqVaeTraining(batch=(2, 2, 2), crop=(2048, 2048, 2048), unrounded_steps=20, refresh=10)


def schedule(steps):
    return Schedule(steps=steps, rate=3e-3, warm_up=3, cool_down=1)


@pytest.fixture
def trainer_of(tone_dataset):
    def make(level=0):
        crops = Crops(find_songs(tone_dataset, 22050), TRAINING.crop[level])
        return LevelTrainer(TINY, level, TRAINING, lambda: crops, Accelerator(cpu=True))

    return make


def test_a_few_steps_learn_tones_and_use_the_codebook(trainer_of, tmp_path):
    trainer = trainer_of()

    first = trainer.learn(0, 1e-9)["sizes"]
    train(trainer, schedule(60), RunFolder(tmp_path), Pace())
    last = trainer.learn(60, 1e-9)

    assert last["sizes"] < 0.7 * first
    assert last["used"] > 0.5


@pytest.mark.parametrize("stop", [10, 20 - GATHERED_STEPS + 3, 24])
def test_a_run_stopped_anywhere_ends_with_the_same_weights(trainer_of, tmp_path, stop):
    """Before there is a codebook, while its latents are gathered, and after."""
    whole, begun, resumed = (trainer_of(level=1) for _ in range(3))
    parts = RunFolder(tmp_path / "parts")

    train(whole, schedule(30), RunFolder(tmp_path / "whole"), Pace())
    for step in range(stop):
        begun.learn(step, schedule(30).rate_at(step))
    parts.save({"step": stop, "trainer": begun.state_dict()})
    train(resumed, schedule(30), parts, Pace())

    expected, found = whole.model.state_dict(), resumed.model.state_dict()
    assert all(torch.equal(found[name], value) for name, value in expected.items())


def test_a_level_grown_from_the_one_below_sounds_through_the_same_outer_stages(trainer_of):
    below, grown = trainer_of(level=0), trainer_of(level=1)

    grown.begin_as(below.model.state_dict())

    outer = below.model.decoder.stages[0].state_dict()
    taken = grown.model.decoder.stages[0].state_dict()
    assert all(torch.equal(taken[name], value) for name, value in outer.items())
    assert not torch.equal(grown.model.codebook.vectors, below.model.encoder.stages[0].out.weight)


def test_training_goes_on_from_a_level_that_is_shaped_alike_with_its_codes(trainer_of, tmp_path):
    """The first steps round already, and most of what was encoded keeps its codes."""
    trained, going_on, other = trainer_of(), trainer_of(), trainer_of(level=1)
    train(trained, schedule(60), RunFolder(tmp_path), Pace())
    weights, audio = trained.model.state_dict(), trained._draw(99)
    codes = trained.model.encode(audio)

    going_on.go_on_from(weights)
    other.go_on_from(weights)

    assert torch.equal(going_on.model.encode(audio), codes)
    figures = [going_on.learn(step, 1e-4) for step in range(5)]
    assert all(part["used"] > 0.5 and part["commitment"] > 0 for part in figures)
    assert (going_on.model.encode(audio) == codes).float().mean() > 0.5
    assert not other.average.begun
