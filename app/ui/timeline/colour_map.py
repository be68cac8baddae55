"""Colours for how much there is of something, in steps that look alike.

From the ground of a theme, lightness runs evenly to its other end in OKLab, so that the order is
seen without hues, and on light grounds as well as on dark ones. Pure numbers.

Source: Björn Ottosson, “A perceptual color space for image processing” (2020).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

STEPS = 256

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LAB, _FROM_CONES = np.linalg.inv(_TO_LAB), np.linalg.inv(_TO_CONES)

_DARKEST, _LIGHTEST = 0.2, 0.97
_HUES = (np.radians(285.0), np.radians(450.0))
"""From blue by purple and orange to yellow."""

_CHROMA = 0.19
_GROUND_BELOW = 0.5
"""A ground that is darker gets lighter colours, a lighter one darker ones."""


@cache
def colour_map(ground: str) -> NDArray[np.uint32]:
    """(STEPS,) opaque ARGB: from a ground, as #rrggbb, to what stands out most on it."""
    start = oklab(_rgb(ground))
    dark = start[0] < _GROUND_BELOW
    share = np.linspace(0, 1, STEPS)
    lightness = start[0] + ((_LIGHTEST if dark else _DARKEST) - start[0]) * share
    chroma = _CHROMA * np.sin(np.pi * share**0.8)
    hue = _HUES[0] + (_HUES[1] - _HUES[0]) * (share if dark else 1 - share)
    colours = _shown(lightness, chroma, hue)
    colours[0] = _rgb(ground)
    red, green, blue = np.rint(colours * 255).astype(np.uint32).T
    return np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue


def oklab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """(…, 3) lightness, green to red and blue to yellow of (…, 3) sRGB colours in 0…1."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T


def _shown(
    lightness: NDArray[np.float64], chroma: NDArray[np.float64], hue: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(colours, 3) sRGB in 0…1, each with as much of its chroma as a screen can show."""
    most, least = chroma, np.zeros_like(chroma)
    for _ in range(12):
        middle = (most + least) / 2
        fits = (
            (_linear(lightness, middle, hue) >= 0) & (_linear(lightness, middle, hue) <= 1)
        ).all(1)
        least, most = np.where(fits, middle, least), np.where(fits, most, middle)
    linear = np.clip(_linear(lightness, least, hue), 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def _linear(
    lightness: NDArray[np.float64], chroma: NDArray[np.float64], hue: NDArray[np.float64]
) -> NDArray[np.float64]:
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    return (lab @ _FROM_LAB.T) ** 3 @ _FROM_CONES.T


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
