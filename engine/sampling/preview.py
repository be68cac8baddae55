"""New codes to sound as they come, equal bit by bit to decoding everything at once.

A decoded sample depends on the codes around it, as far as the decoder reaches. So sound trails the
codes, and its last part comes when the last code stands. For the same reason new codes change a
little of the sound before and after them: `touched` says how much, so that new music joins old
without a seam.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from engine.nn.streaming import SoundStream
from engine.nn.tiles import Rows
from engine.nn.vqvae import VQVAE
from engine.sampling.tracks import Track

_TILE_S = 0.19
_LEAST_TILE = 8


def touched(vqvae: VQVAE, track: Track) -> tuple[int, int]:
    """The codes whose sound new ones change: the rest of the span, and what it reaches around."""
    left, right = vqvae.decoder_reach(track.level)
    first = max(track.known_from(track.filled), track.filled - right)
    return first, min(track.known_until(track.end), track.end + left)


def tile_codes(rate: int, hop: int) -> int:
    """Codes decoded at a time: about 0.19 s, a power of two. It decides the sound's last bits."""
    return max(_LEAST_TILE, 2 ** round(math.log2(_TILE_S * rate / hop)))


def warm_up(vqvae: VQVAE, device: torch.device) -> None:
    """Decode a tile of nothing, so that what decoding needs is compiled and in memory."""
    hop, level = vqvae.config.hops[-1], vqvae.level(vqvae.config.levels - 1)
    tile = tile_codes(vqvae.config.sample_rate, hop)
    codes = torch.zeros(tile, dtype=torch.int64, device=device)
    SoundStream(level, tile).push(codes, Rows(0, 0, None))


class Decoder:
    """Turns a part of one track into sound as its span grows.

    Args:
        heard: first code to decode, and the one after the last.
    """

    def __init__(
        self, vqvae: VQVAE, track: Track, device: torch.device, heard: tuple[int, int]
    ) -> None:
        self._level = vqvae.level(track.level)
        self._track = track
        self._device = device
        self._decoded, self._end = heard
        self._tile = tile_codes(vqvae.config.sample_rate, track.hop)
        self._start = track.known_from(self._decoded)
        left, _ = vqvae.decoder_reach(track.level)
        self._fed = max(self._start, self._decoded - left) // self._tile * self._tile
        self._streams: list[SoundStream] = []

    def sound(self, until: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Whatever can be decoded for good.

        Args:
            until: position up to which the span stands. What comes after it is not read.

        Yields:
            The first sample's moment in the song, and (takes, time) float32.
        """
        whole = until == self._track.end
        known_end = self._track.known_until(self._decoded) if whole else None
        while self._decoded < self._end and (whole or self._fed + self._tile <= until):
            first, sound = self._next(known_end)
            skipped = max(0, self._decoded - first)
            ready = sound[:, skipped * self._track.hop : (self._end - first) * self._track.hop]
            if skipped < self._tile:
                start, self._decoded = self._decoded, min(first + self._tile, self._end)
                yield start * self._track.hop, ready

    def _next(self, known_end: int | None) -> tuple[int, NDArray[np.float32]]:
        """Feed the next tile; gives the first code whose sound comes out, and that of all takes."""
        if not self._streams:
            takes = range(len(self._track.codes))
            self._streams = [SoundStream(self._level, self._tile) for _ in takes]
        rows = Rows(self._fed, self._start, known_end)
        codes = torch.from_numpy(self._codes(rows)).to(self._device)
        pairs = zip(self._streams, codes, strict=True)
        sound = torch.stack([stream.push(part, rows) for stream, part in pairs])
        self._fed += self._tile
        return rows.first - self._streams[0].lag, sound.cpu().numpy()

    def _codes(self, rows: Rows) -> NDArray[np.int64]:
        """(takes, tile) codes, 0 outside the music."""
        end = rows.first + self._tile
        first = max(rows.first, rows.start)
        last = end if rows.end is None else max(first, min(end, rows.end))
        tile = np.zeros((len(self._track.codes), self._tile), np.int64)
        tile[:, first - rows.first : last - rows.first] = self._track.codes[:, first:last]
        return tile
