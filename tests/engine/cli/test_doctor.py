import json
import os
from pathlib import Path

import pytest

import engine.cli.doctor as doctor


@pytest.fixture
def quick_probes(monkeypatch):
    """Probes that need neither torch nor Qt, to be replaced one by one."""
    probes = {name: f"print('{name} is there')" for name in ("torch", "sound", "display")}
    monkeypatch.setattr(doctor, "_PROBES", probes)
    return probes


def test_a_healthy_computer_is_told_so(jukebox, quick_probes):
    status, result, _ = jukebox("doctor")

    assert status == 0
    assert result.splitlines()[-1] == "Composing works here."
    for name in ("python", "memory", "disk", "model", "torch", "sound", "display"):
        assert f" {name}: " in result


def test_findings_are_one_line_for_machines(jukebox, quick_probes):
    status, result, _ = jukebox("doctor", "--json")

    report = json.loads(result)
    assert (status, report["healthy"]) == (0, True)
    assert {finding["name"] for finding in report["findings"]} >= {"torch", "model", "display"}


@pytest.mark.parametrize(
    ("name", "code", "words", "advice"),
    [
        ("sound", "raise OSError('PortAudio library not found')", "PortAudio library not found",
         "libportaudio2"),
        ("sound", "raise ValueError('Error querying device -1')", "Error querying",
         "connect a sound card"),
        ("display", "raise ImportError('libGL.so.1: cannot open shared object file')", "libGL.so.1",
         "install the library named here"),
        ("display", "import sys; print('no display', file=sys.stderr); sys.exit(1)", "no display",
         "DISPLAY"),
        ("display", "import os; os.abort()", "left (-6)", "DISPLAY"),
    ],
)  # fmt: skip
def test_missing_sound_or_display_is_no_obstacle(jukebox, quick_probes, name, code, words, advice):
    quick_probes[name] = code

    status, result, _ = jukebox("doctor")

    assert status == 0
    assert f"NO  {name}: " in result
    assert words in result and advice in result


def test_without_torch_nothing_composes(jukebox, quick_probes):
    quick_probes["torch"] = "raise ModuleNotFoundError('No module named torch')"

    status, result, _ = jukebox("doctor")

    assert status == 1
    assert "No module named torch" in result
    assert "Composing does not work here yet." in result


def test_a_probe_that_hangs_is_given_up(jukebox, quick_probes, monkeypatch):
    monkeypatch.setattr(doctor, "_PATIENCE_S", 0.2)
    quick_probes["sound"] = "import time; time.sleep(60)"

    status, result, _ = jukebox("doctor")

    assert status == 0
    assert "NO  sound: does not answer" in result


def test_a_model_with_other_content_than_installed_is_found(jukebox, quick_probes):
    path = jukebox.store.get("tiny").folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    status, result, _ = jukebox("doctor")

    assert status == 1
    assert "checksum" in result and "no whole model is installed" in result


def test_the_real_probes_answer_on_a_computer_without_sound_and_display(jukebox, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(Path(os.sep))

    status, result, _ = jukebox("doctor")

    assert status == 0
    assert "ok  torch: " in result
    assert "ok  plan: pocket needs " in result
    assert "NO  display: " in result
