"""Sampling a prior step by step equals asking it about everything at once."""

import pytest
import torch

from engine.catalog.specs import (
    ConditionerConfig,
    LabelConfig,
    LabelVersion,
    LyricConfig,
    Pattern,
    PriorConfig,
    TimingConfig,
    TransformerConfig,
)
from engine.errors import ModelError
from engine.nn.conditioning import LabelBatch
from engine.nn.prior import Prior
from engine.types import Level

BATCH, CONTEXT, CODES, CHARACTERS = 3, 16, 24, 8
KINDS = ["plain", "lyric encoder", "single sequence", "upsampler"]


@pytest.mark.parametrize("kind", KINDS)
def test_steps_equal_the_full_forward_from_any_split(kind):
    prior = _prior(kind)
    codes, labels, upper = _inputs(kind)

    with torch.inference_mode():
        whole = prior(codes, labels, upper).logits[:, -CONTEXT:]
        conditioning = prior.condition(labels, upper)
        for known in range(CONTEXT):
            cache = prior.new_cache(BATCH)
            stepped = [prior.prefill(codes[:, :known], conditioning, cache)]
            symbols = codes + prior.config.first_code
            for place in range(known, CONTEXT - 1):
                stepped.append(prior.step(symbols[:, place], conditioning, cache))
            torch.testing.assert_close(
                torch.stack(stepped, 1), whole[:, known:], rtol=1e-4, atol=1e-4
            )


@pytest.mark.parametrize("kind", KINDS)
def test_a_prefill_in_parts_equals_one(kind):
    prior = _prior(kind)
    codes, labels, upper = _inputs(kind)

    with torch.inference_mode():
        conditioning = prior.condition(labels, upper)
        at_once = prior.prefill(codes[:, :13], conditioning, prior.new_cache(BATCH))
        cache = prior.new_cache(BATCH)
        for part in codes[:, :13].split((2, 5, 1, 5), dim=1):
            in_parts = prior.prefill(part, conditioning, cache)

    torch.testing.assert_close(in_parts, at_once, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_a_batch_depends_on_nothing_in_other_rows(kind):
    prior = _prior(kind)
    codes, labels, upper = _inputs(kind)
    alone = LabelBatch(*(None if part is None else part[1:2] for part in labels))

    with torch.inference_mode():
        together = prior(codes, labels, upper).logits[1:2]
        single = prior(codes[1:2], alone, None if upper is None else upper[1:2]).logits

    torch.testing.assert_close(together, single, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_every_weight_learns_from_a_batch(kind):
    prior = _prior(kind)

    prior(*_inputs(kind)).loss.backward()

    unused = [n for n, p in prior.named_parameters() if p.grad is None or not p.grad.any()]
    assert unused == []


def test_a_prior_learns_a_tune_by_heart():
    """From the initial weights of training, a few steps must lead well below chance."""
    torch.manual_seed(0)
    prior = Prior(_config("plain", init_scale=1))
    codes, labels, _ = _inputs("plain")
    optimiser = torch.optim.Adam(prior.parameters(), lr=0.01)
    first = prior(codes, labels).loss.item()

    for _ in range(40):
        optimiser.zero_grad()
        loss = prior(codes, labels).loss
        loss.backward()
        optimiser.step()

    assert first == pytest.approx(torch.log2(torch.tensor(CODES)).item(), abs=0.3)
    assert loss.item() < first / 4


def test_a_symbol_of_the_lyrics_counts_as_code_0():
    prior = _prior("single sequence")

    codes = prior.codes_of(torch.tensor([0, 79, 80, 80 + 23]))

    assert codes.tolist() == [0, 0, 0, 23]


def test_a_full_window_takes_no_more():
    prior = _prior("plain")
    codes, labels, _ = _inputs("plain")
    cache = prior.new_cache(BATCH)

    with torch.inference_mode():
        conditioning = prior.condition(labels, None)
        prior.prefill(codes[:, :-1], conditioning, cache)
        with pytest.raises(ValueError, match="window of 16"):
            prior.step(codes[:, -1], conditioning, cache)


@pytest.mark.parametrize(
    ("kind", "told"), [("plain", "artist"), ("lyric encoder", "lyrics"), ("upsampler", "above")]
)
def test_missing_conditions_are_told(kind, told):
    _, labels, _ = _inputs(kind)
    silent = None if kind == "plain" else labels._replace(lyrics=None)

    with pytest.raises(ModelError, match=told):
        _prior(kind).condition(silent, None)


def test_half_precision_stays_close():
    prior = _prior("lyric encoder")
    inputs = _inputs("lyric encoder")

    with torch.inference_mode():
        single = prior(*inputs).logits
        prior.set_compute_dtype(torch.bfloat16)
        half = prior(*inputs).logits

    assert half.dtype == torch.float32
    assert (half - single).std() < 0.05 * single.std()


def _config(kind, init_scale=8.0):
    lyrics, conditioner, in_sequence = None, None, 0
    patterns = (Pattern.BLOCK, Pattern.COLUMN, Pattern.PREVIOUS_BLOCK, Pattern.DENSE)
    timing = TimingConfig(8, 1.0, 60.0)
    if kind == "lyric encoder":
        encoder = TransformerConfig(
            CHARACTERS, 12, 2, 1, 2, (Pattern.BLOCK, Pattern.COLUMN), init_scale=init_scale
        )
        lyrics = LyricConfig(CHARACTERS, 80, encoder)
        patterns = (*patterns[:3], Pattern.CROSS)
    if kind == "single sequence":
        lyrics, in_sequence = LyricConfig(CHARACTERS, 80, None), CHARACTERS
        patterns = (*patterns[:3], Pattern.LYRICS)
    if kind == "upsampler":
        conditioner, timing = ConditionerConfig(2, 2, width=6, depth=2), None
    stack = TransformerConfig(
        CONTEXT + in_sequence,
        16,
        4,
        2,
        4,
        patterns,
        encoder_length=CHARACTERS if kind == "lyric encoder" else 0,
        lyric_length=in_sequence,
        init_scale=init_scale,
    )
    labels = LabelConfig(LabelVersion.V3, 4, 5, 2, timing)
    level = Level.MIDDLE if kind == "upsampler" else Level.TOP
    return PriorConfig(
        level,
        1000,
        10,
        CONTEXT,
        CODES,
        stack,
        merged_decoder=kind == "lyric encoder",
        labels=labels,
        lyrics=lyrics,
        conditioner=conditioner,
    )


def _prior(kind):
    torch.manual_seed(0)
    prior = Prior(_config(kind))
    for parameter in prior.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.3)
    return prior


def _inputs(kind):
    """Codes, labels and upper codes, each row its own."""
    draw = torch.Generator().manual_seed(1)
    codes = torch.randint(0, CODES, (BATCH, CONTEXT), generator=draw)
    labels = LabelBatch(
        total_length=torch.tensor([20_000, 9_000, 50_000]),
        offset=torch.tensor([0, 4_000, 49_000]),
        length=torch.full((BATCH,), 160),
        artist=torch.tensor([0, 3, 4]),
        genres=torch.tensor([[0, -1], [1, 2], [3, 0]]),
        lyrics=torch.randint(0, 80, (BATCH, CHARACTERS), generator=draw)
        if kind in ("lyric encoder", "single sequence")
        else None,
    )
    upper = torch.randint(0, CODES, (BATCH, CONTEXT // 4), generator=draw)
    return codes, labels, upper if kind == "upsampler" else None
