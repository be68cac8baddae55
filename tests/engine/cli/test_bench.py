"""`jukebox bench` shows a table, or one line for machines."""

import json

import pytest

from engine.cli.main import main

QUICK = ["--launches", "1", "--rounds", "1", "--slice", "0.005", "--song", "0"]


def test_one_line_for_machines(capsys):
    assert main(["bench", "--model", "16x2", *QUICK, "--json"]) == 0

    (line,) = capsys.readouterr().out.splitlines()
    report = json.loads(line)
    assert report["model"] == "16x2"
    assert {"processor", "cores", "memory_gb"} <= report["machine"].keys()
    (row,) = report["rows"]
    assert (row["level"], row["precision"], row["batch"]) == ("bottom", "fp32", 1)
    assert row["step_ms"] > 0 and row["primed_per_s"] > 0


def test_a_table_for_people(capsys):
    assert main(["bench", "--levels", "bottom", "--batch", "1", "2", *QUICK]) == 0

    first, second, heading, *rows = capsys.readouterr().out.splitlines()
    assert first.startswith("pocket on ") and "launches" in second
    assert "ms a step" in heading and "roof" in heading
    assert [row.split()[:3] for row in rows] == [["bottom", "fp32", "1"], ["bottom", "fp32", "2"]]


def test_a_song_tells_of_its_first_sound(capsys):
    options = ["--levels", "top", "--launches", "1", "--rounds", "1", "--slice", "0.005"]

    assert main(["bench", *options, "--song", "2", "--json"]) == 0

    song = json.loads(capsys.readouterr().out)["song"]
    assert song["seconds"] == pytest.approx(2, abs=0.01)
    assert 0 < song["first_sound_warm_s"] <= song["took_s"]
    assert song["times_real"] == pytest.approx(song["seconds"] / song["took_s"])
    assert set(song["level_per_s"]) == {"top", "middle", "bottom"}
    assert song["memory_end_bytes"] > 2**27


@pytest.mark.parametrize("model", ["3x3", "nothing", "16x0"])
def test_what_makes_no_model_is_a_mistake(model, capsys):
    assert main(["bench", "--model", model, *QUICK]) == 2
    assert model in capsys.readouterr().err
