"""What the commands work with, so that tests can hand them something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from engine.api import (
    LAST_EVENTS,
    Cancelled,
    CancelToken,
    Engine,
    Event,
    Failed,
    Finished,
    ProblemKind,
    Task,
)
from engine.catalog.known import KNOWN_MODELS, KnownModel
from engine.catalog.store import InstalledModel, ModelStore, default_store, user_models
from engine.catalog.web import Web, web_from
from engine.cli.interrupts import ending_at_once
from engine.errors import EngineError, ModelError, ModelMissingError
from engine.installing.places import Places

DEFAULT_MODEL = "pocket"


class BrokenTaskError(EngineError):
    """The engine could not finish. The message holds its advice."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Where models are and come from, and what makes an engine. Making one may take seconds.

    Attributes:
        known: models that can be fetched.
        models: the folder of those that a user adds.
        web: where they are fetched from.
    """

    store: ModelStore
    engine: Callable[[], Engine]
    known: tuple[KnownModel, ...] = KNOWN_MODELS
    models: Path = field(default_factory=user_models)
    web: Callable[[], Web] = web_from

    @property
    def places(self) -> Places:
        """Where models are installed."""
        return Places(self.models, self.store)


def usual_tools(device: str = "auto", precision: str = "auto") -> Tools:
    """The models of this installation, and the engine in this process."""
    return Tools(default_store(), partial(local_engine, device, precision))


def local_engine(device: str = "auto", precision: str = "auto") -> Engine:
    """The engine in this process. Loads torch, which is why nothing else here does."""
    with ending_at_once():
        from engine.runtime.local import LocalEngine

    return LocalEngine(device=device, precision=precision)


def chosen_model(store: ModelStore, wish: str | None) -> InstalledModel:
    """The model asked for; without a wish the one that came along, or else any.

    Raises:
        ModelError: it is not installed, or damaged.
    """
    try:
        return store.get(wish or DEFAULT_MODEL)
    except ModelMissingError:
        others = store.models()
        if wish is not None or not others:
            raise
        return others[0]


def run(
    engine: Engine, task: Task, cancel: CancelToken, watch: Callable[[Event], None]
) -> Finished | Cancelled | Failed:
    """Do a task, showing every event to `watch`, and give its last event.

    Raises:
        TaskError: it can never succeed.
    """
    for event in engine.run(task, cancel):
        watch(event)
        if isinstance(event, LAST_EVENTS):
            return event
    raise BrokenTaskError("The engine ended without saying how. Please report this.")


def told(failed: Failed) -> EngineError:
    """A failure as an error for a person."""
    problem = failed.problem
    sentence = f"{problem.message} {problem.advice}".strip()
    if problem.kind in (ProblemKind.MODEL_MISSING, ProblemKind.MODEL_BROKEN):
        return ModelError(sentence)
    return BrokenTaskError(sentence)
