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
from engine.training.losses import band_errors, si_sdr
from engine.training.prior import Batch


@dataclass(frozen=True, slots=True)
class CodecFigures:
    """How well one level of the VQ-VAE keeps sound.

    Attributes:
        si_sdr_db: scale-invariant signal-to-distortion ratio, mean over songs.
        band_errors: distance of magnitudes over their size in each band of `BAND_EDGES_HZ`, mean
            over songs; 0 is perfect, 1 is silence.
        codes_used: how many different codes the songs need.
        perplexity: how many equally frequent codes would carry as much.
    """

    si_sdr_db: float
    band_errors: tuple[float, ...]
    codes_used: int
    perplexity: float


@torch.no_grad()
def codec_figures(
    model: LevelAutoencoder, songs: Sequence[Song], rate: int, seconds: float
) -> CodecFigures:
    """Encode and decode up to `seconds` from the middle of each song."""
    ratios: list[float] = []
    errors: list[torch.Tensor] = []
    counts = torch.zeros(len(model.codebook.vectors))
    for song in songs:
        length = min(song.samples, round(seconds * rate)) // model.hop * model.hop
        wanted = read_stretch(song, (song.samples - length) // 2, length).unsqueeze(0)
        codes = model.encode(wanted)
        made = model.decode(codes)
        ratios.append(si_sdr(made, wanted).item())
        errors.append(band_errors(made, wanted, rate))
        counts += torch.bincount(codes[0], minlength=len(counts))
    shares = counts[counts > 0] / counts.sum()
    return CodecFigures(
        si_sdr_db=sum(ratios) / len(ratios),
        band_errors=tuple(torch.stack(errors).mean(0).tolist()),
        codes_used=len(shares),
        perplexity=float(torch.exp(-(shares * shares.log()).sum())),
    )


@torch.no_grad()
def prior_bits(model: Prior, windows: Windows, count: int, withheld: Withheld) -> float:
    """Bits per code over `count` random windows; the same windows at every call."""
    generator = torch.Generator().manual_seed(0)
    device = next(model.parameters()).device
    total = 0.0
    for _ in range(count):
        batch = Batch.of([windows.draw(withheld, generator)]).to(device)
        total += model(batch.codes, batch.labels, batch.upper).music_loss.item()
    return total / count


CONDITIONS = {
    "bits": NOTHING_WITHHELD,
    "bits_any_artist": Withheld(artist=1, genres=1, lyrics=0, whole_song=1),
    "bits_no_lyrics": Withheld(artist=0, genres=0, lyrics=1, whole_song=1),
}
"""What the prior is told when its bits are counted."""
