"""What priors hear: labels, time, lyrics, upper codes."""

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
from engine.nn.conditioning import (
    LabelBatch,
    LabelBlend,
    LabelEmbedding,
    LyricEncoder,
    SymbolEmbedding,
    TimingEmbedding,
    UpperConditioner,
)
from engine.types import Level

STACK = TransformerConfig(16, 8, 1, 1, 4, (Pattern.BLOCK,))
LABELS = LabelConfig(LabelVersion.V2, 4, 5, 3, TimingConfig(8, 1.0, 10.0))
CONFIG = PriorConfig(Level.TOP, 100, 10, 16, 32, STACK, labels=LABELS)


def test_genres_add_up_and_empty_slots_are_silent():
    embedding = LabelEmbedding(CONFIG, LABELS)

    start = embedding.start(_labels(genres=[[2, 0, -1]], artist=[3]))

    genres, artists = embedding.genre.weight, embedding.artist.weight
    torch.testing.assert_close(start[0, 0], genres[2] + genres[0] + artists[3])


def test_labels_go_to_a_device_whole():
    there = _labels(genres=[[1, -1, -1]], artist=[0]).to(torch.device("meta"))

    assert {part.device.type for part in there if part is not None} == {"meta"}


def test_time_passes_from_the_offset_on():
    timing = TimingEmbedding(CONFIG, LABELS)

    total, absolute, relative = timing.rows(_labels(total=[500], offset=[200]))

    assert total.tolist() == [[3]]  # 5 s of 1…10 s in 8 bins
    assert absolute[0, 0] == 1  # 2 s of 0…10 s
    assert (relative[0, 0], relative[0, -1]) == (3, 5)  # from 40 % to just before 72 %


def test_a_window_beyond_the_song_s_end_slows_down_instead_of_leaving_it():
    timing = TimingEmbedding(CONFIG, LABELS)

    *_, relative = timing.rows(_labels(total=[300], offset=[270]))

    assert relative.min() == 7
    assert relative.max() == 7


def test_a_symbol_is_read_one_place_later():
    embedding = SymbolEmbedding(32, STACK)
    symbols, start = torch.tensor([[4, 5, 6]]), torch.randn(1, 1, 8)

    sequence = embedding(start, symbols)

    torch.testing.assert_close(sequence[0, 0], start[0, 0] + embedding.place[0])
    torch.testing.assert_close(sequence[:, 2:], embedding.at(2, symbols[:, 1:]))


def test_a_lyric_state_knows_only_the_characters_before_it():
    torch.manual_seed(0)
    encoder = _lyric_encoder()
    tokens = torch.randint(0, 80, (1, 8))
    changed = tokens.clone()
    changed[0, 3] = (tokens[0, 3] + 1) % 80

    with torch.inference_mode():
        differ = (encoder(tokens) - encoder(changed)).abs().sum(-1)[0] > 0

    assert differ.tolist() == [False] * 4 + [True] * 4


def test_lyrics_are_heard_alike_with_the_encoder_in_half_precision():
    encoder, tokens = _lyric_encoder(), torch.randint(0, 80, (2, 8))
    single = encoder(tokens)

    encoder.stack.set_dtype(torch.bfloat16)
    encoder.projection.to(torch.bfloat16)
    half = encoder(tokens)

    assert half.dtype == torch.float32
    torch.testing.assert_close(half, single, rtol=0.1, atol=0.1)


@pytest.mark.parametrize(("downs", "stride"), [(2, 2), (1, 8), (3, 2)])
def test_the_conditioner_gives_one_vector_per_lower_code(downs, stride):
    conditioner = ConditionerConfig(downs, stride, width=6, depth=2, res_scale=True)

    vectors = UpperConditioner(conditioner, CONFIG)(torch.randint(0, 32, (3, 5)))

    assert vectors.shape == (3, 5 * conditioner.factor, 8)


def _labels(total=(500,), offset=(0,), length=(160,), artist=(0,), genres=((0, -1, -1),)):
    return LabelBatch(
        *(torch.tensor(part) for part in (total, offset, length, artist, genres)), None
    )


def _lyric_encoder():
    stack = TransformerConfig(8, 12, 2, 2, 2, (Pattern.BLOCK, Pattern.COLUMN), 1.0, init_scale=10)
    return LyricEncoder(LyricConfig(8, 80, stack), stack, STACK)


def test_a_blend_is_the_mix_of_what_each_name_alone_would_be():
    embedding = LabelEmbedding(CONFIG, LABELS)
    blend = LabelBlend(
        torch.tensor([[3, 1]]),
        torch.tensor([[0.75, 0.25]]),
        torch.tensor([[2, 0]]),
        torch.tensor([[0.4, 0.6]]),
    )

    start = embedding.start(_labels()._replace(blend=blend))

    genres, artists = embedding.genre.weight, embedding.artist.weight
    mixed = 0.75 * artists[3] + 0.25 * artists[1] + 0.4 * genres[2] + 0.6 * genres[0]
    torch.testing.assert_close(start, mixed[None, None])


def test_a_blend_goes_to_a_device_with_its_labels():
    blend = LabelBlend(*(torch.zeros(1, 2) for _ in range(4)))

    there = _labels()._replace(blend=blend).to(torch.device("meta"))

    assert {part.device.type for part in there.blend} == {"meta"}
