"""Cases of an autoencoder: codes, latents, sound and losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.nn.vqvae import VQVAE
from engine.parity.case import Case, Check, Json, close, facts, near, same, worst
from engine.parity.models import holds_vqvae, hparams, vqvae_of
from engine.training.published import LossShape, published_losses

TIE = 1e-5
"""Two codes as near as this to a latent are a tie, which rounding may decide either way."""

Data = Mapping[str, Tensor]


def cases(folder: Path) -> Iterator[Case]:
    """All cases of a folder that holds an autoencoder."""
    if not holds_vqvae(folder):
        return
    yield Case("encode", lambda: _encoded(vqvae_of(folder), _data(folder)))
    yield Case("decode", lambda: _decoded(vqvae_of(folder), _data(folder)))
    yield Case("forward", lambda: _forward(folder))


def _data(folder: Path) -> Data:
    return load_file(folder / "io.safetensors")


def _encoded(model: VQVAE, data: Data) -> Iterator[Check]:
    for kind, time in (("encode", None), ("encode_half", data["x"].shape[1] // 2)):
        for level, codes in enumerate(model.encode(data["x"][:, :time, 0])):
            recorded = data.get(f"{kind}.z_l{level}")
            if recorded is not None:
                yield _same_codes(f"{kind}.z_l{level}", codes, recorded, data)
    for level in range(model.config.levels):
        with torch.no_grad():
            latents = model.level(level).encoder(data["x"][..., 0])
        name = f"encode.pre_quant_l{level}"
        yield close(name, latents, data[name])


def _same_codes(name: str, codes: Tensor, recorded: Tensor, data: Data) -> Check:
    """Equal codes, but for ties."""
    margin = data.get(name.replace(".z_", ".margin_"))
    if margin is None or margin.shape != codes.shape:
        return same(name, codes, recorded)
    ties = (codes != recorded) & (margin < TIE)
    note = f"{int(ties.sum())} ties decided otherwise" if ties.any() else ""
    return same(name, torch.where(ties, recorded, codes), recorded, note)


def _decoded(model: VQVAE, data: Data) -> Iterator[Check]:
    for level in range(model.config.levels):
        for name, codes in (("decode", "encode.z"), ("decode_random", "decode_random.z")):
            recorded = data.get(f"{name}.x_from_l{level}")
            if recorded is not None:
                sound = model.decode(data[f"{codes}_l{level}"], level)
                yield close(f"{name}.x_from_l{level}", sound, recorded[..., 0])


def _forward(folder: Path) -> Iterator[Check]:
    model, data, figures = vqvae_of(folder), _data(folder), facts(folder / "meta.json")
    wanted, losses = data["x"][..., 0], figures["forward_losses"]
    with torch.no_grad():
        outputs = model(wanted)
    yield close("forward.x_out", outputs[0].audio, data["forward.x_out"][..., 0])
    commitments = zip(outputs, losses["commit_loss_per_level"], strict=True)
    for level, (output, recorded) in enumerate(commitments):
        yield near(f"forward.commit_l{level}", output.commitment.item(), recorded)
    for kind, recorded in losses.items():
        if isinstance(recorded, dict):
            shape = loss_shape(kind, hparams(folder), recorded)
            ours = published_losses(outputs, wanted, shape)
            numbers = {name: value for name, value in recorded.items() if name in ours}
            yield worst(
                f"forward.losses.{kind}",
                [near(name, ours[name].item(), value) for name, value in numbers.items()],
                "" if numbers.keys() >= {"loss", "recons_loss"} else "losses are missing",
            )


def loss_shape(kind: str, settings: Json, recorded: Json) -> LossShape:
    """What the original measures by a name, given its hyper-parameters."""
    windows = zip(
        settings["multispec_loss_n_fft"],
        settings["multispec_loss_hop_length"],
        settings["multispec_loss_window_size"],
        strict=True,
    )
    return LossShape(
        kind=kind.removesuffix("_relative_spec"),
        relative=kind.endswith("_relative_spec"),
        bandwidth=settings["bandwidth"],
        largest=settings["linf_k"],
        mix=tuple(recorded["lmix"]),
        weights=(settings["spectral"], settings["multispectral"], settings["commit"]),
        spectra=tuple(windows),
    )
