import pytest

from engine.training.midi import midi_file
from engine.training.score import Note, Part


def chunks(data):
    while data:
        length = int.from_bytes(data[4:8], "big")
        yield data[:4], data[8 : 8 + length]
        data = data[8 + length :]


def notes_of(track):
    """(tick, status, pitch, velocity) of each note event, reading plain three-byte messages."""
    tick, place, events = 0, 0, []
    while place < len(track):
        delta = 0
        while True:
            byte = track[place]
            delta, place = delta << 7 | byte & 0x7F, place + 1
            if byte < 0x80:
                break
        tick += delta
        status = track[place]
        if status == 0xFF:
            place += 3 + track[place + 2]
        elif status & 0xF0 == 0xC0:
            place += 2
        else:
            if status & 0xF0 in (0x80, 0x90):
                events.append((tick, status, *track[place + 1 : place + 3]))
            place += 3
    return events


def part(*notes):
    return Part("piano", 0, 3, 100, notes)


def test_a_file_has_a_header_and_a_track_per_part():
    found = list(chunks(midi_file([part(), part(Note(0, 1, 60))])))

    assert [name for name, _ in found] == [b"MThd", b"MTrk", b"MTrk", b"MTrk"]
    assert found[0][1] == bytes((0, 1, 0, 3, 500 >> 8, 500 & 255))


@pytest.mark.parametrize("start_s", [0.0, 0.1, 12.5, 600.0])
def test_notes_come_at_1000_ticks_a_second(start_s):
    *_, (_, track) = chunks(midi_file([part(Note(start_s, start_s + 0.5, 64, 90))]))

    first = round(1000 * start_s)
    assert notes_of(track) == [(first, 0x93, 64, 90), (first + 500, 0x83, 64, 0)]


def test_a_tone_ends_before_it_is_struck_again():
    *_, (_, track) = chunks(midi_file([part(Note(0, 1, 60), Note(1, 2, 60))]))

    assert [status for _, status, _, _ in notes_of(track)] == [0x93, 0x83, 0x93, 0x83]


def test_no_note_is_shorter_than_a_tick():
    *_, (_, track) = chunks(midi_file([part(Note(1, 1, 60))]))

    (start, *_), (end, *_) = notes_of(track)
    assert end == start + 1


@pytest.mark.parametrize("block", [1, 172, 1000, 123_457])
def test_a_tone_waits_for_no_block_after_its_own(block):
    """A synthesiser asks which whole millisecond it is as it begins each block of 64 samples."""
    start_s = block * 64 / 22_050
    *_, (_, track) = chunks(midi_file([part(Note(start_s, start_s + 1, 60))]))

    (tick, *_), _ = notes_of(track)
    assert (block - 1) * 64_000 // 22_050 < tick <= block * 64_000 // 22_050
