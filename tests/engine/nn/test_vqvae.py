"""Laws of the VQ-VAE, and parity with the original implementation where golden data is at hand."""

import json
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.catalog.specs import VqVaeConfig
from engine.nn.vqvae import VQVAE

GOLDEN = Path(__file__).parents[4] / "shared" / "golden" / "open"
GOLDEN_CASES = ("A_vqvae", "A2_vqvae_variant")
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


def golden(case):
    folder = GOLDEN / case
    if not folder.exists():
        pytest.skip("golden data of the original implementation is not beside the checkout")
    return folder


def golden_model(folder):
    """The model of a golden case, its keys renamed here, apart from the code under test."""
    hparams = json.loads((folder / "config.json").read_text())["hparams"]
    levels = hparams["levels"]
    config = VqVaeConfig(
        sample_rate=hparams["sr"],
        downs=tuple(hparams["downs_t"]),
        strides=tuple(hparams["strides_t"]),
        embedding_width=hparams["emb_width"],
        codebook_size=hparams["l_bins"],
        width=hparams["width"],
        depth=hparams["depth"],
        multipliers=tuple(hparams["hvqvae_multipliers"] or [1] * levels),
        hidden_factor=hparams["m_conv"],
        dilation_growth=hparams["dilation_growth_rate"],
        dilation_cycle=hparams["dilation_cycle"],
        reverse_decoder_dilation=hparams["vqvae_reverse_decoder_dilation"],
    )
    state = torch.load(folder / "vqvae.pth.tar", weights_only=True)["model"]
    model = VQVAE(config).eval()
    model.load_state_dict({our_key(key, config): value for key, value in state.items()})
    return model, hparams


def our_key(key, config):
    if codebook := re.fullmatch(r"bottleneck\.level_blocks\.(\d)\.k", key):
        return f"levels.{codebook[1]}.codebook.vectors"
    key = re.sub(r"^(en|de)coders\.(\d)\.", r"levels.\2.\1coder.", key)
    key = key.replace("level_blocks", "stages")
    key = re.sub(r"model\.(\d+)\.model\.1\.", r"res.\1.dilated.", key)
    key = re.sub(r"model\.(\d+)\.model\.3\.", r"res.\1.point.", key)
    stage = re.search(r"stages\.(\d)\.model\.(\d+)(\.\d+)?\.", key)
    if stage is None:
        return key
    return key.replace(stage[0], f"stages.{stage[1]}.{our_block(key, stage, config)}.")


def our_block(key, stage, config):
    """`downs.i.conv`, `downs.i` (its stack), `out`; `inp`, `ups.i` (its stack), `ups.i.deconv`."""
    index, part = int(stage[2]), stage[3]
    if "encoder" in key:
        if index == config.downs[int(stage[1])]:
            return "out"
        return f"downs.{index}.conv" if part == ".0" else f"downs.{index}"
    if index == 0:
        return "inp"
    return f"ups.{index - 1}.deconv" if part == ".1" else f"ups.{index - 1}"


def close(ours, reference):
    assert ours.shape == reference.shape
    assert (ours - reference).abs().max() <= 1e-5 * reference.abs().max()


@pytest.mark.parametrize("case", GOLDEN_CASES)
def test_encodes_exactly_as_the_original(case):
    folder = golden(case)
    model, _ = golden_model(folder)
    data = load_file(folder / "io.safetensors")

    for suffix, time in (("", None), ("_half", data["x"].shape[1] // 2)):
        codes = model.encode(data["x"][:, :time, 0])
        for level, found in enumerate(codes):
            assert torch.equal(found, data[f"encode{suffix}.z_l{level}"])


@pytest.mark.parametrize("case", GOLDEN_CASES)
def test_latents_and_decoded_sound_match_the_original(case):
    folder = golden(case)
    model, _ = golden_model(folder)
    data = load_file(folder / "io.safetensors")

    for level in range(model.config.levels):
        with torch.no_grad():
            latents = model.level(level).encoder(data["x"][..., 0])
        close(latents, data[f"encode.pre_quant_l{level}"])
        for kind, codes in (("decode", "encode.z"), ("decode_random", "decode_random.z")):
            sound = model.decode(data[f"{codes}_l{level}"], level)
            close(sound, data[f"{kind}.x_from_l{level}"][..., 0])


@pytest.mark.parametrize("case", GOLDEN_CASES)
def test_training_pass_matches_the_original(case):
    folder = golden(case)
    model, _ = golden_model(folder)
    data = load_file(folder / "io.safetensors")
    meta = json.loads((folder / "meta.json").read_text())

    outputs = model(data["x"][..., 0])

    close(outputs[0].audio.detach(), data["forward.x_out"][..., 0])
    for output, commitment in zip(
        outputs, meta["forward_losses"]["commit_loss_per_level"], strict=True
    ):
        assert output.commitment.item() == pytest.approx(commitment, rel=1e-5)
