import json
import signal

import numpy as np
import pytest
import soundfile

from engine.api import Chunk, EncodeTask, Progress, SampleTask
from engine.audio.files import audio_info, read_audio
from engine.runtime.fake import Mishap, Script
from engine.types import Level, Prompt, Share
from tests.engine.catalog.model_folder import RATE

TOP, MIDDLE, BOTTOM = Level.TOP, Level.MIDDLE, Level.BOTTOM


def samples(path):
    return read_audio(path).samples


def test_a_song_is_written_exactly_as_long_as_asked_for(jukebox, out):
    status, result, _ = jukebox("compose", out / "a.wav", "--seconds", "1.2345")

    assert status == 0
    assert result == f"{out / 'a.wav'}\n"
    assert len(samples(out / "a.wav")) == round(1.2345 * RATE)
    assert audio_info(out / "a.wav").rate == RATE
    assert all(engine.closed for engine in jukebox.engines)


def test_json_reports_what_was_measured_on_one_line(jukebox, out):
    _, result, _ = jukebox("compose", out / "a.flac", "--seconds", "2", "--seed", "7", "--json")

    report = json.loads(result)
    assert result.count("\n") == 1
    assert report["audio_seconds"] == 2
    assert 0 < report["first_sound_seconds"] <= report["wall_seconds"]
    assert list(report["tokens_per_second"]) == ["top", "middle", "bottom"]
    assert all(speed > 0 for speed in report["tokens_per_second"].values())
    assert report["plan"] == "needs nothing"
    assert report["peak_rss_mb"] > 10
    assert (report["seed"], report["model"]) == (7, "tiny")
    assert report["files"] == [str(out / "a.flac")]


def test_the_options_reach_the_engine(jukebox, out):
    jukebox("compose", out / "a.wav", "--artist", "Ann Arbor", "--genre", "folk", "rock",
            "--lyrics", "la la", "--seconds", "1", "--song-length", "30", "--seed", "5",
            "--temperature", "0.7", "--takes", "2", "--parallel-windows", "8")  # fmt: skip

    (task,) = jukebox.tasks
    assert task.prompt == Prompt("Ann Arbor", ("folk", "rock"), "la la", 30 * RATE)
    assert (task.settings.seed, task.settings.variations) == (5, 2)
    assert task.settings.parallel_windows == 8
    assert task.settings.levels[Level.TOP].temperature == 0.7
    assert task.span.length >= RATE


def test_names_with_weights_are_blended(jukebox, out):
    code, _, _ = jukebox("compose", out / "a.wav", "--artist", "ann arbor:3, Béla:1", "--genre",
                         "folk:1", "rock:1", "--seconds", "1")  # fmt: skip

    prompt = jukebox.tasks[0].prompt
    assert code == 0
    assert (prompt.artist, prompt.other_artists) == ("ann arbor", (Share("Béla", 0.25),))
    assert (prompt.genres, prompt.genre_shares) == (("folk", "rock"), (0.5, 0.5))


def test_an_unknown_name_in_a_blend_is_told(jukebox, out):
    code, _, words = jukebox("compose", out / "a.wav", "--artist", "ann arbor:3, Nobody:1")

    assert code == 2
    assert "Nobody" in words


@pytest.mark.parametrize(
    ("quality", "levels"),
    [("draft", {TOP}), ("mid", {TOP, MIDDLE}), ("full", {TOP, MIDDLE, BOTTOM})],
)
def test_quality_is_how_many_levels_are_sampled(jukebox, out, quality, levels):
    _, result, _ = jukebox("compose", out / "a.wav", "--quality", quality, "--seconds=1", "--json")

    assert set(jukebox.tasks[0].levels) == levels
    speeds = json.loads(result)["tokens_per_second"]
    assert {name for name, speed in speeds.items() if speed} == {x.name.lower() for x in levels}


def test_the_same_seed_gives_the_same_file_and_another_one_another(jukebox, out):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        jukebox("compose", out / f"{name}.flac", "--seconds", "1", "--seed", seed)

    assert (out / "a.flac").read_bytes() == (out / "b.flac").read_bytes()
    assert not np.array_equal(samples(out / "a.flac"), samples(out / "c.flac"))


def test_without_a_seed_each_song_is_new_and_its_seed_is_told(jukebox, out):
    seeds = []
    for _ in range(2):
        _, result, _ = jukebox("compose", out / "a.wav", "--seconds", "1", "--json")
        seeds.append(json.loads(result)["seed"])

    assert seeds[0] != seeds[1]


def test_takes_go_to_numbered_files_and_differ(jukebox, out):
    status, result, _ = jukebox("compose", out / "a.b.wav", "--seconds", "1", "--takes", "3")

    names = ["a.b.wav", "a.b-2.wav", "a.b-3.wav"]
    assert status == 0
    assert result.splitlines() == [str(out / name) for name in names]
    sounds = {samples(out / name).tobytes() for name in names}
    assert len(sounds) == 3


