"""The losses measure what they say, and those of the original agree with its figures."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.training.losses import (
    MULTISPECTRAL,
    SpectrumShape,
    largest_errors,
    multispectral_distance,
    si_sdr,
    spectral_distance,
    spectral_loss,
)

GOLDEN = Path(__file__).parents[4] / "shared" / "golden" / "open"
ORIGINAL_SPECTRUM = SpectrumShape(2048, 256, 1536)


def tone(frequency, time=8192):
    return torch.sin(torch.arange(time) * frequency / 22050 * 2 * torch.pi).unsqueeze(0)


def test_equal_sounds_are_at_no_distance():
    sound = torch.randn(2, 8192)

    assert multispectral_distance(sound, sound).tolist() == [0, 0]
    assert spectral_loss(sound, sound, MULTISPECTRAL[0]).item() == 0
    assert largest_errors(sound, sound, 5).tolist() == [0, 0]


def test_a_wrong_note_costs_more_than_a_shifted_phase():
    right, wrong = tone(440), tone(466)
    shifted = tone(440, 8192 + 12)[:, 12:]

    for shape in MULTISPECTRAL[:2]:
        assert spectral_loss(wrong, right, shape) > 3 * spectral_loss(shifted, right, shape)


def test_spectral_loss_does_not_depend_on_loudness_above_the_floor():
    made, wanted = torch.randn(2, 1, 8192) * 10

    quiet = spectral_loss(made / 2, wanted / 2, MULTISPECTRAL[1])

    torch.testing.assert_close(quiet, spectral_loss(made, wanted, MULTISPECTRAL[1]))


def test_si_sdr_is_the_noise_level_whatever_the_loudness():
    torch.manual_seed(0)
    sound, noise = torch.randn(2, 1, 200_000)

    made = 0.3 * (sound + 0.1 * noise)

    assert si_sdr(made, sound).item() == pytest.approx(20, abs=0.1)


@pytest.mark.parametrize("case", ["A_vqvae", "A2_vqvae_variant"])
def test_distances_match_the_figures_of_the_original(case):
    folder = GOLDEN / case
    if not folder.exists():
        pytest.skip("golden data of the original implementation is not beside the checkout")
    data = load_file(folder / "io.safetensors")
    figures = json.loads((folder / "meta.json").read_text())["forward_losses"]
    hparams = json.loads((folder / "config.json").read_text())["hparams"]
    bandwidth, wanted = hparams["bandwidth"], data["x"][..., 0]

    for level in range(hparams["levels"]):
        made = data[f"decode.x_from_l{level}"][..., 0]
        ours = {
            ("l1", "recons"): (made - wanted).abs().mean() / bandwidth["l1"],
            ("l2", "recons"): (made - wanted).square().mean() / bandwidth["l2"],
            ("linf", "recons"): largest_errors(made, wanted, hparams["linf_k"]).mean()
            / bandwidth["l2"],
            ("l2", "spectral"): spectral_distance(made, wanted, ORIGINAL_SPECTRUM).mean()
            / bandwidth["spec"],
            ("l2", "multispectral"): multispectral_distance(made, wanted).mean()
            / bandwidth["spec"],
        }
        for (kind, name), value in ours.items():
            reference = figures[kind][f"{name}_loss_l{level + 1}"]
            assert value.item() == pytest.approx(reference, rel=1e-5)
