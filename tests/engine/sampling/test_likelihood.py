"""What surprise says is what the training loss says, however the codes are cut into windows."""

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.parity.models import OffsetLabels, prior_of
from engine.sampling.batches import label_batch
from engine.sampling.likelihood import Heard, surprises
from engine.sampling.plan import Window, level_windows

GOLDEN = Path(__file__).parents[2] / "data" / "golden"
STYLES = ["C_top_separate", "C_top_single", "C_top_unlabelled"]
WINDOWS = [Window(0, 0, 8), Window(0, 8, 16)]
CODES = np.random.default_rng(5).integers(0, 24, 40)


def told(name):
    prior = prior_of(GOLDEN / name)
    if prior.config.labels is None:
        return prior, None
    length = prior.config.context * prior.config.hop
    return prior, OffsetLabels([3000, 0, length, 1, 2], "la di da, " * 5, prior.config)


def bits(name, windows, codes=CODES):
    prior, labels = told(name)
    return np.concatenate(
        [found[0] for _, found in surprises(prior, Heard(codes[None], labels), windows)]
    )


@pytest.mark.parametrize("name", STYLES)
def test_its_mean_over_a_window_is_the_loss(name):
    prior, labels = told(name)
    context = prior.config.context
    batch = None if labels is None else label_batch(labels.window(0), 1, prior.device)
    with torch.inference_mode():
        output = prior(torch.from_numpy(CODES[:context]).unsqueeze(0), batch)

    found = bits(name, [Window(0, 0, context)])

    assert found.mean() == pytest.approx(output.music_loss.item(), rel=1e-5)


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("end", [3, 9, 14])
def test_what_comes_later_changes_nothing(name, end):
    whole, beginning = (bits(name, [Window(0, 0, until)]) for until in (16, end))

    np.testing.assert_allclose(whole[:end], beginning, atol=1e-4)


@pytest.mark.parametrize("name", STYLES)
def test_only_new_codes_of_a_window_are_told(name):
    prior, _ = told(name)
    windows = level_windows(0, 4, len(CODES), prior.config.context, 4)

    found = bits(name, windows)

    assert len(found) == len(CODES) - 4
    assert np.all(np.isfinite(found)) and np.all(found >= 0)


@pytest.mark.parametrize("name", STYLES)
def test_takes_side_by_side_are_judged_as_by_themselves(name):
    prior, labels = told(name)
    takes = np.random.default_rng(6).integers(0, 24, (3, 40))
    windows = level_windows(0, 20, 40, prior.config.context, 4)

    together = [found for _, found in surprises(prior, Heard(takes, labels), windows)]

    for row, alone in zip(np.concatenate(together, axis=1), takes, strict=True):
        np.testing.assert_allclose(row, bits(name, windows, alone), atol=1e-4)


def test_a_code_out_of_place_surprises():
    name = "C_top_unlabelled"
    prior, _ = told(name)
    logits = prior(torch.zeros(1, prior.config.context, dtype=torch.int64)).logits[0, 5]
    likely, unlikely = (np.zeros(prior.config.context, np.int64) for _ in range(2))
    likely[5], unlikely[5] = logits.argmax(), logits.argmin()

    expected = bits(name, [Window(0, 5, 6)], likely)
    odd = bits(name, [Window(0, 5, 6)], unlikely)

    assert odd > expected


@pytest.mark.parametrize("name", STYLES)
def test_it_stops_between_two_layers(name):
    prior, labels = told(name)
    asked = []

    def stopped():
        asked.append(True)
        return len(asked) == 2

    found = list(surprises(prior, Heard(CODES[None], labels), WINDOWS, stopped))

    assert found == [] and len(asked) == 2
