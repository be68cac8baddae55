"""The dataset is read as it was written, and a broken one is refused in words."""

import json
import shutil

import numpy as np
import pytest
import soundfile
import torch

from engine.training.data import Crops, DatasetError, find_songs, read_stretch
from engine.types import Span

RATE = 22050


def test_songs_come_in_order_with_their_labels(tone_dataset):
    songs = find_songs(tone_dataset, RATE)

    assert [song.name for song in songs] == ["00000", "00001", "00002"]
    assert songs[0].samples == 3 * RATE
    assert (songs[0].artist, songs[0].genres) == ("Ida", ("folk",))


def test_a_song_without_labels_is_not_finished_and_left_out(tone_dataset, tmp_path):
    shutil.copy(tone_dataset / "00000.flac", tmp_path)

    assert find_songs(tmp_path, RATE) == ()


def test_another_sample_rate_is_refused_with_the_numbers(tmp_path):
    soundfile.write(tmp_path / "00000.flac", np.zeros((100, 2)), 8000)
    (tmp_path / "00000.json").write_text(json.dumps({}))

    with pytest.raises(DatasetError, match="2 channels at 8000 Hz"):
        find_songs(tmp_path, RATE)


def test_a_stretch_is_the_same_part_of_the_whole(tone_dataset):
    song = find_songs(tone_dataset, RATE)[1]
    whole, _ = soundfile.read(song.path, dtype="float32")

    stretch = read_stretch(song, 1000, 500)

    assert np.array_equal(stretch.numpy(), whole[1000:1500])


def test_lyrics_of_a_span_are_those_sung_in_it(tone_dataset):
    song = find_songs(tone_dataset, RATE)[0]

    assert song.lyrics_in(Span(0, 3 * RATE)) == "low,\nhigh"
    assert song.lyrics_in(Span(RATE, 3 * RATE)) == "high"
    assert song.lyrics_in(Span(0, RATE // 2)) == ""


def test_crops_are_drawn_alike_by_alike_generators(tone_dataset):
    crops = Crops(find_songs(tone_dataset, RATE), 4096)

    first, second, third = (
        crops.draw(3, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )

    assert first.shape == (3, 4096)
    assert torch.equal(first, second) and not torch.equal(first, third)


def test_a_dataset_of_short_songs_is_refused_with_the_length(tone_dataset):
    with pytest.raises(DatasetError, match="100000 samples"):
        Crops(find_songs(tone_dataset, RATE), 100_000)
