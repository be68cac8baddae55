"""Sampling laws on a tiny random model: seeds decide, windows see their part, takes differ."""

import gc
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.api import CancelToken, Chunk, Progress, SampleTask, Saved, Started
from engine.catalog.specs import (
    ConditionerConfig,
    LabelConfig,
    LabelVersion,
    LyricConfig,
    ModelSpec,
    Pattern,
    PriorConfig,
    TimingConfig,
    TransformerConfig,
    VqVaeConfig,
)
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.sampling.labels import SongLabels
from engine.sampling.meter import Meter
from engine.sampling.plan import level_windows
from engine.sampling.sampler import sample
from engine.steps.plain import PlainBody
from engine.text.vocabulary import ExactVocabulary
from engine.types import (
    NO_CODE,
    Codes,
    Level,
    ModelId,
    Prompt,
    SamplingSettings,
    Span,
)

RATE, HOPS, CONTEXT, CODES = 800, (2, 4, 8), 32, 24
VQVAE_CONFIG = VqVaeConfig(RATE, (1, 1, 1), (2, 2, 2), 8, CODES, 6, 2, (1, 1, 1))
GRID = HOPS[Level.TOP]
BLOCKS = (Pattern.BLOCK, Pattern.COLUMN, Pattern.PREVIOUS_BLOCK)


def prior_config(level):
    top = level is Level.TOP
    encoder = TransformerConfig(16, 16, 3, 2, 4, BLOCKS)
    patterns = (*BLOCKS, Pattern.CROSS) if top else BLOCKS
    return PriorConfig(
        level,
        RATE,
        HOPS[level],
        CONTEXT,
        CODES,
        TransformerConfig(
            CONTEXT, 16, len(patterns), 2, 4, patterns, 0.5, encoder_length=16 if top else 0
        ),
        labels=LabelConfig(LabelVersion.V3, 3, 4, 1, TimingConfig(8, 0.2, 60.0) if top else None),
        lyrics=LyricConfig(16, 79, encoder) if top else None,
        conditioner=None if top else ConditionerConfig(1, 2, 8, 2),
    )


class TinyModel:
    """A whole model with random weights."""

    holds_all_levels = True

    def __init__(self):
        torch.manual_seed(0)
        self.spec = ModelSpec(
            ModelId("tiny"), "Tiny", RATE, HOPS, (CONTEXT,) * 3, CODES, 160, 48_000, 1, 16, 0, "CC0"
        )
        self.device = torch.device("cpu")
        self.vqvae = VQVAE(VQVAE_CONFIG).eval()
        for level in self.vqvae.levels:
            level.codebook.vectors.normal_()
        self._priors = {level: Prior(prior_config(level)).eval() for level in Level}
        for prior in self._priors.values():
            for parameter in prior.parameters():
                torch.nn.init.normal_(parameter, std=0.3)

    def prior(self, level):
        return self._priors[level]

    def body(self, level):
        return PlainBody(self._priors[level])

    def prior_config(self, level):
        return prior_config(level)

    def labels(self, level, prompt):
        names = ExactVocabulary({"unknown": 0, "ana": 1, "bo": 2}, {"unknown": 0, "folk": 1})
        return SongLabels(prompt, names, prior_config(level))


@pytest.fixture(scope="module")
def model():
    return TinyModel()


