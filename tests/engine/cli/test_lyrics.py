import json

import pytest

ASKED = ("--artist", "Ann Arbor", "--genre", "Folk", "--lyrics", "Ünder 😀 the hills " * 3)


def test_it_tells_names_dropped_characters_and_what_each_stretch_reads(jukebox):
    status, result, _ = jukebox("lyrics", *ASKED, "--seconds", 1)

    lines = result.splitlines()
    assert status == 0
    assert lines[0] == "TOP (v3 names): artist 1, genres 1"
    assert lines[3] == 'dropped: "😀😀😀"'
    assert lines[4] == '0.00–0.26 s reads "Under  the hills"'


def test_machines_get_every_window_with_the_part_of_the_lyrics_as_written(jukebox):
    _, result, _ = jukebox("lyrics", *ASKED, "--seconds", 1, "--json")

    told = json.loads(result)
    assert told["names"][0] == {"level": "top", "labels": "v3", "artist": 1, "genres": [1, -1]}
    assert told["lyrics"] == "Under  the hills " * 3
    assert [entry["place"] for entry in told["dropped"]] == [6, 24, 42]
    for window in told["windows"]:
        assert len(window["text"]) + window["empty_slots"] == 16
        first, end = window["part_of_lyrics_as_written"]
        assert window["text"][0] == told["lyrics"][window["first_character"]]
        assert 0 <= first < end <= len(ASKED[-1])
    assert told["windows"][0]["seconds_made"][0] == 0
    assert told["windows"][-1]["seconds_made"][1] >= 1


@pytest.mark.parametrize(
    ("wrong", "words"), [(("--artist", "Ann Arbour"), "Ann Arbour"), (("--seconds", 100), "61")]
)
def test_a_song_that_cannot_be_is_refused_as_by_compose(jukebox, wrong, words):
    status, _, said = jukebox("lyrics", *wrong)

    assert status == 2
    assert words in said or "60" in said


def test_a_name_that_some_level_does_not_know_is_told(jukebox, tmp_path):
    from engine.catalog.configs import to_json
    from tests.engine.catalog.model_folder import CONFIG, write_model

    architecture = to_json(CONFIG)
    for prior in architecture["priors"][:2]:
        prior["labels"]["version"] = "v2"
    write_model(tmp_path / "models", "mixed", architecture=architecture)

    status, _, said = jukebox("lyrics", "--model", "mixed", "--artist", "Ann Arbor")

    assert status == 0
    assert said.splitlines() == [
        f"Note: The {level} level does not know the artist “Ann Arbor”. It hears any artist "
        "instead."
        for level in ("MIDDLE", "BOTTOM")
    ]


def test_a_blend_is_told_by_numbers_and_percentages(jukebox):
    status, result, _ = jukebox("lyrics", "--artist", "ann arbor:3, béla:1", "--genre", "folk")

    assert status == 0
    assert "75%" in result and "25%" in result
