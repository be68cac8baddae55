"""How far a reconstruction is from the sound it came from.

Knows tensors of sound. Does not know models, codes or optimisers.

Source: Jukebox paper, section 3.1; jukebox specification 2.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

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
QUIETEST_MAGNITUDE = 0.01
"""Below this, two magnitudes sound equally silent: about 80 dB under a full-scale tone."""
BAND_EDGES_HZ = (0, 250, 500, 1000, 2000, 4000, 8000)
"""Where the bands begin that are weighed alike."""
_SILENCE = 1e-5


@dataclass(frozen=True, slots=True)
class LossWeights:
    """How much each of the `LossParts` counts beside `samples`."""

    waves: float = 1.0
    sizes: float = 0.5
    logarithms: float = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class LossParts:
    """How wrong a reconstruction is, in four ways; each is 0 for equal sounds, about 1 for silence.

    Attributes:
        samples: squared error over power, which SI-SDR measures.
        waves: distance of complex spectra over their size, mean over bands.
        sizes: the same of magnitudes alone.
        logarithms: mean distance of natural logarithms of magnitudes.
    """

    samples: Tensor
    waves: Tensor
    sizes: Tensor
    logarithms: Tensor

    def weighed(self, weights: LossWeights) -> Tensor:
        """What is trained on: a scalar."""
        return (
            self.samples
            + weights.waves * self.waves
            + weights.sizes * self.sizes
            + weights.logarithms * self.logarithms
        )

    def figures(self) -> dict[str, float]:
        """For a curve."""
        return {name: getattr(self, name).item() for name in self.__slots__}


def spectrum(audio: Tensor, shape: SpectrumShape) -> Tensor:
    """Complex spectrogram of (batch, time): (batch, frequencies, frames)."""
    window = torch.hann_window(shape.window, device=audio.device)
    return torch.stft(
        audio.float(), shape.fft, shape.hop, shape.window, window, return_complex=True
    )


def magnitudes(audio: Tensor, shape: SpectrumShape) -> Tensor:
    """Magnitude spectrogram of (batch, time): (batch, frequencies, frames) float32."""
    return spectrum(audio, shape).abs()


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


def even_loss(made: Tensor, wanted: Tensor, shape: SpectrumShape, rate: int) -> LossParts:
    """Errors that weigh all octaves alike, however much louder the low ones are.

    Args:
        made, wanted: (batch, time).
        shape: of the spectra compared.
        rate: samples per second.
    """
    mine, theirs = spectrum(made, shape), spectrum(wanted, shape)
    mine_size, their_size = mine.abs(), theirs.abs()
    floor = QUIETEST_MAGNITUDE
    waves: list[Tensor] = []
    sizes: list[Tensor] = []
    for low, high in _bands(shape, rate):
        part = their_size[:, low:high]
        loudness = part.norm() + floor * part.numel() ** 0.5
        waves.append((theirs[:, low:high] - mine[:, low:high]).abs().norm() / loudness)
        sizes.append((part - mine_size[:, low:high]).norm() / loudness)
    logarithms = their_size.clamp_min(floor).log() - mine_size.clamp_min(floor).log()
    return LossParts(
        samples=(made - wanted).square().mean() / (wanted.square().mean() + _SILENCE),
        waves=torch.stack(waves).mean(),
        sizes=torch.stack(sizes).mean(),
        logarithms=logarithms.abs().mean(),
    )


def band_errors(made: Tensor, wanted: Tensor, rate: int) -> Tensor:
    """Error of magnitudes over their size in each band of `BAND_EDGES_HZ`: (bands,)."""
    shape = MULTISPECTRAL[0]
    mine, theirs = magnitudes(made, shape), magnitudes(wanted, shape)
    errors = [
        (theirs[:, low:high] - mine[:, low:high]).norm() / theirs[:, low:high].norm()
        for low, high in _bands(shape, rate)
    ]
    return torch.stack(errors)


def _bands(shape: SpectrumShape, rate: int) -> list[tuple[int, int]]:
    """First and last-but-one frequency of each band, as rows of a spectrum."""
    rows = shape.fft // 2 + 1
    edges = [min(rows, round(edge * shape.fft / rate)) for edge in BAND_EDGES_HZ] + [rows]
    return [(low, high) for low, high in pairwise(edges) if high > low]


def si_sdr(made: Tensor, wanted: Tensor) -> Tensor:
    """Scale-invariant signal-to-distortion ratio in dB of (batch, time): (batch,).

    Source: Le Roux et al. 2019, "SDR – half-baked or well done?".
    """
    scale = (made * wanted).sum(1, keepdim=True) / wanted.square().sum(1, keepdim=True)
    target = scale * wanted
    ratio = target.square().sum(1) / (made - target).square().sum(1)
    return 10 * ratio.log10()