def task(end_s=0.8, start=0, context=None, levels=tuple(Level), **settings):
    prompt = Prompt("ana", ("folk",), "one two three four five six", 8000)
    return SampleTask(
        ModelId("tiny"),
        prompt,
        context or Codes.empty(),
        Span(start, int(end_s * RATE) // GRID * GRID),
        levels,
        SamplingSettings(**{"seed": 5, **settings}),
    )


def run(model, a_task, cancel=None):
    return list(sample(a_task, model, cancel or CancelToken()))


def codes_of(events, take=0):
    saved = [e for e in events if isinstance(e, Saved) and e.variation == take]
    none = np.empty(0, np.uint16)
    return Codes(
        tuple(np.concatenate([none, *(e.codes for e in saved if e.level == n)]) for n in Level)
    )


def test_every_level_is_filled_to_the_end_of_the_span(model):
    codes = codes_of(run(model, task()))

    assert [len(level) for level in codes.levels] == [640 // hop for hop in HOPS]


def test_same_seed_same_codes_and_another_seed_others(model):
    first, again = codes_of(run(model, task())), codes_of(run(model, task()))

    assert first == again
    assert first != codes_of(run(model, task(seed=6)))


def test_takes_differ_and_do_not_depend_on_each_other(model):
    """A take sampled beside three others is the take sampled alone in a group of one."""
    together = run(model, task(variations=4))
    apart = run(model, task(variations=4, batch_limit=1))

    takes = [codes_of(together, take) for take in range(4)]
    assert takes == [codes_of(apart, take) for take in range(4)]
    assert all(takes[0] != other for other in takes[1:])


def test_takes_of_one_beginning_are_those_that_each_began_by_itself(model):
    """The beginning is primed once for all of them, also where the codes above are one draft's."""
    whole = codes_of(run(model, task()))
    known = Codes(tuple(whole.at(level)[: 30 * GRID // HOPS[level]] for level in Level))
    drafted = Codes((*known.levels[:2], whole.at(Level.TOP)))
    for wish in (
        task(start=30 * GRID, context=known, variations=3),
        task(start=30 * GRID, context=drafted, levels=(Level.MIDDLE, Level.BOTTOM), variations=3),
    ):
        alone = replace(wish, settings=replace(wish.settings, batch_limit=1))

        together, apart = run(model, wish), run(model, alone)

        takes = [codes_of(together, take) for take in range(3)]
        assert takes == [codes_of(apart, take) for take in range(3)]
        assert takes[0] != takes[1] != takes[2]


def test_asking_for_more_gives_the_same_beginning(model):
    """At one level; windows of a longer run are the same as long as they end in the same place."""
    short = codes_of(run(model, task(0.32, levels=(Level.TOP,))))
    long = codes_of(run(model, task(0.8, levels=(Level.TOP,))))

    top = short.at(Level.TOP)
    assert np.array_equal(long.at(Level.TOP)[: len(top)], top)


def test_stopping_and_going_on_gives_the_codes_of_one_run(model):
    whole = codes_of(run(model, task(0.8, levels=(Level.TOP,)))).at(Level.TOP)
    known = Codes((np.empty(0, np.uint16), np.empty(0, np.uint16), whole[:50]))

    rest = codes_of(run(model, task(0.8, 50 * GRID, known, (Level.TOP,)))).at(Level.TOP)

    assert np.array_equal(rest, whole[50:])


@pytest.mark.parametrize("units", [0, 5, 20])
def test_hearing_less_of_the_past_is_as_if_the_rest_had_never_been(model, units):
    whole = codes_of(run(model, task()))
    known = Codes(tuple(whole.at(level)[: 30 * GRID // HOPS[level]] for level in Level))
    forgotten = [known.at(level).copy() for level in Level]
    for codes, hop in zip(forgotten, HOPS, strict=True):
        codes[: (30 - units) * GRID // hop] = NO_CODE

    less = codes_of(run(model, task(start=30 * GRID, context=known, heard=units * GRID)))
    without = codes_of(run(model, task(start=30 * GRID, context=Codes(tuple(forgotten)))))

    assert less == without
    assert less != codes_of(run(model, task(start=30 * GRID, context=known)))


def test_hearing_less_changes_no_sound_of_the_same_codes(model):
    """The decoder still hears across the edge, or there would be a seam."""
    whole = codes_of(run(model, task()))
    known = Codes(tuple(whole.at(level)[: 30 * GRID // HOPS[level]] for level in Level))

    events = run(model, task(start=30 * GRID, context=known, levels=(Level.TOP,), heard=0))

    first = next(event for event in events if isinstance(event, Chunk))
    assert first.start < 30 * GRID


@pytest.mark.parametrize("stretches", [1, 4, 9, 15])
def test_a_task_goes_on_where_it_stopped_at_every_level(model, stretches):
    wish = task(variations=2, batch_limit=1)
    events = run(model, wish)
    saved = [place for place, event in enumerate(events) if isinstance(event, Saved)]
    before = events[: saved[min(stretches, len(saved) - 1)]]
    made = tuple(codes_of(before, take) for take in range(2))

    after = run(model, replace(wish, made=made))

    for take in range(2):
        assert codes_of([*before, *after], take) == codes_of(events, take)


def test_level_by_level_gives_the_codes_of_one_run(model):
    """Upsampling later what was drafted first must not change a code."""
    whole = codes_of(run(model, task()))
    draft = codes_of(run(model, task(levels=(Level.TOP,))))

    rest = codes_of(run(model, task(context=draft, levels=(Level.MIDDLE, Level.BOTTOM))))

    assert Codes(rest.levels[:2]) == Codes(whole.levels[:2])


def test_a_model_that_holds_one_level_at_a_time_draws_the_same_codes(model):
    turns = []

    class OneLevel(TinyModel):
        holds_all_levels = False

        def prior(self, level):
            if not turns or turns[-1] is not level:
                turns.append(level)
            return super().prior(level)

    one, all_levels = (run(m, task(variations=2)) for m in (OneLevel(), model))

    assert turns == [Level.TOP, Level.MIDDLE, Level.BOTTOM]
    assert all(codes_of(one, take) == codes_of(all_levels, take) for take in range(2))


def test_lyrics_in_view_are_encoded_once_for_all_windows_that_see_the_same(model):
    heard = []
    encoder = model.prior(Level.TOP).lyrics
    hook = encoder.register_forward_pre_hook(lambda module, arguments: heard.append(arguments[0]))
    silent = replace(task().prompt, lyrics="")

    run(model, replace(task(levels=(Level.TOP,)), prompt=silent))
    hook.remove()

    assert len(level_windows(0, 0, 80, CONTEXT, CONTEXT // 8)) > 1
    assert len(heard) == 1


def test_a_window_is_conditioned_on_the_upper_codes_above_it(model):
    whole = codes_of(run(model, task()))
    other = np.array(whole.at(Level.TOP))
    other[40:] = (other[40:] + 1) % CODES
    changed = Codes((np.empty(0, np.uint16), np.empty(0, np.uint16), other))

    middle = codes_of(run(model, task(context=changed, levels=(Level.MIDDLE,)))).at(Level.MIDDLE)

    same = whole.at(Level.MIDDLE)
    assert np.array_equal(middle[:32], same[:32])
    assert not np.array_equal(middle[80:], same[80:])


def test_redoing_the_middle_does_not_depend_on_what_stood_there(model):
    whole = codes_of(run(model, task()))
    blank = np.array(whole.at(Level.TOP))
    blank[30:50] = 0
    changed = Codes((*whole.levels[:2], blank))
    start, end_s = 30 * GRID, 50 * GRID / RATE

    redone = codes_of(run(model, task(end_s, start, whole, seed=9)))

    assert redone == codes_of(run(model, task(end_s, start, changed, seed=9)))
    assert [len(level) for level in redone.levels] == [20 * GRID // hop for hop in HOPS]


def test_chunks_of_each_level_tile_the_span_and_equal_its_decode(model):
    events = run(model, task())

    codes = codes_of(events)
    for level in Level:
        chunks = [e for e in events if isinstance(e, Chunk) and e.level == level]
        ends = [c.start + len(c.audio.samples) for c in chunks]
        assert [c.start for c in chunks] == [0, *ends[:-1]]
        assert ends[-1] == 640
        sound = np.concatenate([c.audio.samples for c in chunks])
        tokens = torch.from_numpy(codes.at(level).astype(np.int64))[None]
        whole = model.vqvae.decode(tokens, level)[0].numpy()
        assert np.abs(sound - whole).max() < 1e-5 * np.abs(whole).max()


def test_codes_are_told_before_the_sound_made_of_them(model):
    events = run(model, task())

    told = dict.fromkeys(Level, 0)
    for event in events:
        if isinstance(event, Saved):
            told[event.level] = event.start + len(event.codes) * HOPS[event.level]
        if isinstance(event, Chunk):
            assert event.start + len(event.audio.samples) <= told[event.level]


def test_progress_counts_every_code_once_and_knows_the_rest(model):
    events = run(model, task(variations=2))

    started, *_ = events
    last = [e for e in events if isinstance(e, Progress)][-1]
    assert isinstance(started, Started)
    assert last.done == last.total == started.steps == 2 * sum(640 // hop for hop in HOPS)
    assert last.remaining_s == 0


def test_cancelling_ends_at_once_and_keeps_what_stands(model):
    cancel, events = CancelToken(), []
    for event in sample(task(), model, cancel):
        events.append(event)
        if isinstance(event, Saved):
            cancel.cancel()

    assert 0 < len(codes_of(events).at(Level.TOP)) < 80


@pytest.mark.parametrize("windows", [1, 3])
def test_memory_does_not_grow_with_the_windows(model, windows):
    """A song of ten minutes must not need more than its first minute.

    Caches of one window are a tenth of what is held, and the second half has ten windows; where
    in a window the looks fall makes less difference than two of them.
    """
    held, events = [], 0
    for event in sample(task(3.2, parallel_windows=windows), model, CancelToken()):
        events += isinstance(event, Progress)
        if isinstance(event, Progress) and events % 10 == 0:
            held.append(tensor_bytes())

    half = len(held) // 2
    assert half > 2
    assert max(held[half:]) <= 1.25 * max(held[:half])


def tensor_bytes():
    """Memory of all tensors that anybody holds."""
    gc.collect()
    return sum(thing.nbytes for thing in gc.get_objects() if type(thing) is torch.Tensor)


def test_a_level_not_measured_yet_is_taken_to_be_as_fast_as_the_others():
    meter = Meter({Level.TOP: 10, Level.MIDDLE: 20})

    told = meter.add(Level.TOP, 5, busy_s=1.0)

    assert told.remaining_s == pytest.approx(5.0)
    assert told.per_second == pytest.approx(5.0)


def test_what_is_drawn_while_the_step_warms_up_says_nothing_of_the_rest():
    meter = Meter({Level.TOP: 10, Level.MIDDLE: 20})

    warming = meter.add_warming(Level.TOP, 4)
    told = meter.add(Level.TOP, 2, busy_s=1.0)

    assert (warming.done, warming.per_second, warming.remaining_s) == (4, 0.0, None)
    assert warming.note == "warming up"
    assert (told.done, told.per_second, told.remaining_s) == (6, 2.0, pytest.approx(12.0))
