import json

import numpy as np
import pytest

from engine.training.composer import compose
from engine.training.dataset import labels, main, write_songs


def test_labels_say_everything_of_a_song_in_plain_json():
    song = compose(2)

    told = json.loads(json.dumps(labels(song)))

    assert (told["artist"], told["genres"]) == ("Neon Harbour", ["synthpop"])
    assert told["lyrics"] == song.lyrics
    assert len(told["words"]) == len(song.words)
    assert set(told["words"][0]) == {"text", "start", "end", "character"}
    assert (told["key"], told["seed"], told["seconds"]) == (song.key, 2, song.seconds)
    assert told["key"].endswith(told["mode"])


@pytest.mark.parametrize("what", ["sections", "chords"])
def test_stretches_of_the_labels_are_those_of_the_song(what):
    song = compose(2)

    told = json.loads(json.dumps(labels(song)))[what]

    assert [stretch["name"] for stretch in told] == [part.name for part in getattr(song, what)]
    times = [(stretch["start"], stretch["end"]) for stretch in told]
    assert np.allclose(times, [(part.start, part.end) for part in getattr(song, what)], atol=1e-4)


def test_beats_of_the_labels_are_those_of_the_song():
    song = compose(2)

    assert np.allclose(labels(song)["beats"], song.beats, atol=1e-4)


def test_songs_that_are_there_are_left_alone(tmp_path):
    kept = [tmp_path / f"{seed:06d}.flac" for seed in (3, 4)]
    for path in kept:
        path.write_bytes(b"kept")

    write_songs(tmp_path, (3, 4), processes=1, soundfont=tmp_path / "none.sf2")

    assert [path.read_bytes() for path in kept] == [b"kept", b"kept"]


def test_a_missing_soundfont_ends_the_command_with_a_word(tmp_path, warnings_logged):
    status = main([str(tmp_path), "--songs", "1", "--soundfont", str(tmp_path / "none.sf2")])

    (record,) = warnings_logged
    warnings_logged.clear()
    assert status == 1
    assert "none.sf2" in record.getMessage()
    assert not list(tmp_path.glob("*.flac"))
