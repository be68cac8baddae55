"""The original's losses hang together. Their numbers: see the golden cases."""

from dataclasses import replace

import pytest
import torch

from engine.nn.vqvae import Reconstruction
from engine.training.published import LossShape, published_losses, spectral_convergence

SHAPE = LossShape("l2", False, {"l1": 0.5, "l2": 0.25, "spec": 10.0}, 7, (0.1, 1.0, 0.02),
                  (0.5, 1.0, 0.02), ((512, 60, 240), (256, 30, 120)))  # fmt: skip


def outputs(*sounds):
    codes = torch.zeros(1, 1, dtype=torch.int64)
    return [Reconstruction(sound, codes, sound, torch.tensor(3.0)) for sound in sounds]


@pytest.mark.parametrize("kind", ["l1", "l2", "linf", "lmix"])
@pytest.mark.parametrize("relative", [False, True])
def test_a_perfect_copy_costs_only_its_commitment(kind, relative):
    sound = torch.randn(2, 2048)
    shape = replace(SHAPE, kind=kind, relative=relative)

    losses = published_losses(outputs(sound, sound), sound, shape)

    assert losses["commit_loss"].item() == 6
    assert losses["loss"].item() == pytest.approx(0.12)


def test_the_whole_is_the_weighted_sum_over_levels():
    torch.manual_seed(0)
    made, other, wanted = torch.randn(3, 2, 2048)

    losses = published_losses(outputs(made, other), wanted, SHAPE)

    parts = [("recons", 1.0), ("spectral", 0.5), ("multispectral", 1.0)]
    for name, _ in parts:
        levels = losses[f"{name}_loss_l1"] + losses[f"{name}_loss_l2"]
        torch.testing.assert_close(losses[f"{name}_loss"], levels)
    total = sum(weight * losses[f"{name}_loss"] for name, weight in parts)
    torch.testing.assert_close(losses["loss"], total + 0.02 * losses["commit_loss"])


def test_a_relative_distance_does_not_depend_on_loudness_and_spares_silence():
    torch.manual_seed(0)
    made, wanted = torch.randn(2, 1, 2048)

    loud = spectral_convergence(made, wanted)

    torch.testing.assert_close(spectral_convergence(made / 9, wanted / 9), loud)
    assert spectral_convergence(made, torch.zeros(1, 2048)).item() == 0
