"""The acceptance list of the specification (9.1), one group of tests per item, in its order.

Each states its law anew, from the specification and not from the code. Items 7 and 8 need the
released weights:

    ./run models install 1b_lyrics
    ./run parity --installed 1b_lyrics
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from engine.catalog import dialects
from engine.catalog.checks import check_prompt
from engine.catalog.released import RELEASED, released_config
from engine.catalog.specs import ModelSpec, Pattern, TransformerConfig
from engine.catalog.store import InstalledModel, default_store
from engine.errors import TaskError
from engine.nn.conditioning import LabelBatch, TimingEmbedding
from engine.nn.prior import Prior
from engine.nn.transformer import Transformer
from engine.nn.vqvae import VQVAE
from engine.parity.golden import checked
from engine.parity.installed import cases, weights_of
from engine.parity.models import prior_of
from engine.parity.prior import Window
from engine.sampling.labels import SongLabels
from engine.sampling.plan import hop_codes, level_windows, window_starts
from engine.text.vocabulary import ExactVocabulary
from engine.types import Level, ModelId, Prompt

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
STORE = default_store()
INSTALLED = [model.spec.id for model in STORE.models() if model.spec.id in RELEASED]

# ── 1. Attention rules against dense masks ─────────────────────────────────────────────────────

LENGTH, BLOCKS, BLOCK, HEADS, HEAD, LYRICS = 40, 5, 8, 2, 3, 7
PREFIX = (LYRICS // BLOCKS + 1) * BLOCKS
STATE = HEADS * HEAD
PATTERNS = (
    Pattern.DENSE,
    Pattern.BLOCK,
    Pattern.COLUMN,
    Pattern.PREVIOUS_BLOCK,
    Pattern.CROSS,
    Pattern.LYRICS,
)


def visible(pattern):
    """(query, key) by the table of 3.4."""
    t, s = torch.arange(LENGTH)[:, None], torch.arange(LENGTH)[None]
    rules = {
        Pattern.DENSE: s <= t,
        Pattern.BLOCK: (s <= t) & (s // BLOCK == t // BLOCK),
        Pattern.COLUMN: (s <= t) & (s % BLOCK == t % BLOCK),
        Pattern.PREVIOUS_BLOCK: s // BLOCK == t // BLOCK - 1,
        Pattern.CROSS: torch.ones(LENGTH, LYRICS, dtype=torch.bool),
        Pattern.LYRICS: (s <= t) & (s < PREFIX),
    }
    return rules[pattern]


def densely(layer, pattern, x, lyrics):
    """A layer by the formulas of 3.2 and 3.3, with one masked softmax over all there is."""

    def linear(projection, rows):
        return rows @ projection.weight + projection.bias

    def apart(rows):
        return rows.unflatten(-1, (HEADS, HEAD)).transpose(0, 1)

    attention, normal = layer.attention, nn.functional.layer_norm
    first, second = layer.attention_norm, layer.mlp_norm
    rows = linear(attention.inp, normal(x, x.shape[1:], first.weight, first.bias))
    inner = rows[:, STATE:] if pattern is not Pattern.CROSS else linear(attention.lyrics, lyrics)
    q, k, v = apart(rows[:, :STATE]), apart(inner[:, :STATE]), apart(inner[:, STATE:])
    scores = (q @ k.transpose(1, 2) / HEAD**0.5).masked_fill(~visible(pattern), -torch.inf)
    attended = (scores.softmax(-1).nan_to_num() @ v).transpose(0, 1).flatten(1)
    middle = x + linear(attention.out, attended)
    wide = linear(layer.inner, normal(middle, x.shape[1:], second.weight, second.bias))
    return middle + linear(layer.outer, wide * torch.sigmoid(1.702 * wide))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_item_1_attention_rules_hold_for_any_prompt_and_chunk(pattern):
    """Positions beyond several blocks, prompts that end inside a block, chunks of every kind."""
    torch.manual_seed(0)
    config = TransformerConfig(LENGTH, 8, 1, HEADS, BLOCKS, (pattern,), 0.75,
                               encoder_length=LYRICS, lyric_length=LYRICS)  # fmt: skip
    stack = Transformer(config)
    for parameter in stack.parameters():
        nn.init.normal_(parameter, std=0.4)
    x, lyrics = torch.randn(1, LENGTH, 8), torch.randn(1, LYRICS, 8)

    with torch.inference_mode():
        wanted = densely(stack.layer(0), pattern, x[0], lyrics[0])
        torch.testing.assert_close(stack(x, lyrics)[0], wanted, rtol=1e-5, atol=1e-5)
        for prompt in (0, 5, BLOCK, 19, LENGTH):
            for chunk in (1, 5, 7, BLOCK, 11, LENGTH):
                parts = [*x[:, :prompt].split(chunk, 1), *x[:, prompt:].split(1, 1)]
                got = continued(stack, [part for part in parts if part.shape[1]], lyrics)
                torch.testing.assert_close(got[0], wanted, rtol=1e-5, atol=1e-5)


def continued(stack, parts, lyrics):
    """What the stack gives for a sequence that comes in parts."""
    cache = stack.new_cache(1)
    stack.listen(lyrics, cache)
    return torch.cat([stack.extend(part, cache) for part in parts], 1)


# ── 2. Full forward equals step by step ────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["C_top_single", "C_top_separate", "B_level_0", "B_level_1"])
def test_item_2_full_forward_logits_equal_those_step_by_step(name):
    """Single sequence, separate encoder, and upsamplers with their conditioner."""
    prior = prior_of(GOLDEN / name)
    window = Window(prior, load_file(GOLDEN / name / "io.safetensors"))
    symbols, conditioning = window.codes + prior.config.first_code, window.conditioning()

    with torch.inference_mode():
        whole = window.output().logits[:, prior.config.lyrics_in_sequence :]
        cache = prior.new_cache(len(symbols))
        steps = [prior.prefill(symbols[:, :0], conditioning, cache)]
        steps += [prior.step(column, conditioning, cache) for column in symbols[:, :-1].unbind(1)]

    difference = (torch.stack(steps, 1) - whole).abs().max()
    assert difference <= 1e-5 * whole.abs().max()


# ── 3. Label ramps ─────────────────────────────────────────────────────────────────────────────


def ramps(total_s, offset_s, context=8192, bins=128):
    """Rows of the timing tables in a window of 5b_lyrics."""
    top = released_config("5b_lyrics").priors[Level.TOP]
    embedding = TimingEmbedding(top, top.labels)
    times = [round(total_s * 44_100), round(offset_s * 44_100), context * 128]
    nobody = torch.zeros(1, 1, dtype=torch.int64)
    labels = LabelBatch(*(torch.tensor([time]) for time in times), nobody[0], nobody, None)
    total, absolute, relative = embedding.rows(labels)
    return total.flatten()[0].item(), absolute[0].numpy(), relative[0].numpy()


@pytest.mark.parametrize(("total_s", "offset_s"), [(60, 0), (180, 83.7), (24, 20.5), (599, 576)])
def test_item_3_label_ramps_are_the_released_bins_in_single_precision(total_s, offset_s):
    """At the start, mid-song, and overrunning the end, where only the relative end is clamped."""
    one, total = np.float32, one_of(total_s)
    offset, length, longest = one_of(offset_s), one(8192 * 128), one(600 * 44_100)
    shortest = one(23.8 * 44_100)
    steps = np.arange(8192, dtype=np.float32) / one(8192)
    end = min(max((offset + length) / total, one(0)), one(1))

    total_bin, absolute, relative = ramps(total_s, offset_s)

    assert total_bin == int(one(128) * (total - shortest) / (longest - shortest))
    np.testing.assert_array_equal(
        absolute, np.floor(one(128) * (offset + length * steps) / longest).astype(int)
    )
    places = offset / total + (end - offset / total) * steps
    assert np.abs(relative - np.floor(one(128) * places)).max() <= 1, "of a ramp of 8192 places"
    assert (relative == np.floor(one(128) * places)).mean() > 0.999
    assert relative[0] == int(one(128) * (offset / total))


def one_of(seconds):
    return np.float32(round(seconds * 44_100))


@pytest.mark.parametrize(
    ("model", "bad", "good"),
    [("5b", (59.9, 600.0), (60.0, 599.9)), ("5b_lyrics", (23.79, 601.0), (23.8, 599.0)),
     ("1b_lyrics", (17.83, 700.0), (17.85, 300.0))],
)  # fmt: skip
def test_item_3_songs_out_of_bounds_are_refused(model, bad, good):
    config = released_config(model)
    names = tuple(ExactVocabulary({}, {}) for _ in Level)
    installed = InstalledModel(spec_of(config), Path(), config, names, {})

    for seconds in good:
        check_prompt(Prompt("", (), "", round(seconds * 44_100)), installed)
    for seconds in bad:
        with pytest.raises(TaskError, match="outside what"):
            check_prompt(Prompt("", (), "", round(seconds * 44_100)), installed)


def spec_of(config):
    timing = config.priors[Level.TOP].labels.timing
    shortest, longest = (math.ceil(s * 44_100) for s in (timing.min_seconds, timing.max_seconds))
    return ModelSpec(ModelId("m"), "M", 44_100, (8, 32, 128), (1, 1, 1), 2048, shortest, longest,
                     5, 0, 0, "")  # fmt: skip


# ── 4. Lyric windows ───────────────────────────────────────────────────────────────────────────


def shown(characters, offset_s=0.0, total_s=180.0):
    """First and last character in view at 5b_lyrics' top level, and how many slots are empty."""
    top = released_config("5b_lyrics").priors[Level.TOP]
    prompt = Prompt("", (), "x" * characters, round(total_s * 44_100))
    song = SongLabels(prompt, ExactVocabulary({}, {}), top)
    window = song.window_at(round(offset_s * 44_100))
    indices = [index for index in window.lyric_indices if index >= 0]
    return (indices[0], indices[-1]) if indices else None, window.lyric_indices.count(-1)


