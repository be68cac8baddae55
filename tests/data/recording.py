"""Records what this engine makes of small models with seeded weights, in the form of the original.

A recipe says which models: any sizes, depths, contexts, blocks and seeds.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from engine.catalog import dialects
from engine.catalog.hparams import patterns_for_order, prior_from_hparams, vqvae_from_hparams
from engine.catalog.specs import PriorConfig, TransformerConfig
from engine.nn.prior import Prior
from engine.nn.transformer import Transformer
from engine.nn.vqvae import VQVAE
from engine.parity.laws import timing_of
from engine.parity.models import OffsetLabels
from engine.parity.prior import Window, as_recorded, heard
from engine.parity.runs import Run
from engine.parity.sampling import likeliest, sampled, seeded
from engine.parity.vqvae import loss_shape
from engine.sampling.alignment import align, lyric_attention
from engine.sampling.plan import hop_codes, window_starts
from engine.steps.drawing import filtered
from engine.training.published import published_losses
from engine.types import Level


@dataclass(frozen=True)
class Recipe:
    """What to record.

    Attributes:
        folder: where.
        autoencoder, priors: hyper-parameters, by the original's names; priors by their folders.
        lyrics: of the first item; the others sing a few characters.
        items: how many are sampled side by side.
    """

    folder: Path
    autoencoder: dict
    priors: dict[str, dict]
    lyrics: str
    items: int = 2

    def prior(self, name: str) -> PriorConfig:
        """The configuration of a prior."""
        return prior_from_hparams(self.priors[name], vqvae_from_hparams(self.autoencoder))

    def songs(self, config: PriorConfig) -> list[tuple[list[int], str]]:
        """Label vectors of the items, their windows full, and their lyrics."""
        if config.labels is None:
            return []
        length, slots = config.context * config.hop, config.labels.max_genres
        first = ([3000, 0, length, 7, *[2, 5, *[-1] * slots][:slots]], self.lyrics)
        others = ([9000, 640, length, 0, *[0, *[-1] * slots][:slots]], "La")
        return [first, *[others] * (self.items - 1)]


def record_autoencoder(recipe: Recipe) -> None:
    """Codes, latents, sound and losses."""
    folder, hparams = recipe.folder / "A_vqvae", recipe.autoencoder
    model = seeded_module(VQVAE(vqvae_from_hparams(hparams)), 2.0)
    time = 80 * model.config.hops[-1]
    x = torch.rand(recipe.items, time) * 2 - 1
    save_model(folder, model, dialects.VQVAE, hparams)
    codes, data = model.encode(x), {"x": x[..., None]}
    halves = model.encode(x[:, : time // 2])
    with torch.no_grad():
        outputs = model(x)
    data["forward.x_out"] = outputs[0].audio[..., None]
    for level, output in enumerate(outputs):
        data |= {
            f"encode.z_l{level}": codes[level],
            f"encode_half.z_l{level}": halves[level],
            f"encode.pre_quant_l{level}": output.latents,
            f"decode.x_from_l{level}": model.decode(codes[level], level)[..., None],
        }
    losses: dict[str, object] = {
        "commit_loss_per_level": [output.commitment.item() for output in outputs]
    }
    for kind in ("l1", "l2", "linf", "lmix", "l2_relative_spec"):
        mix = [0.2, 1.0, 0.02]
        figures = published_losses(outputs, x, loss_shape(kind, hparams, {"lmix": mix}))
        losses[kind] = {name: value.item() for name, value in figures.items()} | {"lmix": mix}
    save_file(contiguous(data), folder / "io.safetensors")
    write(folder / "meta.json", {"forward_losses": losses})


def record_prior(recipe: Recipe, name: str) -> None:
    """One window: what is heard, foretold, looked at and sampled."""
    config, folder, items = recipe.prior(name), recipe.folder / name, recipe.items
    prior = seeded_module(Prior(config), 0.45)
    save_model(folder, prior, dialects.PRIOR, recipe.priors[name])
    data = {"in.z": torch.randint(config.codebook_size, (items, config.context))}
    songs = recipe.songs(config)
    labels = [OffsetLabels(y, lyrics, config) for y, lyrics in songs]
    if labels:
        start = 4
        indices = [list(item.window(start).lyric_indices) for item in labels]
        data["in.y"] = torch.tensor([item.asked[-1] for item in labels])
    if config.conditioner is not None:
        upper = config.context // config.conditioner.factor
        data["in.z_cond"] = torch.randint(config.codebook_size, (items, upper))
    window = Window(prior, data)
    output = window.output()
    data |= heard(window) | {"fwd.logits": output.logits}
    meta: dict[str, object] = {"n_items": items, "hidden_item": 1, "attn_layers": {}}
    alone = window.item(1)
    with torch.inference_mode():
        for number, state in enumerate(prior.states(alone.codes, alone.conditioning())):
            if number in (0, 1, config.transformer.depth):
                data[f"fwd.hidden.{number}"] = state
        for layer, pattern in enumerate(config.transformer.patterns):
            if layer in (0, 1, 2, 3, 9, 15):
                weights = prior.attention(alone.codes, alone.conditioning(), layer)
                data[f"attn.layer_{layer}"] = as_recorded(weights, config, pattern)
                meta["attn_layers"][str(layer)] = int(pattern)
        if config.lyrics is not None:
            data["align.window"] = lyric_attention(prior, window.codes, window.conditioning())
    meta["loss_batch"] = losses_of(output)
    meta["loss_per_item"] = [losses_of(window.item(item).output()) for item in range(items)]
    if labels:
        meta |= {"label_y_initial": [y for y, _ in songs], "window_start_tokens": start,
                 "label_info": [{"lyrics": lyrics} for _, lyrics in songs],
                 "y_window": data["in.y"].tolist(), "lyric_indices_window": indices}  # fmt: skip
    meta["sampling"] = record_sampling(folder, window)
    save_file(contiguous(data), folder / "io.safetensors")
    write(folder / "meta.json", meta)


def record_sampling(folder: Path, window: Window) -> dict:
    """Runs of one window, greedy and drawn."""
    recipe = {"temp": 0.9, "top_k": 5, "seed_scratch": 42, "seed_primed": 43}
    context = window.prior.config.context
    runs: dict[str, torch.Tensor] = {}
    for name, known, length, pick in (
        ("scratch", 0, context, likeliest),
        ("primed.P3", 3, context, likeliest),
        ("primed.P9", 9, context, likeliest),
        ("partial.P5.S11", 5, 11, likeliest),
        ("seeded.topk5", 0, context, seeded(recipe, 0)),
    ):
        symbols, logits = sampled(window, known, length, pick)
        codes = window.prior.codes_of(symbols)
        runs[f"{name}.tokens"] = torch.cat((window.codes[:, :known], codes), dim=1)
        if name in ("scratch", "primed.P9"):
            runs[f"{name}.logits"] = logits
            best = logits.topk(2).values
            assert (best[..., 0] - best[..., 1]).min() > 1e-4, "a pick that rounding may change"
    save_file(contiguous(runs), folder / "sampling.safetensors")
    sizes = dict.fromkeys(("1", "3", "4", "7"))
    return {"primed": {"9": {"chunk_sizes": sizes}}, "seeded": {"topk5": recipe}}


def record_run(recipe: Recipe, name: str, given: tuple[int, int, int], length: int) -> None:
    """A whole run of `length` TOP codes, of which those `given` are known, TOP first."""
    folder, items = recipe.folder / "D_runs", recipe.items
    folder.mkdir(exist_ok=True)
    data: dict[str, torch.Tensor] = {}
    parts = ("B_level_0", "B_level_1", f"C_top_{name.partition('.')[0]}")
    configs = [recipe.prior(part) for part in parts]
    hops = [config.hop for config in configs]
    for level, config in enumerate(configs):
        known = given[2 - level] * hops[2] // hops[level]
        data[f"in.z_l{level}"] = torch.randint(recipe.autoencoder["l_bins"], (items, known))
        data[f"in.label_y_l{level}"] = torch.tensor([y for y, _ in recipe.songs(config)])
    told = [{"lyrics": lyrics} for _, lyrics in recipe.songs(configs[2])]
    request = {"n_samples": items, "sample_length": length * hops[2],
               "hop_fraction": [0.5, 0.5, 0.25], "windows_in_call_order": [],
               "label_info": [told]}  # fmt: skip
    write(folder / f"{name}.json", request)
    save_file(contiguous(data), folder / f"{name}.safetensors")
    runs = [Run(folder, name, item) for item in range(items)]
    results = []
    for item, run in enumerate(runs):
        codes = run.given()
        for level in sorted(Level, reverse=True):
            codes = run.sampled(codes, level, run.wanted(level))
        results.append((codes, {level: told.asked for level, told in run.model.told.items()}))
        prior = run.model.prior(Level.TOP)
        labels = OffsetLabels(run.model.rows[Level.TOP], run.lyrics, prior.config)
        hop = hop_codes(request["hop_fraction"][2], prior.config.context, 1)
        seen = align(prior, codes.at(Level.TOP), labels, hop)
        data[f"out.alignment.item{item}"] = torch.from_numpy(seen)
    for level in Level:
        rows = np.stack([codes.at(level).astype(np.int64) for codes, _ in results])
        data[f"out.z_l{int(level)}"] = torch.from_numpy(rows)
        calls = zip(*(asked.get(level, []) for _, asked in results), strict=True)
        for number, rows in enumerate(calls):
            key = f"trace.{int(level)}.{number}.y"
            data[key] = torch.tensor(rows)
            request["windows_in_call_order"].append(
                {"level": int(level), "batch": items, "y_key": key}
            )
    data["out.x_l0"] = runs[0].model.vqvae.decode(data["out.z_l0"], 0)[..., None]
    save_file(contiguous(data), folder / f"{name}.safetensors")
    write(folder / f"{name}.json", request)


def record_laws(folder: Path) -> None:
    """Stacks of every attention order, filters, time and windows."""
    folder.mkdir()
    orders, tensors = {}, {}
    rename = openai_names(dialects.PRIOR, {})
    for order in range(13):
        depth = {7: 16, 8: 10, 10: 19, 11: 16, 12: 16}.get(order, 5)
        entry = {"n_ctx": 12, "n_in": 8, "n_depth": depth, "n_head": 2, "blocks": 3,
                 "m_attn": 0.5, "m_mlp": 1.0, "res_scale": order % 2 == 1, "encoder_dims": 5,
                 "prime_len": 4, "spread": 2 if order == 4 else None}  # fmt: skip
        patterns = patterns_for_order(order, depth)
        config = TransformerConfig(12, 8, depth, 2, 3, patterns, 0.5, 1.0, order % 2 == 1, 5, 4,
                                   entry["spread"] or 1)  # fmt: skip
        network = seeded_module(Transformer(config), 0.4)
        x, lyrics = torch.randn(2, 12, 8), torch.randn(2, 5, 8)
        entry["attn_func_per_layer"] = [int(pattern) for pattern in patterns]
        orders[str(order)] = entry
        with torch.inference_mode():
            tensors |= {f"order{order}.x": x, f"order{order}.out": network(x, lyrics)}
        if 6 in entry["attn_func_per_layer"]:
            tensors[f"order{order}.encoder_kv"] = lyrics
        for name, tensor in network.state_dict().items():
            theirs = rename(f"stack.{name}").removeprefix("prior.transformer")
            tensors[f"order{order}.weights{theirs}"] = tensor
    save_file(contiguous(tensors), folder / "attn_orders.safetensors")
    write(folder / "attn_orders.json", {"orders": orders})
    record_filters(folder)
    record_windows(folder)


def record_filters(folder: Path) -> None:
    """Which logits are kept."""
    logits = torch.randn(3, 1, 12)
    settings = [(0, 0.0, 1.0), (1, 0.0, 1.0), (4, 0.0, 0.7), (0, 0.9, 1.0), (0, 0.2, 1.2)]
    cases, outputs = {}, {"logits": logits}
    for number, (top_k, top_p, temp) in enumerate(settings):
        cases[str(number)] = {"top_k": top_k, "top_p": top_p, "temp": temp}
        outputs[f"out.{number}"] = filtered(logits[:, 0] / temp, top_k, top_p)[:, None]
    save_file(contiguous(outputs), folder / "filter_logits.safetensors")
    write(folder / "filter_logits.json", {"cases": cases})


def record_windows(folder: Path) -> None:
    """Where windows start, and which time they are told."""
    starts = [
        {"total_length": total, "n_ctx": 16, "hop_length": hop}
        | {"starts": window_starts(total, 16, hop)}
        for total, hop in ((16, 4), (17, 4), (40, 8), (41, 16), (9, 4))
    ]
    write(folder / "windows.json", {"window_starts": starts, "short_request_plan": []})
    timing = {"min_duration": 60.0, "max_duration": 600.0, "t_bins": 128, "n_ctx": 8192,
              "sr": 44100, "length": 1048576}  # fmt: skip
    songs_and_offsets = ((10584000, 0), (10584000, 5424300), (10584000, 10500000), (2646000, 7))
    entries = [timing | {"total_length": t, "offset": o} for t, o in songs_and_offsets]
    write(folder / "timing_bins.json", [entry | timing_of(entry) for entry in entries])


def losses_of(output) -> dict:
    """The losses of a pass, by the original's names."""
    lyric = 0.0 if output.lyric_loss is None else output.lyric_loss.item()
    music = output.music_loss.item()
    return {"loss": output.loss.item(), "gen_loss": music, "prime_loss": lyric}


