"""Which character is being sung when: what one head of the top prior looks at.

Knows windows and lyrics. Does not know the sound, nor how an alignment is shown.

Source: jukebox specification 5.5.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api import Aligned
from engine.errors import ModelError
from engine.nn.conditioning import Conditioning
from engine.nn.prior import Prior
from engine.sampling.batches import label_batch
from engine.sampling.labels import SongLabels
from engine.sampling.plan import Window, alignment_windows, window_starts
from engine.sampling.tracks import Track


class Look(NamedTuple):
    """Where the codes of a window's new part look.

    Attributes:
        weights: (codes, slots) within 0…1.
        characters: (slots,) which character of the cleaned lyrics each slot holds, −1 for none.
    """

    window: Window
    weights: NDArray[np.float32]
    characters: NDArray[np.int64]


def looks(
    prior: Prior, codes: NDArray[np.integer], labels: SongLabels, windows: Iterable[Window]
) -> Iterator[Look]:
    """Where each window's new codes look, given those before them in the window.

    Args:
        prior: of the top level, one that reads lyrics.
        codes: (time,) of the song from its first sample on, up to the last window's end at least.

    Raises:
        ModelError: the prior reads no lyrics.
    """
    block = prior.config.transformer.block_length
    for window in windows:
        told = labels.window(window.start)
        known = codes[window.start : window.end].astype(np.int64)
        padded = np.pad(known, (0, -(prior.config.lyrics_in_sequence + len(known)) % block))
        with torch.inference_mode():
            conditioning = prior.condition(label_batch(told, 1, prior.device), None)
            tokens = torch.from_numpy(padded).to(prior.device).unsqueeze(0)
            weights = lyric_attention(prior, tokens, conditioning)[0]
        fresh = weights[window.fresh - window.start : len(known)].cpu().numpy()
        yield Look(window, fresh, np.array(told.lyric_indices))


def align(
    prior: Prior, codes: NDArray[np.integer], labels: SongLabels, hop: int
) -> NDArray[np.float32]:
    """How much each code of a song was made looking at each character of its lyrics.

    The state that a character's column belongs to knows the characters before it, so what is sung
    is the one before. Where windows overlap, the earlier one is heard of the characters that it
    has in view, and the later one of the others, as in the original.

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
    starts = reversed(window_starts(len(codes), context, hop))
    whole = (Window(start, start, min(start + context, len(codes))) for start in starts)
    for window, weights, characters in looks(prior, codes, labels, whole):
        shown = characters >= 0
        seen[window.start : window.end, characters[shown]] = weights[:, shown]
    return seen


class Follower:
    """Follows the lyrics through the codes of some takes as they grow.

    Looking is a pass over a window, so it is done for many codes at once, in windows of its own:
    soon after the beginning, then ever more rarely, up to half a window. Which codes are looked at
    together depends on where they lie only, so it does not matter how they came in.

    Args:
        track: of the TOP level.
        takes: the take that each row of the track belongs to.
        context: codes in a window.
    """

    def __init__(self, track: Track, takes: range, labels: SongLabels, context: int) -> None:
        self._track, self._takes, self._labels = track, takes, labels
        self._origins = np.array([-1, *labels.origins], np.int32)
        origin = track.known_from(track.start)
        self._waiting = deque(alignment_windows(origin, track.start, track.end, context))

    def aligned(self, prior: Prior) -> Iterator[Aligned]:
        """What can be said of the codes that came in since it was asked last."""
        while self._waiting and self._waiting[0].end <= self._track.filled:
            window = self._waiting.popleft()
            for take, codes in zip(self._takes, self._track.codes, strict=True):
                for look in looks(prior, codes, self._labels, (window,)):
                    yield self._sung(take, look)

    def _sung(self, take: int, look: Look) -> Aligned:
        slots = look.weights.argmax(axis=1)
        # What a slot's state has heard ends one character before its own.
        places = self._origins[np.maximum(look.characters[slots], 0)]
        start = look.window.fresh * self._track.hop
        return Aligned(take, start, places, look.weights.max(axis=1))


def lyric_attention(prior: Prior, codes: Tensor, conditioning: Conditioning) -> Tensor:
    """How much each code of a window looks at each lyric slot.

    Args:
        codes: (batch, time) int64, from the window's beginning on, up to the end of a block.

    Returns:
        (batch, time, slots) float32.

    Raises:
        ModelError: the prior reads no lyrics.
    """
    lyrics = prior.config.lyrics
    if lyrics is None:
        raise ModelError("This prior reads no lyrics, so nothing can be aligned with them.")
    weights = prior.attention(codes, conditioning, lyrics.alignment_layer, lyrics.tokens)
    return weights[:, lyrics.alignment_head, prior.config.lyrics_in_sequence :]
