"""`jukebox train`: from recordings to a model that composes, and all of Pocket's recipe, tiny."""

import contextlib
import io
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from engine.catalog.store import ModelStore
from engine.cli.main import main
from engine.cli.tools import usual_tools
from engine.runtime.local import LocalEngine
from engine.training.workshop import RECIPES, read_recipe

TINY = Path(__file__).parent / "tiny.toml"
RATE = 44100


def jukebox(*arguments, models=None):
    """Exit status and standard output of a command, with the models of a folder."""
    tools = usual_tools()
    if models is not None:
        engine = partial(LocalEngine, [str(models)])
        tools = replace(tools, store=ModelStore([models]), engine=engine)
    written, threads = io.StringIO(), torch.get_num_threads()
    with contextlib.redirect_stdout(written):
        status = main([str(argument) for argument in arguments], tools)
    torch.set_num_threads(threads)
    return status, written.getvalue()


def tone(frequency, seconds, rate):
    time = np.arange(round(seconds * rate)) / rate
    return (0.3 * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    """Three recordings in stereo at 44.1 kHz: words with times, words without, none."""
    folder = tmp_path_factory.mktemp("music")
    words = [{"text": "low", "start": 0.2, "end": 1.0}, {"text": "road", "start": 1.1, "end": 2.0}]
    entries = [
        {
            "file": "a.wav",
            "artist": "Ida",
            "genres": ["Folk"],
            "lyrics": "low road",
            "words": words,
        },
        {"file": "b.wav", "artist": "Ben", "genres": ["Folk", "Jazz"], "lyrics": "high road"},
        {"file": "c.wav", "artist": "Ben", "genres": ["Jazz"]},
    ]
    for number, entry in enumerate(entries):
        sound = tone(220 * (number + 1), 3, RATE)
        soundfile.write(folder / entry["file"], np.stack((sound, sound), axis=1), RATE)
    lines = "".join(json.dumps(entry) + "\n" for entry in entries)
    (folder / "metadata.jsonl").write_text(lines)
    return folder


@pytest.fixture(scope="module")
def mine(music, tmp_path_factory):
    """A model trained on the recordings, from nothing: its models folder and its dataset."""
    root = tmp_path_factory.mktemp("mine")
    status, _ = jukebox("train", "new", "--music", music, "--data", root, "--like", TINY)
    assert status == 0
    shutil.copytree(root / "heldout", root / "more")
    model = root / "models" / "mine"
    status, _ = jukebox("train", root / "recipe.toml", "--data", root, "--out", model)
    assert status == 0
    return root


def test_recordings_become_a_model_that_is_listed_and_composes(mine):
    _, listed = jukebox("models", "mine", "--json", models=mine / "models")
    assert json.loads(listed)["artists"] == ["ben", "ida"]
    assert json.loads(listed)["genres"] == ["folk", "jazz"]

    song = mine / "song.wav"
    asked = ["--artist", "ida", "--genre", "folk", "--lyrics", "low road", "--seconds", 0.5]
    status, _ = jukebox("compose", song, "--model", "mine", *asked, models=mine / "models")

    assert status == 0
    assert soundfile.info(song).frames == round(0.5 * 22050)


def test_words_without_times_are_spread_and_not_taken_for_measured(mine):
    measured, assumed = (
        json.loads(path.read_text())
        for path in (mine / "000000.json", mine / "heldout" / "000001.json")
    )

    assert measured["timed"] and measured["words"][1]["character"] == 4
    assert not assumed["timed"]
    assert [word["end"] for word in assumed["words"]] == pytest.approx([1.5, 3.0])


def test_one_prior_is_tuned_and_the_rest_comes_from_the_base(mine, tmp_path):
    runs, out = tmp_path / "runs", tmp_path / "models" / "tuned"
    base, folders = mine / "models" / "mine", ["--data", mine, "--runs", runs, "--out", out]
    stages = ["codes", "prior", "--level", "top", "--base", base]

    status, result = jukebox("train", mine / "recipe.toml", *stages, *folders)
    assert status == 0
    assert json.loads(result)["prior"]["top"]["step"] == 3
    status, _ = jukebox("train", mine / "recipe.toml", "export", "--base", base, *folders)
    assert status == 0

    status, listed = jukebox("models", "--json", models=tmp_path / "models")
    assert [model["id"] for model in json.loads(listed)["models"] if model["installed"]] == [
        "tuned"
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", "names no recording"),
        ("{", "Line 1 of metadata.jsonl cannot be understood: it is not JSON"),
        ('{"artist": "x"}', "must be text"),
        ('{"file": "a.wav", "words": [{"text": "x"}]}', "needs text, start and end"),
    ],
)
def test_metadata_that_cannot_be_understood_is_refused_in_words(
    music, tmp_path, lines, said, capsys
):
    shutil.copy(music / "a.wav", tmp_path)
    (tmp_path / "metadata.jsonl").write_text(lines)

    status, _ = jukebox("train", "new", "--music", tmp_path, "--data", tmp_path / "data")

    assert status == 1
    assert said in capsys.readouterr().err


def test_the_whole_recipe_of_pocket_runs_tiny(tmp_path):
    """On tones where its songs would be, so that nothing has to be rendered."""
    artists = read_recipe(RECIPES / "pocket.toml").artists
    for folder, seeds in (
        (tmp_path, (10000, 10001, 10002)),
        (tmp_path / "heldout", (900000, 900001)),
    ):
        folder.mkdir(exist_ok=True)
        for seed in seeds:
            path = folder / f"{seed:06d}.flac"
            soundfile.write(path, tone(200 + seed % 7 * 40, 13, 22050), 22050)
            words = [{"text": "low", "start": 1.0, "end": 2.0, "character": 0}]
            labels = {"artist": artists[1], "genres": ["folk"], "lyrics": "low", "words": words}
            path.with_suffix(".json").write_text(json.dumps(labels))
    model = tmp_path / "models" / "tiny"

    command = ["train", "pocket", "--smoke", "--data", str(tmp_path), "--out", str(model)]
    done = subprocess.run(
        [sys.executable, "-m", "engine.cli", *command], check=False, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["songs"] == {"songs": 3, "hours": pytest.approx(39 / 3600), "held_out": 2}
    assert set(figures["polish"]) == {"bottom", "middle", "top"}
    assert (tmp_path / "runs" / "curves.png").exists()
    status, _ = jukebox("models", "tiny", models=tmp_path / "models")
    assert status == 0
