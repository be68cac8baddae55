import io

import numpy as np
import pytest
import soundfile

from engine.audio.ogg import checksum, number_by_content


def encoded(subtype, seed=0):
    file = io.BytesIO()
    sound = np.random.default_rng(seed).uniform(-0.5, 0.5, 48_000)
    soundfile.write(file, sound, 48_000, subtype, format="OGG")
    return file


def serials(file):
    """The serial number of every page."""
    content = file.getvalue()
    starts = [i for i in range(len(content)) if content.startswith(b"OggS\0", i)]
    return [content[start + 14 : start + 18] for start in starts]


def test_the_checksum_is_the_one_that_writers_compute():
    page = bytearray(encoded("VORBIS").getvalue()[:58])
    stored = int.from_bytes(page[22:26], "little")
    page[22:26] = bytes(4)

    assert checksum(bytes(page)) == stored


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_readers_find_the_same_sound_in_the_renumbered_file(subtype):
    file = encoded(subtype)
    file.seek(0)
    before, _ = soundfile.read(file)

    number_by_content(file)

    file.seek(0)
    after, _ = soundfile.read(file)
    np.testing.assert_array_equal(before, after)
    assert len(set(serials(file))) == 1


def test_the_number_follows_from_the_content():
    one, other = encoded("VORBIS"), encoded("VORBIS", seed=1)
    number_by_content(one)
    number_by_content(other)
    again = io.BytesIO(one.getvalue())
    number_by_content(again)

    assert again.getvalue() == one.getvalue()
    assert serials(one)[0] != serials(other)[0]


@pytest.mark.parametrize("content", [b"no ogg", b"OggS", b"OggS" + bytes(40)])
def test_other_files_are_refused(content):
    file = io.BytesIO(content + b"tail")

    with pytest.raises(ValueError, match="No OGG page"):
        number_by_content(file)
