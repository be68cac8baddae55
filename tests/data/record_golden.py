"""Records the golden data of the project's own, from this engine.

    python -m tests.data.record_golden

Run it only when `jukebox parity` agrees with the original's own golden data, and only when the
form changes: the recordings are there so that nothing changes by accident.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import torch

from tests.data.recording import (
    Recipe,
    record_autoencoder,
    record_laws,
    record_prior,
    record_run,
)

FOLDER = Path(__file__).parent / "golden"
LYRICS = (
    "Paper boats go down the drain, (hey!) counting lamps along the lane; "
    "1, 2, 3 and round again - who will bring them home?"
)
LOSSES = {
    "bandwidth": {"l1": 0.5, "l2": 0.3, "spec": 90.0}, "linf_k": 50, "spectral": 0.1,
    "multispectral": 1.0, "commit": 0.02, "multispec_loss_n_fft": [512, 256, 128],
    "multispec_loss_hop_length": [60, 30, 12], "multispec_loss_window_size": [300, 150, 60],
}  # fmt: skip
AUTOENCODER = {
    "sr": 1000, "levels": 3, "downs_t": [2, 1, 1], "strides_t": [2, 2, 2], "emb_width": 6,
    "l_bins": 24, "width": 4, "depth": 2, "hvqvae_multipliers": [2, 1, 1], "m_conv": 1.0,
    "dilation_growth_rate": 3, "dilation_cycle": None, "vqvae_reverse_decoder_dilation": True,
    **LOSSES,
}  # fmt: skip


def stack(prefix: str, width: int, depth: int, order: int, heads: int, blocks: int) -> dict:
    """Hyper-parameters of a transformer, named as its part of the model has them."""
    own = prefix or "prior_"
    entries = {"attn_order": order, "heads": heads, "blocks": blocks, "spread": None,
               "m_attn": 0.5, "m_mlp": 1.0, "res_scale": False, "init_scale": 1.0,
               "zero_out": False}  # fmt: skip
    named = {f"{prefix}{name}": value for name, value in entries.items()}
    return named | {f"{own}width": width, f"{own}depth": depth}


COMMON = {
    "sr": 1000, "n_ctx": 16, "labels": True, "labels_v3": False, "merged_decoder": False,
    "fp16_params": False, "y_bins": [8, 12], "t_bins": 8, "min_duration": 0.5,
    "max_duration": 60.0, "max_bow_genre_size": 3, "use_tokens": False, "n_tokens": 0,
    "n_vocab": 0, "single_enc_dec": False, "prime_loss_fraction": 0.4, "alignment_layer": None,
    "alignment_head": None, "cond_width": 8, "cond_depth": 2, "cond_m_conv": 1.0,
    "cond_dilation_growth_rate": 3, "cond_dilation_cycle": 8, "cond_res_scale": True,
}  # fmt: skip
SEPARATE = {"use_tokens": True, "n_tokens": 12, "n_vocab": 80, "merged_decoder": True,
            "alignment_layer": 9, "alignment_head": 1, "fp16_params": True}  # fmt: skip
SINGLE = {"use_tokens": True, "n_tokens": 12, "n_vocab": 79, "single_enc_dec": True,
          "labels_v3": True, "max_bow_genre_size": 1, "alignment_layer": 15,
          "alignment_head": 0}  # fmt: skip
PRIORS = {
    "B_level_0": COMMON | {"level": 0} | stack("", 16, 4, 2, 2, 4),
    "B_level_1": COMMON | {"level": 1} | stack("", 16, 4, 2, 1, 4),
    "C_top_separate": COMMON | SEPARATE | {"level": 2} | stack("", 16, 11, 10, 2, 4)
    | {"attn_order": 8} | stack("prime_", 12, 2, 2, 1, 4),
    "C_top_single": COMMON | SINGLE | {"level": 2} | stack("", 16, 17, 12, 2, 4),
    "C_top_unlabelled": COMMON | {"labels": False, "level": 2} | stack("", 16, 4, 9, 2, 4),
}  # fmt: skip

RECIPE = Recipe(FOLDER, AUTOENCODER, PRIORS, LYRICS)


def main() -> None:
    """Record everything anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    torch.manual_seed(0)
    record_autoencoder(RECIPE)
    for name in PRIORS:
        record_prior(RECIPE, name)
    for top in ("separate", "single"):
        record_run(RECIPE, f"{top}.ancestral", given=(0, 0, 0), length=24)
        record_run(RECIPE, f"{top}.continue", given=(10, 10, 10), length=30)
    record_run(RECIPE, "separate.upsample", given=(24, 0, 0), length=24)
    record_run(RECIPE, "single.partial", given=(0, 0, 0), length=12)
    record_laws(FOLDER / "G_laws")


if __name__ == "__main__":
    main()
