import hashlib
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from engine.training.artists import house_artists
from engine.training.composer import FORM, compose
from engine.training.harmony import Key, Mode
from engine.training.score import DRUM_CHANNEL

SEEDS = range(72)
KEYS = {Key(tonic, mode).name: Key(tonic, mode) for tonic in range(12) for mode in Mode}
ARTISTS = {artist.name: artist for artist in house_artists()}


@pytest.fixture(scope="module")
def songs():
    return [compose(seed) for seed in SEEDS]


def test_same_seed_gives_the_same_song(songs):
    assert compose(5) == songs[5]
    assert compose(5) != compose(5 + len(ARTISTS) * 12)


def test_the_songs_of_the_bundled_model_stay_what_they_were():
    """Pocket learnt from these scores; another recipe takes other seeds."""
    digest = hashlib.sha256(repr(compose(7)).encode()).hexdigest()

    assert digest.startswith("f51642ceca1689c5")


def test_artists_and_keys_come_round_evenly(songs):
    assert set(Counter(song.artist for song in songs).values()) == {12}
    for artist in ARTISTS.values():
        keys = {song.key for song in songs if song.artist == artist.name}
        assert len(keys) == 12


def test_songs_have_the_whole_form_and_a_fitting_length(songs):
    for song in songs:
        assert song.form == FORM
        assert 40 <= song.seconds <= 72


def test_tempo_stays_near_the_style(songs):
    for song in songs:
        ratio = song.tempo / ARTISTS[song.artist].style.tempo
        assert 0.92 <= ratio <= 1.08


def test_all_pitched_notes_are_in_the_key(songs):
    for song in songs:
        classes = KEYS[song.key].classes
        parts = [part for part in song.parts if part.channel != DRUM_CHANNEL]
        played = [note.pitch for part in parts for note in part.notes]
        sung = [note.pitch for word in song.words for note in word.notes]
        assert all(pitch % 12 in classes for pitch in played + sung)


def test_the_singer_stays_within_the_voice(songs):
    for song in songs:
        singer = ARTISTS[song.artist].singer
        pitches = [note.pitch for word in song.words for note in word.notes]
        assert all(singer.lowest <= pitch <= singer.highest for pitch in pitches)


def test_about_a_tenth_is_instrumental_and_has_a_longer_tune_instead(songs):
    instrumental = [song for song in songs if not song.words]

    assert 3 <= len(instrumental) <= 15
    assert all(song.lyrics == "" for song in instrumental)
    tunes = {len(song.parts[-1].notes) for song in instrumental if ARTISTS[song.artist].lead}
    assert min(tunes) > 4 * ARTISTS["Marlow Finch"].style.syllables[0]


def test_every_word_stands_in_the_lyrics_where_it_says(songs):
    for song in songs:
        for word in song.words:
            written = song.lyrics[word.character : word.character + len(word.text)]
            assert written.lower() == word.text.lower()


def test_every_word_of_the_lyrics_is_sung_once_and_in_order(songs):
    for song in songs:
        written = song.lyrics.lower().replace(",", "").split()
        assert [word.text.lower() for word in song.words] == written


def test_sung_words_never_overlap_and_leave_time_to_be_heard(songs):
    for song in songs:
        assert all(word.end - word.start > 0.1 for word in song.words)
        assert all(a.end <= b.start + 1e-9 for a, b in pairwise(song.words))
        assert all(word.start >= 0 and word.end <= song.seconds for word in song.words)


def test_lyrics_are_plain_text(songs):
    assert all(song.lyrics.isascii() for song in songs)


def test_place_in_the_lyrics_grows_evenly_with_time(songs):
    """Jukebox picks the 128 characters it sees by linear position: half a window is the limit."""
    for song in songs:
        if song.words:
            expected = [len(song.lyrics) * word.start / song.seconds for word in song.words]
            written = [word.character for word in song.words]
            assert np.abs(np.subtract(expected, written)).max() < 64


def test_the_chorus_comes_back_word_for_word(songs):
    for song in songs:
        if song.words:
            stanzas = song.lyrics.split("\n\n")
            assert len(stanzas) == 4
            assert stanzas[1].strip(",") == stanzas[3].strip(",")
            assert stanzas[0] != stanzas[2]


def test_verses_share_their_tune(songs):
    for song in songs:
        tune = [note.pitch for word in song.words for note in word.notes]
        assert tune[: len(tune) // 2] == tune[len(tune) // 2 :]


def test_channels_are_told_apart(songs):
    for song in songs:
        channels = [part.channel for part in song.parts]
        assert len(channels) == len(set(channels))
