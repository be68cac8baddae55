import hashlib
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from engine.training import words
from engine.training.composer import HELD_OUT_SONGS, HELD_OUT_WORDS, compose
from engine.training.form import STEP_S
from engine.training.harmony import Key, Mode
from engine.training.house import house_artists
from engine.training.score import DRUM_CHANNEL

SEEDS = range(144)
KEYS = {Key(tonic, mode).name: Key(tonic, mode) for tonic in range(12) for mode in Mode}
ARTISTS = {artist.name: artist for artist in house_artists()}


@pytest.fixture(scope="module")
def songs():
    return [compose(seed) for seed in SEEDS]


def test_same_seed_gives_the_same_song(songs):
    assert compose(5) == songs[5]
    assert compose(5) != compose(5 + len(ARTISTS) * 12)


def test_artists_and_tonics_come_round_evenly(songs):
    assert set(Counter(song.artist for song in songs).values()) == {12}
    for artist in ARTISTS.values():
        tonics = {song.key.split()[0] for song in songs if song.artist == artist.name}
        assert len(tonics) == 12


def test_songs_have_a_whole_form_and_a_fitting_length(songs):
    for song in songs:
        names = [section.name for section in song.sections]
        assert names[0] == "intro" and names[-1] == "outro"
        assert (
            {"verse"} < set(names) <= {"intro", "verse", "chorus", "bridge", "interlude", "outro"}
        )
        assert 40 <= song.seconds <= 115


def test_many_songs_have_a_bridge(songs):
    with_bridge = [s for s in songs if "bridge" in {section.name for section in s.sections}]

    assert 0.25 < len(with_bridge) / len(songs) < 0.85


def test_sections_chords_and_beats_tile_the_song(songs):
    for song in songs:
        for stretches in (song.sections, song.chords):
            assert stretches[0].start == 0
            assert all(a.end == b.start for a, b in pairwise(stretches))
        end = song.sections[-1].end
        assert song.chords[-1].end == end < song.seconds < end + 2
        assert np.allclose(np.diff((*song.beats, end)), 60 / song.tempo, atol=1e-4)
        starts = {section.start for section in song.sections}
        assert starts <= {chord.start for chord in song.chords} <= set(song.beats)


def test_an_artist_keeps_to_a_tempo(songs):
    for song in songs:
        steps = ARTISTS[song.artist].style.steps
        assert song.tempo == pytest.approx(60 / (steps * STEP_S), abs=1e-3)


def test_beats_and_their_halves_fall_on_steps(songs):
    """Then what is played again makes the same codes again."""
    for song in songs:
        steps = np.array(song.beats) / STEP_S
        assert np.allclose(steps, np.round(steps))
        assert not np.any(np.diff(np.round(steps)) % 2)


def test_a_bar_played_again_is_played_the_same():
    """Neon Harbour's drummer plays one bar all along, but for fills and crashes."""
    song = compose(2)
    drums = next(part for part in song.parts if part.name == "drums")
    kicks = [note for note in drums.notes if note.pitch == 36]
    beats = [round(note.start * song.tempo / 60, 2) for note in kicks]

    assert len(kicks) > 50 and all(beat == round(beat) for beat in beats)
    assert len({note.velocity for note in kicks}) <= 3


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


def test_tunes_move_by_steps_more_often_than_by_leaps(songs):
    leaps = [
        abs(b.pitch - a.pitch)
        for song in songs
        for word, after in pairwise(song.words)
        for a, b in pairwise((*word.notes, after.notes[0]))
        if b.start - a.end < 0.1
    ]

    assert np.mean([leap <= 2 for leap in leaps]) > 0.6
    assert np.mean([leap > 4 for leap in leaps]) < 0.15


def test_about_a_tenth_is_instrumental_and_has_a_longer_tune_instead(songs):
    instrumental = [song for song in songs if not song.words]

    assert 6 <= len(instrumental) <= 26
    assert all(song.lyrics == "" for song in instrumental)
    assert min(len(song.parts[-1].notes) for song in instrumental) > 40


def test_every_word_lies_inside_its_notes(songs):
    for word in (word for song in songs for word in song.words):
        assert word.start < word.notes[0].start < word.end <= word.notes[-1].end
        assert word.notes[0].start - word.start < 0.06


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
        assert all(word.end - word.start > 0.12 for word in song.words)
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


def _sung_by_section(song, name):
    """Words and pitches of each section of a name."""
    return [
        [
            (word.text.lower(), [note.pitch for note in word.notes])
            for word in song.words
            if section.start - 0.1 <= word.start < section.end - 0.1
        ]
        for section in song.sections
        if section.name == name
    ]


def test_choruses_come_back_word_for_word_and_tone_for_tone(songs):
    returning = [s for s in songs if s.words and len(_sung_by_section(s, "chorus")) > 1]

    assert len(returning) > 30
    for song in returning:
        first, *others = _sung_by_section(song, "chorus")
        assert all(other == first for other in others)


def test_verses_share_their_tune_and_not_their_words(songs):
    for song in songs:
        if song.words:
            verses = _sung_by_section(song, "verse")
            tunes = {tuple(p for _, pitches in verse for p in pitches) for verse in verses}
            texts = {tuple(text for text, _ in verse) for verse in verses}
            assert len(tunes) == 1
            assert len(texts) == len(verses)


def test_channels_are_told_apart(songs):
    for song in songs:
        channels = [part.channel for part in song.parts]
        assert len(channels) == len(set(channels))


def test_held_out_words_are_sung_in_held_out_songs_only(songs):
    kept = {word.text for words_ in words.unheard().kinds.values() for word in words_}
    kept -= {word.text for words_ in words.everyday().kinds.values() for word in words_}

    usual = [compose(HELD_OUT_SONGS + i) for i in range(12)]
    unheard = [compose(HELD_OUT_WORDS + i) for i in range(12)]

    assert not kept & {word.text for song in (*songs, *usual) for word in song.words}
    sung = [word.text for song in unheard for word in song.words if len(word.text) > 5]
    assert np.mean([text in kept for text in sung]) > 0.4


def test_training_songs_stay_what_they_were():
    """A model learns from these scores over days; labels and sounds must not drift apart."""
    digest = hashlib.sha256(repr(compose(7)).encode()).hexdigest()

    assert digest.startswith("5a5b7f5cf41ebcad")
