"""What every body of `Engine` promises of how far back it hears: laws of `EngineContract`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.api import CancelToken, Engine, SampleTask
from engine.catalog.specs import ModelSpec
from engine.errors import TaskError
from engine.types import Codes, Level, SamplingSettings, Span
from tests.contract.hearing import ALL_LEVELS, results_of, sampling

BEFORE, HEARD, NEW = 30, 12, 4


def going_on(model: ModelSpec, seed: int, heard: int | None) -> SampleTask:
    """A few codes more of every level, behind a context whose first part depends on the seed."""
    later, earlier = np.random.default_rng(0), np.random.default_rng(seed)
    levels: list[np.ndarray] = []
    for level in Level:
        per_unit = model.grid // model.hop(level)
        parts = [
            rng.integers(0, model.codebook_size, units * per_unit)
            for rng, units in ((earlier, BEFORE - HEARD), (later, HEARD))
        ]
        levels.append(np.concatenate(parts).astype(np.uint16))
    settings = SamplingSettings(seed=7, heard=heard)
    span = Span(BEFORE * model.grid, (BEFORE + NEW) * model.grid)
    context = Codes(tuple(levels))
    return sampling(model, context=context, span=span, levels=ALL_LEVELS, settings=settings)


class RememberingContract:
    """Promises of every engine about what it hears of the music before."""

    def test_what_lies_before_the_part_that_is_heard_changes_no_code(
        self, engine: Engine, model: ModelSpec
    ) -> None:
        heard = HEARD * model.grid

        one, other = (results_of(engine, going_on(model, seed, heard)) for seed in (1, 2))

        assert one == other
        assert [len(codes) for codes in one[0].levels] == [
            NEW * model.grid // hop for hop in model.hops
        ]

    def test_what_is_heard_lies_on_the_grid(self, engine: Engine, model: ModelSpec) -> None:
        task = going_on(model, 1, None)
        off = replace(task, settings=replace(task.settings, heard=model.grid + 1))

        with pytest.raises(TaskError, match=r"multiples"):
            next(engine.run(off, CancelToken()))
