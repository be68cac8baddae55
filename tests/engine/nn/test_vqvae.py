"""Laws of the VQ-VAE."""

import pytest
import torch

from engine.catalog.specs import VqVaeConfig
from engine.nn.vqvae import VQVAE

TINY = VqVaeConfig(22050, (2, 1, 1), (2, 2, 2), 6, 16, 4, 2, (1, 2, 1))
RELEASED = VqVaeConfig(44100, (3, 2, 2), (2, 2, 2), 64, 2048, 32, 4, (2, 1, 1))


def random_model(config=TINY):
    torch.manual_seed(0)
    model = VQVAE(config).double().eval()
    for level in range(config.levels):
        torch.nn.init.normal_(model.level(level).codebook.vectors)
    return model


def transparent_model():
    """A random model whose ReLUs are all open, so that a far change is not lost on the way."""
    model = random_model()
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.constant_(parameter, 50.0)
    return model


@pytest.mark.parametrize("time", [16, 17, 31, 160])
def test_a_level_has_one_code_per_whole_hop_and_decodes_to_its_hops(time):
    model = random_model()

    codes = model.encode(torch.randn(2, time, dtype=torch.float64))

    assert [c.shape for c in codes] == [(2, time // hop) for hop in TINY.hops]
    for level, hop in enumerate(TINY.hops):
        assert model.decode(codes[level], level).shape == (2, time // hop * hop)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_decoding_a_stretch_with_its_reach_equals_decoding_everything(level):
    model, hop = random_model(), TINY.hops[level]
    left, right = model.decoder_reach(level)
    codes = torch.randint(16, (1, left + right + 20))
    start, end = left + 3, left + 9

    whole = model.decode(codes, level)[:, start * hop : end * hop]
    part = model.decode(codes[:, start - left : end + right], level)

    torch.testing.assert_close(part[:, left * hop : (left + end - start) * hop], whole)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_decoder_reach_is_exact(level):
    """Changing the farthest code within reach is heard, and one further is not."""
    model, hop = transparent_model(), TINY.hops[level]
    left, right = model.decoder_reach(level)
    centre = left + 2
    codes = torch.zeros(1, left + right + 5, dtype=torch.int64)

    def change_at(position):
        other = codes.clone()
        other[0, position] = 1
        heard = model.decode(other, level) - model.decode(codes, level)
        return heard[0, centre * hop : (centre + 1) * hop].abs().max().item()

    assert change_at(centre - left) > 0 and change_at(centre + right) > 0
    assert change_at(centre - left - 1) == 0 and change_at(centre + right + 1) == 0


@pytest.mark.parametrize("level", [0, 1, 2])
def test_encoder_reach_is_exact(level):
    """Gradient of one latent: non-zero at the ends of the reach and zero beyond them."""
    model, hop = transparent_model(), TINY.hops[level]
    left, right = model.encoder_reach(level)
    position = left // hop + 2
    audio = torch.randn(1, left + right + 6 * hop, dtype=torch.float64, requires_grad=True)

    model.level(level).encoder(audio)[0, :, position].sum().backward()

    assert audio.grad is not None
    felt = audio.grad[0].nonzero().flatten()
    assert felt.min().item() == position * hop - left
    assert felt.max().item() == (position + 1) * hop - 1 + right


def test_reaches_of_the_released_model_are_the_published_ones():
    with torch.device("meta"):
        model = VQVAE(RELEASED)

    assert [model.decoder_reach(level) for level in range(3)] == [(5742,) * 2, (80,) * 2, (82,) * 2]
    assert [model.encoder_reach(level)[0] for level in range(3)] == [45935, 2551, 10455]


def test_training_pass_rounds_as_encoding_and_decoding_do():
    model = random_model()
    audio = torch.randn(2, 64, dtype=torch.float64)

    outputs = model(audio)

    for level, output in enumerate(outputs):
        assert torch.equal(output.codes, model.encode(audio)[level])
        torch.testing.assert_close(output.audio, model.decode(output.codes, level))


def test_gradients_pass_straight_through_the_rounding():
    model = random_model()

    model(torch.randn(1, 64, dtype=torch.float64))[1].audio.square().mean().backward()

    first = model.level(1).encoder.stages[0].downs[0].conv.weight.grad
    assert first is not None and first.abs().max() > 0
