"""Trains the prior of one level on windows of codes.

Knows the loss, the optimiser and the moving average of the weights, which is what ships. Does not
know where windows come from, files or schedules.

Source: Jukebox paper, section 4; jukebox specification 4.6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from accelerate import Accelerator
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from engine.catalog.specs import Pattern, PriorConfig
from engine.nn.conditioning import LabelBatch
from engine.nn.looking import attention_weights
from engine.nn.prior import Prior, PriorOutput
from engine.sampling.labels import WindowLabels
from engine.training.ahead import Ahead, generator_of
from engine.training.excerpts import Window
from engine.training.optimiser import Optimiser
from engine.training.pulses import with_pulses
from engine.training.runs import State
from engine.training.together import join_gradients


@dataclass(frozen=True, slots=True)
class PriorTraining:
    """How a prior is trained.

    Attributes:
        batch: windows per step, per level, BOTTOM first.
        weight_decay: of matrices.
        average: share of the averaged weights kept at each step.
        guidance: weight of the surprise, in bits, at where the music looks in its lyrics.
        refresh: steps after which the folders of codes are read again.
        workers: threads that draw windows ahead; none on a CPU.
        seed: of weights and windows.
        pulses: periods in codes of waves that a prior of TOP, begun from nothing, finds in its
            embeddings of places.
    """

    batch: tuple[int, ...] = (2, 2, 2)
    weight_decay: float = 0.01
    average: float = 0.995
    guidance: float = 0.02
    refresh: int = 500
    workers: int = 0
    seed: int = 0
    pulses: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Windows side by side.

    Attributes:
        codes: (batch, context).
        labels: of each.
        upper: (batch, context // factor) codes above, or None at the top.
        sung: (batch, context, 2) slots of the word sung with each code, or None without lyrics.
    """

    codes: Tensor
    labels: LabelBatch
    upper: Tensor | None
    sung: Tensor | None

    @classmethod
    def of(cls, windows: list[Window]) -> Batch:
        """Stack windows of one prior."""
        return cls(
            torch.stack([window.codes for window in windows]),
            _label_batch([window.labels for window in windows]),
            _stacked([window.upper for window in windows]),
            _stacked([window.sung for window in windows]),
        )

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""
        upper = None if self.upper is None else self.upper.to(device)
        sung = None if self.sung is None else self.sung.to(device)
        return Batch(self.codes.to(device), self.labels.to(device), upper, sung)


def _stacked(parts: list[Tensor | None]) -> Tensor | None:
    there = [part for part in parts if part is not None]
    return torch.stack(there) if there else None


class PriorTrainer:
    """A prior in training.

    Args:
        config: of the prior.
        training: how.
        draw: gives a random window for a step, drawn with the generator it is handed.
        accelerator: where and in which precision.
    """

    def __init__(
        self,
        config: PriorConfig,
        training: PriorTraining,
        draw: Callable[[int, torch.Generator], Window],
        accelerator: Accelerator,
    ) -> None:
        torch.manual_seed(training.seed + config.level)
        self.training = training
        self.accelerator = accelerator
        self.model = Prior(config).to(accelerator.device)
        self.averaged = AveragedModel(
            self.model, multi_avg_fn=get_ema_multi_avg_fn(training.average)
        )
        self.optimiser = Optimiser(self.model, training.weight_decay)
        self._draw = draw
        self._batches = Ahead(self._batch, training.workers)

    def learn(self, step: int, rate: float) -> Mapping[str, float]:
        """One step; figures in bits per code."""
        batch = self._batches.take(step).to(self.accelerator.device)
        with self.accelerator.autocast():
            output, surprise = told_where_it_looks(self.model, batch)
        self.accelerator.backward(output.loss + self.training.guidance * surprise)
        join_gradients(self.model, self.accelerator)
        self.optimiser.step(rate)
        self.averaged.update_parameters(self.model)
        figures = {"bits": output.music_loss.item(), "loss": output.loss.item()}
        return figures | {"looking": surprise.item()}

    def _batch(self, step: int) -> Batch:
        level = self.model.config.level
        seed, count = self.training.seed + level, self.training.batch[level]
        generator = generator_of(seed, step, self.accelerator.process_index)
        return Batch.of([self._draw(step, generator) for _ in range(count)])

    def begin_with_pulses(self) -> None:
        """Begin with waves in the embeddings of places, as large as the embeddings of codes."""
        table = self.model.embedding
        size = table.symbol.weight.detach().norm(dim=1).mean().item()
        places = with_pulses(table.place.detach().cpu(), self.training.pulses, size)
        self.begin_as({"embedding.place": places})

    def begin_as(self, weights: Mapping[str, Tensor]) -> None:
        """Begin with those weights of another prior that fit this one, by name and shape."""
        own = self.model.state_dict()
        fitting = {n: w for n, w in weights.items() if n in own and own[n].shape == w.shape}
        self.model.load_state_dict(own | fitting)
        self.averaged.module.load_state_dict(self.model.state_dict())

    def state_dict(self) -> State:
        """Weights, their average and the optimiser."""
        return {
            "model": self.model.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }

    def load_state_dict(self, state: State) -> None:
        """Go back to where `state` was taken."""
        self.model.load_state_dict(state["model"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])


def averaged_weights(trainer_state: State) -> State:
    """The weights that ship, out of a trainer's state."""
    prefix = "module."
    entries = trainer_state["averaged"].items()
    return {name.removeprefix(prefix): value for name, value in entries if name.startswith(prefix)}


def _label_batch(labels: list[WindowLabels]) -> LabelBatch:
    lyrics = [window.lyrics for window in labels]
    return LabelBatch(
        total_length=torch.tensor([window.total_length for window in labels]),
        offset=torch.tensor([window.offset for window in labels]),
        length=torch.tensor([window.length for window in labels]),
        artist=torch.tensor([window.artist for window in labels]),
        genres=torch.tensor([window.genres for window in labels]),
        lyrics=torch.tensor(lyrics) if lyrics[0] else None,
    )


def told_where_it_looks(model: Prior, batch: Batch) -> tuple[PriorOutput, Tensor]:
    """What a prior makes of a batch, and how far it looks away from the words that are sung.

    Returns:
        The output, and the surprise in bits of the first head of each layer that sees lyrics, were
        it to point at the word that sounds; 0 for a prior without such layers.
    """
    conditioning = model.condition(batch.labels, batch.upper)
    states = list(model.states(batch.codes, conditioning))
    output = model.output(batch.codes, states[-1], conditioning, batch.labels)
    patterns = model.config.transformer.patterns
    if batch.sung is None or Pattern.CROSS not in patterns:
        return output, output.loss.new_zeros(())
    surprises = [
        _surprise(
            attention_weights(model.stack.layer(n), states[n], conditioning.lyric_states)[:, 0],
            batch.sung,
        )
        for n, pattern in enumerate(patterns)
        if pattern == Pattern.CROSS
    ]
    return output, torch.stack(surprises).mean()


def _surprise(weights: Tensor, sung: Tensor) -> Tensor:
    """Bits of the share of (batch, time, lyrics) weights that lies on the words sung; the mean.

    A state of the lyric encoder knows the characters before its own, so a word shows from its
    second slot to the one after its last.
    """
    slots = torch.arange(weights.shape[2], device=weights.device)
    first, last = sung[..., :1], sung[..., 1:]
    on_word = (slots > first) & (slots <= last + 1)
    heard = first.squeeze(-1) >= 0
    share = (weights * on_word).sum(-1)[heard]
    return -share.clamp_min(1e-4).log2().sum() / heard.sum().clamp_min(1)
