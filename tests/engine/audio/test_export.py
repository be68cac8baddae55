import subprocess
import sys
import time

import numpy as np
import pytest
import soundfile

from engine.audio.export import Encoding, encoding_for, size_estimate, write_audio
from engine.audio.files import audio_info, read_audio
from engine.audio.tags import Tags
from engine.errors import AudioFileError
from engine.types import Audio

STEPS = {Encoding.WAV_16: 2**-15, Encoding.WAV_24: 2**-23, Encoding.WAV_FLOAT: 0,
         Encoding.FLAC_16: 2**-15, Encoding.FLAC_24: 2**-23}  # fmt: skip

WRITE_WITH_LITTLE_SPACE = """
import resource, sys
from pathlib import Path
import numpy as np
from engine.audio.export import write_audio
from engine.errors import AudioFileError
from engine.types import Audio
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
sound = Audio(np.random.default_rng(0).uniform(-1, 1, 200_000), 22_050)
try:
    write_audio(Path(sys.argv[1]), sound)
except AudioFileError as error:
    print(error)
"""


def sound(seconds=0.5, rate=22_050, channels=1):
    moments = np.arange(int(seconds * rate)) / rate
    waves = [0.5 * np.sin(2 * np.pi * 220 * (c + 1) * moments) for c in range(channels)]
    samples = np.stack(waves, axis=1).astype("f4")
    return Audio(samples[:, 0] if channels == 1 else samples, rate)


@pytest.mark.parametrize("encoding", STEPS, ids=lambda e: e.name)
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_read_back_is_what_was_written(tmp_path, encoding, channels):
    audio = sound(channels=channels)

    write_audio(tmp_path / "a", audio, encoding)

    back = read_audio(tmp_path / "a")
    assert (back.rate, back.channels) == (audio.rate, channels)
    np.testing.assert_allclose(back.samples, audio.samples, atol=STEPS[encoding])


@pytest.mark.parametrize("encoding", [Encoding.MP3, Encoding.VORBIS, Encoding.OPUS])
@pytest.mark.parametrize("rate", [22_050, 44_100, 96_000])
def test_lossy_encodings_keep_length_and_sound(tmp_path, encoding, rate):
    audio = sound(1.0, rate, channels=2)

    write_audio(tmp_path / "a", audio, encoding)

    back = read_audio(tmp_path / "a", rate)
    assert len(back.samples) == pytest.approx(len(audio.samples), abs=2)
    middle = slice(rate // 4, rate // 2)
    np.testing.assert_allclose(back.samples[middle], audio.samples[middle], atol=0.06)


def test_ten_minutes_of_vorbis_do_not_crash_the_library(tmp_path):
    write_audio(tmp_path / "a.ogg", Audio(np.zeros(600 * 8_000), 8_000))

    assert audio_info(tmp_path / "a.ogg").seconds == 600


@pytest.mark.parametrize("encoding", Encoding, ids=lambda e: e.name)
def test_tags_are_read_back(tmp_path, encoding):
    tags = Tags("Tïtle", "Ann", "Folk", "seed 7", "Jukebox Studio 1")

    write_audio(tmp_path / "a", sound(), encoding, tags=tags)

    with soundfile.SoundFile(tmp_path / "a") as file:
        assert (file.title, file.artist, file.genre, file.comment) == (
            "Tïtle", "Ann", "Folk", "seed 7")  # fmt: skip


def test_tags_with_odd_characters_do_not_stop_an_export(tmp_path):
    write_audio(tmp_path / "a.mp3", sound(), tags=Tags("a\0b\ud800", comment="x" * 100_000))

    assert audio_info(tmp_path / "a.mp3").seconds > 0


def test_the_same_sound_gives_the_same_bytes_at_another_time(tmp_path):
    """libsndfile notes the time of day in some formats, and a random number in others."""
    for encoding in Encoding:
        write_audio(tmp_path / encoding.name, sound(), encoding, tags=Tags("a"))
    began = int(time.time())
    while int(time.time()) == began:
        time.sleep(0.02)

    for encoding in Encoding:
        write_audio(tmp_path / "later", sound(), encoding, tags=Tags("a"))
        assert (tmp_path / "later").read_bytes() == (tmp_path / encoding.name).read_bytes()


def test_loud_sound_is_clipped_where_the_encoding_must_and_kept_where_not(tmp_path):
    loud = Audio(np.array([0, 2, -3], "f4"), 8_000)

    write_audio(tmp_path / "a.wav", loud, Encoding.WAV_16)
    write_audio(tmp_path / "b.wav", loud, Encoding.WAV_FLOAT)

    np.testing.assert_allclose(read_audio(tmp_path / "a.wav").samples, [0, 1, -1], atol=1e-4)
    assert read_audio(tmp_path / "b.wav").samples.tolist() == [0, 2, -3]


def test_better_quality_takes_more_space(tmp_path):
    noise = Audio(np.random.default_rng(0).uniform(-0.5, 0.5, 44_100), 44_100)

    for suffix in (".mp3", ".ogg", ".opus"):
        write_audio(tmp_path / f"small{suffix}", noise, quality=0.1)
        write_audio(tmp_path / f"best{suffix}", noise, quality=1)
        small, best = (tmp_path / f"{n}{suffix}" for n in ("small", "best"))
        assert small.stat().st_size < best.stat().st_size


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("a.WAV", Encoding.WAV_16), ("a.flac", Encoding.FLAC_16), ("a.mp3", Encoding.MP3),
     ("a.ogg", Encoding.VORBIS), ("a.b.opus", Encoding.OPUS)],
)  # fmt: skip
def test_the_suffix_chooses_the_encoding(tmp_path, name, encoding):
    assert encoding_for(tmp_path / name) is encoding


