from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.services.transfer import Export, read_recording
from app.song.errors import OrderError
from app.song.export import ExportFormat, ExportOptions
from app.song.layers import Sound
from engine.audio.export import write_audio
from engine.audio.files import read_audio
from engine.errors import AudioFileError
from engine.types import Audio, Level, Span
from tests.app.kit import GRID, SPEC, take

TAKE = take("a", 0, 20)
CELL = SPEC.hop(Level.BOTTOM)
SAMPLES = np.random.default_rng(3).uniform(-0.9, 0.9, 20 * GRID).astype(np.float32)


def own_sound() -> Sound:
    sound = Sound.silence(20 * GRID, CELL)
    sound.put(0, SAMPLES, Level.BOTTOM)
    return sound


def export(path: Path, options: ExportOptions) -> Export:
    return Export(path, options, "Tune", (TAKE,), [own_sound()], SPEC.sample_rate)


@pytest.mark.parametrize("kind", ExportFormat)
def test_every_kind_of_file_holds_the_take(kind: ExportFormat, tmp_path: Path) -> None:
    path = tmp_path / f"out{kind.suffix}"

    export(path, ExportOptions(kind)).write()

    back = read_audio(path, SPEC.sample_rate)
    assert abs(len(back.samples) - len(SAMPLES)) <= 2000
    if not kind.lossy:
        step = {"WAV_16": 2**-15, "FLAC_16": 2**-15, "WAV_FLOAT": 0}.get(kind.name, 2**-23)
        assert np.abs(back.samples - SAMPLES).max() <= step


def test_a_part_can_be_exported(tmp_path: Path) -> None:
    span = Span(3 * GRID, 7 * GRID + 5)

    export(tmp_path / "a.wav", ExportOptions(ExportFormat.WAV_FLOAT, span=span)).write()

    assert np.array_equal(read_audio(tmp_path / "a.wav").samples, SAMPLES[span.start : span.end])


def test_silence_that_nobody_made_is_not_exported(tmp_path: Path) -> None:
    nothing = replace(export(tmp_path / "a.wav", ExportOptions()), sounds=[
        Sound.silence(20 * GRID, CELL)
    ])  # fmt: skip

    with pytest.raises(OrderError, match="no sound"):
        nothing.write()
    assert not (tmp_path / "a.wav").exists()


def test_a_recording_becomes_mono_at_the_models_rate_in_whole_codes(tmp_path: Path) -> None:
    stereo = np.stack([np.ones(44_100), np.zeros(44_100)], axis=1).astype(np.float32) / 2
    write_audio(tmp_path / "riff one.wav", Audio(stereo, 44_100))

    recording = read_recording(tmp_path / "riff one.wav", SPEC)

    assert recording.name == "riff one"
    assert len(recording.samples) == SPEC.snap_down(22_050)
    assert np.allclose(recording.samples[5000:-5000], 0.25, atol=1e-3)


def test_a_recording_too_short_is_told_with_numbers(tmp_path: Path) -> None:
    write_audio(tmp_path / "tick.wav", Audio(np.ones(100, np.float32), 22_050))

    with pytest.raises(OrderError, match=r"4\.5 ms long.*11\.6 ms are needed"):
        read_recording(tmp_path / "tick.wav", SPEC)


def test_a_recording_longer_than_any_song_is_cut(tmp_path: Path) -> None:
    small = replace(SPEC, max_song_length=10 * GRID)
    write_audio(tmp_path / "long.wav", Audio(np.zeros(22_050, np.float32), 22_050))

    assert len(read_recording(tmp_path / "long.wav", small).samples) == 9 * GRID


def test_what_is_no_sound_is_told(tmp_path: Path) -> None:
    (tmp_path / "words.wav").write_text("just words")

    with pytest.raises(AudioFileError):
        read_recording(tmp_path / "words.wav", SPEC)
