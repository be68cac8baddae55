"""How songs of the installed models would fit the memory that is free now, model by model."""

from __future__ import annotations

import torch

from engine.api import SampleTask
from engine.catalog.store import InstalledModel, ModelStore
from engine.errors import MemoryPlanError
from engine.runtime import devices
from engine.runtime.budget import demand_of, plan
from engine.runtime.gate import precisions_of
from engine.types import Codes, Level, Prompt, SamplingSettings, Span


def outlook(store: ModelStore, device: str = devices.AUTO) -> list[str]:
    """A sentence per installed model: how one take of a song would run, or why it cannot.

    Raises:
        EngineError: there is no such device.
    """
    where = devices.best_device(device)
    return [f"{model.spec.id} {_prospect(model, where)}" for model in store.models()]


def _prospect(model: InstalledModel, device: torch.device) -> str:
    spec = model.spec
    prompt = Prompt("", (), "", spec.max_song_length)
    task = SampleTask(
        spec.id, prompt, Codes.empty(), Span(0, spec.grid), tuple(Level), SamplingSettings()
    )
    precisions = precisions_of(model, device)
    try:
        found = plan(model.config, demand_of(task, model.config), devices.room(device), precisions)
    except MemoryPlanError as error:
        return f"does not fit: {error}"
    return found.sentence()
