"""What is measured: shapes, installed models, and how many bytes a step must read."""

import pytest
import torch

from engine.bench.ours import conditioning_of, work_of
from engine.bench.subjects import bytes_per_token, levels_of, random_subject, rows_read, subject
from engine.catalog.specs import (
    LabelConfig,
    LabelVersion,
    LyricConfig,
    Pattern,
    PriorConfig,
    TransformerConfig,
)
from engine.catalog.store import default_store
from engine.errors import ModelMissingError, TaskError
from engine.nn.prior import Prior
from engine.types import Level


def small(pattern):
    encoder = TransformerConfig(8, 8, 1, 1, 2, (Pattern.DENSE,))
    stack = TransformerConfig(
        32, 16, 1, heads=2, blocks=4, patterns=(pattern,), attention_factor=0.5,
        encoder_length=8 if pattern is Pattern.CROSS else 0,
        lyric_length=8 if pattern is Pattern.LYRICS else 0,
        tail_length=2 if pattern is Pattern.BLOCK_TAILS else 1,
    )  # fmt: skip
    heard = {Pattern.CROSS: encoder, Pattern.LYRICS: None}
    lyrics = LyricConfig(8, 20, heard[pattern]) if pattern in heard else None
    labels = LabelConfig(LabelVersion.V3, 2, 2, 1) if lyrics else None
    return PriorConfig(Level.TOP, 8000, 128, 24 if pattern is Pattern.LYRICS else 32, 64, stack,
                       labels=labels, lyrics=lyrics)  # fmt: skip


@pytest.mark.parametrize("pattern", list(Pattern))
def test_a_step_reads_the_rows_that_its_layer_looks_at(pattern):
    torch.manual_seed(0)
    prior = Prior(small(pattern))
    work = work_of(prior)

    with torch.no_grad():
        looks = prior.attention(work.known, conditioning_of(work), 0)[0, 0] > 0

    stack = prior.config.transformer
    assert [int(row.sum()) for row in looks] == [rows_read(stack, p) for p in range(stack.length)]


@pytest.mark.parametrize("pattern", [Pattern.BLOCK, Pattern.CROSS])
def test_a_step_reads_every_weight_of_the_stack_once(pattern):
    config = small(pattern)
    layers, head = Prior(config).stack, config.symbols * config.transformer.width
    lyrics = sum(p.numel() for name, p in layers.named_parameters() if ".lyrics." in name)
    weights = sum(p.numel() for p in layers.parameters()) - lyrics + head
    past = 2 * rows_read(config.transformer, 20) * config.transformer.state_width

    assert bytes_per_token(config, 20, 4, 1) == 4 * (weights + past)
    assert bytes_per_token(config, 20, 4, 3) == 4 * (weights + 3 * past)


def test_fewer_bytes_a_number_shrink_the_matrices_only():
    config = small(Pattern.BLOCK)
    width, state = config.transformer.width, config.transformer.state_width
    matrices = 4 * width * state + 2 * width * width

    single, half = (bytes_per_token(config, 0, size, 1) for size in (4, 2))

    assert single - half == 2 * matrices


def test_a_shape_stands_for_an_upsampler_in_the_released_layout():
    about = subject("64x5", default_store())

    stack = about.prior(Level.BOTTOM).transformer
    assert (stack.width, stack.depth, stack.length, stack.block_length) == (64, 5, 8192, 64)
    assert stack.patterns == (Pattern.BLOCK, Pattern.COLUMN, Pattern.PREVIOUS_BLOCK,
                              Pattern.BLOCK, Pattern.COLUMN)  # fmt: skip
    assert about.folder is None and about.installed is None


@pytest.mark.parametrize(("width", "depth"), [(0, 2), (12, 2), (64, 0), (8200, 1)])
def test_shapes_that_make_no_model_are_refused(width, depth):
    with pytest.raises(TaskError, match=f"{width}x{depth}"):
        random_subject(width, depth)


def test_an_installed_model_is_known_by_name_and_by_folder():
    by_name = subject("pocket", default_store())

    assert subject(str(by_name.folder), default_store()) == by_name
    assert levels_of((), by_name) == (Level.TOP, Level.MIDDLE, Level.BOTTOM)
    assert levels_of([Level.BOTTOM, Level.TOP], by_name) == (Level.TOP, Level.BOTTOM)


def test_what_is_not_there_is_refused():
    with pytest.raises(ModelMissingError):
        subject("nothing", default_store())
    with pytest.raises(TaskError, match="only bottom"):
        levels_of([Level.TOP], random_subject(16, 1))
