"""The presets that ship keep to what the bundled model has learnt."""

import re
import tomllib

import pytest

import resources
from engine.training.house import house_artists, house_genres
from engine.training.words import Lyricist, everyday

PRESETS = tomllib.loads(resources.path("examples", "presets.toml").read_text())["presets"]


def _lyrics(preset):
    return resources.path("examples", preset["lyrics"]).read_text(encoding="utf-8")


def test_every_genre_has_a_preset():
    assert {genre for preset in PRESETS for genre in preset["genres"]} == set(house_genres())


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset["title"])
def test_artists_are_asked_for_their_own_genre(preset):
    genres = {artist.name.lower(): artist.genre for artist in house_artists()}

    assert [genres[preset["artist"]]] == preset["genres"]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset["title"])
def test_lyrics_keep_to_words_that_the_model_has_heard(preset):
    known = {word.text.lower() for word in Lyricist(everyday()).vocabulary()}

    assert set(re.findall(r"[a-z']+", _lyrics(preset).lower())) <= known


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset["title"])
def test_lyrics_fit_the_length_that_is_asked_for(preset):
    lines = [line for line in _lyrics(preset).splitlines() if line]

    assert 1 < len(lines) <= 12
    assert 20 <= preset["seconds"] <= 60
    assert 2 < len(_lyrics(preset)) / preset["seconds"] < 15
