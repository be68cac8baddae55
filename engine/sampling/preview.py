"""New codes to sound, stretch by stretch, equal to decoding everything at once.

A decoded sample depends on the codes around it, as far as the decoder reaches. So a stretch is
decoded together with its neighbours, and its last part waits until the codes to its right stand.
For the same reason new codes change a little of the sound before and after them: `touched` says
how much, so that new music joins old without a seam.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from engine.nn.vqvae import VQVAE
from engine.sampling.tracks import Track

_FIRST_STRETCH_S = 0.25


def touched(vqvae: VQVAE, track: Track) -> tuple[int, int]:
    """The codes whose sound changes when the span's do: the span, and what it reaches around it."""
    left, right = vqvae.decoder_reach(track.level)
    first = max(track.known_from(track.start), track.start - right)
    return first, min(track.known_until(track.end), track.end + left)


class Decoder:
    """Turns a part of one track into sound as its span grows.

    Args:
        heard: first code to decode, and the one after the last.
    """

    def __init__(
        self, vqvae: VQVAE, track: Track, device: torch.device, heard: tuple[int, int]
    ) -> None:
        self._vqvae = vqvae
        self._track = track
        self._device = device
        self._first_heard, self._end_heard = heard
        self._decoded = self._first_heard
        self._left, self._right = vqvae.decoder_reach(track.level)
        self._first = max(1, round(_FIRST_STRETCH_S * vqvae.config.sample_rate / track.hop))

    def sound(self) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Whatever can be decoded for good by now.

        Yields:
            The first sample's moment in the song, and (takes, time) float32.
        """
        while (end := self._next_end()) > self._decoded:
            start, self._decoded = self._decoded, end
            yield start * self._track.hop, self._decode(start, end)

    def _next_end(self) -> int:
        track = self._track
        whole = track.filled == track.end
        settled = self._end_heard if whole else track.filled - self._right
        grain = self._first if self._decoded == self._first_heard else self._grain
        pending = settled - self._decoded
        if pending >= 2 * grain:
            return self._decoded + grain
        return settled if whole or pending >= grain else self._decoded

    @property
    def _grain(self) -> int:
        """Codes at a time: enough that decoding the neighbours again at most doubles the work."""
        return max(self._first, self._left + self._right)

    def _decode(self, start: int, end: int) -> NDArray[np.float32]:
        track = self._track
        first = max(track.known_from(start), start - self._left)
        last = min(track.known_until(start), end + self._right)
        codes = torch.from_numpy(track.codes[:, first:last].astype(np.int64))
        with torch.inference_mode():
            sound = self._vqvae.decode(codes.to(self._device), track.level)
        left, right = (start - first) * track.hop, (end - first) * track.hop
        return sound[:, left:right].float().cpu().numpy()
