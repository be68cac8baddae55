from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.cli.work import reading
from app.folders import data_folder
from app.services.claims import Claim
from app.services.leftovers import leftovers
from app.services.opening import OpenedSong, read_song
from app.services.songs import SongFile, new_path
from app.song.song import Origin
from engine.audio.files import audio_info, read_audio
from engine.runtime.fake import Mishap, Script
from engine.types import Codes, Level
from tests.app.cli.conftest import SongLine

COMPOSE = ("--model", "tiny", "--seconds", 2, "--seed", 7)


@pytest.fixture
def tune(jukebox: SongLine, tmp_path: Path) -> Path:
    """A song with one take of two seconds, in draft quality."""
    path = tmp_path / "tune.jukebox"
    assert jukebox("compose", "--song", path, *COMPOSE, "--quality", "draft")[0] == 0
    return path


def opened(path: Path, jukebox: SongLine) -> OpenedSong:
    file = SongFile.copy_of(path, new_path(path.parent / "looked at"))
    song = read_song(file, {model.spec.id: model.spec for model in jukebox.store.models()})
    file.delete()
    return song


def codes_of(path: Path, jukebox: SongLine) -> dict[str, Codes]:
    """The codes of each take, by name."""
    song = opened(path, jukebox)
    return {take.name: song.store.own_codes(take) for take in song.song.takes}


def test_a_song_grows_by_commands_from_nothing_to_a_sound_file(
    jukebox: SongLine, tmp_path: Path
) -> None:
    path = tmp_path / "tune.jukebox"
    compose = jukebox("compose", "--song", path, *COMPOSE, "--takes", 2, "--quality", "draft")
    onward = jukebox("continue", path, "--take", "Take 2", "--seconds", 1, "--quality", "draft")
    better = jukebox("upsample", path, "--start", 0.5, "--end", 1.5)
    export = jukebox("export", path, tmp_path / "tune.wav", "--json")

    assert [status for status, *_ in (compose, onward, better, export)] == [0] * 4
    assert compose[1].splitlines() == ["Take 1: 2.0 s", "Take 2: 2.0 s"]
    history = opened(path, jukebox).history
    song = history.song
    assert history.labels == ("", "Generate", "Continue", "Render")
    assert [take.origin for take in song.takes] == [
        Origin.GENERATED, Origin.GENERATED, Origin.CONTINUED, Origin.RENDERED,
    ]  # fmt: skip
    assert song.takes[2].parent == song.takes[1].id
    assert song.current == song.takes[3].id
    assert {take.maker and take.maker.model for take in song.takes} == {"tiny"}
    told = json.loads(export[1])
    assert told["audio_seconds"] == pytest.approx(3, abs=0.02)
    assert audio_info(tmp_path / "tune.wav").seconds == pytest.approx(3, abs=0.02)


