import pytest

from engine.training.form import STEP_S, STEPS_TO_MEET
from engine.training.house import house_artists, house_genres
from engine.training.workshop import read_recipe, recipe_path
from engine.types import Level


def test_six_genres_have_two_artists_each():
    genres = [artist.genre for artist in house_artists()]

    assert len(house_genres()) == 6
    assert all(genres.count(genre) == 2 for genre in house_genres())


def test_names_are_unique_and_plain():
    names = [artist.name for artist in house_artists()]

    assert len(names) == len(set(names))
    assert all(name.isascii() for name in names)


@pytest.mark.parametrize("artist", house_artists(), ids=lambda artist: artist.name)
class TestEveryArtist:
    def test_band_is_sparse(self, artist):
        assert 1 <= len(artist.band) <= 3

    def test_singer_has_room_for_a_tune(self, artist):
        assert artist.singer.highest - artist.singer.lowest >= 14

    def test_sung_sections_come_home_and_bridges_do_not(self, artist):
        for harmony in artist.style.harmonies:
            sung = harmony.verses + harmony.choruses
            assert all(0 <= degree < 7 for chords in sung for line in chords for degree in line)
            assert all(chords[-1][-1] != 0 for chords in harmony.bridges)

    def test_stanzas_have_the_lines_that_they_are_planned_for(self, artist):
        for harmony in artist.style.harmonies:
            assert {len(chords) for chords in harmony.verses} == {4}
            assert {len(chords) for chords in harmony.choruses} <= {2, 4}
            assert {len(chords) for chords in harmony.bridges} == {2}


def test_tempos_reach_from_slow_to_fast():
    tempos = [60 / (artist.style.steps * STEP_S) for artist in house_artists()]

    assert 60 <= min(tempos) < 70
    assert 165 < max(tempos) <= 180


def test_beats_of_all_tempos_meet_where_windows_of_the_bundled_model_begin():
    top = read_recipe(recipe_path("pocket")).architecture.priors[Level.TOP]

    assert top.pulse == STEPS_TO_MEET
    assert all(STEPS_TO_MEET % artist.style.steps == 0 for artist in house_artists())


def test_artists_of_one_genre_differ_in_voice_band_and_tempo():
    for genre in house_genres():
        first, second = (artist for artist in house_artists() if artist.genre == genre)
        assert first.singer != second.singer
        programs = [{player.program for player in artist.band} for artist in (first, second)]
        assert programs[0] != programs[1]
        assert first.style.steps != second.style.steps
