import json
import signal

import numpy as np
import pytest
import soundfile

from engine.api import Progress
from engine.audio.files import read_audio
from engine.codes import CodesFile, read_codes, write_codes
from engine.runtime.fake import Mishap, Script
from engine.types import Codes, Level, ModelId
from tests.engine.catalog.model_folder import RATE


def test_a_recording_becomes_codes_and_sound_again(jukebox, out, recording):
    encoded, result, _ = jukebox("encode", recording, out / "riff.codes")
    decoded, _, _ = jukebox("decode", out / "riff.codes", out / "back.flac")

    content = read_codes(out / "riff.codes")
    assert (encoded, decoded) == (0, 0)
    assert result == f"{out / 'riff.codes'}\n"
    assert content.model == "tiny"
    assert [len(level) for level in content.codes.levels] == [
        2 * RATE // hop for hop in (8, 16, 32)
    ]
    assert len(read_audio(out / "back.flac").samples) == 2 * RATE


@pytest.mark.parametrize("level", ["top", "middle", "bottom"])
def test_each_level_can_be_heard(jukebox, out, recording, level):
    jukebox("encode", recording, out / "a.codes")

    _, result, _ = jukebox("decode", out / "a.codes", out / "a.wav", "--level", level, "--json")

    assert jukebox.tasks[-1].level is Level[level.upper()]
    report = json.loads(result)
    assert report == {"audio_seconds": 2.0, "model": "tiny", "files": [str(out / "a.wav")]}


def test_the_finest_level_that_has_codes_is_decoded_by_default(jukebox, out):
    codes = Codes((np.empty(0), np.zeros(8, np.uint16), np.zeros(4, np.uint16)))
    write_codes(out / "a.codes", CodesFile(codes, ModelId("tiny")))

    jukebox("decode", out / "a.codes", out / "a.wav")

    assert jukebox.tasks[-1].level is Level.MIDDLE


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["encode", "{tmp}/none.wav", "{out}/a"], "There is no file"),
        (["encode", "{tmp}", "{out}/a"], "is a folder"),
        (["encode", "{tmp}/one.wav", "{out}/a"], "0.000 s long"),
        (["encode", "{tmp}/riff.wav", "{out}/none/a"], "Make the folder first"),
        (["encode", "{tmp}/riff.wav", "{out}"], "is a folder"),
        (["encode", "{tmp}/riff.wav", "{out}/a", "--model", "big"], "No model “big”"),
        (["encode", "{tmp}/long.wav", "{out}/a"], "lasts 0:02:00"),
        (["encode", "{tmp}/riff.wav"], "required: CODES"),
        (["decode", "{tmp}/none", "{out}/a.wav"], "no file of codes"),
        (["decode", "{tmp}", "{out}/a.wav"], "no file of codes"),
        (["decode", "{tmp}/riff.wav", "{out}/a.wav"], "not a file of codes"),
        (["decode", "{tmp}/good", "{out}/a.txt"], "no suffix of a sound file"),
        (["decode", "{tmp}/good", "{out}/none/a.wav"], "Make the folder first"),
        (["decode", "{tmp}/good", "{out}/a.wav", "--level", "fine"], "invalid choice"),
        (["decode", "{tmp}/good", "{out}/a.wav", "--level", "bottom"], "empty"),
        (["decode", "{tmp}/foreign", "{out}/a.wav"], "knows codes below 16"),
        (["decode", "{tmp}/other", "{out}/a.wav"], "No model “other”"),
        (["decode", "{tmp}/empty", "{out}/a.wav"], "empty"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else "",
)
def test_bad_input_is_one_line_and_status_2(jukebox, out, tmp_path, recording, arguments, words):
    soundfile.write(tmp_path / "one.wav", np.zeros(1), RATE)
    soundfile.write(tmp_path / "long.wav", np.zeros(120 * RATE), RATE)
    top = np.zeros(4, np.uint16)
    for name, codes in (("good", top), ("foreign", top + 99), ("other", top), ("empty", top[:0])):
        levels = Codes((np.empty(0), np.empty(0), codes))
        model = ModelId("other" if name == "other" else "tiny")
        write_codes(tmp_path / name, CodesFile(levels, model))

    filled = [text.replace("{tmp}", str(tmp_path)).replace("{out}", str(out)) for text in arguments]
    status, result, said = jukebox(*filled)

    assert status == 2
    assert result == ""
    assert words in said.replace("2:00", "0:02:00")
    assert said.count("\n") == 1
    assert list(out.iterdir()) == []


def test_stopping_writes_nothing(jukebox, out, recording):
    def act(event):
        if isinstance(event, Progress) and event.done:
            signal.raise_signal(signal.SIGINT)

    jukebox.on_event = act
    status, result, said = jukebox("encode", recording, out / "a.codes")

    assert (status, result) == (130, "")
    assert "nothing was written" in said
    assert list(out.iterdir()) == []


def test_a_failure_is_told_with_advice(jukebox, out, recording):
    jukebox.script = Script(mishap=Mishap.FAIL)

    status, _, said = jukebox("encode", recording, out / "a.codes")

    assert status == 1
    assert "The script says to fail here." in said
    assert list(out.iterdir()) == []