def test_the_same_seed_makes_the_same_takes(jukebox: SongLine, tune: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.jukebox"
    jukebox("compose", "--song", again, *COMPOSE, "--quality", "draft")

    assert codes_of(again, jukebox) == codes_of(tune, jukebox)


def test_a_stretch_is_exported_and_the_song_is_only_read(
    jukebox: SongLine, tune: Path, tmp_path: Path
) -> None:
    before = tune.read_bytes()
    claim = Claim(data_folder() / "open", tune)

    jukebox("export", tune, tmp_path / "whole.wav")
    status, out, _ = jukebox("export", tune, tmp_path / "part.wav", "--start", 0.5, "--end", 1)
    other = jukebox("export", tune, tmp_path / "other.wav", "--rate", 48_000)
    wrong = jukebox("export", tune, tmp_path / "wrong.wav", "--rate", 7)

    claim.let_go()
    resampled = read_audio(tmp_path / "other.wav")
    assert other[0] == 0 and resampled.rate == 48_000
    assert wrong[0] == 2 and "8,000" in wrong[2] and not (tmp_path / "wrong.wav").exists()
    assert status == 0 and out.strip() == str(tmp_path / "part.wav")
    whole, part = (read_audio(tmp_path / name) for name in ("whole.wav", "part.wav"))
    assert abs(resampled.seconds - whole.seconds) < 1e-3
    start, end = round(0.5 * whole.rate), whole.rate
    assert np.array_equal(part.samples, whole.samples[start:end])
    assert tune.read_bytes() == before


def test_each_take_is_exported_to_a_file_of_its_own(
    jukebox: SongLine, tune: Path, tmp_path: Path
) -> None:
    jukebox("compose", "--song", tune, "--seconds", 1, "--takes", 2, "--seed", 5)
    jukebox("export", tune, tmp_path / "one.wav", "--take", "Take 2")
    before = tune.read_bytes()

    status, out, _ = jukebox("export", tune, tmp_path / "all.wav", "--all-takes", "--json")
    wrong = jukebox("export", tune, tmp_path / "no.wav", "--all-takes", "--start", 1)

    files = [tmp_path / f"all – Take {number}.wav" for number in (1, 2, 3)]
    assert status == 0 and tune.read_bytes() == before
    assert json.loads(out)["files"] == [str(file) for file in files]
    assert sorted(tmp_path.glob("all*")) == files
    assert files[1].read_bytes() == (tmp_path / "one.wav").read_bytes()
    assert len({file.read_bytes() for file in files}) == 3
    assert wrong[0] == 2 and "goes without" in wrong[2]


def test_what_a_killed_export_leaves_is_nothing_that_a_song_goes_on_from(
    jukebox: SongLine, tune: Path
) -> None:
    with reading(tune, jukebox.store):
        assert list((data_folder() / "working").glob("*.jukebox")) == []


def test_a_take_is_rendered_and_exported_in_stereo(
    jukebox: SongLine, tune: Path, tmp_path: Path
) -> None:
    early = jukebox("export", tune, tmp_path / "early.wav", "--stereo", 60)
    made = jukebox("upsample", tune, "--stereo")
    wide = jukebox("export", tune, tmp_path / "wide.wav", "--stereo", 60)
    flat = jukebox("export", tune, tmp_path / "flat.wav", "--stereo", 0)
    mono = jukebox("export", tune, tmp_path / "mono.wav", "--take", "Take 1 · centre")

    assert early[0] == 2 and "has no left and right yet" in early[2]
    assert [status for status, *_ in (made, wide, flat, mono)] == [0] * 4
    assert [line.partition(":")[0] for line in made[1].splitlines()] == [
        "Take 1 · centre", "Take 1 · left", "Take 1 · right",
    ]  # fmt: skip
    left, right = read_audio(tmp_path / "wide.wav").samples.T
    assert np.abs(left - right).max() > 1e-3
    middle = read_audio(tmp_path / "mono.wav").samples
    assert np.array_equal(read_audio(tmp_path / "flat.wav").samples, np.stack([middle] * 2, axis=1))
    assert jukebox("export", tune, tmp_path / "no.wav", "--stereo", 101)[0] == 2


def test_two_writers_of_one_song_are_told(jukebox: SongLine, tune: Path) -> None:
    claim = Claim(data_folder() / "open", tune)
    before = tune.read_bytes()

    for command in (("compose", "--song", tune), ("continue", tune), ("upsample", tune)):
        status, _, said = jukebox(*command)
        assert status == 2 and "is open in another window or command" in said

    claim.let_go()
    assert tune.read_bytes() == before
    assert jukebox("continue", tune, "--seconds", 0.5)[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compose",), "Say where the song goes"),
        (("compose", "out.wav", "--song", "SONG"), "goes without OUT"),
        (("compose", "--song", "SONG", "--artist", "Nobody Ever"), "knows no artist"),
        (("continue", "none.jukebox"), "cannot be opened"),
        (("continue", "SONG", "--take", "Take 9"), "There is no take “Take 9”"),
        (("continue", "SONG", "--seed", "-1"), "seed"),
        (("upsample", "SONG", "--start", "5", "--end", "4"), "There is no stretch"),
        (("export", "SONG", "out.xyz"), "no suffix of a sound file"),
        (("export", "SONG", "out.wav", "--loudness", "3"), "Loudness lies between"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    jukebox: SongLine, tune: Path, words: tuple[str, ...], said: str
) -> None:
    before = tune.read_bytes()

    status, out, errors = jukebox(*(tune if word == "SONG" else word for word in words))

    assert status == 2 and not out
    assert said in errors and len(errors.splitlines()) == 1
    assert tune.read_bytes() == before


def test_a_failure_keeps_what_was_made(jukebox: SongLine, tune: Path) -> None:
    jukebox.script = Script(mishap=Mishap.FAIL, mishap_after=3)

    status, _, said = jukebox("continue", tune, "--seconds", 5)

    assert status == 1 and "The script says to fail here." in said
    made = opened(tune, jukebox).song.takes[-1]
    assert made.origin is Origin.CONTINUED and made.span.length > 0


KILLED = """
import sys
from pathlib import Path
from app.cli import main
from engine.api import Saved
from engine.catalog.store import ModelStore
from engine.cli.tools import Tools
from engine.runtime.fake import FakeEngine, Script

class Telling(FakeEngine):
    "Says how many codes were sampled before anybody can write them down."
    def run(self, task, cancel):
        for event in super().run(task, cancel):
            if isinstance(event, Saved):
                print(event.level.name, event.start, len(event.codes), flush=True)
            yield event

store = ModelStore([Path(sys.argv[1])])
tools = Tools(store, lambda: Telling(store.get("tiny").spec, Script(stretch_s=0.004)))
sys.exit(main(sys.argv[2:], tools))
"""


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_command_loses_nothing_and_is_resumed_as_if_never_stopped(
    jukebox: SongLine, tmp_path: Path, seed: int
) -> None:
    undisturbed, killed = tmp_path / "undisturbed.jukebox", tmp_path / "killed.jukebox"
    compose = ("--model", "tiny", "--seconds", 12, "--seed", 7)
    assert jukebox("compose", "--song", undisturbed, *compose)[0] == 0
    command = [sys.executable, "-c", KILLED, jukebox.models, "compose", "--song", killed, *compose]
    writer = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert writer.stdout is not None
    told = [writer.stdout.readline() for _ in range(random.Random(seed).randrange(1, 80))]
    writer.send_signal(signal.SIGKILL)
    told += writer.stdout.readlines()
    writer.wait()
    writer.stdout.close()

    (left,) = leftovers(data_folder() / "working")
    file = SongFile(left)
    there = {level: sum(len(p.data) for p in file.codes() if p.level == level) for level in Level}
    file.close()
    spec = jukebox.store.get("tiny").spec
    for level in Level:
        sampled = sum(int(line.split()[2]) for line in told if line.startswith(level.name))
        assert sampled - there[level] <= spec.sample_rate / spec.hop(level)
    status, out, said = jukebox("resume", killed)

    assert status == 0 and "taken up again" in said and out.strip() == "Take 1: 12.0 s"
    assert codes_of(killed, jukebox) == codes_of(undisturbed, jukebox)
    assert leftovers(data_folder() / "working") == []
