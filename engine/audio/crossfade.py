"""Joins between stretches of sound. Knows samples only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def crossfade(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """`before` fading into `after`, at equal power, so that unlike sounds keep their loudness.

    Args:
        before, after: (time,) or (time, channels), of one shape: the same stretch of time.

    Returns:
        The same shape; the first sample is all `before` and the last all `after`.

    Raises:
        ValueError: the shapes differ.
    """
    if before.shape != after.shape:
        raise ValueError(f"Sounds of shapes {before.shape} and {after.shape} cannot be joined.")
    angle = np.linspace(0, np.pi / 2, len(before), dtype=np.float32)
    angle = angle.reshape(-1, *[1] * (before.ndim - 1))
    return before * np.cos(angle) + after * np.sin(angle)
