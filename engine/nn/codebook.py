"""The codebook of one level: nearest-code lookup, and how training moves the code vectors.

Knows vectors and indices. Does not know sound, levels or losses. `Codebook` is all that a trained
model needs; `CodebookAverage` exists only while training.

Source: jukebox specification 2.2 and 2.5; van den Oord et al. 2017, appendix A.1 (moving averages).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

ROWS_AT_ONCE = 1 << 14
"""Latents compared with the whole codebook at a time; bounds memory for long songs."""


class Codebook(nn.Module):
    """Vectors that latents are rounded to."""

    vectors: Tensor

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.register_buffer("vectors", torch.zeros(size, width))

    def nearest(self, latents: Tensor) -> Tensor:
        """The code next to each latent: (batch, width, time) float to (batch, time) int64."""
        batch, width, time = latents.shape
        rows = latents.detach().permute(0, 2, 1).reshape(-1, width).float()
        with torch.autocast(rows.device.type, enabled=False):
            codes = [self._nearest_rows(part) for part in rows.split(ROWS_AT_ONCE)]
        return torch.cat(codes).view(batch, time)

    def lookup(self, codes: Tensor) -> Tensor:
        """The vectors of codes: (batch, time) int64 to (batch, width, time)."""
        return nn.functional.embedding(codes, self.vectors).permute(0, 2, 1)

    def _nearest_rows(self, rows: Tensor) -> Tensor:
        vectors = self.vectors.float()
        squares = rows.square().sum(-1, keepdim=True)
        distances = squares - 2 * rows @ vectors.T + vectors.square().sum(-1)
        return distances.argmin(-1)


class CodebookAverage(nn.Module):
    """Moves code vectors to the moving average of the latents they stand for.

    A code used less than `restart_share` of an even share restarts at a random latent of the batch,
    as if it had been used evenly so far, so that it has time to be found useful there. The share is
    relative, so that small batches keep their codes as large ones do.

    Args:
        codebook: whose vectors are moved, in place.
        momentum: share of the old average kept at each update.
        restart_share: of tokens per update over codebook size.
    """

    sums: Tensor
    counts: Tensor

    def __init__(
        self, codebook: Codebook, momentum: float = 0.99, restart_share: float = 0.3
    ) -> None:
        super().__init__()
        self._codebook = [codebook]  # in a list: the vectors are saved with the model, not here
        self.momentum = momentum
        self.restart_share = restart_share
        self.register_buffer("sums", torch.zeros_like(codebook.vectors))
        self.register_buffer("counts", torch.zeros(len(codebook.vectors)))

    @property
    def begun(self) -> bool:
        """Whether there are codes: they were put on latents, or kept."""
        return bool(self.counts.any())

    @torch.no_grad()
    def start(self, latents: Tensor, generator: torch.Generator) -> None:
        """Put every code on a random one of `latents` (rows, width)."""
        chosen = self._draw(latents, generator)
        even = len(latents) / len(self.counts)
        self._codebook[0].vectors.copy_(chosen)
        self.sums.copy_(chosen * even)
        self.counts.fill_(even)

    @torch.no_grad()
    def keep(self, rows: int) -> None:
        """Go on with the codes as they are, as if batches of `rows` had used each evenly."""
        even = rows / len(self.counts)
        self.sums.copy_(self._codebook[0].vectors * even)
        self.counts.fill_(even)

    @torch.no_grad()
    def update(self, latents: Tensor, codes: Tensor, generator: torch.Generator) -> float:
        """Move the codes by one step and return the share of them that are in use.

        Args:
            latents: (rows, width).
            codes: (rows,) the code nearest to each.
            generator: of the CPU; draws the latents at which unused codes restart.
        """
        rows = latents.float()
        sums = torch.zeros_like(self.sums).index_add_(0, codes, rows)
        counts = torch.bincount(codes, minlength=len(self.counts)).to(self.counts.dtype)
        self.sums.lerp_(sums, 1 - self.momentum)
        self.counts.lerp_(counts, 1 - self.momentum)
        even = len(rows) / len(self.counts)
        used = self.counts >= self.restart_share * even
        unused = ~used.unsqueeze(-1)
        self.sums.copy_(torch.where(unused, even * self._draw(rows, generator), self.sums))
        self.counts.masked_fill_(~used, even)
        self._codebook[0].vectors.copy_(self.sums / self.counts.unsqueeze(-1))
        return used.float().mean().item()

    def _draw(self, latents: Tensor, generator: torch.Generator) -> Tensor:
        """Random rows, one per code; slightly shaken where the batch has too few to go round."""
        size, width = self.sums.shape
        order = torch.randperm(len(latents), generator=generator)
        rows = latents.float()[order.repeat(-(-size // len(order)))[:size].to(latents.device)]
        if len(latents) >= size:
            return rows
        noise = torch.randn(rows.shape, generator=generator).to(rows.device)
        return rows + noise * (0.01 / width**0.5)
