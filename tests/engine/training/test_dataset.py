import json

from engine.training.composer import compose
from engine.training.dataset import labels, main, write_songs


def test_labels_say_everything_of_a_song_in_plain_json():
    song = compose(8)

    told = json.loads(json.dumps(labels(song)))

    assert told["artist"] == "Neon Harbour"
    assert told["genres"] == ["synthpop"]
    assert told["lyrics"] == song.lyrics
    assert len(told["words"]) == len(song.words)
    assert set(told["words"][0]) == {"text", "start", "end", "character"}
    assert (told["key"], told["seed"], told["seconds"]) == (song.key, 8, song.seconds)


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
