"""Shows that `transformers` 4.40.2 opens what this program writes, and computes the same with it.

    python tests/peer/open_in_transformers.py

Small models of every style that the library can express are written by this program's own writer,
in several shards, with every weight drawn at random (biases and norms too, so that no two could be
exchanged unnoticed). Then the library, in the environment that `jukebox bench --peer` makes, opens
each folder as `JukeboxVQVAE`, as `JukeboxPrior` level by level and whole as `JukeboxModel`, and its
codes, sound, logits and losses are compared with this engine's. Floats must agree within 1e-4.

It is no part of the tests, because it needs that environment (about 1 GB).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from zlib import crc32

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.bench.environment import PEER, peer_python
from engine.catalog import shards
from engine.catalog.hparams import patterns_for_order
from engine.catalog.specs import (
    ConditionerConfig,
    LabelConfig,
    LabelVersion,
    LyricConfig,
    ModelConfig,
    PriorConfig,
    TimingConfig,
    TransformerConfig,
    VqVaeConfig,
)
from engine.catalog.weights import assign, read_folder_state
from engine.nn.conditioning import LabelBatch
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.training.fabricate import fabricate
from engine.types import Level

State = dict[str, Tensor]

TOLERANCE = 1e-4
BATCH, CONTEXT, CODES, LYRICS, CHARACTERS = 1, 128, 48, 32, 20
SHARD_BYTES = 200_000
SIDE = Path(__file__).with_name("transformers_side.py")
CODEC = VqVaeConfig(8000, (3, 2, 2), (2, 2, 2), 16, CODES, 8, 2, (2, 1, 1), dilation_cycle=3)
TIMING = TimingConfig(16, 1.0, 60.0)


def stack(order: int, depth: int, **more: int) -> TransformerConfig:
    """A small stack in one of the released layouts."""
    length = CONTEXT + more.get("lyric_length", 0)
    return TransformerConfig(
        length, 32, depth, heads=2, blocks=8, patterns=patterns_for_order(order, depth), **more
    )


def labels(timing: TimingConfig | None) -> LabelConfig:
    """Few names, several genre slots."""
    return LabelConfig(LabelVersion.V2, genres=5, artists=7, max_genres=3, timing=timing)


def upsampler(level: Level) -> PriorConfig:
    """A prior below the top."""
    conditioner = ConditionerConfig(
        2, 2, width=24, depth=4, dilation_cycle=2, res_scale=level is Level.MIDDLE
    )
    return PriorConfig(
        level, CODEC.sample_rate, CODEC.hops[level], CONTEXT, CODES, stack(2, 3),
        labels=labels(None), conditioner=conditioner,
    )  # fmt: skip


def top(layers: TransformerConfig, lyrics: LyricConfig | None, merged: bool) -> PriorConfig:
    """A prior of the top level."""
    return PriorConfig(
        Level.TOP, CODEC.sample_rate, CODEC.hops[Level.TOP], CONTEXT, CODES, layers,
        merged_decoder=merged, labels=labels(TIMING), lyrics=lyrics,
    )  # fmt: skip


def styles() -> Mapping[str, ModelConfig]:
    """Every style of top prior, over upsamplers 0 and 1."""
    encoder = TransformerConfig(LYRICS, 16, 3, 2, blocks=4, patterns=patterns_for_order(2, 3))
    separate = LyricConfig(LYRICS, CHARACTERS, encoder)
    single = LyricConfig(LYRICS, CHARACTERS, None)
    tops = {
        "5b": top(stack(2, 3), None, merged=True),
        "5b_lyrics": top(stack(10, 19, encoder_length=LYRICS), separate, merged=True),
        "1b_lyrics": top(stack(12, 17, lyric_length=LYRICS), single, merged=False),
    }
    below = upsampler(Level.BOTTOM), upsampler(Level.MIDDLE)
    return {name: ModelConfig(CODEC, (*below, prior)) for name, prior in tops.items()}


def write(config: ModelConfig, folder: Path) -> int:
    """Write a model in shards, then draw all its numbers anew. Gives the number of shards."""
    shards.SHARD_BYTES = SHARD_BYTES
    fabricate(config, folder)
    files = sorted(folder.glob("*.safetensors"))
    for file in files:
        state = load_file(file)
        save_file({n: drawn(source(n, config), t.shape).half() for n, t in state.items()}, file,
                  {"format": "pt"})  # fmt: skip
    return len(files)


def source(name: str, config: ModelConfig) -> str:
    """The name that decides a weight's numbers: the embedding's, for an output tied to it."""
    head = "fc_proj_out.weight"
    if not name.endswith(head) or config.priors[2 - int(name.split(".")[1])].merged_decoder:
        return name
    return name.removesuffix(head) + "embed_tokens.weight"


def drawn(name: str, shape: torch.Size) -> Tensor:
    """Numbers that let every weight matter."""
    numbers = torch.randn(shape, generator=torch.Generator().manual_seed(crc32(name.encode())))
    if "norm" in name and name.endswith("weight"):
        return 1 + 0.3 * numbers
    if "codebook" in name:
        return numbers
    spread = {1: 0.1, 2: 0.2}.get(len(shape)) or shape[1:].numel() ** -0.5
    return spread * numbers


def inputs() -> State:
    """What both sides are given."""
    draws = torch.Generator().manual_seed(8)

    def whole(most: int, *size: int) -> Tensor:
        return torch.randint(most, (BATCH, *size), generator=draws)

    return {
        "sound": torch.randn((BATCH, 128 * 12), generator=draws),
        "codes": whole(CODES, CONTEXT),
        "upper": whole(CODES, CONTEXT // 4),
        "lyrics": whole(CHARACTERS, LYRICS),
        "times": torch.tensor([[400_000, 30_000]]),
        "artist": whole(7),
        "genres": torch.tensor([[4, 0, -1]]),
    }


def our_results(
    folder: Path, config: ModelConfig, given: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """What this engine makes of the inputs."""
    results: State = {}
    vqvae = VQVAE(config.vqvae)
    assign(vqvae, read_folder_state(folder, "vqvae"))
    codes = vqvae.encode(given["sound"])
    for level in range(3):
        results[f"vqvae.codes.{level}"] = codes[level]
        results[f"vqvae.sound.{level}"] = vqvae.decode(codes[level], level)
    for shape in config.priors:
        prior = Prior(shape)
        assign(prior, read_folder_state(folder, shape.level))
        with torch.no_grad():
            upper = given["upper"] if shape.conditioner else None
            made = prior.eval()(given["codes"], heard(shape, given), upper)
        name = f"prior.{Level.TOP - shape.level}"
        results |= {f"{name}.logits": made.logits, f"{name}.loss": made.loss.detach()}
    return results


def heard(prior: PriorConfig, given: State) -> LabelBatch:
    """The labels of the inputs."""
    length = torch.full((BATCH,), prior.context * prior.hop)
    lyrics = given["lyrics"] if prior.lyrics else None
    total, offset = given["times"].unbind(1)
    return LabelBatch(total, offset, length, given["artist"], given["genres"], lyrics)


def compared(
    ours: Mapping[str, Tensor], theirs: Mapping[str, Tensor]
) -> Iterator[tuple[str, bool]]:
    """A line for each result of theirs, and whether it agrees. Codes must be equal."""
    for name, value in sorted(theirs.items()):
        way, _, what = name.partition("/")
        known = ours[what]
        error = float((known.double() - value.double()).abs().max())
        limit = TOLERANCE if value.is_floating_point() else 0.0
        yield f"{what} by {way}: {tuple(value.shape)}, error {error:.1e}", error <= limit


def main() -> int:
    """Show it for every style. Gives 0 where all agrees, else 1."""
    python = peer_python(print)
    torch.set_num_threads(1)
    missed = 0
    for style, config in styles().items():
        with tempfile.TemporaryDirectory() as work:
            folder, given = Path(work, style), inputs()
            count = write(config, folder)
            save_file(given, Path(work, "inputs"))
            subprocess.run([str(python), str(SIDE), work, str(folder)], check=True)
            theirs = load_file(Path(work, "outputs"))
            for line, agrees in compared(our_results(folder, config, given), theirs):
                missed += not agrees
                print(f"{'ok  ' if agrees else 'MISS'} {style} ({count} shards): {line}")
    print(f"{PEER}: {'all results agree' if not missed else f'{missed} results differ'}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
