"""Whether it can be heard where windows of a finer level were joined.

Knows how windows follow each other at the usual settings. Does not know how they were drawn.
"""

from __future__ import annotations

from engine.audio.seams import seam_contrast
from engine.catalog.specs import ModelConfig
from engine.sampling.plan import hop_codes, level_windows
from engine.types import Audio, Level, SamplingSettings


def joins(config: ModelConfig, level: Level, samples: int) -> list[int]:
    """Samples at which windows of a level begin to contribute, in music made from nothing."""
    prior = config.priors[level]
    factor = 1 if prior.conditioner is None else prior.conditioner.factor
    fraction = SamplingSettings().levels[level].hop_fraction
    hop = hop_codes(fraction, prior.context, factor)
    windows = level_windows(0, 0, samples // prior.hop, prior.context, hop)
    return [window.fresh * prior.hop for window in windows[1:]]


def seam_ratio(audio: Audio, places: list[int]) -> float | None:
    """Spectral flux at some moments over that elsewhere; None where there are no such moments."""
    within = [place for place in places if place < len(audio.samples)]
    return seam_contrast(audio, within).ratio if within else None
