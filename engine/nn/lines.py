"""What a compiled decoder is told of its layers, and how their weights lie.

What changes here must change `engine.nn.compiled` too: its code is kept on disk as long as that
file stays as it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PANEL = 32
"""Channels whose weights lie together: widths are multiples of it."""

TILE = 8
"""Positions come in multiples of it."""

BLOCK, CONVOLUTION, SOUND = range(3)
"""Kinds of layers: a residual block, a convolution, and the one that makes sound, the last."""

LINE = np.dtype(
    [
        (name, np.int64)
        for name in ("kind", "tile", "inputs", "outputs", "phases", "taps", "between", "late",
                     "split", "seen", "bent", "weights", "bias", "point", "point_bias")
    ]
)  # fmt: skip
"""What there is to know of a layer.

    tile: positions that go in at a time.
    inputs, outputs: channels in, and out in each phase.
    phases: positions that come out for one that goes in.
    taps, between: of the (dilated) convolution; channels within a block.
    late: positions by which what comes out trails: 1, or the dilation of a block.
    split: phases of a convolution that begin with the position before; the others begin with the
        position itself.
    seen: where its window begins in the memory: what came last, (tile, inputs), after the last
        `late` positions of the former in a block, and after two elsewhere.
    bent: where a block has the same of its last 2 · late positions, without what is negative.
    weights, bias, point, point_bias: where `panels` of the convolution and its bias begin among
        the weights; the same of a block's pointwise one. Of sound, (phases, 3 · inputs) numbers
        and the bias, and what spills over the music's beginning and its end, (inputs + 1,) each.
"""


def panels(weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """(taps, inputs, outputs) as (panels, taps, inputs, 32), as the loops read them."""
    taps, inputs, outputs = weight.shape
    apart = weight.reshape(taps, inputs, outputs // PANEL, PANEL)
    return np.ascontiguousarray(apart.transpose(2, 0, 1, 3))
