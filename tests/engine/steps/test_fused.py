"""The fused body is the reference, faster: same logits, same codes, whatever the pattern."""

import numpy as np
import pytest
import torch

from engine.steps import packing
from engine.steps.fused import FusedBody
from engine.steps.plain import PlainBody
from engine.types import LevelSettings, Precision
from tests.engine.steps.priors import KINDS, borders_of, codes_of, conditioning_of, long, prior_of

COLD = LevelSettings(temperature=1.0)


@pytest.mark.parametrize("known", [0, 1, 7, 8, 21, 63])
@pytest.mark.parametrize("kind", KINDS)
def test_logits_equal_the_full_forward_from_any_split(kind, known):
    prior, batch = prior_of(KINDS[kind]), 3
    codes, conditioning = codes_of(prior, batch), conditioning_of(prior, batch)
    body = FusedBody(prior, Precision.SINGLE)

    foretold = _logits(body, codes, known, conditioning)

    whole = _forward(prior, codes, conditioning)[:, known:]
    torch.testing.assert_close(foretold, whole, rtol=1e-5, atol=1e-5 * float(whole.std()))


@pytest.mark.parametrize("batch", [2, 3, 4, 5, 8, 64])
def test_a_row_depends_on_itself_alone_bit_by_bit(batch):
    """From one beginning, since torch, which primes, rounds by the size of a batch."""
    prior = prior_of(KINDS["upsampler"])
    codes, conditioning = codes_of(prior, batch), conditioning_of(prior, 1)
    codes[:, :8] = codes[:1, :8]
    body = FusedBody(prior, Precision.SINGLE)

    together = _logits(body, codes, 8, conditioning)

    for row in (0, batch - 1):
        alone = _logits(body, codes[row : row + 1], 8, conditioning)
        assert torch.equal(together[row], alone[0])


