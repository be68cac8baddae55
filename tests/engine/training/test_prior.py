"""Training a prior lowers its bits, keeps an average of its weights, and resumes bit for bit."""

from dataclasses import replace

import torch
from accelerate import Accelerator

from engine.catalog.specs import (
    ConditionerConfig,
    LabelConfig,
    LabelVersion,
    LyricConfig,
    Pattern,
    PriorConfig,
    TimingConfig,
    TransformerConfig,
)
from engine.nn.prior import Prior
from engine.sampling.labels import WindowLabels
from engine.training.excerpts import Window
from engine.training.prior import Batch, PriorTrainer, PriorTraining, averaged_weights
from engine.training.runs import Pace, RunFolder, Schedule, train
from engine.types import Level

STACK = TransformerConfig(32, 16, 2, 2, 4, (Pattern.BLOCK, Pattern.COLUMN))
CONFIG = PriorConfig(
    Level.MIDDLE, 22050, 8, 32, 12, STACK,
    labels=LabelConfig(LabelVersion.V3, 3, 3, 1),
    conditioner=ConditionerConfig(1, 2, 8, 1),
)  # fmt: skip
TRAINING = PriorTraining(batch=(4, 4, 4), average=0.8)
SCHEDULE = Schedule(steps=12, rate=3e-3, warm_up=2, cool_down=1)
LABELS = WindowLabels(5000, 0, 256, 1, (2,), (), ())


def window(step, generator):
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


LYRICAL = PriorConfig(
    Level.TOP, 22050, 8, 32, 12,
    TransformerConfig(32, 16, 2, 2, 4, (Pattern.BLOCK, Pattern.CROSS), encoder_length=16),
    labels=LabelConfig(LabelVersion.V3, 3, 3, 1, TimingConfig(8, 0.001, 60.0)),
    lyrics=LyricConfig(16, 79, TransformerConfig(16, 16, 1, 2, 4, (Pattern.DENSE,))),
)  # fmt: skip


def sung_window(step, generator):
    """Four words of four characters; each sounds for eight codes, which say nothing else."""
    lyrics = tuple(torch.randint(1, 79, (16,), generator=generator).tolist())
    words = torch.arange(4).repeat_interleave(8)
    sung = torch.stack((4 * words, 4 * words + 3), dim=1)
    labels = WindowLabels(256, 0, 256, 1, (2,), lyrics, tuple(range(16)))
    return Window(torch.zeros(32, dtype=torch.int64), None, labels, sung)


def test_guided_by_the_times_of_words_the_music_looks_at_what_is_sung(tmp_path):
    training = PriorTraining(batch=(4, 4, 4), average=0.8, guidance=0.5)
    learner = PriorTrainer(LYRICAL, training, sung_window, Accelerator(cpu=True))

    train(learner, Schedule(300, 1e-2, 5, 20), RunFolder(tmp_path), Pace())

    batch = Batch.of([sung_window(0, torch.Generator().manual_seed(9))])
    conditioning = learner.model.condition(batch.labels, None)
    looks = learner.model.attention(batch.codes, conditioning, 1)[0, 0].argmax(1)
    words = (looks - 1).clamp_min(0) // 4
    assert (words == torch.arange(4).repeat_interleave(8)).float().mean() > 0.8


def test_a_prior_begins_as_another_as_far_as_they_fit():
    small = trainer()
    other = Prior(replace(CONFIG, labels=replace(CONFIG.labels, artists=9)))

    small.begin_as(other.state_dict())

    taken, given = small.averaged.module.state_dict(), other.state_dict()
    assert torch.equal(taken["embedding.symbol.weight"], given["embedding.symbol.weight"])
    assert taken["labels.artist.weight"].shape[0] == 3


def test_pulses_tell_places_a_period_apart_from_others():
    learner = PriorTrainer(
        replace(CONFIG, level=Level.TOP, conditioner=None), replace(TRAINING, pulses=(4, 8)),
        window, Accelerator(cpu=True),
    )  # fmt: skip
    before = learner.model.embedding.place.detach().clone()

    learner.begin_with_pulses()

    added = learner.model.embedding.place.detach() - before
    assert torch.allclose(added[8:], added[:-8], atol=1e-6)
    assert not torch.allclose(added[4:], added[:-4], atol=1e-2)
    codes = learner.model.embedding.symbol.weight.detach().norm(dim=1).mean()
    assert torch.isclose(added.norm(dim=1).mean(), codes)
    assert torch.equal(learner.averaged.module.embedding.place, learner.model.embedding.place)
