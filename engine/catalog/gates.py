"""Whether a model may be sampled in bytes: how well it foretells music so, beside how well it can.

Measured per model (`engine.runtime.gate`), kept in a file beside its weights and bound to them:
other weights must be measured anew. Knows nothing of torch.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from engine.atomic import replacing
from engine.catalog.store import InstalledModel
from engine.errors import EngineError, ModelError
from engine.types import Level, Precision

FILE = "gate.json"
TOLERANCE = 0.005
"""How much more a code may surprise, on average, than in the precision compared with."""

_MAX_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class LevelBits:
    """Bits per code of music that was not learnt from.

    Attributes:
        windows: whole ones that were foretold.
        exact, rounded: in the precision compared with, and in the one that is judged.
    """

    level: Level
    windows: int
    exact: float
    rounded: float

    @property
    def increase(self) -> float:
        """By which share the rounded model is more surprised."""
        return self.rounded / self.exact - 1


@dataclass(frozen=True, slots=True)
class Gate:
    """What was measured of a model.

    Attributes:
        precision, compared_with: whose bits are `LevelBits.rounded` and `LevelBits.exact`.
        levels: TOP first.
    """

    precision: Precision
    compared_with: Precision
    levels: tuple[LevelBits, ...]

    @property
    def passed(self) -> bool:
        """Whether no level is worse by more than the tolerance."""
        return all(bits.increase <= TOLERANCE for bits in self.levels)

    def json(self) -> dict[str, object]:
        """For machines."""
        levels = {
            bits.level.name.lower(): {
                "windows": bits.windows, "exact": bits.exact, "rounded": bits.rounded,
                "increase": bits.increase,
            }
            for bits in self.levels
        }  # fmt: skip
        return {
            "precision": str(self.precision),
            "compared_with": str(self.compared_with),
            "levels": levels,
            "passed": self.passed,
        }


def keep(model: InstalledModel, gate: Gate) -> None:
    """Keep what was measured beside the weights.

    Raises:
        ModelError: nothing can be written there.
    """
    path = model.folder / FILE
    content = {"weights": _weights(model), **gate.json()}
    try:
        with replacing(path) as file:
            file.write((json.dumps(content, indent=1) + "\n").encode())
    except OSError as error:
        raise ModelError(
            "“{path}” cannot be written: {reason}.", path=path, reason=error.strerror
        ) from error


def kept(model: InstalledModel) -> Gate | None:
    """What was measured of these very weights; None where nothing was, or it cannot be read."""
    path = model.folder / FILE
    try:
        if path.stat().st_size > _MAX_BYTES:
            return None
        content: object = json.loads(path.read_text("utf-8"))
        return _gate(cast(Mapping[str, Any], content), _weights(model))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def require(model: InstalledModel, precision: Precision) -> None:
    """Check that a model may be sampled in a precision.

    Raises:
        EngineError: it was not measured, or it lost too much.
    """
    if precision is not Precision.INT8:
        return
    name, gate = model.spec.id, kept(model)
    if gate is None:
        raise EngineError(
            "Nobody has measured yet how well “{name}” foretells music in {precision}. Choose "
            "another precision, or let “jukebox models gate {name} RECORDING…” measure it.",
            name=name,
            precision=precision,
        )
    if not gate.passed:
        worst = max(gate.levels, key=lambda bits: bits.increase)
        raise EngineError(
            "In {precision} “{name}” foretells music worse by {increase:.1%} at {level}, and "
            "{tolerance:.1%} is the most. Choose another precision.",
            precision=precision,
            name=name,
            increase=worst.increase,
            level=worst.level.name,
            tolerance=TOLERANCE,
        )


def _weights(model: InstalledModel) -> str:
    """What the weights are told by."""
    sums = [facts.sha256 for name, facts in sorted(model.files.items()) if _holds_weights(name)]
    return hashlib.sha256("".join(sums).encode()).hexdigest()


def _holds_weights(name: str) -> bool:
    return name.endswith(".safetensors")


def _gate(content: Mapping[str, Any], weights: str) -> Gate | None:
    """What a file says, if it is about these weights and makes sense."""
    if content["weights"] != weights:
        return None
    levels = tuple(_bits(Level[name.upper()], row) for name, row in content["levels"].items())
    precisions = Precision(content["precision"]), Precision(content["compared_with"])
    return Gate(*precisions, levels) if len(levels) == len(Level) else None


def _bits(level: Level, row: Mapping[str, Any]) -> LevelBits:
    exact, rounded = float(row["exact"]), float(row["rounded"])
    if not (math.isfinite(rounded) and 0 < exact < math.inf):
        raise ValueError("these are no bits")
    return LevelBits(level, int(row["windows"]), exact, rounded)
