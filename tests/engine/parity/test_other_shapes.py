"""Folders of the golden form are run by their form, whatever sizes and seeds are in it."""

import pytest
import torch

from engine.parity.golden import cases, checked
from tests.data.record_golden import AUTOENCODER, COMMON, LYRICS, SEPARATE, SINGLE, stack
from tests.data.recording import Recipe, record_autoencoder, record_prior, record_run

DEEP = {
    "autoencoder": AUTOENCODER | {
        "sr": 800, "downs_t": [1, 2, 1], "l_bins": 17, "emb_width": 5, "width": 6, "depth": 2,
        "hvqvae_multipliers": [1, 2, 1], "dilation_growth_rate": 2, "dilation_cycle": 2,
        "vqvae_reverse_decoder_dilation": False},
    "priors": {
        "B_level_0": COMMON | {"level": 0, "sr": 800, "n_ctx": 24, "cond_depth": 3,
                               "cond_dilation_cycle": 2} | stack("", 12, 3, 2, 3, 3),
        "B_level_1": COMMON | {"level": 1, "sr": 800, "n_ctx": 20, "cond_res_scale": False}
                     | stack("", 18, 5, 2, 1, 5),
        "C_top_separate": COMMON | SEPARATE | {"level": 2, "sr": 800, "n_ctx": 30, "n_tokens": 10,
                                               "alignment_layer": 18, "alignment_head": 0}
                          | stack("", 12, 19, 10, 1, 6) | stack("prime_", 8, 4, 2, 2, 2),
        "C_top_single": COMMON | SINGLE | {"level": 2, "sr": 800, "n_ctx": 20, "n_tokens": 10}
                        | stack("", 20, 18, 12, 5, 6),
    },
}  # fmt: skip
WIDE = {
    "autoencoder": AUTOENCODER | {
        "downs_t": [3, 1, 2], "l_bins": 40, "emb_width": 9, "width": 5, "depth": 1,
        "hvqvae_multipliers": [1, 1, 2], "dilation_growth_rate": 1},
    "priors": {
        "B_level_0": COMMON | {"level": 0, "labels_v3": True, "max_bow_genre_size": 1}
                     | stack("", 32, 2, 2, 4, 2),
        "B_level_1": COMMON | {"level": 1, "n_ctx": 32, "cond_depth": 1}
                     | stack("", 24, 6, 2, 2, 8),
        "C_top_separate": COMMON | SEPARATE | {"level": 2, "merged_decoder": False,
                                               "fp16_params": False, "max_bow_genre_size": 5,
                                               "alignment_layer": 3}
                          | stack("", 32, 4, 6, 2, 2) | stack("prime_", 16, 3, 2, 4, 3),
        "C_top_single": COMMON | SINGLE | {"level": 2, "n_ctx": 24, "n_tokens": 6,
                                           "prime_loss_fraction": 0.9}
                        | stack("", 16, 32, 12, 1, 6),
    },
}  # fmt: skip


@pytest.mark.parametrize(("shapes", "seed", "items"), [(DEEP, 1, 2), (WIDE, 5, 3)])
def test_models_of_any_shape_agree_with_what_was_recorded_of_them(tmp_path, shapes, seed, items):
    recipe = Recipe(tmp_path, shapes["autoencoder"], shapes["priors"], LYRICS, items)
    torch.manual_seed(seed)
    record_autoencoder(recipe)
    for name in recipe.priors:
        record_prior(recipe, name)
    record_run(recipe, "separate.ancestral", given=(0, 0, 0), length=40)
    record_run(recipe, "single.continue", given=(7, 7, 7), length=33)
    record_run(recipe, "separate.upsample", given=(40, 0, 0), length=40)

    checks = [check for case in cases(tmp_path) for check in checked(case)]

    assert len(checks) > 150
    assert [check for check in checks if not check.passed] == []
