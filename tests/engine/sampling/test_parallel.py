"""Windows side by side: approximate in what they draw, exact in what they cover."""

import numpy as np
import pytest

from engine.api import CancelToken, Chunk, Progress, Saved, Started
from engine.sampling.preview import Decoder
from engine.sampling.sampler import sample
from engine.sampling.tracks import Track
from engine.types import NO_CODE, Codes, Level
from tests.engine.sampling.test_sampler import GRID, HOPS, TinyModel, codes_of, run, task

LOWER = (Level.MIDDLE, Level.BOTTOM)
SECONDS = 1.6


@pytest.fixture(scope="module")
def model():
    return TinyModel()


@pytest.fixture(scope="module")
def exact(model):
    return codes_of(run(model, task(SECONDS)))


def parallel(model, windows=4, **wishes):
    wish = task(**{"end_s": SECONDS, "parallel_windows": windows, **wishes})
    return run(model, wish)


def test_every_level_is_covered_once_and_the_top_is_the_exact_one(model, exact):
    codes = codes_of(parallel(model))

    assert [len(level) for level in codes.levels] == [len(level) for level in exact.levels]
    assert all((level != NO_CODE).all() for level in codes.levels)
    assert np.array_equal(codes.at(Level.TOP), exact.at(Level.TOP))
    assert not np.array_equal(codes.at(Level.BOTTOM), exact.at(Level.BOTTOM))


def test_what_fits_one_window_is_exact(model):
    short = 32 * HOPS[Level.BOTTOM] / 800

    codes = codes_of(run(model, task(short, parallel_windows=8)))

    assert codes == codes_of(run(model, task(short)))


def test_how_many_run_at_once_changes_no_code(model):
    first = codes_of(parallel(model))

    assert first == codes_of(parallel(model))
    assert first == codes_of(parallel(model, windows=2))
    assert first == codes_of(parallel(model, windows=64))
    assert first != codes_of(parallel(model, seed=6))


def test_takes_do_not_depend_on_their_company(model):
    together = parallel(model, variations=3)
    apart = parallel(model, variations=3, batch_limit=1)

    takes = [codes_of(together, take) for take in range(3)]
    assert takes == [codes_of(apart, take) for take in range(3)]
    assert takes[0] != takes[1] != takes[2]


def test_levels_one_after_the_other_give_the_codes_of_one_run(model):
    whole = codes_of(parallel(model))
    draft = codes_of(parallel(model, levels=(Level.TOP,)))

    rest = codes_of(parallel(model, context=draft, levels=LOWER))

    assert Codes(rest.levels[:2]) == Codes(whole.levels[:2])


def test_sound_comes_in_order_and_is_that_of_the_codes(model):
    events = parallel(model)

    codes = codes_of(events)
    for level in Level:
        track = Track(level, HOPS[level], codes, task(SECONDS).span, takes=1)
        track.filled = track.end
        decoder = Decoder(model.vqvae, track, model.device, (0, track.end))
        whole = np.concatenate([sound[0] for _, sound in decoder.sound(track.end)])
        chunks = [e for e in events if isinstance(e, Chunk) and e.level == level]
        ends = [c.start + len(c.audio.samples) for c in chunks]
        assert [c.start for c in chunks] == [0, *ends[:-1]]
        assert np.array_equal(np.concatenate([c.audio.samples for c in chunks]), whole)


def test_progress_counts_every_code_once(model):
    events = parallel(model, variations=2)

    started, *_ = events
    last = [e for e in events if isinstance(e, Progress)][-1]
    assert isinstance(started, Started)
    assert last.done == last.total == started.steps == 2 * sum(1280 // hop for hop in HOPS)


def test_codes_come_while_windows_still_run(model):
    """Those of the first window of a batch, as soon as it is joined to what stands."""
    told = [e for e in parallel(model, windows=64) if isinstance(e, Saved)]

    for level in LOWER:
        assert len([e for e in told if e.level is level]) > 3


@pytest.mark.parametrize("patience", range(1, 60, 7))
def test_stopping_keeps_what_stands_and_going_on_covers_the_rest(model, exact, patience):
    draft = Codes((*Codes.empty().levels[:2], exact.at(Level.TOP)))
    cancel, events = CancelToken(), []
    wish = {"levels": (Level.MIDDLE,), "parallel_windows": 3}
    for event in sample(task(SECONDS, context=draft, **wish), model, cancel):
        events.append(event)
        if len(events) > patience:
            cancel.cancel()

    middle = codes_of(events).at(Level.MIDDLE)
    made = len(middle) * HOPS[Level.MIDDLE] // GRID * GRID
    middle = middle[: made // HOPS[Level.MIDDLE]]
    known = Codes((Codes.empty().levels[0], middle, exact.at(Level.TOP)))
    rest = codes_of(run(model, task(SECONDS, made, known, **wish))).at(Level.MIDDLE)

    assert len(middle) + len(rest) == len(exact.at(Level.MIDDLE))
    again = codes_of(run(model, task(SECONDS, made, known, **wish))).at(Level.MIDDLE)
    assert np.array_equal(rest, again)


def test_stopping_loses_no_code_that_its_window_had_settled_with(model, exact):
    """What is held back for the next window is told when that will not come."""
    draft, cancel = Codes((*Codes.empty().levels[:2], exact.at(Level.TOP))), CancelToken()
    wish = task(SECONDS, context=draft, levels=(Level.MIDDLE,), parallel_windows=3)
    events = []
    for event in sample(wish, model, cancel):
        events.append(event)
        if isinstance(event, Saved) and event.start + len(event.codes) * HOPS[1] >= 24 * HOPS[1]:
            cancel.cancel()

    assert np.array_equal(codes_of(events).at(Level.MIDDLE)[:32], exact.at(Level.MIDDLE)[:32])
