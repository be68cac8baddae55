from __future__ import annotations

import numpy as np
import pytest

from app.ui import theme
from app.ui.timeline.colour_map import STEPS, colour_map, oklab

THEMES = (theme.LIGHT, theme.DARK, theme.CONTRAST_LIGHT, theme.CONTRAST_DARK)


def seen(colours: np.ndarray) -> np.ndarray:
    parts = np.stack([colours >> np.uint32(shift) & np.uint32(255) for shift in (16, 8, 0)], axis=1)
    return oklab(parts / 255)


@pytest.mark.parametrize("worn", THEMES, ids=lambda worn: worn.window + worn.accent)
def test_steps_look_alike_and_begin_at_the_ground(worn: theme.Theme) -> None:
    colours = colour_map(worn.canvas)

    assert len(colours) == STEPS
    assert f"#{colours[0] & 0xFFFFFF:06x}" == worn.canvas
    lightness = seen(colours)[:, 0]
    assert abs(lightness[-1] - lightness[0]) > 0.7
    evenly = np.linspace(lightness[0], lightness[-1], STEPS)
    assert np.abs(lightness - evenly).max() < 0.05, "eight bits tell no finer steps near black"
    assert (np.diff(lightness) * (lightness[-1] - lightness[0]) >= 0).all()


def test_a_grey_of_known_lightness() -> None:
    assert oklab(np.array([1.0, 1.0, 1.0])) == pytest.approx([1.0, 0.0, 0.0], abs=1e-4)
    assert oklab(np.array([1.0, 0.0, 0.0])) == pytest.approx([0.62796, 0.22486, 0.12585], abs=1e-4)