def test_item_4_lyric_windows_of_every_length():
    assert shown(0) == (None, 512)
    assert shown(3, 90) == ((0, 2), 509)
    assert shown(511) == ((0, 510), 1)
    assert shown(512, 90) == ((0, 511), 0)
    assert shown(513, 170) == ((1, 512), 0)


def test_item_4_lyric_windows_slide_and_stop_at_both_ends():
    assert shown(3000, 0) == ((0, 511), 0)
    middle = int(3000 * (90 + 8192 * 128 / 44_100 / 2) / 180)
    assert shown(3000, 90) == ((middle - 256, middle + 255), 0)
    assert shown(3000, 179.9) == ((2488, 2999), 0)


@pytest.mark.parametrize(
    ("characters", "total", "offset", "middle"),
    [(2038, 18_108_101, 14_820_505, 1727), (2841, 19_904_212, 8_590_594, 1301)],
)
def test_item_4_the_midpoint_is_that_of_single_precision(characters, total, offset, middle):
    """In one window of thousands double precision shows another character."""
    in_double = int(characters * (offset + 1_048_576 / 2) / total)

    (first, _), _ = shown(characters, offset / 44_100, total / 44_100)

    assert in_double == middle - 1
    assert first == middle - 256


# ── 5. Key maps ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("model", "part", "keys"),
    [("5b", "vqvae", 669), ("5b", Level.BOTTOM, 1006), ("5b", Level.MIDDLE, 1006),
     ("5b", Level.TOP, 872), ("1b_lyrics", Level.TOP, 872), ("5b_lyrics", Level.TOP, 1194)],
)  # fmt: skip
def test_item_5_key_maps_hold_exactly_the_released_keys_in_both_dialects(model, part, keys):
    config = released_config(model)
    rows = dialects.VQVAE if part == "vqvae" else dialects.PRIOR
    with torch.device("meta"):
        module = VQVAE(config.vqvae) if part == "vqvae" else Prior(config.priors[part])

    ours = set(module.state_dict())
    if part != "vqvae":
        ours.add("head.weight")  # A tied output matrix is stored, too.
    hub = {dialects.to_hf(rows)(name) for name in ours}

    assert len(ours) == len(hub) == keys
    assert {dialects.from_hf(rows)(name) for name in hub} == ours


