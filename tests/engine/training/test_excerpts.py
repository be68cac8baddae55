"""Windows hold the codes and the labels of the place that they say they are from."""

from dataclasses import replace

import numpy as np
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
from engine.text.lyrics import ALPHABET_V3
from engine.text.vocabulary import ExactVocabulary
from engine.training.data import DatasetError, find_songs
from engine.training.excerpts import NOTHING_WITHHELD, Windows, Withheld
from engine.types import Level

RATE, HOP, CONTEXT = 22050, 128, 128
STACK = TransformerConfig(CONTEXT, 16, 1, 2, 8, (Pattern.DENSE,))
LABELS = LabelConfig(LabelVersion.V3, 2, 2, 1, TimingConfig(8, 0.5, 60.0))
TOP = PriorConfig(
    Level.TOP, RATE, HOP, CONTEXT, 1024, STACK,
    labels=LABELS, lyrics=LyricConfig(12, 79, STACK),
)  # fmt: skip
MIDDLE = PriorConfig(
    Level.MIDDLE, RATE, HOP // 4, CONTEXT, 1024, STACK,
    labels=LABELS, conditioner=ConditionerConfig(2, 2, 8, 1),
)  # fmt: skip
VOCABULARY = ExactVocabulary({"any": 0, "ida": 1}, {"any": 0, "folk": 1})
SHORTEST = CONTEXT * HOP


@pytest.fixture(scope="module")
def tokens(tone_dataset, tmp_path_factory):
    """Codes that say where they stand: each is its own number in the song."""
    root = tmp_path_factory.mktemp("codes")
    folders = {level: root / level.name for level in Level}
    for level, hop in ((Level.TOP, HOP), (Level.MIDDLE, HOP // 4)):
        folders[level].mkdir()
        for song in find_songs(tone_dataset, RATE):
            codes = np.arange(song.samples // hop, dtype=np.uint16)
            np.save(folders[level] / f"{song.name}.npy", codes)
    return folders


def windows_of(prior, dataset, tokens):
    return Windows(find_songs(dataset, RATE), tokens, prior, VOCABULARY, SHORTEST)


def draws(windows, withheld, count=40):
    generator = torch.Generator().manual_seed(0)
    return [windows.draw(withheld, generator) for _ in range(count)]


def test_codes_stand_where_the_labels_say(tone_dataset, tokens):
    for window in draws(windows_of(TOP, tone_dataset, tokens), NOTHING_WITHHELD):
        first = window.labels.offset // HOP
        assert window.codes.tolist() == list(range(first, first + CONTEXT))


def test_upper_codes_cover_the_same_moments(tone_dataset, tokens):
    for window in draws(windows_of(MIDDLE, tone_dataset, tokens), Withheld()):
        first = window.codes[0].item()
        assert first % 4 == 0 and window.upper is not None
        assert window.upper.tolist() == list(range(first // 4, first // 4 + CONTEXT // 4))


def test_windows_of_the_top_begin_on_beats_but_where_these_are_withheld(tone_dataset, tokens):
    beat = 5 * HOP
    songs = tuple(replace(song, beat=beat) for song in find_songs(tone_dataset, RATE))
    windows = {
        prior.level: Windows(songs, tokens, prior, VOCABULARY, SHORTEST) for prior in (TOP, MIDDLE)
    }

    def places(level, hop, beats_withheld):
        withheld = Withheld(0, 0, 0, whole_song=0.5, beat=beats_withheld)
        return [window.codes[0].item() * hop for window in draws(windows[level], withheld)]

    assert all(place % beat == 0 for place in places(Level.TOP, HOP, 0))
    assert len(set(places(Level.TOP, HOP, 0))) > 10
    assert any(place % beat for place in places(Level.TOP, HOP, 1))
    assert any(place % beat for place in places(Level.MIDDLE, HOP // 4, 0))


def test_where_no_beat_is_known_or_none_fits_the_codes_windows_begin_anywhere(tone_dataset, tokens):
    for beat in (0, 5 * HOP + 1):
        songs = tuple(replace(song, beat=beat) for song in find_songs(tone_dataset, RATE))
        windows = Windows(songs, tokens, TOP, VOCABULARY, SHORTEST)
        assert len({w.codes[0].item() % 5 for w in draws(windows, NOTHING_WITHHELD)}) == 5


def test_excerpts_shorten_the_song_and_its_lyrics(tone_dataset, tokens):
    found = draws(windows_of(TOP, tone_dataset, tokens), Withheld(0, 0, 0, whole_song=0))

    for window in found:
        labels = window.labels
        assert SHORTEST <= labels.total_length <= 3 * RATE
        assert labels.offset + SHORTEST <= labels.total_length
    seen = {"".join(text_of(window.labels.lyrics)) for window in found}
    assert {"", "low", "high", "low,\nhigh"} >= seen and len(seen) > 1


def test_withheld_labels_are_those_of_any_song(tone_dataset, tokens):
    for window in draws(windows_of(TOP, tone_dataset, tokens), Withheld(1, 1, 1, 1), 5):
        assert (window.labels.artist, window.labels.genres) == (0, (0,))
        assert not any(window.labels.lyrics)


def test_given_labels_are_the_songs_own(tone_dataset, tokens):
    for window in draws(windows_of(TOP, tone_dataset, tokens), NOTHING_WITHHELD, 5):
        assert (window.labels.artist, window.labels.genres) == (1, (1,))
        assert text_of(window.labels.lyrics) == "low,\nhigh"


def test_slots_that_are_sung_spell_the_word_that_sounds(tone_dataset, tokens):
    """Low from 0.2 to 1.4 s, high from 1.6 to 2.8 s."""
    windows = draws(windows_of(TOP, tone_dataset, tokens), Withheld(0, 0, 0, whole_song=0.5))
    for window in windows:
        characters = ALPHABET_V3.ids
        names = {number: character for character, number in characters.items()}
        for code, (first, last) in zip(window.codes.tolist(), window.sung.tolist(), strict=True):
            second = code * HOP / RATE
            sounding = "low" if 0.21 < second < 1.39 else "high" if 1.61 < second < 2.79 else ""
            spelt = window.labels.lyrics[first : last + 1] if first >= 0 else ()
            if sounding and spelt:
                assert "".join(names[number] for number in spelt) == sounding
    assert any((window.sung >= 0).any() for window in windows)


def test_without_codes_there_is_a_clear_refusal(tone_dataset, tmp_path):
    with pytest.raises(DatasetError, match="No song is encoded"):
        windows_of(TOP, tone_dataset, dict.fromkeys(Level, tmp_path))


def text_of(ids):
    characters = {number: character for character, number in ALPHABET_V3.ids.items()}
    return "".join(characters[number] for number in ids if number)
