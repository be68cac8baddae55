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
from engine.text.vocabulary import ExactVocabulary
from engine.types import Level, Prompt

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
