"""What `jukebox compose` makes of odd and impossible input."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.engine.catalog.model_folder import RATE, write_model
from tests.engine.cli.test_compose import samples


@pytest.mark.parametrize(
    ("lyrics", "note"),
    [
        ("مرحبا بالعالم", "reads “mrHb bl`lm"),
        ("你好世界", "reads “Ni Hao"),
        ("la 😀 la", "“😀”, are dropped"),
    ],
)
def test_lyrics_in_other_scripts_work_and_what_is_read_is_told(jukebox, out, lyrics, note):
    status, _, said = jukebox("compose", out / "a.wav", "--seconds", "1", "--lyrics", lyrics)

    assert status == 0
    assert note.replace("`", "") in said.replace("`", "")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--seconds", "0"], "above 0"),
        (["--seconds", "-3"], "above 0"),
        (["--seconds", "nan"], "is no number"),
        (["--seconds", "1e999"], "is no number"),
        (["--seconds", "x"], "is no number"),
        (["--seconds", "1e6"], "Give fewer --seconds"),
        (["--seconds", "1e9"], "up to 1000000"),
        (["--seconds", "40", "--song-length", "30"], "after the song's end"),
        (["--song-length", "0.5"], "from 1.00 s to just below 60 s"),
        (["--song-length", "100"], "just below 60 s"),
        (["--seconds", "10", "--song-length", "5"], "after the song's end at 5.00 s"),
        (["--artist", "Ann Arbour"], "Did you mean “ann arbor”?"),
        (["--artist", "x" * 5000], "It knows ann arbor, béla."),
        (["--genre", "foulk"], "Did you mean “folk”?"),
        (["--genre", "folk", "rock", "folk"], "2 genre words at most"),
        (["--lyrics", "😀🎵"], "can read none"),
        (["--lyrics", "x" * 100_000], "20000 at most"),
        (["--lyrics-file", "{tmp}/none.txt"], "cannot be read"),
        (["--lyrics-file", "{tmp}"], "cannot be read"),
        (["--lyrics-file", "{tmp}/riff.wav"], "no text in UTF-8"),
        (["--lyrics-file", "{tmp}/large.txt"], "larger than any song"),
        (["--lyrics", "a", "--lyrics-file", "{tmp}/large.txt"], "not allowed with"),
        (["--takes", "0"], "1 to 64"),
        (["--takes", "65"], "1 to 64"),
        (["--takes", "two"], "no whole number"),
        (["--seed", "-1"], "between 0 and"),
        (["--seed", "9" * 30], "between 0 and"),
        (["--temperature", "0"], "above 0"),
        (["--temperature", "nan"], "is no number"),
        (["--quality", "best"], "invalid choice"),
        (["--model", "big"], "No model “big”"),
        (["--model", "../models/tiny"], "No model"),
        (["--model", "broken"], "is damaged"),
        (["--prime-seconds", "3"], "give --prime too"),
        (["--prime", "{tmp}/none.wav"], "There is no file"),
        (["--prime", "{tmp}"], "is a folder"),
        (["--prime", "{tmp}/empty.wav"], "0 bytes"),
        (["--prime", "{tmp}/text.wav"], "not a sound file"),
        (["--prime", "{tmp}/one.wav"], "too short to go on from"),
        (["--prime", "{tmp}/nan.wav"], "no numbers"),
        (["--prime", "{tmp}/riff.wav", "--seconds", "58.5"], "Give fewer --seconds"),
        (["--nonsense"], "unrecognized arguments"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_bad_input_is_one_line_and_status_2_before_any_work(
    jukebox, out, tmp_path, recording, options, words
):
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("no sound\n" * 50)
    (tmp_path / "large.txt").write_text("la " * 500_000)
    soundfile.write(tmp_path / "one.wav", np.zeros(1), 44_100)
    soundfile.write(tmp_path / "nan.wav", np.full(44_100, np.nan), 44_100, "FLOAT")
    write_model(tmp_path / "models", "broken", title=7)

    filled = [option.replace("{tmp}", str(tmp_path)) for option in options]
    status, result, said = jukebox("compose", out / "a.wav", *filled)

    assert status == 2
    assert result == ""
    assert words in said
    assert said.count("\n") == 1
    assert "Traceback" not in said
    assert jukebox.engines == []
    assert list(out.iterdir()) == []


@pytest.mark.parametrize(
    ("place", "words"),
    [("none/a.wav", "Make the folder first"), ("", "is a folder"), ("a.m4a", "no suffix"),
     ("a", "no suffix"), ("/proc/a.wav", "cannot be written"), ("/dev/full", "no plain file"),
     ("\0.wav", "needs a name")],
)  # fmt: skip
def test_an_impossible_place_is_told_before_any_work(jukebox, out, place, words):
    target = place if place.startswith(("/", "\0")) else f"{out}/{place}"

    status, _, said = jukebox("compose", target, "--seconds", "1")

    assert status == 2
    assert words in said and said.count("\n") == 1
    assert jukebox.engines == []
    assert list(out.iterdir()) == []


def test_a_disk_without_space_is_told_before_any_work(jukebox, out, monkeypatch):
    usage = os.statvfs(out)
    monkeypatch.setattr("shutil.disk_usage", lambda path: _Disk(usage.f_blocks, usage.f_blocks, 10))

    status, _, said = jukebox("compose", out / "a.wav", "--seconds", "1")

    assert status == 2
    assert "disk is full" in said
    assert jukebox.engines == []


class _Disk(tuple):
    def __new__(cls, total, used, free):
        disk = super().__new__(cls, (total, used, free))
        disk.free = free
        return disk


@pytest.mark.parametrize(
    ("rate", "channels", "subtype"), [(8_000, 1, "PCM_U8"), (192_000, 6, "PCM_24")]
)
def test_odd_recordings_work(jukebox, out, tmp_path, rate, channels, subtype):
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, (rate, channels))
    soundfile.write(tmp_path / "odd.wav", sound, rate, subtype)

    status, _, _ = jukebox(
        "compose", out / "a.wav", "--seconds", "1", "--prime", tmp_path / "odd.wav"
    )

    assert status == 0
    assert len(samples(out / "a.wav")) == 2 * RATE


def test_of_three_hours_a_part_is_taken_when_told_how_much(jukebox, out, tmp_path):
    path = tmp_path / "long.wav"
    with soundfile.SoundFile(path, "w", 8_000, 1, "PCM_U8") as file:
        for _ in range(180):
            file.write(np.full(8_000 * 60, 1000, np.int16))

    refused, _, said = jukebox("compose", out / "a.wav", "--seconds", "1", "--prime", path)
    taken, _, _ = jukebox("compose", out / "a.wav", "--seconds", "1", "--prime", path,
                          "--prime-seconds", "2")  # fmt: skip

    assert refused == 2
    assert "lasts 3:00:00" in said and "--prime-seconds" in said
    assert taken == 0
    assert len(samples(out / "a.wav")) == 3 * RATE


def test_a_cut_model_file_is_told(jukebox, out):
    jukebox.store.get("tiny").folder.joinpath("model.safetensors").write_bytes(b"cut")

    status, _, said = jukebox("compose", out / "a.wav", "--model", "tiny")

    assert status == 2
    assert "has 3 bytes and not" in said


def test_a_song_may_be_exactly_as_long_as_what_is_made_of_it(jukebox, out):
    """Although codes do not end where seconds do."""
    status, _, _ = jukebox("compose", out / "a.wav", "--seconds=1.001", "--song-length=1.001")

    assert status == 0


def test_relative_names_are_written_where_one_stands(jukebox, out, monkeypatch):
    monkeypatch.chdir(out)

    status, result, _ = jukebox("compose", "a.wav", "--seconds", "1")

    assert (status, result) == (0, "a.wav\n")
    assert Path("a.wav").exists()
