"""The labels of windows as rows of tensors, the way a prior hears them."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from engine.nn.conditioning import LabelBatch, LabelBlend
from engine.sampling.labels import WindowLabels
from engine.text.vocabulary import Blend


def label_batch(window: WindowLabels, takes: int, device: torch.device) -> LabelBatch:
    """The labels of a window as a prior hears them, the same for every take."""
    return labels_of([window], takes, device)


def labels_of(windows: Sequence[WindowLabels], takes: int, device: torch.device) -> LabelBatch:
    """The labels of windows of one prior, all takes of a window before the next window."""
    every = [window for window in windows for _ in range(takes)]

    def rows(values: list[int] | list[tuple[int, ...]]) -> torch.Tensor:
        return torch.tensor(values, dtype=torch.int64, device=device)

    return LabelBatch(
        total_length=rows([window.total_length for window in every]),
        offset=rows([window.offset for window in every]),
        length=rows([window.length for window in every]),
        artist=rows([window.artist for window in every]),
        genres=rows([window.genres for window in every]),
        lyrics=rows([window.lyrics for window in every]) if windows[0].lyrics else None,
        blend=_blend_of([window.blend for window in every if window.blend], device),
    )


def _blend_of(blends: Sequence[Blend], device: torch.device) -> LabelBlend | None:
    """The blends of the windows of one song, which are alike, or None for none."""
    if not blends:
        return None

    def columns(names: Sequence[tuple[tuple[int, float], ...]]) -> tuple[torch.Tensor, ...]:
        numbers = torch.tensor([[number for number, _ in row] for row in names], device=device)
        weights = torch.tensor([[weight for _, weight in row] for row in names], device=device)
        return numbers, weights

    artists, artist_weights = columns([blend.artists for blend in blends])
    genres, genre_weights = columns([blend.genres for blend in blends])
    return LabelBlend(artists, artist_weights, genres, genre_weights)
