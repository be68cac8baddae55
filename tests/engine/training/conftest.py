"""A small dataset of tones, made as the real one is laid out."""

import json

import numpy as np
import pytest
import soundfile

RATE = 22050


@pytest.fixture(scope="session")
def tone_dataset(tmp_path_factory):
    """Three songs of two notes, 3 s each; each word is sung on a note."""
    folder = tmp_path_factory.mktemp("tones")
    for number, frequency in enumerate((220.0, 330.0, 440.0)):
        time = np.arange(3 * RATE) / RATE
        pitch = np.where(time < 1.5, frequency, frequency * 1.5)
        sound = 0.3 * np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
        soundfile.write(folder / f"{number:05d}.flac", sound.astype(np.float32), RATE)
        labels = {
            "artist": "Ida",
            "genres": ["folk"],
            "lyrics": "low,\nhigh.",
            "words": [
                {"text": "low", "start": 0.2, "end": 1.4, "character": 0},
                {"text": "high", "start": 1.6, "end": 2.8, "character": 5},
            ],
        }
        (folder / f"{number:05d}.json").write_text(json.dumps(labels))
    return folder
