"""Figures beside each other: of the model, of its VQ-VAE alone, of held-out songs, and of chance.

Knows names, numbers and what was set out to be reached. Does not know how anything was judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What one judge says.

    Attributes:
        name: of the judge, and of the figure in JSON.
        model: of music that the model makes, or of its priors.
        copy: of held-out clips encoded and decoded at the finest level.
        real: of the clips themselves.
        chance: of music without what is judged.
        target: what was set out to be reached by `judged`; None for a figure to look at.
    """

    name: str
    model: float | None = None
    copy: float | None = None
    real: float | None = None
    chance: float | None = None
    target: float | None = None

    @property
    def judged(self) -> float | None:
        """What the target is for: the model, or where only that is judged, its VQ-VAE."""
        return self.copy if self.model is None else self.model

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        if self.target is None or self.judged is None:
            return None
        return self.judged >= self.target

    def json(self) -> Mapping[str, object]:
        """For machines: what is known."""
        known = {name: value for name, value in asdict(self).items() if value is not None}
        del known["name"]
        rounded: dict[str, object] = {n: float(f"{value:.4g}") for n, value in known.items()}
        return rounded if self.met is None else rounded | {"met": self.met}


def in_json(figures: Sequence[Figure]) -> Mapping[str, object]:
    """All figures by name."""
    return {figure.name: figure.json() for figure in figures}


HEADINGS = ("judge", "model", "encoded and decoded", "held-out songs", "chance", "target", "")


def in_rows(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """A row of words for each figure, under `HEADINGS`."""
    return [
        (
            figure.name.replace("_", " "),
            *map(_number, (figure.model, figure.copy, figure.real, figure.chance, figure.target)),
            {None: "", True: "met", False: "missed"}[figure.met],
        )
        for figure in figures
    ]


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 10 else f"{value:.4g}"
