"""The losses of the original's autoencoder, figure by figure, by the original's names.

Knows reconstructions and the sound they are of. Does not know models or optimisers.

Source: Jukebox paper, section 3.1; jukebox specification 2.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.nn.vqvae import Reconstruction
from engine.training.losses import (
    SpectrumShape,
    largest_errors,
    magnitudes,
    spectral_distance,
)

SINGLE = SpectrumShape(2048, 256, 1536)
_QUIETEST = 2e-3


@dataclass(frozen=True, slots=True)
class LossShape:
    """What the original measures.

    Attributes:
        kind: of the distance in time: l1, l2, linf or lmix.
        relative: divide the spectral distance by the sound's own spectrum, not by its bandwidth.
        bandwidth: what distances are divided by: "l1", "l2" and "spec".
        largest: how many of the largest errors linf takes.
        mix: shares of l1, l2 and linf in lmix.
        weights: of the spectral, multispectral and commitment losses in the whole.
        spectra: (fft, hop, window) of the multispectral loss.
    """

    kind: str
    relative: bool
    bandwidth: Mapping[str, float]
    largest: int
    mix: tuple[float, float, float]
    weights: tuple[float, float, float]
    spectra: tuple[tuple[int, int, int], ...]


def published_losses(
    outputs: Sequence[Reconstruction], wanted: Tensor, shape: LossShape
) -> dict[str, Tensor]:
    """Every loss and figure of a training pass.

    Args:
        outputs: of each level, BOTTOM first.
        wanted: (batch, time).

    Returns:
        Scalars; levels are counted from 1.
    """
    figures: dict[str, Tensor] = {}
    for number, output in enumerate(outputs, start=1):
        figures[f"recons_loss_l{number}"] = in_time(output.audio, wanted, shape)[shape.kind]
        figures[f"spectral_loss_l{number}"] = _spectral(output.audio, wanted, shape)
        figures[f"multispectral_loss_l{number}"] = _multispectral(output.audio, wanted, shape)
    for name in ("recons_loss", "spectral_loss", "multispectral_loss"):
        parts = [figures[f"{name}_l{number}"] for number in range(1, len(outputs) + 1)]
        figures[name] = torch.stack(parts).sum()
    finest = in_time(outputs[0].audio, wanted, shape)
    figures |= {f"{kind}_loss": finest[kind] for kind in ("l1", "l2", "linf")}
    figures["spectral_convergence"] = spectral_convergence(outputs[0].audio, wanted)
    figures["commit_loss"] = torch.stack([output.commitment for output in outputs]).sum()
    spectral, multispectral, commit = shape.weights
    figures["loss"] = (
        figures["recons_loss"]
        + spectral * figures["spectral_loss"]
        + multispectral * figures["multispectral_loss"]
        + commit * figures["commit_loss"]
    )
    return figures


def in_time(made: Tensor, wanted: Tensor, shape: LossShape) -> dict[str, Tensor]:
    """Distances of (batch, time) in time, by kind."""
    difference = made - wanted
    l1 = difference.abs().mean() / shape.bandwidth["l1"]
    l2 = difference.square().mean() / shape.bandwidth["l2"]
    linf = largest_errors(made, wanted, shape.largest).mean() / shape.bandwidth["l2"]
    mixed = sum(s * d for s, d in zip(shape.mix, (l1, l2, linf), strict=True))
    return {"l1": l1, "l2": l2, "linf": linf, "lmix": torch.as_tensor(mixed)}


def spectral_convergence(made: Tensor, wanted: Tensor) -> Tensor:
    """Spectral distance over the sound's own size, 0 for silence; mean over (batch, time)."""
    size = magnitudes(wanted, SINGLE).flatten(1).norm(dim=1)
    share = spectral_distance(made, wanted, SINGLE) / size.clamp_min(_QUIETEST)
    return (share * (size > _QUIETEST)).mean()


def _spectral(made: Tensor, wanted: Tensor, shape: LossShape) -> Tensor:
    if shape.relative:
        return spectral_convergence(made, wanted)
    return spectral_distance(made, wanted, SINGLE).mean() / shape.bandwidth["spec"]


def _multispectral(made: Tensor, wanted: Tensor, shape: LossShape) -> Tensor:
    distances = [spectral_distance(made, wanted, SpectrumShape(*s)) for s in shape.spectra]
    return torch.stack(distances).mean() / shape.bandwidth["spec"]
