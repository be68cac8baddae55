import io

import mutagen
import numpy as np
import pytest
import soundfile

from engine.audio.export import Encoding, write_audio
from engine.audio.files import read_audio
from engine.audio.tags import MADE_BY_A_MODEL, Tags, write_tags
from engine.types import Audio

TAGS = Tags(
    title="Tïtle – 歌",
    artist="Ann",
    genre="Folk",
    comment="take 2",
    lyrics="Over the hills\nand far away",
    licence="Not for commercial use.",
    origin=MADE_BY_A_MODEL,
    recipe='{"seed": 7}',
)
SOUND = Audio(np.sin(np.arange(48_000) / 20).astype("f4") / 2, 48_000)


def read_tags(path):
    """Every text in the file, by the names of Vorbis comments."""
    tags = mutagen.File(path).tags
    frames = {"TIT2": "TITLE", "TPE1": "ARTIST", "TCON": "GENRE", "TSSE": "ENCODER",
              "COMM::eng": "COMMENT", "USLT::eng": "LYRICS"}  # fmt: skip
    found = {}
    for key, value in tags.items():
        if key.startswith("TXXX:"):
            found[key[5:]] = value.text[0]
        elif key in frames:
            found[frames[key]] = value.text if key.startswith("USLT") else value.text[0]
        elif isinstance(value, list):
            found[key.upper()] = value[0]
    return found


@pytest.mark.parametrize("encoding", Encoding, ids=lambda e: e.name)
def test_every_container_keeps_every_tag(tmp_path, encoding):
    write_audio(tmp_path / "a", SOUND, encoding, tags=TAGS)

    assert read_tags(tmp_path / "a") == {
        "TITLE": TAGS.title,
        "ARTIST": TAGS.artist,
        "GENRE": TAGS.genre,
        "COMMENT": TAGS.comment,
        "ENCODER": TAGS.software,
        "LYRICS": TAGS.lyrics,
        "LICENSE": TAGS.licence,
        "DIGITALSOURCETYPE": TAGS.origin,
        "RECIPE": TAGS.recipe,
    }


@pytest.mark.parametrize("encoding", Encoding, ids=lambda e: e.name)
def test_tags_leave_the_sound_alone_and_the_bytes_repeatable(tmp_path, encoding):
    write_audio(tmp_path / "a", SOUND, encoding, tags=TAGS)
    write_audio(tmp_path / "b", SOUND, encoding, tags=TAGS)
    write_audio(tmp_path / "c", SOUND, encoding, tags=Tags(software=""))

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    np.testing.assert_array_equal(
        read_audio(tmp_path / "a").samples, read_audio(tmp_path / "c").samples
    )


def test_what_text_cannot_hold_is_replaced(tmp_path):
    write_audio(tmp_path / "a.flac", SOUND, tags=Tags(title="a\0b\ud800"))

    assert read_tags(tmp_path / "a.flac")["TITLE"] == "a b?"


def test_a_file_that_is_no_sound_gets_no_tags():
    with pytest.raises(ValueError, match="container"):
        write_tags(io.BytesIO(b"no sound at all" * 100), TAGS)


def test_older_wav_readers_see_title_and_artist(tmp_path):
    write_audio(tmp_path / "a.wav", SOUND, tags=TAGS)

    with soundfile.SoundFile(tmp_path / "a.wav") as file:
        assert (file.title, file.artist) == (TAGS.title, TAGS.artist)
