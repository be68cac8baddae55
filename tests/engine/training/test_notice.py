"""NOTICE names all that the bundled model was made from, and all that judges it."""

from pathlib import Path

import pytest

import resources
from engine.training.house import house_artists

NOTICE = (Path(__file__).parents[3] / "NOTICE").read_text("utf-8")


@pytest.mark.parametrize("voice", sorted({artist.singer.voice for artist in house_artists()}))
def test_every_voice_is_named(voice):
    assert voice in NOTICE


@pytest.mark.parametrize(
    "source", ["FluidR3", "fluidsynth", "flite", "WORLD", "pyworld", "Basic Pitch", "PocketSphinx"]
)
def test_every_source_is_named_and_nothing_forbidden_is_used(source):
    assert source in NOTICE
    assert "espeak" not in NOTICE.lower() and "timgm" not in NOTICE.lower()


def test_the_judge_of_notes_comes_with_its_licence_and_notice():
    folder = resources.path("judges", "basic-pitch")

    assert "Apache License" in (folder / "LICENSE").read_text("utf-8")
    assert "Spotify AB" in (folder / "NOTICE").read_text("utf-8")
    assert (folder / "nmp.onnx").stat().st_size == 230_444
