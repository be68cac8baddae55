"""A model's VQ-VAE on held-out clips: how well it keeps them, and which codes it needs.

Knows one level at a time. Does not know priors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.judges.clips import Clip
from engine.judges.hearing import Hearing, hear
from engine.judges.kept import Arrays, Kept
from engine.judges.notes import Transcriber
from engine.nn.vqvae import LevelAutoencoder
from engine.training.base import BaseModel, WeightState
from engine.training.losses import si_sdr
from engine.training.tokens import CodeArray, encoded
from engine.types import Audio, Level


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """A clip encoded and decoded.

    Attributes:
        clip: which.
        si_sdr_db: scale-invariant signal-to-distortion ratio of the copy.
        heard: of the copy.
    """

    clip: Clip
    si_sdr_db: float
    heard: Hearing


class LevelCopier:
    """Encodes and decodes with one level of a model.

    Args:
        kept: where copies are kept, by the weights that made them.

    Raises:
        ModelError: the weights cannot be read.
    """

    def __init__(self, model: BaseModel, level: Level, kept: Kept) -> None:
        config = model.installed.config.vqvae
        weights = model.codec(level)
        self.rate, self.size = config.sample_rate, config.codebook_size
        self._level = LevelAutoencoder(config, level)
        self._level.load_state_dict(weights)
        self._level.eval()
        self._kept = kept.within(f"{level.name.lower()}-{_fingerprint(weights)}")

    def codes(self, clip: Clip) -> CodeArray:
        """The codes of a clip: (tokens,), found in half precision, as those that priors learn from.

        Raises:
            OSError: they cannot be kept.
        """

        def encode() -> Arrays:
            with torch.autocast("cpu", torch.bfloat16):
                return {"codes": encoded(self._level, self._samples(clip))}

        return self._kept.arrays(f"{clip.name}-codes", encode)["codes"].astype(np.uint16)

    def copy(self, clip: Clip, transcriber: Transcriber) -> Copy:
        """A clip as this level keeps it.

        Raises:
            OSError: it cannot be kept.
        """

        def listen() -> Arrays:
            made = self.sound(self.codes(clip))
            copy, wanted = torch.tensor(made.samples), self._samples(clip)
            ratio = si_sdr(copy[None], wanted[None, : len(copy)])
            return {"si_sdr_db": ratio.numpy(), **hear(made, transcriber).arrays()}

        arrays = self._kept.arrays(clip.name, listen)
        return Copy(clip, float(arrays["si_sdr_db"].item()), Hearing.of(arrays))

    def sound(self, codes: CodeArray) -> Audio:
        """Codes as sound, from −1 to 1."""
        with torch.inference_mode():
            samples = self._level.decode(torch.from_numpy(codes.astype(np.int64)).unsqueeze(0))
        return Audio(samples[0].clamp(-1, 1).numpy(), self.rate)

    def _samples(self, clip: Clip) -> torch.Tensor:
        return torch.tensor(clip.audio(self.rate).samples)


@dataclass(frozen=True, slots=True)
class CodeUse:
    """How many different codes occur, as a share of all, and their perplexity."""

    share: float
    perplexity: float


def code_use(codes: Sequence[NDArray[np.integer]], size: int) -> CodeUse:
    """Which codes occur in what was encoded.

    Args:
        size: how many codes there are.
    """
    counts = sum((np.bincount(some, minlength=size) for some in codes), np.zeros(size))
    shares = counts[counts > 0] / max(counts.sum(), 1)
    return CodeUse(len(shares) / size, float(np.exp(-(shares * np.log(shares)).sum())))


def _fingerprint(weights: WeightState) -> str:
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(name.encode() + weights[name].contiguous().numpy().tobytes())
    return digest.hexdigest()[:12]
