import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog.specs import (
    LabelConfig,
    LabelVersion,
    LyricConfig,
    Pattern,
    PriorConfig,
    TransformerConfig,
)
from engine.errors import TaskError, UnknownNameError
from engine.sampling.labels import SongLabels
from engine.text.vocabulary import ExactVocabulary, WordVocabulary
from engine.types import Level, Prompt

GOLDEN = Path(__file__).parents[4] / "shared" / "golden" / "open" / "E_labels"

EXACT = ExactVocabulary({"unknown": 0, "ann": 1}, {"unknown": 0, "folk": 1, "jazz": 2})


def stack(length):
    return TransformerConfig(length, 8, 1, 1, 1, (Pattern.DENSE,))


def prior(version=LabelVersion.V3, genres=2, slots=10, context=100, hop=128):
    """A top prior with a separate lyric encoder, or without lyrics for 0 slots."""
    lyrics = LyricConfig(slots, 80, stack(slots)) if slots else None
    labels = LabelConfig(version, 700, 8000, genres, None)
    return PriorConfig(Level.TOP, 44_100, hop, context, 32, stack(context), labels=labels,
                       lyrics=lyrics)  # fmt: skip


def prompt(lyrics="", length=1_000_000, artist="Ann", genres=("Folk",)):
    return Prompt(artist, genres, lyrics, length)


def test_a_window_knows_the_song_its_place_and_its_length():
    labels = SongLabels(prompt("la"), EXACT, prior()).window(50)

    assert (labels.total_length, labels.offset, labels.length) == (1_000_000, 6400, 12_800)
    assert (labels.artist, labels.genres) == (1, (1, -1))


def test_short_lyrics_are_padded_on_the_left_in_every_window():
    song = SongLabels(prompt("abc"), EXACT, prior())

    for start in (0, 70):
        labels = song.window(start)
        assert labels.lyrics == (0,) * 7 + (27, 28, 29)
        assert labels.lyric_indices == (-1,) * 7 + (0, 1, 2)


def test_long_lyrics_slide_from_the_first_to_the_last_character():
    song = SongLabels(prompt("abcdefghijklmnopqrstuvwxyz", 128_000), EXACT, prior())

    assert song.window(0).lyric_indices[0] == 0
    assert song.window(999).lyric_indices[-1] == 25


def test_a_prior_without_lyrics_reads_none():
    labels = SongLabels(prompt("la la"), EXACT, prior(slots=0)).window(0)

    assert labels.lyrics == labels.lyric_indices == ()


@given(
    characters=st.integers(0, 3000),
    slots=st.integers(1, 256).map(lambda half: 2 * half),
    length=st.integers(1, 26_000_000),
    share=st.floats(0, 1, exclude_max=True),
)
def test_a_window_shows_the_characters_that_its_indices_name(characters, slots, length, share):
    text = ("abcdefghij" * 300)[:characters]
    song = SongLabels(prompt(text, length), EXACT, prior(slots=slots))

    labels = song.window_at(int(share * length))

    assert len(labels.lyrics) == len(labels.lyric_indices) == slots
    for number, index in zip(labels.lyrics, labels.lyric_indices, strict=True):
        assert number == (0 if index < 0 else 27 + index % 10)
    shown = [index for index in labels.lyric_indices if index >= 0]
    assert len(shown) == min(characters, slots)
    assert shown == list(range(shown[0], shown[0] + len(shown))) if shown else not characters


def test_names_are_checked_when_the_song_is_made():
    with pytest.raises(UnknownNameError):
        SongLabels(prompt(artist="Anne of nowhere"), EXACT, prior())
    with pytest.raises(TaskError):
        SongLabels(prompt(genres=("Folk", "Jazz", "Folk")), EXACT, prior())


@pytest.mark.parametrize("offset", [-1, 1_000_000, 2_000_000])
def test_a_window_outside_the_song_is_refused(offset):
    with pytest.raises(ValueError, match="1000000 samples"):
        SongLabels(prompt(), EXACT, prior()).window_at(offset)


def test_lyric_windows_equal_the_reference():
    """Golden data: 183 windows, among them those where float32 and double precision differ."""
    if not GOLDEN.exists():
        pytest.skip(f"the golden data is not at {GOLDEN}")
    windows = json.loads((GOLDEN / "lyric_windows.json").read_text())
    even = [w for w in windows if w["n_tokens"] % 2 == 0 and w["n_tokens"]]
    assert sum(not w["same"] for w in even) >= 10

    for window in even:
        config = prior(slots=window["n_tokens"], context=window["duration"] // 128)
        song = SongLabels(prompt("x" * window["n_full"], window["total_length"]), EXACT, config)
        if not 0 <= window["offset"] < window["total_length"]:
            with pytest.raises(ValueError, match="starts within"):
                song.window_at(window["offset"])
            continue
        labels = song.window_at(window["offset"])
        last = window["int64_tensors"]["last_index"]
        assert labels.lyric_indices.count(-1) == window["int64_tensors"]["pad"], window
        assert labels.lyric_indices[-1] == (-1 if last is None else last), window


def test_labels_equal_the_reference():
    """Golden data: 72 prompts, five priors, several windows each, all but what we refuse."""
    if not GOLDEN.exists():
        pytest.skip(f"the golden data is not at {GOLDEN}")
    golden = json.loads((GOLDEN / "cases.json").read_text())
    compared = 0

    for case in golden["cases"]:
        for name, expected in case["labels"].items():
            labeller = golden["labellers"][name]
            for window in expected.get("windows", []):
                if "error" not in window and "with_unidecode" not in str(case[name[:2]]):
                    compared += _compare(case, golden, labeller, window)

    assert compared > 1000


def _compare(case, golden, labeller, window):
    """One window against its golden numbers; unknown names are given as any."""
    rules = "v3" if labeller["v3"] else "v2"
    known = case[rules]
    kind = ExactVocabulary if labeller["v3"] else WordVocabulary
    vocabulary = kind({"a": known["artist_id"]}, {str(i): i for i in known["genre_ids"]})
    config = prior(LabelVersion(rules), labeller["max_genre_words"], labeller["n_tokens"],
                   labeller["n_ctx"], labeller["raw_samples_per_token"])  # fmt: skip
    asked = Prompt("a", tuple(map(str, known["genre_ids"])), case["input"]["lyrics"],
                   case["input"]["total_length"])  # fmt: skip
    song = SongLabels(asked, vocabulary, config)
    if not 0 <= window["offset"] < asked.song_length:
        return 0
    labels = song.window_at(window["offset"])
    assert [labels.total_length, labels.offset, labels.length, labels.artist,
            *labels.genres] == window["y_prefix"]  # fmt: skip
    if labels.lyrics:
        digest = hashlib.sha256(",".join(map(str, labels.lyrics)).encode()).hexdigest()
        assert digest == window["tokens_sha256"], (case["id"], window)
        assert labels.lyric_indices.count(-1) == window["pad"]
    return 1
