"""Training a prior lowers its bits, keeps an average of its weights, and resumes bit for bit."""

import torch
from accelerate import Accelerator

from engine.catalog.specs import (
    ConditionerConfig,
    LabelConfig,
    LabelVersion,
    Pattern,
    PriorConfig,
    TransformerConfig,
)
from engine.nn.prior import Prior
from engine.sampling.labels import WindowLabels
from engine.training.excerpts import Window
from engine.training.prior import PriorTrainer, PriorTraining, averaged_weights
from engine.training.runs import Pace, RunFolder, Schedule, train
from engine.types import Level

STACK = TransformerConfig(32, 16, 2, 2, 4, (Pattern.BLOCK, Pattern.COLUMN))
CONFIG = PriorConfig(
    Level.MIDDLE, 22050, 8, 32, 12, STACK,
    labels=LabelConfig(LabelVersion.V3, 3, 3, 1),
    conditioner=ConditionerConfig(1, 2, 8, 1),
)  # fmt: skip
TRAINING = PriorTraining(batch=4, average=0.8)
SCHEDULE = Schedule(steps=12, rate=3e-3, warm_up=2, cool_down=1)
LABELS = WindowLabels(5000, 0, 256, 1, (2,), (), ())


def window(generator):
    """Codes that repeat those above: easy once the conditioner is heard."""
    upper = torch.randint(12, (16,), generator=generator)
    return Window(upper.repeat_interleave(2), upper, LABELS)


def trainer():
    return PriorTrainer(CONFIG, TRAINING, window, Accelerator(cpu=True))


def test_steps_lower_the_bits_below_those_of_chance(tmp_path):
    learner = trainer()

    train(learner, Schedule(60, 1e-2, 5, 20), RunFolder(tmp_path), Pace())

    chance = torch.log2(torch.tensor(12.0)).item()
    assert learner.learn(60, 0.0)["bits"] < 0.9 * chance


def test_a_run_stopped_and_resumed_ends_with_the_same_weights(tmp_path):
    whole, begun, resumed = trainer(), trainer(), trainer()
    parts = RunFolder(tmp_path / "parts")

    train(whole, SCHEDULE, RunFolder(tmp_path / "whole"), Pace())
    for step in range(7):
        begun.learn(step, SCHEDULE.rate_at(step))
    parts.save({"step": 7, "trainer": begun.state_dict()})
    train(resumed, SCHEDULE, parts, Pace())

    expected, found = whole.averaged.state_dict(), resumed.averaged.state_dict()
    assert all(torch.equal(found[name], value) for name, value in expected.items())


def test_the_weights_that_ship_are_the_average(tmp_path):
    learner = trainer()
    train(learner, SCHEDULE, RunFolder(tmp_path), Pace())
    state = RunFolder(tmp_path).load()

    shipped = averaged_weights(state["trainer"])

    model = Prior(CONFIG)
    model.load_state_dict(shipped)
    current = learner.model.state_dict()
    assert any(not torch.equal(current[name], value) for name, value in shipped.items())


def test_vectors_are_not_decayed():
    matrices, vectors = trainer().optimiser.param_groups

    assert 1 not in {parameter.ndim for parameter in matrices["params"]}
    assert vectors["weight_decay"] == 0
