import os
import tracemalloc

import numpy as np
import pytest
import soundfile

from engine.audio.files import Channels, audio_info, read_audio, resample, to_mono
from engine.errors import AudioFileError
from engine.types import Audio


def tone(seconds=0.5, rate=22_050, hertz=440.0):
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype("f4")


@pytest.mark.parametrize(
    ("name", "subtype", "step"),
    [("a.wav", "PCM_U8", 2**-7), ("a.wav", "PCM_16", 2**-15), ("a.wav", "PCM_24", 2**-23),
     ("a.wav", "FLOAT", 0), ("a.wav", "DOUBLE", 1e-7), ("a.flac", "PCM_16", 2**-15),
     ("a.aiff", "PCM_16", 2**-15), ("a.caf", "PCM_24", 2**-23), ("a.au", "PCM_16", 2**-15),
     ("a.w64", "PCM_16", 2**-15), ("a.ogg", "VORBIS", 0.05), ("a.mp3", None, 0.05)],
)  # fmt: skip
def test_reading_gives_what_was_written(tmp_path, name, subtype, step):
    sound = tone(rate=44_100)
    soundfile.write(tmp_path / name, sound, 44_100, subtype)

    audio = read_audio(tmp_path / name)

    assert (audio.rate, audio.channels, len(audio.samples)) == (44_100, 1, len(sound))
    np.testing.assert_allclose(audio.samples, sound, atol=step)


@pytest.mark.parametrize(
    ("rate", "channels", "subtype"),
    [(8_000, 1, "PCM_U8"), (192_000, 6, "PCM_24"), (1_000, 2, None)],
)
def test_any_rate_and_channels_become_mono_at_the_wanted_rate(tmp_path, rate, channels, subtype):
    sound = np.repeat(tone(1.5, rate, hertz=110)[:, None], channels, axis=1)
    soundfile.write(tmp_path / "a.wav", sound, rate, subtype)

    audio = read_audio(tmp_path / "a.wav", 22_050, Channels.MONO)

    assert (audio.rate, audio.channels) == (22_050, 1)
    assert abs(len(audio.samples) - 1.5 * 22_050) <= 1
    middle = slice(4_000, 28_000)
    np.testing.assert_allclose(audio.samples[middle], tone(1.5, hertz=110)[middle], atol=0.02)


def test_reading_in_blocks_equals_resampling_at_once(tmp_path):
    """A seam between blocks would click."""
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, (500_000, 2)).astype("f4")
    soundfile.write(tmp_path / "a.wav", sound, 44_100, "FLOAT")

    in_blocks = read_audio(tmp_path / "a.wav", 22_050)

    at_once = resample(Audio(sound, 44_100), 22_050)
    np.testing.assert_allclose(in_blocks.samples, at_once.samples, atol=1e-6)


def test_the_limit_bounds_length_and_memory(tmp_path):
    """Three hours of sound must not be read to get at ten seconds."""
    path = tmp_path / "long.wav"
    with soundfile.SoundFile(path, "w", 8_000, 2, "PCM_U8") as file:
        for _ in range(180):
            file.write(np.zeros((8_000 * 60, 2), np.int16))
    tracemalloc.start()

    audio = read_audio(path, 22_050, Channels.MONO, limit_s=10)

    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert audio.seconds == pytest.approx(10, abs=1e-3)
    assert peak_bytes < 10 * 22_050 * 4 * 4
    assert audio_info(path).seconds == 3 * 3600


def test_info_tells_length_rate_channels_and_kind(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros((48_000, 2)), 48_000, "PCM_24")

    info = audio_info(tmp_path / "a.wav")

    assert (info.seconds, info.rate, info.channels) == (1.0, 48_000, 2)
    assert "WAV" in info.format and "24 bit" in info.format


def test_one_sample_and_silence_are_sound(tmp_path):
    soundfile.write(tmp_path / "one.wav", np.full(1, 0.5), 44_100)
    soundfile.write(tmp_path / "silence.wav", np.zeros(1000), 44_100)

    assert read_audio(tmp_path / "one.wav").samples.tolist() == [0.5]
    assert not read_audio(tmp_path / "silence.wav").samples.any()


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing.wav", "There is no file"), ("folder.wav", "is a folder"),
     ("empty.wav", "0 bytes"), ("text.wav", "is not a sound file"),
     ("header.wav", "holds no sound"), ("nan.wav", "no numbers"), ("inf.wav", "no numbers"),
     ("pipe.wav", "no plain file"), ("song.m4a", "convert M4A"), ("bytes.raw", "is not a sound"),
     ("slow.wav", "claims 10 samples"), ("x" * 300 + ".wav", "cannot be read"),
     ("nul\0.wav", "cannot be read")],
)  # fmt: skip
def test_what_is_no_sound_is_told_in_one_line(tmp_path, name, words):
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "empty.wav").touch()
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "text.wav").write_text("This is not sound.\n" * 100)
    (tmp_path / "song.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(1000))
    (tmp_path / "bytes.raw").write_bytes(bytes(1000))
    soundfile.write(tmp_path / "header.wav", np.zeros(0), 44_100)
    soundfile.write(tmp_path / "nan.wav", np.array([0, np.nan], "f4"), 44_100, "FLOAT")
    soundfile.write(tmp_path / "inf.wav", np.array([0, np.inf], "f4"), 44_100, "FLOAT")
    soundfile.write(tmp_path / "slow.wav", np.zeros(10), 10)

    with pytest.raises(AudioFileError) as caught:
        read_audio(tmp_path / name)

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".ogg"])
def test_damaged_files_are_read_or_refused_but_never_crash(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    soundfile.write(path, tone(1, 44_100), 44_100)
    whole = bytearray(path.read_bytes())
    noise = np.random.default_rng(0)

    for _ in range(40):
        damaged = bytearray(whole[: noise.integers(20, len(whole))])
        for place in noise.integers(0, min(len(damaged), 4000), 8):
            damaged[place] = noise.integers(0, 256)
        path.write_bytes(damaged)
        try:
            audio = read_audio(path, limit_s=2)
        except AudioFileError as error:
            assert path.name in str(error)
        else:
            assert np.isfinite(audio.samples).all()


def test_mono_is_the_mean_of_all_channels():
    audio = to_mono(Audio(np.array([[1, 0, -0.5], [0.25, 0.5, 0]], "f4"), 8_000))

    np.testing.assert_allclose(audio.samples, [1 / 6, 0.25], rtol=1e-6)
    assert to_mono(audio) is audio


@pytest.mark.parametrize("length", [0, 1, 100, 22_050])
def test_resampling_keeps_the_seconds(length):
    audio = resample(Audio(np.zeros(length, "f4"), 22_050), 44_100)

    assert (audio.rate, len(audio.samples)) == (44_100, 2 * length)
