"""The readable body: `Prior.prefill`, then `Prior.step` and a draw per code, on any device."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.nn.conditioning import Conditioning
from engine.nn.prior import Prior
from engine.steps.drawing import draw
from engine.types import LevelSettings


class PlainBody:
    """Draws with torch, operation by operation. Implements `engine.steps.body.Body`."""

    warming = False

    def __init__(self, prior: Prior) -> None:
        self._prior = prior

    def open(
        self, known: Tensor, conditioning: Conditioning, settings: LevelSettings
    ) -> PlainStream:
        """See `Body.open`."""
        return PlainStream(self._prior, known, conditioning, settings)


class PlainStream:
    """A window and its cache. Implements `engine.steps.body.CodeStream`."""

    def __init__(
        self, prior: Prior, known: Tensor, conditioning: Conditioning, settings: LevelSettings
    ) -> None:
        self._prior, self._conditioning, self._settings = prior, conditioning, settings
        self._symbols: Tensor | None = None
        with torch.inference_mode():
            self._cache = prior.new_cache(known.shape[0])
            self._logits = prior.prefill(known, conditioning, self._cache)

    def draw(self, uniforms: Tensor) -> Tensor:
        """See `CodeStream.draw`."""
        with torch.inference_mode():
            if uniforms.shape[0] != self._logits.shape[0]:
                self._share(uniforms.shape[0])
            symbols = torch.stack([self._next(column) for column in uniforms.unbind(1)], dim=1)
            return self._prior.codes_of(symbols)

    def follow(self, codes: Tensor) -> None:
        """See `CodeStream.follow`."""
        for column in codes.unbind(1):
            self.draw(torch.zeros(len(codes), 1, device=codes.device))
            self._symbols = column + self._prior.config.first_code

    def _share(self, batch: int) -> None:
        self._cache.stack.share(batch)
        self._logits = self._logits.expand(batch, -1)

    def _next(self, uniforms: Tensor) -> Tensor:
        """One symbol per row; what was drawn last is fed only when more is wanted."""
        if self._symbols is not None:
            self._logits = self._prior.step(self._symbols, self._conditioning, self._cache)
        self._symbols = draw(self._logits, self._settings, uniforms)
        return self._symbols
