from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import mutagen
import numpy as np
import pytest

from app.services.transfer import Export, Voice, read_recording, write_all
from app.song.errors import OrderError
from app.song.export import ExportFormat, ExportOptions
from app.song.layers import Sound
from engine.audio.export import write_audio
from engine.audio.files import read_audio
from engine.audio.loudness import loudness
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
    return Export(path, options, "Tune", Voice((TAKE,), [own_sound()]), SPEC)


def sounding(sound: Sound) -> Voice:
    return Voice((TAKE,), [sound])


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


def test_loudness_and_rate_are_as_asked_for_and_told(tmp_path: Path) -> None:
    options = ExportOptions(ExportFormat.WAV_FLOAT, loudness=-23, rate=48_000)

    told = export(tmp_path / "a.wav", options).write()

    back = read_audio(tmp_path / "a.wav")
    assert back.rate == 48_000
    assert loudness(back) == pytest.approx(-23, abs=0.1)
    assert told == f"Exported to “{tmp_path / 'a.wav'}” at -23.0 LUFS."


def test_loudness_that_peaks_forbid_is_told(tmp_path: Path) -> None:
    spiky = Sound.silence(20 * GRID, CELL)
    spiky.put(0, np.where(np.arange(len(SAMPLES)) == 900, 0.9, SAMPLES / 50), Level.BOTTOM)
    loud = replace(export(tmp_path / "a.wav", ExportOptions(loudness=-5)), voice=sounding(spiky))

    told = loud.write()

    back = read_audio(tmp_path / "a.wav")
    assert np.abs(back.samples).max() <= 10 ** (-1 / 20) + 1e-4
    assert "peaks would be cut off" in told


def test_a_file_tells_how_it_was_made(tmp_path: Path) -> None:
    export(tmp_path / "a.flac", ExportOptions(ExportFormat.FLAC_16)).write()

    tags = mutagen.File(tmp_path / "a.flac").tags
    assert tags["DIGITALSOURCETYPE"] == ["trainedAlgorithmicMedia"]
    assert SPEC.licence in tags["LICENSE"][0]
    assert json.loads(tags["RECIPE"][0])["takes"][0]["name"] == TAKE.name


def test_takes_are_exported_each_to_its_own_file(tmp_path: Path) -> None:
    two = [export(tmp_path / name, ExportOptions()) for name in ("a.wav", "b.wav")]
    nothing = sounding(Sound.silence(20 * GRID, CELL))
    silent = replace(two[0], path=tmp_path / "c.wav", voice=nothing)

    told = write_all([*two, silent])

    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "b.wav"]
    assert told == f"Exported 2 files to “{tmp_path}”."
    with pytest.raises(OrderError, match="no sound in any take"):
        write_all([silent])


def test_silence_that_nobody_made_is_not_exported(tmp_path: Path) -> None:
    silence = sounding(Sound.silence(20 * GRID, CELL))
    nothing = replace(export(tmp_path / "a.wav", ExportOptions()), voice=silence)

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


def other(seed: int) -> Sound:
    """Another sound of the same length."""
    noise = np.random.default_rng(seed).uniform(-0.9, 0.9, len(SAMPLES)).astype(np.float32)
    sound = Sound.silence(len(SAMPLES), CELL)
    sound.put(0, noise, Level.BOTTOM)
    return sound


def test_stereo_places_three_sounds_and_its_recipe_names_them(tmp_path: Path) -> None:
    options = ExportOptions(ExportFormat.WAV_FLOAT, width=0.5)
    left, right = other(8), other(9)
    wide = replace(export(tmp_path / "a.wav", options), sides=(sounding(left), sounding(right)))

    wide.write()
    replace(wide, path=tmp_path / "a.flac", options=replace(options, format=ExportFormat.FLAC_16)
            ).write()  # fmt: skip

    back = read_audio(tmp_path / "a.wav").samples
    assert np.allclose(back[:, 0], (SAMPLES + left.samples / 2) / 1.5, atol=1e-6)
    assert np.allclose(back[:, 1], (SAMPLES + right.samples / 2) / 1.5, atol=1e-6)
    told = json.loads(mutagen.File(tmp_path / "a.flac").tags["RECIPE"][0])
    assert told["stereo"]["width"] == 0.5 and len(told["stereo"]["sides"]) == 2


def test_stereo_of_no_width_is_the_middle_in_both_channels(tmp_path: Path) -> None:
    options = ExportOptions(ExportFormat.WAV_FLOAT, width=0)
    flat = replace(export(tmp_path / "a.wav", options), sides=(sounding(other(8)),) * 2)

    flat.write()
    export(tmp_path / "b.wav", replace(options, width=None)).write()

    both, mono = (read_audio(tmp_path / name).samples for name in ("a.wav", "b.wav"))
    assert np.array_equal(both[:, 0], mono) and np.array_equal(both[:, 1], mono)
