"""A fabricated model is a whole model: it opens, verifies, loads and computes."""

import pytest
import torch

from engine.catalog import shards
from engine.catalog.released import released_config
from engine.catalog.specs import ModelConfig, Pattern, PriorConfig, TransformerConfig, VqVaeConfig
from engine.catalog.store import open_model, verify
from engine.catalog.weights import assign, read_folder_state
from engine.errors import ModelError
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.training.fabricate import fabricate, weights
from engine.types import Level

STACK = TransformerConfig(8, 8, 1, 1, 2, (Pattern.BLOCK,))
AUTOENCODER = VqVaeConfig(22050, (2, 1, 1), (2, 2, 2), 4, 16, 4, 2, (1, 1, 1))
CONFIG = ModelConfig(
    AUTOENCODER,
    tuple(PriorConfig(n, 22050, AUTOENCODER.hops[n], 8, 16, STACK, n == Level.TOP) for n in Level),
)


@pytest.mark.parametrize("shard_bytes", [1000, 10**9])
def test_a_fabricated_model_opens_verifies_and_loads(tmp_path, monkeypatch, shard_bytes):
    monkeypatch.setattr(shards, "SHARD_BYTES", shard_bytes)

    fabricate(CONFIG, tmp_path / "random")

    model = open_model(tmp_path / "random")
    verify(model)
    assert model.config == CONFIG
    vqvae = VQVAE(CONFIG.vqvae)
    assign(vqvae, read_folder_state(model.folder, "vqvae"))
    for level, config in zip(Level, CONFIG.priors, strict=True):
        prior = Prior(config)
        assign(prior, read_folder_state(model.folder, level))
        assert prior(torch.zeros(1, 8).long()).loss.isfinite()
    codes = vqvae.encode(torch.randn(1, 4096))
    assert len(codes[0].unique()) > 2


def test_the_seed_decides_the_weights_and_the_shards_do_not(tmp_path, monkeypatch):
    for name, seed, size in (("a", 1, 10**9), ("b", 1, 1000), ("c", 2, 10**9)):
        monkeypatch.setattr(shards, "SHARD_BYTES", size)
        fabricate(CONFIG, tmp_path / name, seed)

    a, b, c = (read_folder_state(tmp_path / name, Level.TOP) for name in "abc")
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert not torch.equal(a["head.weight"], c["head.weight"])


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("x")

    with pytest.raises(ModelError, match="not empty"):
        fabricate(CONFIG, tmp_path)


def test_a_fabricated_1b_has_the_size_of_the_real_one():
    """2.9 billion numbers, of which the output matrices stored twice are a few million."""
    numbers = sum(weight.size_bytes // 2 for weight in weights(released_config("1b_lyrics"), 0))

    assert numbers == pytest.approx(2.907e9, rel=0.01)
