"""The whole of a recipe in next to no time, to see that everything holds together.

Knows how a recipe is made small. What comes of it makes noise.
"""

from __future__ import annotations

from dataclasses import replace

from engine.catalog.specs import PriorConfig, TransformerConfig
from engine.training.runs import Schedule
from engine.training.workshop import Recipe, SongPlan

_STEPS = 6
_WIDTH, _CODES = 16, 64


def shrunk(recipe: Recipe) -> Recipe:
    """The same recipe with networks of almost nothing, a handful of songs and steps."""
    codec = replace(
        recipe.architecture.vqvae, codebook_size=_CODES, embedding_width=8, width=8, depth=1
    )
    priors = tuple(_small(prior) for prior in recipe.architecture.priors)
    few = (Schedule(steps=_STEPS, rate=1e-3, warm_up=1, cool_down=2),) * codec.levels
    return replace(
        recipe,
        architecture=replace(recipe.architecture, vqvae=codec, priors=priors),
        vqvae_training=replace(recipe.vqvae_training, unrounded_steps=3),
        vqvae_schedules=few,
        prior_schedules=few,
        polish_schedules=few if recipe.polish_schedules else None,
        songs=recipe.songs and SongPlan(3, 2, recipe.songs.first_seed),
    )


def _small(prior: PriorConfig) -> PriorConfig:
    lyrics, conditioner = prior.lyrics, prior.conditioner
    if lyrics is not None and lyrics.encoder is not None:
        lyrics = replace(lyrics, encoder=_narrow(lyrics.encoder))
    if conditioner is not None:
        conditioner = replace(conditioner, width=8, depth=1)
    return replace(
        prior,
        codebook_size=_CODES,
        transformer=_narrow(prior.transformer),
        lyrics=lyrics,
        conditioner=conditioner,
    )


def _narrow(stack: TransformerConfig) -> TransformerConfig:
    return replace(stack, width=_WIDTH, heads=2)
