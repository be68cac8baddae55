"""The end of a streaming decoder: the last two convolutions, from channels to sound, as one.

Nothing bends the signal between the two. Only at the ends of the music are they not one: the
second sees silence where the first would spill over, which is taken back there.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from engine.nn.convolution import Convolution, Deconvolution
from engine.nn.tiles import Rows, Window


class Spill(NamedTuple):
    """What the sample at an end of the music has too much: weights of one position, a constant."""

    weights: Tensor
    constant: Tensor

    def of(self, position: Tensor) -> Tensor:
        """From the (channels,) of the music's first or last position."""
        return position @ self.weights + self.constant


class Responses:
    """What the two convolutions make of single ones, which says what they are together.

    Attributes:
        taps: (3, channels, stride) from the positions before, at and after to a position's samples.
        bias: (stride,).
        before, after: the spill at the beginning and at the end.
    """

    def __init__(self, last: Deconvolution, out: Convolution) -> None:
        self._stride, self._length = last.stride[0], 7
        self._last, self._out = last, out
        like = last.weight
        silence = self._sound(torch.zeros(1, last.in_channels, self._length))
        inside = slice(3 * self._stride, 4 * self._stride)
        whole = self._one_at(3, silence)
        taps = [whole[:, (4 - k) * self._stride :][:, : self._stride] for k in range(3)]
        self.taps, self.bias = torch.stack(taps).to(like), silence[0, inside].to(like)
        self.before = Spill(
            (taps[1][:, 0] - self._one_at(0, silence)[:, 0]).to(like),
            (silence[0, inside][0] - silence[0, 0]).to(like),
        )
        self.after = Spill(
            (taps[1][:, -1] - self._one_at(self._length - 1, silence)[:, -1]).to(like),
            (silence[0, inside][-1] - silence[0, -1]).to(like),
        )

    def _one_at(self, position: int, silence: Tensor) -> Tensor:
        """(channels, samples) of a one in each channel by itself, beyond what silence gives."""
        ones = torch.eye(self._last.in_channels).unsqueeze(2)
        alone = nn.functional.pad(ones, (position, self._length - 1 - position))
        return self._sound(alone) - silence

    def _sound(self, inputs: Tensor) -> Tensor:
        """(rows, channels, length) to (rows, length · stride), in double precision."""
        weight, bias, mixing, level = (
            cast(Tensor, part).double().cpu()
            for part in (self._last.weight, self._last.bias, self._out.weight, self._out.bias)
        )
        padding = cast(tuple[int], self._last.padding)
        middle = nn.functional.conv_transpose1d(
            inputs.double(), weight, bias, self._stride, padding
        )
        return nn.functional.conv1d(middle, mixing, level, padding=1)[:, 0]


class SoundLayer:
    """Channels to sound, in plain torch."""

    late = 1

    def __init__(self, last: Deconvolution, out: Convolution, tile: int) -> None:
        self.stride = last.stride[0]
        self._responses = Responses(last, out)
        self._taps = torch.cat(list(self._responses.taps), dim=1)
        self._window = Window(2, tile, self._responses.bias, last.in_channels)

    def push(self, tile: Tensor, rows: Rows) -> Tensor:
        """The (samples,) that a tile completes.

        Args:
            rows: which samples these are.
        """
        self._window.push(tile)
        before, here, after = (self._window.rows @ self._taps).split(self.stride, dim=1)
        sound = (before[:-2] + here[1:-1] + after[2:] + self._responses.bias).flatten()
        start = rows.start - rows.first
        last = -1 if rows.end is None else rows.end - 1 - rows.first
        if 0 <= start < len(sound):
            sound[start] -= self._responses.before.of(self._seen(start))
        if 0 <= last < len(sound):
            sound[last] -= self._responses.after.of(self._seen(last))
        return sound

    def _seen(self, sample: int) -> Tensor:
        """The (channels,) of the position that a sample of the tile belongs to."""
        return self._window.rows[sample // self.stride + 1]
