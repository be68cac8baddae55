"""The command as a program of its own, with the model that comes along."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from engine.audio.files import read_audio
from engine.cli import main
from tests.contract.hearing import wait_for

ROOT = Path(__file__).parents[3]
LONG, SHORT = ("--seconds", "60"), ("--seconds", "0.3", "--quality", "draft", "--seed", "11")


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """The step that draws Pocket is on disk: a short piece ends before it is compiled."""
    command = [sys.executable, "-m", "engine.steps.compiling", "uint16-uint16"]
    subprocess.run(command, cwd=ROOT, check=True)


def started(out, *options):
    command = [sys.executable, "-m", "engine.cli", "compose", str(out), "--json", *options]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(process, limit_s=120):
    said, complaints = process.communicate(timeout=limit_s)
    return process.returncode, said, complaints


def test_the_same_seed_gives_the_same_file_in_another_process(tmp_path):
    here, there = tmp_path / "a.flac", tmp_path / "b.flac"
    process = started(there, *SHORT)

    assert main(["compose", str(here), *SHORT]) == 0
    status, said, _ = finished(process)

    assert status == 0
    assert json.loads(said)["model"] == "pocket"
    assert here.read_bytes() == there.read_bytes()
    assert len(read_audio(here).samples) == round(0.3 * 22_050)


def ended(process):
    """How it ended, its complaints, and how long it and what it waited for kept a processor busy.

    What else this process began is not in that, such as a compiler that earlier tests left running.
    """
    watched = psutil.Process(process.pid)
    wait_for(lambda: watched.status() == psutil.STATUS_ZOMBIE, limit_s=120)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, process.communicate()[1], usage.ru_utime + usage.ru_stime


@pytest.mark.parametrize("after_s", [0.7, 3.0])
def test_a_stop_at_any_moment_is_quick_and_leaves_whole_files_only(tmp_path, after_s):
    """Quick on a processor of its own: what other programs take meanwhile does not count."""
    process = started(tmp_path / "a.wav", *LONG)
    watched = psutil.Process(process.pid)
    busy_s = 0.0
    while busy_s < after_s:
        time.sleep(0.02)
        busy_s = sum(watched.cpu_times()[:4])

    process.send_signal(signal.SIGINT)
    status, said, all_s = ended(process)

    assert all_s - busy_s < 1.0
    assert status == 130
    assert said.startswith("Stopped") and said.count("\n") == 1
    left = [path.name for path in tmp_path.iterdir()]
    assert left in ([], ["a.wav"])
    assert not left or read_audio(tmp_path / "a.wav").seconds < 60


def test_a_kill_leaves_what_was_there_and_nothing_half_written(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"old")
    process = started(tmp_path / "a.wav", *LONG)
    time.sleep(1.0)

    process.kill()
    finished(process)

    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.wav", b"old")]
