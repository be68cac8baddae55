"""How good a trained model is, in figures, on songs that it has not learnt from.

Knows the measures. Does not know how the model was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from engine.nn.prior import Prior
from engine.nn.vqvae import LevelAutoencoder
from engine.training.data import Song, read_stretch
from engine.training.excerpts import NOTHING_WITHHELD, Windows, Withheld
from engine.training.losses import MULTISPECTRAL, magnitudes, si_sdr
from engine.training.prior import Batch


@dataclass(frozen=True, slots=True)
class CodecFigures:
    """How well one level of the VQ-VAE keeps sound.

    Attributes:
        si_sdr_db: scale-invariant signal-to-distortion ratio, mean over songs.
        spectral_convergence: distance of magnitudes over their size; 0 is perfect.
        codes_used: how many different codes the songs need.
        perplexity: how many equally frequent codes would carry as much.
    """

    si_sdr_db: float
    spectral_convergence: float
    codes_used: int
    perplexity: float


@torch.no_grad()
def codec_figures(model: LevelAutoencoder, songs: Sequence[Song], longest: int) -> CodecFigures:
    """Encode and decode up to `longest` samples from the middle of each song."""
    ratios: list[float] = []
    convergences: list[float] = []
    counts = torch.zeros(len(model.codebook.vectors))
    for song in songs:
        length = min(song.samples, longest) // model.hop * model.hop
        wanted = read_stretch(song, (song.samples - length) // 2, length).unsqueeze(0)
        codes = model.encode(wanted)
        made = model.decode(codes)
        ratios.append(si_sdr(made, wanted).item())
        convergences.append(_convergence(made, wanted))
        counts += torch.bincount(codes[0], minlength=len(counts))
    shares = counts[counts > 0] / counts.sum()
    return CodecFigures(
        si_sdr_db=sum(ratios) / len(ratios),
        spectral_convergence=sum(convergences) / len(convergences),
        codes_used=len(shares),
        perplexity=float(torch.exp(-(shares * shares.log()).sum())),
    )


def _convergence(made: torch.Tensor, wanted: torch.Tensor) -> float:
    theirs = magnitudes(wanted, MULTISPECTRAL[0])
    return ((theirs - magnitudes(made, MULTISPECTRAL[0])).norm() / theirs.norm()).item()


@torch.no_grad()
def prior_bits(model: Prior, windows: Windows, count: int, withheld: Withheld) -> float:
    """Bits per code over `count` random windows; the same windows at every call."""
    generator = torch.Generator().manual_seed(0)
    device = next(model.parameters()).device
    total = 0.0
    for _ in range(count):
        batch = Batch.of([windows.draw(withheld, generator)], device)
        total += model(batch.codes, batch.labels, batch.upper).music_loss.item()
    return total / count


CONDITIONS = {
    "bits": NOTHING_WITHHELD,
    "bits_any_artist": Withheld(artist=1, genres=1, lyrics=0, whole_song=1),
    "bits_no_lyrics": Withheld(artist=0, genres=0, lyrics=1, whole_song=1),
}
"""What the prior is told when its bits are counted."""
