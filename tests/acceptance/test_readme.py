"""The Python of the README runs as it stands there, in one go, with Pocket."""

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.types import Level

README = Path(__file__).parents[2] / "README.md"


def blocks():
    """The code of the section “From Python”."""
    section = README.read_text("utf-8").split("\n## From Python\n")[1].split("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)


@pytest.mark.parametrize("number", range(4))
def test_each_way_of_sampling_takes_five_lines(number):
    lines = [line for line in blocks()[number].splitlines() if line]
    work = [line for line in lines if not line.startswith(("from ", "import "))]

    assert len(work) <= 5


def test_the_code_of_the_readme_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    soundfile.write("riff.wav", 0.5 * np.sin(np.arange(8000) / 9), 16_000)
    names = {}

    for block in blocks():
        exec(block, names)

    names["jukebox"].close()
    lengths = {path.name: soundfile.info(path).duration for path in tmp_path.glob("*.wav")}
    assert lengths == {
        "riff.wav": pytest.approx(0.5),
        "song.wav": pytest.approx(1.0, abs=0.012),
        "primed.wav": pytest.approx(1.0, abs=0.024),
        "take-1.wav": pytest.approx(1.5, abs=0.024),
        "take-2.wav": pytest.approx(1.5, abs=0.024),
        "full.wav": pytest.approx(0.5, abs=0.012),
    }
    assert soundfile.read("take-1.wav")[0][-5000:].tolist() != (
        soundfile.read("take-2.wav")[0][-5000:].tolist()
    )
    assert names["sound"].shape == (1, (22050 // 256 + 20) * 256)


def test_the_tasks_and_events_of_the_engine_s_readme_run(capfd):
    text = (README.parent / "engine" / "README.md").read_text("utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names = {}

    exec(block, names)

    said = capfd.readouterr().out
    assert "s of TOP from sample 0" in said
    assert "take 0: sings at '" in said
    assert len(names["codes"].at(Level.TOP)) == 40