def seeded_module(module, gain: float):
    """The module with weights that let every part be heard."""
    state = module.state_dict()
    for name, tensor in state.items():
        if "norm.weight" in name:
            state[name] = 1 + 0.1 * torch.randn_like(tensor)
        elif tensor.dim() == 1:
            state[name] = 0.1 * torch.randn_like(tensor)
        elif "codebook" in name:
            state[name] = torch.randn_like(tensor)
        else:
            fan = math.prod(tensor.shape[1:]) if tensor.dim() == 3 else tensor.shape[0]
            spread = gain * (1 if "embedding" in name or "labels" in name else fan**-0.5 * 2)
            state[name] = spread * torch.randn_like(tensor)
    module.load_state_dict(state)
    return module.eval()


def save_model(folder: Path, module, rows, hparams: dict) -> None:
    """Write a checkpoint in the original's older layout, and its hyper-parameters."""
    folder.mkdir(parents=True)
    ours, rename = module.state_dict(), openai_names(rows, hparams)
    prior = rows is dialects.PRIOR
    half = prior and hparams["fp16_params"]
    file = f"prior_level_{hparams['level']}.pth.tar" if prior else "vqvae.pth.tar"
    for name in [name for name in ours if half and rename(name).endswith(".w")]:
        ours[name] = ours[name].half()
    module.load_state_dict(ours)
    state = {rename(name): tensor for name, tensor in ours.items()}
    if "prior.x_emb.weight" in state and "prior.x_out.weight" not in state:
        state["prior.x_out.weight"] = state["prior.x_emb.weight"]
    content = {"hps": hparams, "model": state, "opt": None, "step": 1}
    torch.save(content, folder / file, _use_new_zipfile_serialization=False)
    beside = {"vqvae_config": "../A_vqvae/config.json"} if prior else {}
    write(folder / "config.json", {"hparams": hparams} | beside)


def openai_names(rows, hparams: dict) -> Callable[[str], str]:
    """From our names to the original's, which number the end of an encoder."""
    rename = dialects.Renaming(
        tuple((row.ours, row.openai) for row in rows if "{n}" not in row.openai)
    )

    def renamed(name: str) -> str:
        end = re.fullmatch(r"levels\.(\d)\.encoder\.stages\.(\d)\.out\.(\w+)", name)
        if end is None:
            return rename(name)
        level, stage, leaf = end.groups()
        last = hparams["downs_t"][int(stage)]
        return f"encoders.{level}.level_blocks.{stage}.model.{last}.{leaf}"

    return renamed


def contiguous(tensors: dict) -> dict:
    """As safetensors wants them."""
    return {name: tensor.clone().contiguous() for name, tensor in tensors.items()}


def write(path: Path, content) -> None:
    """Write JSON."""
    path.write_text(json.dumps(content) + "\n")
