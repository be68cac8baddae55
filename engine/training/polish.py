"""Tunes the decoder of one level against judges that tell real sound from what it makes.

Encoder and codebook stay as they are, so codes and priors stay valid. A judge looks at complex
spectra of one resolution; the decoder is to be taken for real by all, and to agree with what they
saw in the real sound on the way. Knows the objective. Does not know files or schedules.

Source: Zeghidour et al. 2021, "SoundStream" (judges of complex spectra, hinge loss and agreement).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.nn import functional as F

from engine.catalog.specs import VqVaeConfig
from engine.nn.vqvae import LevelAutoencoder
from engine.training.ahead import Ahead, generator_of
from engine.training.data import Crops
from engine.training.losses import MULTISPECTRAL, SpectrumShape, even_loss, spectrum
from engine.training.optimiser import Optimiser
from engine.training.runs import State
from engine.training.together import join_gradients
from engine.training.vqvae import VqVaeTraining

JUDGED = (SpectrumShape(1024, 256, 1024), SpectrumShape(512, 128, 512), SpectrumShape(256, 64, 256))
_CHANNELS = 16
_SLOPE = 0.2
_LONE_STEPS = 50
REALNESS, AGREEMENT = 0.1, 0.5
"""Weights of what the judges say and of the distance of what they saw, beside the errors."""


class Judge(nn.Module):
    """Looks at the complex spectrum of one resolution, in patches."""

    def __init__(self, shape: SpectrumShape) -> None:
        super().__init__()
        self.shape = shape
        widths = [2, _CHANNELS, _CHANNELS, 2 * _CHANNELS, 2 * _CHANNELS]
        layers = [
            nn.Conv2d(a, b, (5, 3), stride=(2, 1), padding=(2, 1)) for a, b in pairwise(widths)
        ]
        self.layers = nn.ModuleList(nn.utils.parametrizations.weight_norm(n) for n in layers)
        self.out = nn.Conv2d(widths[-1], 1, 3, padding=1)

    def forward(self, audio: Tensor) -> list[Tensor]:
        """What it sees of (batch, time), layer by layer; last how real each patch is."""
        seen = spectrum(audio, self.shape)
        loudness = (1 + seen.abs()).log() / seen.abs().clamp_min(1e-4)
        x = torch.view_as_real(seen * loudness).permute(0, 3, 1, 2)
        maps: list[Tensor] = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), _SLOPE)
            maps.append(x)
        return [*maps, self.out(x)]


class DecoderPolisher:
    """The decoder of a level and its judges, in training.

    Args:
        config: of the whole VQ-VAE.
        level: which level of it.
        training: batch, seed and threads.
        crops: gives the stretches.
        accelerator: where and in which precision.
    """

    def __init__(
        self,
        config: VqVaeConfig,
        level: int,
        training: VqVaeTraining,
        crops: Crops,
        accelerator: Accelerator,
    ) -> None:
        torch.manual_seed(training.seed + level)
        self.training = training
        self.level = level
        self.rate = config.sample_rate
        self.accelerator = accelerator
        self.model = LevelAutoencoder(config, level).to(accelerator.device)
        self.judges = nn.ModuleList(Judge(shape) for shape in JUDGED).to(accelerator.device)
        self.optimiser = Optimiser(self.model.decoder)
        self.judging = torch.optim.Adam(self.judges.parameters(), lr=0.0, betas=(0.8, 0.99))
        self._crops = crops
        self._audio = Ahead(self._draw, training.workers)

    def begin_as(self, weights: Mapping[str, Tensor]) -> None:
        """Begin with a trained level."""
        self.model.load_state_dict(dict(weights))

    def learn(self, step: int, rate: float) -> Mapping[str, float]:
        """One step of the judges, then one of the decoder, once the judges know something."""
        audio = self._audio.take(step).to(self.accelerator.device)
        with torch.no_grad(), self.accelerator.autocast():
            vectors = self.model.codebook.lookup(self.model.encode(audio))
        with self.accelerator.autocast():
            made = self.model.decoder(vectors)
        made = made.float()
        figures = self._teach_judges(made.detach(), audio, rate)
        if step < _LONE_STEPS:
            return figures | {"fooled": 0.0, "agreement": 0.0} | self._errors(made, audio, step)[1]
        self.judges.requires_grad_(False)
        real, agreement = self._judged(made, audio)
        self.judges.requires_grad_(True)
        errors, parts = self._errors(made, audio, step)
        self.accelerator.backward(errors + REALNESS * real + AGREEMENT * agreement)
        join_gradients(self.model.decoder, self.accelerator)
        self.optimiser.step(rate)
        return figures | {"fooled": real.item(), "agreement": agreement.item()} | parts

    def _draw(self, step: int) -> Tensor:
        process = self.accelerator.process_index
        generator = generator_of(self.training.seed + 7 + self.level, step, process)
        return self._crops.draw(self.training.batch[self.level], generator)

    def _errors(self, made: Tensor, audio: Tensor, step: int) -> tuple[Tensor, dict[str, float]]:
        shape = MULTISPECTRAL[step % len(MULTISPECTRAL)]
        parts = even_loss(made, audio, shape, self.rate)
        return parts.weighed(self.training.weights(self.level)), parts.figures()

    def _teach_judges(self, made: Tensor, audio: Tensor, rate: float) -> dict[str, float]:
        losses: list[Tensor] = []
        for judge in self.judges:
            real, false = judge(audio)[-1], judge(made)[-1]
            losses.append(F.relu(1 - real).mean() + F.relu(1 + false).mean())
        loss = torch.stack(losses).mean()
        self.accelerator.backward(loss)
        join_gradients(self.judges, self.accelerator)
        for group in self.judging.param_groups:
            group["lr"] = rate
        self.judging.step()
        self.judging.zero_grad()
        return {"judges": loss.item()}

    def _judged(self, made: Tensor, audio: Tensor) -> tuple[Tensor, Tensor]:
        """How unreal the judges find `made`, and how far what they see lies from the real."""
        unreal: list[Tensor] = []
        distances: list[Tensor] = []
        for judge in self.judges:
            with torch.no_grad():
                theirs = judge(audio)
            mine = judge(made)
            unreal.append(-mine[-1].mean())
            distances += [
                (a - b).abs().mean() / b.abs().mean().clamp_min(1e-3)
                for a, b in zip(mine[:-1], theirs[:-1], strict=True)
            ]
        return torch.stack(unreal).mean(), torch.stack(distances).mean()

    def state_dict(self) -> State:
        """Weights and both optimisers."""
        return {
            "model": self.model.state_dict(),
            "judges": self.judges.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "judging": self.judging.state_dict(),
        }

    def load_state_dict(self, state: State) -> None:
        """Go back to where `state` was taken."""
        self.model.load_state_dict(state["model"])
        self.judges.load_state_dict(state["judges"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.judging.load_state_dict(state["judging"])
