"""How far a reconstruction is from the sound it came from.

Knows tensors of sound. Does not know models, codes or optimisers.

Source: Jukebox paper, section 3.1; jukebox specification 2.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class SpectrumShape:
    """Sizes of a short-time Fourier transform, in samples."""

    fft: int
    hop: int
    window: int


MULTISPECTRAL = (
    SpectrumShape(2048, 240, 1200),
    SpectrumShape(1024, 120, 600),
    SpectrumShape(512, 50, 240),
)
QUIETEST_MAGNITUDE = 0.02
"""Below this, two magnitudes sound equally silent: about 70 dB under a full-scale tone."""


def magnitudes(audio: Tensor, shape: SpectrumShape) -> Tensor:
    """Magnitude spectrogram of (batch, time): (batch, frequencies, frames) float32."""
    window = torch.hann_window(shape.window, device=audio.device)
    spectrum = torch.stft(
        audio.float(), shape.fft, shape.hop, shape.window, window, return_complex=True
    )
    return spectrum.abs()


def spectral_distance(made: Tensor, wanted: Tensor, shape: SpectrumShape) -> Tensor:
    """Frobenius norm per item of the difference of magnitudes: (batch, time) twice to (batch,)."""
    difference = magnitudes(wanted, shape) - magnitudes(made, shape)
    return difference.flatten(1).norm(dim=1)


def multispectral_distance(made: Tensor, wanted: Tensor) -> Tensor:
    """Mean of the spectral distances at three resolutions: (batch,)."""
    distances = [spectral_distance(made, wanted, shape) for shape in MULTISPECTRAL]
    return torch.stack(distances).mean(0)


def largest_errors(made: Tensor, wanted: Tensor, count: int) -> Tensor:
    """Mean of the `count` largest squared errors of each item: (batch,)."""
    errors = (made - wanted).square().flatten(1)
    return errors.topk(count, dim=1).values.mean(1)


def spectral_loss(made: Tensor, wanted: Tensor, shape: SpectrumShape) -> Tensor:
    """Spectral convergence plus the mean distance of the logarithms; independent of loudness.

    The first part hears the loud partials, the second the quiet ones that make speech intelligible.

    Args:
        made, wanted: (batch, time).

    Returns:
        A scalar; 0 for equal sounds, about 2 for silence.
    """
    mine, theirs = magnitudes(made, shape), magnitudes(wanted, shape)
    convergence = (theirs - mine).norm() / theirs.norm().clamp_min(1e-6)
    floor = QUIETEST_MAGNITUDE
    logarithmic = (theirs.clamp_min(floor).log10() - mine.clamp_min(floor).log10()).abs().mean()
    return convergence + logarithmic


def si_sdr(made: Tensor, wanted: Tensor) -> Tensor:
    """Scale-invariant signal-to-distortion ratio in dB of (batch, time): (batch,).

    Source: Le Roux et al. 2019, "SDR – half-baked or well done?".
    """
    scale = (made * wanted).sum(1, keepdim=True) / wanted.square().sum(1, keepdim=True)
    target = scale * wanted
    ratio = target.square().sum(1) / (made - target).square().sum(1)
    return 10 * ratio.log10()
