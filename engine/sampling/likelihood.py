"""How surprised a model is by music that is there, code by code.

One pass over each window tells it for all codes at once. Knows windows and labels. Does not know
what is made of it: a lane on the screen, or a choice between takes.

Source: Jukebox paper, section 4 (the likelihood that priors are trained on).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.nn.conditioning import Conditioning
from engine.nn.prior import Prior
from engine.sampling.batches import label_batch
from engine.sampling.labels import SongLabels
from engine.sampling.plan import Window
from engine.sampling.tracks import Track


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What a prior listens to.

    Attributes:
        codes: (takes, time) of the song from its first sample, to the last window's end at least.
        labels: of the song; None for a prior without labels.
        above: the level above, which conditions them all; None at the top level.
    """

    codes: NDArray[np.integer]
    labels: SongLabels | None
    above: Track | None = None


def surprises(
    prior: Prior,
    heard: Heard,
    windows: Iterable[Window],
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Window, NDArray[np.float32]]]:
    """The surprise at each window's new codes, given those before them in the window.

    Takes are looked at side by side, in one pass over each window.

    Args:
        windows: below the top level, they begin on codes of the level above.
        stopped: asked after each layer; with a large prior, a whole window may take minutes.

    Yields:
        Each window with (takes, new codes) float32 bits.
    """
    sung, block = prior.config.lyrics_in_sequence, prior.config.transformer.block_length
    for window in windows:
        known = heard.codes[:, window.start : window.end].astype(np.int64)
        length = known.shape[1]
        padded = np.pad(known, ((0, 0), (0, -(sung + length) % block)))
        tokens = torch.from_numpy(padded).to(prior.device)
        last: deque[torch.Tensor] = deque(maxlen=1)
        with torch.inference_mode():
            conditioning = _conditioning(prior, heard, window).of_rows(len(known))
            for state in prior.states(tokens, conditioning):
                last.append(state)
                if stopped():
                    return
            bits = prior.surprise_of(last.pop(), tokens, conditioning)
        yield window, bits[:, window.fresh - window.start : length].cpu().numpy()


def _conditioning(prior: Prior, heard: Heard, window: Window) -> Conditioning:
    """What a window is told: of the song, and of the level above."""
    told = upper = None
    if heard.labels is not None:
        told = label_batch(heard.labels.window(window.start), 1, prior.device)
    if heard.above is not None:
        factor = heard.above.hop // prior.config.hop
        codes = heard.above.padded(window.start // factor, prior.config.context // factor)
        upper = torch.from_numpy(codes.astype(np.int64)).to(prior.device)
    return prior.condition(told, upper)
