import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli import main

ROOT = Path(__file__).parents[3]

LOADED = """
import sys
from engine.cli import main
status = main(sys.argv[1:])
print(status, [name for name in ("torch", "PySide6", "sounddevice") if name in sys.modules])
"""


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["compose", "--help"], ["models"], ["compose", "a.wav", "--seconds=0"],
     ["compose", "none/a.wav"]],
    ids=" ".join,
)  # fmt: skip
def test_torch_is_not_loaded_before_music_is_made(arguments):
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], cwd=ROOT, capture_output=True, text=True
    )

    assert done.stdout.splitlines()[-1] in ("0 []", "2 []"), done


@pytest.mark.parametrize(
    "command", ["", "compose", "encode", "decode", "models", "doctor", "parity"]
)
def test_help_teaches_with_examples(command, capsys):
    status = main([*command.split(), "--help"])

    shown = capsys.readouterr().out
    assert status == 0
    assert "--json" in shown or not command
    assert command == "doctor" or re.search(r"^  jukebox \w+", shown, re.MULTILINE)


def test_every_command_has_an_example_that_parses(capsys):
    from engine.cli.parser import parser

    whole = parser("0")
    for command in ("", "compose", "encode", "decode", "models", "parity"):
        main([*command.split(), "--help"])
        for line in re.findall(
            r"^  (jukebox .*?)(?:  +.*)?$", capsys.readouterr().out, re.MULTILINE
        ):
            words = [w.strip('"') for w in re.findall(r'"[^"]*"|\S+', line)][1:]
            assert whole.parse_args(words).command == words[0]


@pytest.mark.parametrize(
    "arguments", [[], ["sing"], ["compose"], ["models", "a", "b"], ["--json"]], ids=" ".join
)
def test_wrong_usage_is_one_line_and_status_2(arguments, capsys):
    status = main(arguments)

    said = capsys.readouterr()
    assert status == 2
    assert said.out == ""
    assert said.err.count("\n") == 1 and "--help" in said.err


def test_names_that_a_terminal_cannot_show_do_not_stop_the_program():
    done = subprocess.run(
        [sys.executable, "-m", "engine.cli", "compose", "a.wav", "--artist", "björk 王"],
        cwd=ROOT,
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )

    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_crash():
    command = [sys.executable, "-m", "engine.cli", "models", "--json"]
    read, write = os.pipe()
    os.close(read)

    done = subprocess.run(command, cwd=ROOT, stdout=write, stderr=subprocess.PIPE)
    os.close(write)

    assert done.returncode == 1
    assert b"Traceback" not in done.stderr and b"BrokenPipe" not in done.stderr


def test_a_signal_during_start_leaves_at_once_and_quietly(tmp_path):
    """Torch takes seconds to load; nobody shall wait for that."""
    code = """
import sys, time
from engine.cli import main
from engine.cli.tools import Tools
from engine.catalog.store import ModelStore
from pathlib import Path
def slow():
    print("starting", flush=True)
    time.sleep(60)
sys.exit(main(sys.argv[2:], Tools(ModelStore([Path(sys.argv[1])]), slow)))
"""
    from tests.engine.catalog.model_folder import write_model

    write_model(tmp_path / "models")
    command = [sys.executable, "-c", code, str(tmp_path / "models"), "compose",
               str(tmp_path / "a.wav"), "--seconds=1"]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "starting\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=10)

    assert process.returncode == 130
    assert said == "Stopped; nothing was written.\n"
    assert not (tmp_path / "a.wav").exists()


def test_json_is_plain_ascii_on_one_line(jukebox, capsys):
    _, result, _ = jukebox("models", "tiny", "--json")

    assert result.isascii() and result.count("\n") == 1
    assert "béla" in json.loads(result)["artists"]
