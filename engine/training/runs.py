"""A training run: its schedule, its checkpoints and its curve, whatever is being trained.

A run stopped at a checkpoint and resumed ends with the same weights, bit for bit, as one that was
never stopped. Knows files and the clock. Does not know models or data.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch

log = logging.getLogger(__name__)

State = dict[str, Any]  # what torch.save keeps: tensors, numbers and nested dictionaries of them


class Trainer(Protocol):
    """Something that learns step by step and can be put away and taken up again."""

    def learn(self, step: int, rate: float) -> Mapping[str, float]:
        """Do one step at learning rate `rate` and return figures for the curve."""
        ...

    def state_dict(self) -> State:
        """Everything the next step depends on."""
        ...

    def load_state_dict(self, state: State) -> None:
        """Go back to where `state` was taken."""
        ...


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long to train, and the learning rate at each step.

    The rate rises linearly, stays, and falls to zero along a half cosine at the end; so a run can
    be lengthened, or brought to its end early, by changing `steps` alone.

    Attributes:
        steps: in all.
        rate: highest learning rate.
        warm_up: steps until it is reached.
        cool_down: steps in which it falls to zero.
    """

    steps: int
    rate: float
    warm_up: int
    cool_down: int

    def rate_at(self, step: int) -> float:
        """Learning rate of a step, counted from 0."""
        rising = min(1.0, (step + 1) / max(1, self.warm_up))
        left = min(1.0, (self.steps - step) / max(1, self.cool_down))
        falling = 0.5 - 0.5 * math.cos(left * math.pi)
        return self.rate * rising * falling


@dataclass(frozen=True)
class RunFolder:
    """Where a run keeps its checkpoint (`checkpoint.pt`) and its curve (`curve.jsonl`).

    `history.jsonl` says of each time the run was begun or taken up what it learnt from.
    """

    path: Path

    @property
    def checkpoint(self) -> Path:
        """The latest checkpoint."""
        return self.path / "checkpoint.pt"

    def save(self, state: State) -> None:
        """Replace the checkpoint; a crash while writing leaves the one before."""
        self.path.mkdir(parents=True, exist_ok=True)
        unfinished = self.checkpoint.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.replace(self.checkpoint)

    def load(self) -> State | None:
        """The latest checkpoint, or None where there is none yet."""
        if not self.checkpoint.exists():
            return None
        return torch.load(self.checkpoint, map_location="cpu", weights_only=True)

    def record(self, figures: Mapping[str, float]) -> None:
        """Add a line to the curve."""
        self._append("curve.jsonl", {n: float(f"{value:.6g}") for n, value in figures.items()})

    def remember(self, facts: Mapping[str, object]) -> None:
        """Add a line to the history, after the step at which the run stands."""
        state = self.load()
        self._append("history.jsonl", {"step": state["step"] if state else 0, **facts})

    def curve(self) -> list[dict[str, float]]:
        """All lines of the curve; where a run was taken up before its end, the later ones."""
        file = self.path / "curve.jsonl"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        by_step = {figures["step"]: figures for figures in map(json.loads, lines)}
        return [by_step[step] for step in sorted(by_step)]

    def _append(self, name: str, entry: Mapping[str, object]) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


class Onlooker(RunFolder):
    """The folder of a run as all its processes but the first see it: they read and do not write."""

    def save(self, state: State) -> None:
        """Nothing: the first process saves."""

    def record(self, figures: Mapping[str, float]) -> None:
        """Nothing: the first process records."""

    def remember(self, facts: Mapping[str, object]) -> None:
        """Nothing: the first process remembers."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When to stop for now, and how often to save and to record.

    Attributes:
        seconds: stop, with a checkpoint, after this much time.
        save_every_s: seconds between checkpoints.
        record_every: steps per line of the curve.
    """

    seconds: float = float("inf")
    save_every_s: float = 180.0
    record_every: int = 20


def train(trainer: Trainer, schedule: Schedule, folder: RunFolder, pace: Pace) -> int:
    """Train from the latest checkpoint to the end of the schedule, or until time is up.

    Returns:
        Steps done since the beginning of the run.
    """
    step = _resume(trainer, folder)
    started = saved = time.monotonic()
    recent: list[Mapping[str, float]] = []
    while step < schedule.steps and time.monotonic() - started < pace.seconds:
        rate = schedule.rate_at(step)
        recent.append(trainer.learn(step, rate))
        step += 1
        if step % pace.record_every == 0 or step == schedule.steps:
            facts = {"step": step, "rate": rate, "cpu_s": time.process_time()}
            _record(folder, facts | _means(recent))
            recent = []
        if time.monotonic() - saved > pace.save_every_s:
            folder.save({"step": step, "trainer": trainer.state_dict()})
            saved = time.monotonic()
    folder.save({"step": step, "trainer": trainer.state_dict()})
    return step


def _resume(trainer: Trainer, folder: RunFolder) -> int:
    state = folder.load()
    if state is None:
        return 0
    trainer.load_state_dict(state["trainer"])
    log.info("resumed %s at step %d", folder.path.name, state["step"])
    return state["step"]


def _means(recent: list[Mapping[str, float]]) -> dict[str, float]:
    return {name: sum(figures[name] for figures in recent) / len(recent) for name in recent[0]}


def _record(folder: RunFolder, figures: Mapping[str, float]) -> None:
    folder.record(figures)
    log.info("%s %s", folder.path.name, " ".join(f"{k}={v:.4g}" for k, v in figures.items()))
