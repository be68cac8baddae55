"""Which character is being sung when: what one head of the top prior looks at.

Knows windows and lyrics. Does not know the sound, nor how an alignment is shown.

Source: jukebox specification 5.5.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.errors import ModelError
from engine.nn.conditioning import Conditioning
from engine.nn.prior import Prior
from engine.sampling.labels import SongLabels
from engine.sampling.plan import window_starts
from engine.sampling.sampler import label_batch


def align(
    prior: Prior, codes: NDArray[np.integer], labels: SongLabels, hop: int
) -> NDArray[np.float32]:
    """How much each code of a song was made looking at each character of its lyrics.

    The state that a character's column belongs to knows the characters before it, so what is sung
    is the one before. Where windows overlap, the earlier one is heard.

    Args:
        prior: of the top level, one that reads lyrics.
        codes: (time,) of the song from its first sample on.
        hop: codes by which windows move on.

    Returns:
        (time, characters of the cleaned lyrics) within 0…1.

    Raises:
        ModelError: the prior reads no lyrics.
    """
    seen = np.zeros((len(codes), labels.characters), np.float32)
    context = prior.config.context
    for start in reversed(window_starts(len(codes), context, hop)):
        part = codes[start : start + context]
        window = labels.window(start)
        padded = np.pad(part.astype(np.int64), (0, context - len(part)))
        with torch.inference_mode():
            conditioning = prior.condition(label_batch(window, 1, prior.device), None)
            tokens = torch.from_numpy(padded).to(prior.device)
            weights = lyric_attention(prior, tokens.unsqueeze(0), conditioning)[0].cpu().numpy()
        characters = np.array(window.lyric_indices)
        shown = characters >= 0
        seen[start : start + len(part), characters[shown]] = weights[: len(part), shown]
    return seen


def lyric_attention(prior: Prior, codes: Tensor, conditioning: Conditioning) -> Tensor:
    """How much each code of a window looks at each lyric slot.

    Args:
        codes: (batch, context) int64.

    Returns:
        (batch, context, slots) float32.

    Raises:
        ModelError: the prior reads no lyrics.
    """
    lyrics = prior.config.lyrics
    if lyrics is None:
        raise ModelError("This prior reads no lyrics, so nothing can be aligned with them.")
    weights = prior.attention(codes, conditioning, lyrics.alignment_layer)
    return weights[:, lyrics.alignment_head, prior.config.lyrics_in_sequence :, : lyrics.tokens]
