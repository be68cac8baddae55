"""Draws the curves of all runs into one picture.

Knows curve files and matplotlib. Does not know what was trained.
"""

from __future__ import annotations

from pathlib import Path

from engine.training.data import DatasetError
from engine.training.runs import RunFolder

_NOT_DRAWN = {"step", "rate", "cpu_s"}
_SIZE_INCHES = (4.0, 2.4)
_SMOOTHING = 5


def draw_curves(runs: Path, picture: Path) -> int:
    """Draw every figure of every run over its steps, a row per run.

    Args:
        runs: the folder that holds the run folders.
        picture: the PNG to write.

    Returns:
        How many runs there are.

    Raises:
        DatasetError: there is no curve, or matplotlib is missing.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise DatasetError(
            "Drawing needs matplotlib: pip install “jukebox-studio[train]”."
        ) from error
    folders = sorted(path.parent for path in runs.glob("*/curve.jsonl"))
    if not folders:
        raise DatasetError(f"There is no curve in “{runs}”.")
    curves = {folder.name: RunFolder(folder).curve() for folder in folders}
    columns = max(len(_names(curve)) for curve in curves.values())
    figure = Figure((_SIZE_INCHES[0] * columns, _SIZE_INCHES[1] * len(curves)), dpi=70)
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(curves), columns, squeeze=False)
    for row, (run, curve) in zip(panels, curves.items(), strict=True):
        for panel in row:
            panel.set_visible(False)
        for panel, name in zip(row, _names(curve), strict=False):
            panel.set_visible(True)
            steps, values = _smooth(curve, name)
            panel.plot(steps, values, linewidth=0.9)
            panel.set_title(f"{run}: {name}", fontsize=8)
            panel.tick_params(labelsize=7)
            panel.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(picture)
    return len(curves)


def _names(curve: list[dict[str, float]]) -> list[str]:
    return [name for name in curve[-1] if name not in _NOT_DRAWN] if curve else []


def _smooth(curve: list[dict[str, float]], name: str) -> tuple[list[float], list[float]]:
    """Means over a few lines each, which shows the trend."""
    lines = [line for line in curve if name in line]
    parts = [lines[at : at + _SMOOTHING] for at in range(0, len(lines), _SMOOTHING)]
    steps = [sum(line["step"] for line in part) / len(part) for part in parts]
    return steps, [sum(line[name] for line in part) / len(part) for part in parts]
