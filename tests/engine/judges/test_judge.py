"""A model of next to nothing is judged on songs of which it is known what is heard in them."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from engine.cli.main import main
from tests.engine.judges.sounds import C_MAJOR, RATE, clicks, tones

TINY = Path(__file__).parents[1] / "training" / "tiny.toml"
TEMPO = 120


def song(folder, number, artist, genre, pitches):
    """Half notes of a scale over clicks at 120 beats a minute, 16 s, with words on some of them."""
    folder.mkdir(parents=True, exist_ok=True)
    played = tones(np.tile(pitches, 4), 0.5).samples
    sound = 0.5 * played + 0.3 * clicks(TEMPO, 16).samples
    soundfile.write(folder / f"{number:06d}.flac", sound, RATE)
    texts = ("over", "hills", "and") if number % 2 else ("seven", "green", "bottles")
    words, place = [], 0
    for n, text in enumerate(texts):
        words.append({"text": text, "start": 4.0 + 2 * n, "end": 5.0 + 2 * n, "character": place})
        place += len(text) + 1
    labels = {"artist": artist, "genres": [genre], "lyrics": " ".join(texts), "words": words,
              "key": "C major", "tempo": TEMPO}  # fmt: skip
    (folder / f"{number:06d}.json").write_text(json.dumps(labels))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two artists, two songs of each held out, and a model that was trained for a moment."""
    root = tmp_path_factory.mktemp("judged")
    for number in range(4):
        artist, genre = ("Ida", "folk") if number < 2 else ("Ben", "jazz")
        low = [pitch - 12 * (number >= 2) for pitch in C_MAJOR]
        song(root / "heldout", number, artist, genre, low)
    song(root, 4, "Ida", "folk", C_MAJOR)
    recipe = TINY.read_text()
    for old, new in (("context = 64", "context = 512"), ("{ length = 64", "{ length = 512"),
                     ("\nlength = 64", "\nlength = 512"), ('"ida"', '"ida", "ben"'),
                     ('"folk"', '"folk", "jazz"')):  # fmt: skip
        assert old in recipe
        recipe = recipe.replace(old, new)
    (root / "recipe.toml").write_text(recipe)
    threads = torch.get_num_threads()
    stages = ["vqvae", "codes", "prior", "export"]
    command = ["train", root / "recipe.toml", *stages, "--data", root, "--out", root / "model"]
    assert main(list(map(str, command))) == 0
    torch.set_num_threads(threads)
    return root


@pytest.fixture
def judged(data, capsys):
    def judge(*words):
        command = ["judge", data / "model", *words, "--data", data]
        status = main([str(word) for word in command])
        said = capsys.readouterr()
        return status, said.out, said.err

    return judge


def test_songs_in_c_at_120_are_heard_as_such_beside_what_the_model_makes(data, judged):
    status, out, said = judged("samples", "--samples", "2", "--keep", data / "kept", "--json")

    assert status == 0, said
    figures = json.loads(out)
    assert figures["in_key"]["real"] == pytest.approx(1, abs=0.05)
    assert figures["notes_per_s"]["real"] == pytest.approx(2, abs=0.5)
    assert figures["beat"]["real"] > 0.5 > figures["beat"]["chance"]
    assert figures["genre"]["real"] == figures["artist"]["real"] == 1
    assert figures["artist"]["chance"] == 0.5
    assert figures["not_silent"]["real"] == figures["not_clipped"]["real"] == 1
    assert {sound.name for sound in (data / "kept").iterdir()} == {
        "ben-900000-1.wav",
        "ida-900001-1.wav",
    }
    assert all(soundfile.info(file).frames == 220544 for file in (data / "kept").iterdir())


def test_a_prior_that_learnt_nothing_tells_no_truth_from_falsehood(judged):
    status, out, said = judged("likelihood", "codec", "--json")

    assert status == 0, said
    figures = json.loads(out)
    assert figures["bits_top"]["model"] == pytest.approx(4, abs=0.5)
    assert abs(figures["bits_saved_by_lyrics"]["model"]) < 0.1
    for level in ("bottom", "middle", "top"):
        assert 0 < figures[f"codes_in_use_{level}"]["copy"] <= 1
        assert 1 <= figures[f"perplexity_{level}"]["copy"] <= 16


def test_songs_go_on_as_they_began_and_a_table_says_so(judged):
    status, out, said = judged("continuing", "lyrics", "--samples", "1")

    assert status == 0, said
    assert "continued key" in out and "continued tempo" in out and "lyrics heard" in out


def test_what_is_found_of_songs_is_kept_and_is_found_again(data, judged):
    _, first, _ = judged("codec", "--json")
    before = {path: path.stat().st_mtime_ns for path in (data / "judged").rglob("*.npz")}

    _, second, _ = judged("codec", "--json")

    assert first == second
    assert {path: path.stat().st_mtime_ns for path in (data / "judged").rglob("*.npz")} == before


def test_a_part_that_nobody_knows_and_songs_of_strangers_are_refused(data, judged, tmp_path):
    status, _, said = judged("taste")
    assert status == 2 and "There is no part “taste”. Parts: likelihood, samples" in said

    song(tmp_path / "heldout", 1, "Nobody", "folk", C_MAJOR)
    assert main(["judge", str(data / "model"), "codec", "--data", str(tmp_path)]) == 1
