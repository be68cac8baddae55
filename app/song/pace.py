"""How long codes take to make here, as measured lately, and how long work will take by that.

Pure numbers. Knows nothing of engines and clocks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.types import Level, ModelId

_MEMORY_S = 30.0
"""What was measured this many seconds of work ago counts for less than half."""

_MOST_KEPT = 300
_SANE_S = 3600.0

_Key = tuple[ModelId, Level, int]
"""A model, one of its levels, and how many takes are made side by side."""


@dataclass(slots=True)
class _Speed:
    codes: float = 0.0
    seconds: float = 0.0

    @property
    def per_code_s(self) -> float:
        return self.seconds / self.codes

    def add(self, codes: int, seconds: float) -> None:
        fading = math.exp(-seconds / _MEMORY_S)
        self.codes = self.codes * fading + codes
        self.seconds = self.seconds * fading + seconds


@dataclass(slots=True)
class Pace:
    """Seconds per code, by model, level and takes side by side.

    What an earlier start of the program measured counts until there is something newer, as much
    slower or faster as what was measured since then is beside it.
    """

    _speeds: dict[_Key, _Speed] = field(default_factory=dict[_Key, _Speed])
    _kept: dict[_Key, float] = field(default_factory=dict[_Key, float])
    """What an earlier start measured, in seconds per code."""

    def note(self, model: ModelId, level: Level, takes: int, codes: int, seconds: float) -> None:
        """Take note that `codes` of all takes together were made in `seconds` above 0."""
        if codes > 0 and seconds > 0:
            self._speeds.setdefault((model, level, takes), _Speed()).add(codes, seconds)

    def seconds(self, model: ModelId, takes: int, missing: Mapping[Level, int]) -> float | None:
        """How long it takes to make codes at some levels; None where nothing is known of a model.

        A level that was never measured is taken to be as fast as the slowest that was.
        """
        per_code = {level: self._per_code(model, level, takes) for level in Level}
        known = [seconds for seconds in per_code.values() if seconds is not None]
        if not known:
            return None
        return sum(
            codes * (max(known) if (measured := per_code[level]) is None else measured)
            for level, codes in missing.items()
        )

    def as_dict(self) -> dict[str, Any]:
        """What is known, in terms of JSON."""
        now = {key: speed.per_code_s for key, speed in self._speeds.items()}
        rows = [
            [model, level.name, takes, per_code_s]
            for (model, level, takes), per_code_s in (self._kept | now).items()
        ]
        return {"speeds": rows[-_MOST_KEPT:]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Pace:
        """The pace that `as_dict` told of; what makes no sense in it is passed over."""
        pace = cls()
        rows = data.get("speeds")
        for row in rows[:_MOST_KEPT] if isinstance(rows, list) else ():
            try:
                model, level, takes, per_code_s = row
                if 0 < per_code_s < _SANE_S:
                    key = ModelId(str(model)), Level[level], int(takes)
                    pace._kept[key] = float(per_code_s)
            except (TypeError, ValueError, KeyError):
                continue
        return pace

    def _per_code(self, model: ModelId, level: Level, takes: int) -> float | None:
        """As measured with so many takes side by side, or else with the closest number of them."""
        alike = [key for key in (*self._speeds, *self._kept) if key[:2] == (model, level)]
        if not alike:
            return None
        key = min(alike, key=lambda key: abs(key[2] - takes))
        if key in self._speeds:
            return self._speeds[key].per_code_s
        return self._kept[key] * self._slower(model)

    def _slower(self, model: ModelId) -> float:
        """How many times as long the same codes take now as when the program ran before."""
        both = [key for key in self._speeds if key in self._kept and key[0] == model]
        before_s = sum(self._speeds[key].codes * self._kept[key] for key in both)
        return sum(self._speeds[key].seconds for key in both) / before_s if before_s else 1.0