# ── 6. Windows and lengths ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("seconds", "level", "work"),
    [
        (20, "5b", (6890, 0, 1)),
        (60, "5b", (20_671, 94_017, 14)),
        (180, "5b", (62_015, 380_353, 54)),
        (20, "1b", (6890, 6166, 2)),
        (60, "1b", (20_671, 109_889, 20)),
        (180, "1b", (62_015, 421_057, 74)),
        (20, 1, (27_560, 21_592, 6)),
        (60, 1, (82_684, 81_156, 20)),
        (180, 1, (248_060, 243_460, 60)),
        (20, 0, (110_240, 102_752, 26)),
        (60, 0, (330_736, 324_624, 80)),
        (180, 0, (992_240, 990_224, 242)),
    ],
)
def test_item_6_windows_of_the_released_sizes(seconds, level, work):
    """Codes to draw, codes to prime again (with the lyrics of 1b), windows: the table of 6.9."""
    context = 6144 if level == "1b" else 8192
    lyrics, hop = 384 if level == "1b" else 0, 128 if isinstance(level, str) else (8, 32)[level]
    fraction, factor = (0.125, 1) if isinstance(level, str) else (0.5, 4)
    total = seconds * 44_100 // 128 * 128 // hop

    step = hop_codes(fraction, context, factor)
    windows = level_windows(0, 0, total, context, step)

    again = sum(window.fresh - window.start + lyrics for window in windows)
    assert (sum(w.end - w.fresh for w in windows), again, len(windows)) == work
    assert [window.start for window in windows] == window_starts(total, context, step)


@pytest.mark.parametrize(("known", "total"), [(50, 80), (1302, 6890), (0, 100)])
def test_item_6_a_short_request_ends_where_it_says(known, total):
    """The original adds the request to what is there (O3); the intent is to end at the total."""
    (window,) = level_windows(0, known, total, 8192, 1024)

    assert (window.start, window.fresh, window.end) == (0, known, total)


# ── 7 and 8. Real weights ──────────────────────────────────────────────────────────────────────

WITHOUT = (
    "no released model is installed: ./run models install 1b_lyrics, then ./run parity --installed "
    "1b_lyrics"
)


@pytest.mark.skipif(not INSTALLED, reason=WITHOUT)
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("model", INSTALLED)
def test_items_7_and_8_public_numbers_and_the_recipe_agree_with_real_weights(model):
    """Public codes, sound and embeddings; noise, lyrics and labels of OpenAI's recipe."""
    checks = [check for case in cases(weights_of(model, STORE)) for check in checked(case)]

    assert [check for check in checks if not check.passed] == []


def test_item_8_the_recipe_runs_with_the_bundled_model():
    """What the released weights are put through, in small."""
    checks = [check for case in cases(weights_of("pocket", STORE)) for check in checked(case)]

    assert len(checks) == 9
    assert [check for check in checks if not check.passed] == []
