"""The three-level autoencoder between sound and codes.

Knows how sound becomes codes and codes become sound, and how far each depends on its neighbours.
Does not know files, devices, losses or optimisers.

Source: Jukebox paper, section 3; jukebox specification 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from engine.catalog.specs import VqVaeConfig
from engine.nn.codebook import Codebook
from engine.nn.codec import Decoder, Encoder, codec_shape, decoder_reach, encoder_reach


@dataclass(frozen=True, slots=True, eq=False)
class Reconstruction:
    """What one level makes of a sound.

    Attributes:
        audio: (batch, time) the sound after rounding to codes.
        codes: (batch, tokens) int64.
        latents: (batch, embedding, tokens) before rounding.
        commitment: mean squared distance from the latents to their codes' vectors.
    """

    audio: Tensor
    codes: Tensor
    latents: Tensor
    commitment: Tensor


class LevelAutoencoder(nn.Module):
    """One level by itself: encoder, codebook and decoder."""

    def __init__(self, config: VqVaeConfig, level: int) -> None:
        super().__init__()
        self.shape = codec_shape(config, level)
        self.hop = config.hops[level]
        self.encoder = Encoder(self.shape)
        self.codebook = Codebook(config.codebook_size, config.embedding_width)
        self.decoder = Decoder(self.shape)

    def encode(self, audio: Tensor) -> Tensor:
        """Codes of a sound: (batch, time) to (batch, time // hop) int64."""
        return self.codebook.nearest(self.encoder(audio))

    def decode(self, codes: Tensor) -> Tensor:
        """Sound of codes: (batch, tokens) to (batch, tokens · hop), not clipped."""
        return self.decoder(self.codebook.lookup(codes))

    def forward(self, audio: Tensor) -> Reconstruction:
        """Encode, round with a straight-through gradient, and decode (batch, time)."""
        latents = self.encoder(audio).float()
        codes = self.codebook.nearest(latents)
        vectors = self.codebook.lookup(codes)
        rounded = latents + (vectors - latents).detach()
        commitment = nn.functional.mse_loss(latents, vectors)
        return Reconstruction(self.decoder(rounded), codes, latents, commitment)


class VQVAE(nn.Module):
    """All levels side by side. They share nothing but the sound they work on."""

    def __init__(self, config: VqVaeConfig) -> None:
        super().__init__()
        self.config = config
        self.levels = nn.ModuleList(LevelAutoencoder(config, n) for n in range(config.levels))

    def level(self, level: int) -> LevelAutoencoder:
        """One level by itself."""
        return cast(LevelAutoencoder, self.levels[level])

    @torch.no_grad()
    def encode(self, audio: Tensor) -> tuple[Tensor, ...]:
        """Codes of a sound at every level, BOTTOM first.

        Args:
            audio: (batch, time) float, nominally within −1…1.

        Returns:
            Per level (batch, time // hop) int64. Samples beyond the last whole code are not heard.
        """
        return tuple(self.level(n).encode(audio) for n in range(self.config.levels))

    @torch.no_grad()
    def decode(self, codes: Tensor, level: int) -> Tensor:
        """Sound of the codes of one level.

        Args:
            codes: (batch, tokens) integers below the codebook size.
            level: 0 for the finest.

        Returns:
            (batch, tokens · hop) float, roughly within −1…1, not clipped.
        """
        return self.level(level).decode(codes)

    def forward(self, audio: Tensor) -> tuple[Reconstruction, ...]:
        """What every level makes of (batch, time), with gradients, BOTTOM first."""
        return tuple(self.level(n)(audio) for n in range(self.config.levels))

    def decoder_reach(self, level: int) -> tuple[int, int]:
        """Codes to the left and to the right that the samples of one code depend on. Exact."""
        return decoder_reach(self.level(level).shape, self.level(level).hop)

    def encoder_reach(self, level: int) -> tuple[int, int]:
        """Samples before and after a code's own stretch that the code depends on. Exact."""
        return encoder_reach(self.level(level).shape, self.level(level).hop)
