from dataclasses import replace

import numpy as np
import pytest

from engine.api import DecodeTask, EncodeTask, PrepareTask, SampleTask
from engine.catalog.checks import MAX_LYRICS, check
from engine.catalog.configs import to_json
from engine.catalog.store import ModelStore
from engine.errors import ModelMissingError, TaskError, UnknownNameError
from engine.types import NO_CODE, Audio, Codes, Level, ModelId, Prompt, SamplingSettings, Span
from tests.engine.catalog.model_folder import CODES, CONFIG, HOPS, RATE, write_model

TINY = ModelId("tiny")
TOP, MIDDLE, BOTTOM = Level.TOP, Level.MIDDLE, Level.BOTTOM
SPAN = Span(320, 640)
PROMPT = Prompt("Ann Arbor", ("folk",), "la la", 10 * RATE)


@pytest.fixture
def store(tmp_path):
    write_model(tmp_path)
    return ModelStore([tmp_path])


def codes(**lengths):
    """Codes of zeros that last so many samples at the levels named."""
    wanted = {"bottom": 0, "middle": 0, "top": 0} | lengths
    return Codes(tuple(np.zeros(n // hop, np.uint16)
                       for n, hop in zip(wanted.values(), HOPS, strict=True)))  # fmt: skip


def sample(**changes):
    task = SampleTask(TINY, PROMPT, Codes.empty(), SPAN, (TOP, MIDDLE, BOTTOM), SamplingSettings())
    return replace(task, **changes)


@pytest.mark.parametrize(
    "task",
    [
        PrepareTask(TINY),
        sample(),
        sample(levels=(TOP,), context=codes(top=320)),
        sample(levels=(MIDDLE,), context=codes(top=640)),
        sample(levels=(BOTTOM,), context=codes(middle=640)),
        sample(levels=(BOTTOM, TOP), context=codes(middle=640)),
        sample(prompt=replace(PROMPT, artist="", genres=(), lyrics="")),
        sample(prompt=replace(PROMPT, lyrics="Ж你" * 100)),
        sample(prompt=replace(PROMPT, song_length=640 + RATE)),
        EncodeTask(TINY, Audio(np.zeros(32), RATE)),
        EncodeTask(TINY, Audio(np.zeros((1000, 6)), 192_000)),
        DecodeTask(TINY, codes(middle=640), Span(16, 640), MIDDLE),
    ],
    ids=lambda task: type(task).__name__,
)
def test_tasks_that_can_succeed_pass(store, task):
    check(task, store)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prompt": replace(PROMPT, genres=("folk",) * 3)}, "2 genre words at most"),
        ({"prompt": replace(PROMPT, song_length=RATE - 1)}, "from 1.00 s to just below 60 s"),
        ({"prompt": replace(PROMPT, song_length=60 * RATE)}, "just below 60 s"),
        ({"prompt": replace(PROMPT, lyrics="x" * (MAX_LYRICS + 1))}, "20000 at most"),
        ({"prompt": replace(PROMPT, lyrics="😀 🎵")}, "can read none"),
        ({"levels": ()}, "one or more levels"),
        ({"levels": (TOP, TOP)}, "each once"),
        ({"span": Span(320, 320)}, "empty"),
        ({"span": Span(321, 640)}, "multiples of 32"),
        ({"span": Span(320, 650)}, "multiples of 32"),
        ({"span": Span(0, 11 * RATE)}, "after the song's end at 10.00 s"),
        ({"context": Codes((np.zeros(1),) * 2)}, "3 levels"),
        ({"context": codes(top=100 * RATE)}, "last longer than any song"),
        ({"context": Codes((np.full(1, CODES),) * 3)}, "knows codes below 16"),
        ({"levels": (MIDDLE,)}, "10 of the 10 TOP codes"),
        ({"levels": (MIDDLE, BOTTOM), "context": codes(top=608)}, "1 of the 10 TOP codes"),
        ({"levels": (BOTTOM,), "context": codes(top=640)}, "MIDDLE codes"),
        ({"levels": (BOTTOM, TOP)}, "MIDDLE codes"),
    ],
)
def test_samplings_that_cannot_succeed_are_told_with_the_numbers(store, changes, words):
    with pytest.raises(TaskError) as caught:
        check(sample(**changes), store)

    assert words in str(caught.value)


def test_a_hole_in_the_upper_codes_counts_as_missing(store):
    top = np.zeros(20, np.uint16)
    top[[3, 12, 15]] = NO_CODE

    with pytest.raises(TaskError, match="2 of the 10 TOP"):
        check(sample(levels=(MIDDLE,), context=Codes((np.empty(0), np.empty(0), top))), store)


def test_more_than_ten_minutes_at_once_are_refused(tmp_path):

    architecture = to_json(CONFIG)
    architecture["priors"][TOP]["labels"]["timing"]["max_seconds"] = 3600
    write_model(tmp_path, architecture=architecture)
    task = sample(span=Span(0, 600 * RATE), prompt=replace(PROMPT, song_length=1000 * RATE))

    with pytest.raises(TaskError, match="600 s at once"):
        check(task, ModelStore([tmp_path]))


@pytest.mark.parametrize("name", ["artist", "genre"])
def test_unknown_names_are_told_with_suggestions(store, name):
    asked = {"artist": "Ann Arbour"} if name == "artist" else {"genres": ("fölk",)}

    with pytest.raises(UnknownNameError) as caught:
        check(sample(prompt=replace(PROMPT, **asked)), store)

    assert caught.value.kind == name
    assert caught.value.suggestions[0] in ("ann arbor", "folk")


@pytest.mark.parametrize(
    ("audio", "words"),
    [(Audio(np.zeros(0), RATE), "0.000 s long"), (Audio(np.zeros(31), RATE), "from 0.004 s"),
     (Audio(np.zeros(61 * RATE), RATE), "to 60 s"), (Audio(np.full(99, np.nan), RATE), "NaN"),
     (Audio(np.full((99, 2), np.inf), RATE), "infinite")],
)  # fmt: skip
def test_sound_that_cannot_be_encoded_is_told(store, audio, words):
    with pytest.raises(TaskError, match=words):
        check(EncodeTask(TINY, audio), store)


@pytest.mark.parametrize(
    ("task", "words"),
    [(DecodeTask(TINY, codes(top=640), Span(0, 0), TOP), "empty"),
     (DecodeTask(TINY, codes(top=640), Span(0, 650), TOP), "multiples of 32"),
     (DecodeTask(TINY, codes(top=640), Span(0, 672), TOP), "1 of the 21 TOP"),
     (DecodeTask(TINY, codes(top=640), Span(0, 640), BOTTOM), "80 of the 80 BOTTOM")],
)  # fmt: skip
def test_codes_that_cannot_be_decoded_are_told(store, task, words):
    with pytest.raises(TaskError, match=words):
        check(task, store)


def test_a_missing_model_is_told_before_anything_else(store):
    with pytest.raises(ModelMissingError, match="“big”"):
        check(replace(sample(levels=()), model=ModelId("big")), store)
