"""What it takes to make a take again, and what a listener has a right to know of it.

Knows takes and models. Knows nothing of files and sound.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.song.document import take_dict
from app.song.song import Origin, Take
from engine.catalog.specs import ModelSpec


@dataclass(frozen=True, slots=True)
class Stereo:
    """What was put beside a take: how wide, and the takes on the left and on the right."""

    width: float
    sides: tuple[Take, ...]


def recipe(takes: Sequence[Take], spec: ModelSpec, stereo: Stereo | None = None) -> str:
    """How the last of these takes came about, as JSON of one line.

    Args:
        takes: what it departs from, the oldest first, and the take itself.
        stereo: what was put beside it; None for mono.
    """
    model = {"id": spec.id, "title": spec.title, "licence": spec.licence}
    told: dict[str, Any] = {"model": model, "takes": [_step(take) for take in takes]}
    if stereo is not None:
        told["stereo"] = {"width": stereo.width, "sides": [_step(side) for side in stereo.sides]}
    return json.dumps(told, ensure_ascii=False)


def licence_notice(takes: Sequence[Take], spec: ModelSpec) -> str:
    """What may be done with the sound, as the model decides; empty if none had a part."""
    if not _composed(takes):
        return ""
    return f"Made with the model {spec.title}, whose licence covers its outputs: {spec.licence}"


def source_type(takes: Sequence[Take]) -> str:
    """How the sound came about, in the IPTC's words; empty for a recording as it was."""
    composed = _composed(takes)
    if not composed:
        return ""
    if len(composed) < len(takes):
        return "compositeWithTrainedAlgorithmicMedia"
    return "trainedAlgorithmicMedia"


def _composed(takes: Sequence[Take]) -> list[Take]:
    return [take for take in takes if take.origin is not Origin.IMPORTED]


def _step(take: Take) -> dict[str, Any]:
    kept = (
        "name", "origin", "span", "levels", "prompt", "settings", "variation", "made", "maker",
    )  # fmt: skip
    return {name: value for name, value in take_dict(take).items() if name in kept}
