from dataclasses import replace

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
from engine.sampling.labels import SongLabels
from engine.text.vocabulary import ExactVocabulary
from engine.types import Cue, Level, Prompt

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
    assert shown == list(song.characters_at(int(share * length)))


def test_names_that_this_prior_does_not_know_count_as_any():
    labels = SongLabels(prompt(artist="Anne", genres=("Folk", "Polka")), EXACT, prior()).window(0)

    assert (labels.artist, labels.genres) == (0, (1, 0))


@pytest.mark.parametrize("offset", [-1, 1_000_000, 2_000_000])
def test_a_window_outside_the_song_is_refused(offset):
    with pytest.raises(ValueError, match="1000000 samples"):
        SongLabels(prompt(), EXACT, prior()).window_at(offset)


def cued(text, length, *cues):
    return replace(prompt(text, length), cues=tuple(Cue(place, at) for place, at in cues))


LONG = "".join(chr(97 + place % 26) for place in range(400))


def middle(asked, offset):
    """The character in the middle of the view, and where the window's middle lies."""
    labels = SongLabels(asked, EXACT, prior()).window_at(offset)
    return labels.lyric_indices[5]


@given(cues=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 600_000)), max_size=4))
def test_a_cue_brings_its_place_into_view_at_its_time(cues):
    places, moments = (sorted(set(part)) for part in zip(*cues, strict=True)) if cues else ((), ())
    ordered = tuple(zip(places, moments, strict=False))
    asked = cued(LONG, 600_000, *ordered)

    for place, at in ordered:
        if 6400 <= at < 600_000 and 5 <= place <= 395 and moments.count(at) == 1:
            assert abs(middle(asked, at - 6400) - place) <= 1


def test_without_cues_words_spread_evenly_and_beyond_the_end_a_cue_counts_for_nothing():
    even = [middle(prompt(LONG, 600_000), offset) for offset in range(0, 600_000, 50_000)]

    beyond = cued(LONG, 600_000, (10, 600_000))
    assert [middle(beyond, offset) for offset in range(0, 600_000, 50_000)] == even
    assert even == sorted(even)


def test_between_cues_the_view_never_runs_backwards():
    asked = cued(LONG, 600_000, (300, 100_000), (320, 500_000))

    seen = [middle(asked, offset) for offset in range(0, 600_000, 10_000)]

    assert seen == sorted(seen)
    assert 298 <= middle(asked, 100_000 - 6400) <= 301
    assert 318 <= middle(asked, 500_000 - 6400) <= 321


def test_a_cue_names_a_place_in_the_lyrics_as_written():
    """What the model drops before it does not shift it."""
    text = "☃" * 50 + LONG
    asked = cued(text, 600_000, (50 + 200, 300_000))

    assert abs(middle(asked, 300_000 - 6400) - 200) <= 1


def test_cues_do_not_touch_words_that_are_all_in_view():
    assert middle(cued("abc", 600_000, (1, 10)), 0) == middle(prompt("abc", 600_000), 0)


@pytest.mark.parametrize("cues", [((5, 10), (5, 20)), ((5, 10), (4, 20)), ((5, 10), (6, 5))])
def test_cues_out_of_order_are_refused(cues):
    with pytest.raises(ValueError, match="order of the lyrics"):
        cued("abcdefgh", 100, *cues)
