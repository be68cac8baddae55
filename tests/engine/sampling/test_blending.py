"""Songs by several artists at once, mixed by weight, on the tiny random model."""

from dataclasses import replace

import torch

from engine.sampling.batches import label_batch
from engine.types import Level, Share
from tests.engine.sampling.test_sampler import codes_of, model, run, task

__all__ = ["model"]


def blended(model, *others, **settings):
    asked = replace(task(**settings).prompt, other_artists=tuple(others))
    return run(model, replace(task(**settings), prompt=asked))


def test_a_blend_is_another_song_and_the_same_one_every_time(model):
    alone, other = codes_of(run(model, task())), codes_of(blended(model, Share("bo", 0.5)))

    assert codes_of(blended(model, Share("bo", 0.5))) == other
    assert other != alone
    assert codes_of(blended(model)) == alone


def test_a_blend_of_nearly_one_artist_is_nearly_that_artist(model):
    def start(prompt):
        labels = model.labels(Level.TOP, prompt).window(0)
        return model.prior(Level.TOP).condition(label_batch(labels, 1, model.device), None).start

    ana, bo = (start(replace(task().prompt, artist=name)) for name in ("ana", "bo"))
    nearly = start(replace(task().prompt, other_artists=(Share("bo", 1e-6),)))
    half = start(replace(task().prompt, other_artists=(Share("bo", 0.5),)))

    torch.testing.assert_close(nearly, ana)
    torch.testing.assert_close(half, (ana + bo) / 2)


def test_takes_of_a_blend_side_by_side_are_those_one_by_one(model):
    together = blended(model, Share("bo", 0.25), variations=3)
    apart = blended(model, Share("bo", 0.25), variations=3, batch_limit=1)

    assert [codes_of(together, take) for take in range(3)] == [
        codes_of(apart, take) for take in range(3)
    ]
