"""`jukebox bench` shows a table, or one line for machines."""

import json
import signal
import subprocess
import sys
from subprocess import PIPE

import pytest

from engine.cli.main import main

QUICK = ["--launches", "1", "--rounds", "1", "--slice", "0.005", "--song", "0"]


def test_one_line_for_machines(capsys):
    assert main(["bench", "--model", "16x2", *QUICK, "--json"]) == 0

    (line,) = capsys.readouterr().out.splitlines()
    report = json.loads(line)
    assert report["model"] == "16x2" and report["complete"] is True
    assert {"processor", "cores", "memory_gb"} <= report["machine"].keys()
    (row,) = report["rows"]
    assert (row["level"], row["precision"], row["batch"]) == ("bottom", "fp32", 1)
    assert row["step_ms"] > 0 and row["primed_per_s"] > 0


def test_progress_is_told_beside_the_one_line(capsys):
    assert main(["bench", "--model", "16x2", *QUICK, "--json"]) == 0

    told = capsys.readouterr().err.splitlines()
    assert told[0] == "16x2: drawing random weights for 16x2"
    assert "16x2: launch 1 of 1: bottom, fp32: loading" in told


@pytest.mark.parametrize("json_too", [True, False])
def test_a_run_that_is_stopped_tells_what_it_has(json_too):
    """By the signal that `timeout` sends, in the second of many launches."""
    options = ["--model", "16x2", *QUICK, "--launches", "64", *(["--json"] if json_too else [])]
    command = [sys.executable, "-m", "engine.cli", "bench", *options]
    with subprocess.Popen(command, stdout=PIPE, stderr=PIPE, text=True) as running:
        for line in running.stderr:
            if "launch 2 of 64" in line:
                running.send_signal(signal.SIGTERM)
                break
        answered, told = running.communicate()

    assert running.returncode == 128 + signal.SIGTERM
    assert told.splitlines()[-1] == "Stopped; what was measured until then is told."
    if not json_too:
        assert "stopped before all was measured" in answered.splitlines()[1]
        assert "bottom" in answered.splitlines()[3]
        return
    report = json.loads(answered)
    assert report["complete"] is False
    assert len(report["rows"]) == 1 and report["rows"][0]["step_ms"] > 0


def test_a_table_for_people(capsys):
    assert main(["bench", "--levels", "bottom", "--batch", "1", "2", *QUICK]) == 0

    first, second, heading, *rows = capsys.readouterr().out.splitlines()
    assert first.startswith("pocket on ") and "launches" in second
    assert "ms a step" in heading and "roof" in heading
    assert [" ".join(row.split()[:6]) for row in rows] == [
        "bottom fp32 in 2 B 1",
        "bottom fp32 in 2 B 2",
    ]


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
