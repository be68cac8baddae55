"""The body for CUDA devices is the reference, recorded: what it records is carried out here as is.

Recording itself needs a GPU; `test_a_graph_draws_the_same_codes` runs where there is one.
"""

import gc

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from engine.nn.conditioning import Conditioning
from engine.steps.graphed import FixedWindow, GraphedBody
from engine.steps.plain import PlainBody
from engine.types import LevelSettings
from tests.engine.steps.priors import KINDS, borders_of, codes_of, conditioning_of, long, prior_of

COLD = LevelSettings(temperature=1.0)
ASKS_THE_HOST = ("_local_scalar_dense", "nonzero", "item", "is_nonzero")


@pytest.mark.parametrize("settings", [COLD, LevelSettings(top_k=9), LevelSettings(top_p=0.7)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_codes_are_those_of_the_reference(kind, settings):
    """Up to the first draw that lies within rounding of a border, if there is one at all."""
    prior = prior_of(long(KINDS[kind]))
    conditioning = conditioning_of(prior, 1)
    uniforms = torch.rand(1, 1000, generator=torch.Generator().manual_seed(3))
    nothing = torch.empty(1, 0, dtype=torch.int64)

    graphed = GraphedBody(prior).open(nothing, conditioning, settings).draw(uniforms)
    plain = PlainBody(prior).open(nothing, conditioning, settings).draw(uniforms)

    if not torch.equal(graphed, plain):
        parting = int((graphed != plain)[0].float().argmax())
        borders = borders_of(prior, plain[:, :parting], conditioning, settings)
        assert float((borders - uniforms[0, parting]).abs().min()) < 1e-5


@pytest.mark.parametrize("known", [0, 1, 7, 8, 21, 63])
@pytest.mark.parametrize("kind", KINDS)
def test_logits_equal_those_of_the_reference_from_any_split(kind, known):
    prior, batch = prior_of(KINDS[kind]), 3
    codes, conditioning = codes_of(prior, batch), conditioning_of(prior, batch)
    stream = GraphedBody(prior).open(codes[:, :known], conditioning, COLD)
    stream.draw(torch.zeros(batch, 1))
    foretold = []
    for place in range(known, codes.shape[1] - 1):
        _be_told(stream, codes[:, place], prior)
        foretold.append(_logits(stream))

    cache = prior.new_cache(batch)
    with torch.inference_mode():
        prior.prefill(codes[:, :known], conditioning, cache)
        for place, ours in enumerate(foretold, start=known):
            symbols = codes[:, place] + prior.config.first_code
            theirs = prior.step(symbols, conditioning, cache)
            torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5 * float(theirs.std()))


@pytest.mark.parametrize("kind", KINDS)
def test_the_host_is_asked_nothing_and_nothing_moves(kind):
    """What a graph must not do: read a value back, or leave something elsewhere than before."""
    prior = prior_of(KINDS[kind])
    known, conditioning = codes_of(prior, 2)[:, :9], conditioning_of(prior, 2)
    stream = GraphedBody(prior).open(known, conditioning, LevelSettings(top_p=0.9))
    stream.draw(torch.rand(2, 3))
    before = _addresses(stream._window)

    with _Strict() as seen, torch.inference_mode():
        stream._window._step()

    assert seen.names
    assert _addresses(stream._window) == before


def test_the_next_window_uses_the_memory_of_the_last():
    prior = prior_of(KINDS["upsampler"])
    codes, conditioning = codes_of(prior, 2), conditioning_of(prior, 2)
    uniforms = torch.rand(2, 30, generator=torch.Generator().manual_seed(3))
    body = GraphedBody(prior)
    alone = GraphedBody(prior).open(codes[:, 20:40], conditioning, COLD).draw(uniforms[:, :20])

    first = body.open(codes[:, :9], conditioning, COLD)
    first.draw(uniforms)
    memory = first._window
    del first
    gc.collect()
    second = body.open(codes[:, 20:40], conditioning, COLD)

    assert torch.equal(second.draw(uniforms[:, :20]), alone)
    assert second._window is memory


def test_windows_of_one_body_do_not_disturb_each_other():
    prior = prior_of(KINDS["sparse"])
    codes, conditioning = codes_of(prior, 2), conditioning_of(prior, 2)
    uniforms = torch.rand(2, 40, generator=torch.Generator().manual_seed(3))
    body = GraphedBody(prior)
    alone = body.open(codes[:, :9], conditioning, COLD).draw(uniforms)

    first = body.open(codes[:, :9], conditioning, COLD)
    begun = first.draw(uniforms[:, :20])
    body.open(codes[:, 20:50], conditioning, COLD).draw(uniforms[:, :10])

    assert torch.equal(torch.cat((begun, first.draw(uniforms[:, 20:])), 1), alone)


def test_takes_share_a_beginning_and_a_stop_anywhere_loses_nothing():
    prior = prior_of(KINDS["lyric encoder"])
    one = conditioning_of(prior, 1)
    known = codes_of(prior, 1)[:, :12]
    uniforms = torch.rand(3, 30, generator=torch.Generator().manual_seed(3))
    body = GraphedBody(prior)

    stream = body.open(known, one, COLD)
    together = torch.cat([stream.draw(part) for part in uniforms.split((1, 2, 20, 7), dim=1)], 1)

    apart = [body.open(known, one, COLD).draw(uniforms[take : take + 1]) for take in range(3)]
    assert torch.equal(together, torch.cat(apart))


def test_a_full_window_takes_no_more():
    prior = prior_of(KINDS["sparse"])
    stream = GraphedBody(prior).open(codes_of(prior, 1)[:, :60], conditioning_of(prior, 1), COLD)

    stream.draw(torch.rand(1, 4))
    with pytest.raises(ValueError, match="2 positions after 64 do not fit a window of 64"):
        stream.draw(torch.rand(1, 2))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="records a graph on a CUDA device")
@pytest.mark.parametrize("kind", KINDS)
def test_a_graph_draws_the_same_codes(kind):
    there, prior = torch.device("cuda"), prior_of(KINDS[kind])
    told = conditioning_of(prior, 2)
    parts = (told.start, told.positions, told.lyric_states, told.lyric_tokens)
    conditioning = Conditioning(*(part if part is None else part.to(there) for part in parts))
    known, prior = codes_of(prior, 2)[:, :9].to(there), prior.to(there)
    uniforms = torch.rand(2, 50, generator=torch.Generator().manual_seed(3)).to(there)

    graphed = GraphedBody(prior).open(known, conditioning, COLD).draw(uniforms)

    assert torch.equal(graphed, PlainBody(prior).open(known, conditioning, COLD).draw(uniforms))


class _Strict(TorchDispatchMode):
    """Fails on what would make the host wait for the device."""

    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(func.name())
        assert not any(name in func.name() for name in ASKS_THE_HOST), func.name()
        return func(*args, **(kwargs or {}))


def _be_told(stream, codes, prior):
    """Feed these codes instead of those drawn."""
    with torch.inference_mode():
        stream._window._last.copy_(codes + prior.config.first_code)
        stream._window._count.zero_()


def _logits(stream):
    """Run a step and catch the logits that it draws from."""
    caught = []
    window: FixedWindow = stream._window
    choose, window._choose = window._choose, caught.append
    with torch.inference_mode():
        window._step()
    window._choose = choose
    return caught[0]


def _addresses(window):
    tensors = [value for value in vars(window).values() if isinstance(value, torch.Tensor)]
    tensors += [layer.cache.storage for layer in window._layers]
    return [tensor.data_ptr() for tensor in tensors]