@pytest.mark.parametrize("name", ["song", "song.m4a", "song.txt", ".wav"])
def test_other_suffixes_are_refused_with_those_that_work(tmp_path, name):
    with pytest.raises(AudioFileError, match=r"\.flac, \.mp3, \.ogg, \.opus, \.wav"):
        encoding_for(tmp_path / name)


@pytest.mark.parametrize(
    ("audio", "words"),
    [(Audio(np.zeros(0), 8_000), "no sound to write"),
     (Audio(np.array([np.nan]), 8_000), "no numbers"),
     (Audio(np.zeros((9, 6)), 8_000), "6. Choose WAV or FLAC")],
)  # fmt: skip
def test_what_cannot_be_written_is_told(tmp_path, audio, words):
    with pytest.raises(AudioFileError, match=words):
        write_audio(tmp_path / "a.mp3", audio)

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["none/a.wav", "folder.wav"])
def test_impossible_places_are_told(tmp_path, name):
    (tmp_path / "folder.wav").mkdir()

    with pytest.raises(AudioFileError, match="cannot be written"):
        write_audio(tmp_path / name, sound())


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3"])
def test_a_full_disk_is_told_and_the_old_file_stays(tmp_path, name):
    (tmp_path / name).write_bytes(b"old")

    done = subprocess.run(
        [sys.executable, "-c", WRITE_WITH_LITTLE_SPACE, str(tmp_path / name)],
        capture_output=True,
        text=True,
    )

    assert done.stdout.startswith("“") and "cannot be written" in done.stdout, done
    assert done.stderr == ""
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [(name, b"old")]


@pytest.mark.parametrize("encoding", Encoding, ids=lambda e: e.name)
def test_the_estimate_is_enough(tmp_path, encoding):
    noise = Audio(np.random.default_rng(0).uniform(-1, 1, 5 * 22_050), 22_050)

    write_audio(tmp_path / "a", noise, encoding)

    assert (tmp_path / "a").stat().st_size <= size_estimate(5, 22_050, encoding)