@pytest.mark.parametrize("settings", [COLD, LevelSettings(top_k=9), LevelSettings(top_p=0.7)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_codes_are_those_of_the_reference(kind, settings):
    """Up to the first draw that lies within rounding of a border, if there is one at all."""
    prior = prior_of(long(KINDS[kind]))
    conditioning = conditioning_of(prior, 1)
    uniforms = torch.rand(1, 1000, generator=torch.Generator().manual_seed(3))
    nothing = torch.empty(1, 0, dtype=torch.int64)

    fused = FusedBody(prior, Precision.SINGLE).open(nothing, conditioning, settings).draw(uniforms)
    plain = PlainBody(prior).open(nothing, conditioning, settings).draw(uniforms)

    if not torch.equal(fused, plain):
        parting = int((fused != plain)[0].float().argmax())
        borders = borders_of(prior, plain[:, :parting], conditioning, settings)
        assert float((borders - uniforms[0, parting]).abs().min()) < 1e-5


@pytest.mark.parametrize("kind", ["upsampler", "single sequence"])
@pytest.mark.parametrize(
    ("precision", "divergence"),
    [(Precision.HALF, 1e-5), (Precision.BFLOAT, 1e-3), (Precision.INT8, 0.02)],
)
def test_fewer_bits_stay_close(kind, precision, divergence):
    """Kullback-Leibler divergence, in nats, from single precision, mean over a window."""
    prior = prior_of(KINDS[kind])
    codes, conditioning = codes_of(prior, 2), conditioning_of(prior, 2)
    exact = _forward(prior, codes, conditioning).double().log_softmax(-1)

    rounded = _logits(FusedBody(prior, precision), codes, 0, conditioning)

    rough = rounded.double().log_softmax(-1)
    assert 0 < float((exact.exp() * (exact - rough)).sum(-1).mean()) < divergence


@pytest.mark.parametrize("precision", Precision)
def test_keys_and_values_are_in_half_width_where_inputs_are_rounded_too(precision):
    """Half of what a step of many takes reads beside bytes; elsewhere torch's very numbers."""
    prior = prior_of(KINDS["sparse"])
    codes, conditioning = codes_of(prior, 1)[:, :9], conditioning_of(prior, 1)
    stream = FusedBody(prior, precision).open(codes, conditioning, COLD)

    stream.draw(torch.rand(1, 3))

    wanted = np.uint16 if precision.rounds_inputs else np.float32
    assert stream._window.memory.cache.dtype == wanted


def test_torch_and_the_step_read_the_same_rounded_weights():
    """In bytes and bfloat16 the step rounds what meets them as well: see `test_processors`."""
    prior = prior_of(KINDS["sparse"])
    codes, conditioning = codes_of(prior, 2), conditioning_of(prior, 2)

    rounded = _logits(FusedBody(prior, Precision.HALF), codes, 0, conditioning)

    whole = _forward(prior, codes, conditioning)
    torch.testing.assert_close(rounded, whole, rtol=1e-5, atol=1e-5 * float(whole.std()))


@pytest.mark.parametrize("small_bytes", [0, 2**20])
def test_weights_that_half_floats_hold_are_kept_in_them_and_give_the_same_bits(
    monkeypatch, small_bytes
):
    monkeypatch.setattr(packing, "_SMALL_BYTES", small_bytes)
    codes, conditioning = None, None
    found = []
    for way in (packing._kept_in, lambda precision, matrices: precision):
        prior = prior_of(KINDS["lyric encoder"])
        prior.load_state_dict({n: w.half().float() for n, w in prior.state_dict().items()})
        if codes is None:
            codes, conditioning = codes_of(prior, 5), conditioning_of(prior, 5)
        monkeypatch.setattr(packing, "_kept_in", way)
        body = FusedBody(prior, Precision.SINGLE)
        found.append((body.weight_bytes, _logits(body, codes, 9, conditioning)))

    (kept, logits), (wide, same) = found
    assert (kept, wide) == (2, 4)
    assert torch.equal(logits, same)


def test_one_weight_that_half_floats_do_not_hold_keeps_all_in_four_bytes():
    prior = prior_of(KINDS["sparse"])
    prior.load_state_dict({n: w.half().float() for n, w in prior.state_dict().items()})
    with torch.no_grad():
        prior.stack.layer(2).outer.weight[3, 3] = 1 / 3

    assert FusedBody(prior, Precision.SINGLE).weight_bytes == 4
    assert FusedBody(prior, Precision.HALF).weight_bytes == 2


def test_a_big_prior_is_in_memory_once(monkeypatch):
    monkeypatch.setattr(packing, "_SMALL_BYTES", 0)
    prior = prior_of(KINDS["lyric encoder"])
    codes, conditioning = codes_of(prior, 2), conditioning_of(prior, 2)
    whole = _forward(prior, codes, conditioning)

    body = FusedBody(prior, Precision.SINGLE)

    assert not [name for name in prior.stack.state_dict() if "inner.weight" in name]
    foretold = _logits(body, codes, 21, conditioning)
    torch.testing.assert_close(foretold, whole[:, 21:], rtol=1e-5, atol=1e-5 * float(whole.std()))
    plain = PlainBody(prior).open(codes[:, :21], conditioning, COLD).draw(torch.rand(2, 9))
    assert plain.shape == (2, 9)


def test_a_stop_anywhere_loses_nothing():
    prior = prior_of(KINDS["lyric encoder"])
    codes, conditioning = codes_of(prior, 2)[:, :5], conditioning_of(prior, 2)
    uniforms = torch.rand(2, 59, generator=torch.Generator().manual_seed(3))
    body = FusedBody(prior, Precision.SINGLE)
    whole = body.open(codes, conditioning, COLD).draw(uniforms)

    stream = body.open(codes, conditioning, COLD)
    parts = [stream.draw(part) for part in uniforms.split((1, 2, 30, 1, 25), dim=1)]

    assert torch.equal(torch.cat(parts, 1), whole)


def test_windows_of_one_body_do_not_disturb_each_other():
    prior = prior_of(KINDS["sparse"])
    codes, conditioning = codes_of(prior, 2), conditioning_of(prior, 2)
    uniforms = torch.rand(2, 40, generator=torch.Generator().manual_seed(3))
    body = FusedBody(prior, Precision.SINGLE)
    alone = body.open(codes[:, :9], conditioning, COLD).draw(uniforms)

    first = body.open(codes[:, :9], conditioning, COLD)
    begun = first.draw(uniforms[:, :20])
    body.open(codes[:, 20:50], conditioning, COLD).draw(uniforms[:, :10])

    assert torch.equal(torch.cat((begun, first.draw(uniforms[:, 20:])), 1), alone)


def test_takes_share_a_beginning():
    prior = prior_of(KINDS["upsampler"])
    one = conditioning_of(prior, 1)
    known = codes_of(prior, 1)[:, :12]
    uniforms = torch.rand(3, 30, generator=torch.Generator().manual_seed(3))
    body = FusedBody(prior, Precision.SINGLE)

    shared = body.open(known, one, COLD).draw(uniforms)

    apart = [body.open(known, one, COLD).draw(uniforms[take : take + 1]) for take in range(3)]
    assert torch.equal(shared, torch.cat(apart))


def test_a_full_window_takes_no_more():
    prior = prior_of(KINDS["sparse"])
    stream = FusedBody(prior, Precision.SINGLE).open(
        codes_of(prior, 1)[:, :60], conditioning_of(prior, 1), COLD
    )

    stream.draw(torch.rand(1, 4))
    with pytest.raises(ValueError, match="2 positions after 64 do not fit a window of 64"):
        stream.draw(torch.rand(1, 2))


def _forward(prior, codes, conditioning):
    """(batch, context, symbols) of the code at each place, by the readable road."""
    with torch.inference_mode():
        hidden = list(prior.states(codes, conditioning))[-1]
        whole = prior.output(codes, hidden, conditioning, None).logits
    return whole[:, -codes.shape[1] :]


def _logits(body, codes, known, conditioning):
    """(batch, n, symbols) logits of the codes from `known` on, those codes being fed."""
    stream = body.open(codes[: len(conditioning.start), :known], conditioning, COLD)
    foretold = []
    symbols = codes + body._packed.prior.config.first_code
    for place in range(known, codes.shape[1]):
        if place > known:
            stream._window.last[:] = symbols[:, place - 1].numpy()
        stream.draw(torch.zeros(len(codes), 1))
        foretold.append(torch.from_numpy(np.array(stream._window.logits)))
    return torch.stack(foretold, 1)[..., : body._packed.prior.config.symbols]
