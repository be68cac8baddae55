"""Pseudo-stereo: the same music upsampled three times, heard left, in the middle and right.

The upsamplings share their TOP codes and differ in what chance made of the finer levels, so that
they agree on the music and differ in its air, as three microphones would. Knows takes and samples.
Knows nothing of files and engines.

Source: jukebox-webui, which rendered three copies and placed them like this.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.language import mark, tr
from app.song.song import Origin, Song, Take, TakeId
from engine.types import Level

SIDES = (mark("{take} · centre"), mark("{take} · left"), mark("{take} · right"))
"""What the three are called, by their variation."""

Sides = tuple[TakeId, TakeId, TakeId]
"""The takes in the middle, on the left and on the right."""


def placed(takes: tuple[Take, ...], name: str) -> tuple[Take, ...]:
    """Takes of one task that upsamples three times, called after the one they are made of."""
    return tuple(
        replace(take, name=tr(side, take=name)) for take, side in zip(takes, SIDES, strict=True)
    )


def sides_of(song: Song, take_id: TakeId) -> Sides | None:
    """The three upsamplings of which a take is one; None where it is not, or one of them is gone.

    They were drawn at once, from the same seed, as variations 0 to 2.

    Raises:
        KeyError: it is not in the song.
    """
    like = song.take(take_id)
    three = like.settings is not None and like.settings.variations == len(SIDES)
    if like.origin is not Origin.RENDERED or Level.TOP in like.levels or not three:
        return None
    there = {
        take.variation: take.id
        for take in song.siblings(take_id)
        if (take.settings, take.span, take.levels) == (like.settings, like.span, like.levels)
    }
    found = [there[number] for number in range(len(SIDES)) if number in there]
    return (found[0], found[1], found[2]) if len(found) == len(SIDES) else None


def spread(
    centre: NDArray[np.float32],
    left: NDArray[np.float32],
    right: NDArray[np.float32],
    width: float,
) -> NDArray[np.float32]:
    """(time, 2) stereo of three (time,) sounds of equal length.

    Each channel is the middle and, as strong as `width` says, its side. No sound is turned around,
    so that nothing cancels in mono; no peak is above the largest of the three; and at 0 both
    channels are the middle, sample for sample.

    Args:
        width: 0 to 1.
    """
    share, whole = np.float32(width), np.float32(1 + width)
    channels = [(centre + share * side) / whole for side in (left, right)]
    return np.stack(channels, axis=1).astype(np.float32)