def test_a_recording_is_kept_and_gone_on_from(jukebox, out, recording):
    status, _, _ = jukebox("compose", out / "a.wav", "--prime", recording, "--prime-seconds", "1.5",
                           "--seconds", "1")  # fmt: skip

    encode, sample, *_ = jukebox.tasks
    start = sample.span.start
    assert status == 0
    assert isinstance(encode, EncodeTask) and isinstance(sample, SampleTask)
    assert 1.5 * RATE - 32 < start <= 1.5 * RATE
    assert [len(level) for level in sample.context.levels] == [start // 8, start // 16, start // 32]
    song = samples(out / "a.wav")
    assert len(song) == start + RATE
    original = read_audio(recording, RATE).samples.mean(axis=1)
    np.testing.assert_allclose(song[: start - 512], original[: start - 512], atol=2e-3)
    assert not np.allclose(song[start:], 0)


def test_all_of_a_recording_is_gone_on_from_by_default(jukebox, out, recording):
    jukebox("compose", out / "a.wav", "--prime", recording, "--seconds", "1")

    assert jukebox.tasks[1].span.start == 2 * RATE


def test_the_file_tells_that_ai_made_it_and_how(jukebox, out):
    jukebox("compose", out / "a.flac", "--seconds", "1", "--seed", "9", "--genre", "folk")

    with soundfile.SoundFile(out / "a.flac") as file:
        assert (file.title, file.artist, file.genre) == ("Tiny 9-1", "Tiny", "folk")
        assert "Made by AI" in file.comment
        assert '"seed": 9' in file.comment


def interrupt_after(jukebox, chunks, signal_number=signal.SIGINT):
    """Ask to stop when so many chunks have come in."""
    left = iter(range(chunks))

    def act(event):
        if isinstance(event, Chunk) and next(left, None) is None:
            signal.raise_signal(signal_number)

    jukebox.on_event = act


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_stopping_keeps_what_was_made_and_says_so(jukebox, out, number, status):
    interrupt_after(jukebox, 3, number)

    gave, result, said = jukebox("compose", out / "a.wav", "--seconds", "5", "--quality=draft")

    made = len(samples(out / "a.wav"))
    assert gave == status
    assert 0 < made < 5 * RATE
    assert result == f"{out / 'a.wav'}\n"
    assert "Stopped after" in said and "of 5.0 s" in said and "a.wav" in said
    assert [path.name for path in out.iterdir()] == ["a.wav"]


def test_stopping_reports_json_too(jukebox, out):
    interrupt_after(jukebox, 3)

    _, result, _ = jukebox("compose", out / "a.wav", "--seconds", "5", "--json")

    assert 0 < json.loads(result)["audio_seconds"] < 5


def test_stopping_before_there_is_sound_writes_nothing(jukebox, out):
    (out / "a.wav").write_bytes(b"old")

    def act(event):
        if isinstance(event, Progress):
            signal.raise_signal(signal.SIGINT)

    jukebox.on_event = act
    status, result, said = jukebox("compose", out / "a.wav", "--seconds", "5")

    assert status == 130
    assert result == ""
    assert "nothing was written" in said
    assert (out / "a.wav").read_bytes() == b"old"


def test_a_second_signal_gives_up_at_once(jukebox, out):
    jukebox.on_event = lambda event: signal.raise_signal(signal.SIGINT)

    status, _, said = jukebox("compose", out / "a.wav", "--seconds", "5")

    assert status == 130
    assert "Stopped" in said
    assert not list(out.iterdir())


def test_signals_are_as_before_afterwards(jukebox, out):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    jukebox("compose", out / "a.wav", "--seconds", "1")

    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_failure_keeps_what_was_made_and_advises(jukebox, out):
    jukebox.script = Script(mishap=Mishap.FAIL, mishap_after=4)

    status, result, said = jukebox("compose", out / "a.wav", "--seconds", "5")

    assert status == 1
    assert "The script says to fail here. Ask the stand-in" in said
    assert result == f"{out / 'a.wav'}\n"
    assert 0 < len(samples(out / "a.wav")) < 5 * RATE


def test_music_is_kept_elsewhere_when_the_place_is_lost_meanwhile(
    jukebox, out, tmp_path, monkeypatch
):
    """The folder vanishes while the music is made."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = out / "gone"
    gone.mkdir()

    def act(event):
        if isinstance(event, Chunk) and gone.exists():
            gone.rmdir()

    jukebox.on_event = act
    status, _, said = jukebox("compose", gone / "a.wav", "--seconds", "1")

    kept = list(tmp_path.glob("jukebox-*/a.wav"))
    assert status == 1
    assert "The music is kept in" in said and str(kept[0]) in said
    assert len(samples(kept[0])) == RATE


def test_lyrics_come_from_a_file(jukebox, out, tmp_path):
    (tmp_path / "words.txt").write_bytes("\ufeffÜber\r\nthe hills".encode())

    jukebox("compose", out / "a.wav", "--seconds", "1", "--lyrics-file", tmp_path / "words.txt")

    assert jukebox.tasks[0].prompt.lyrics == "Über\r\nthe hills"
