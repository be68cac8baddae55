"""Parts as a Standard MIDI File, for any synthesiser. Pure: bytes out of values.

Source: Standard MIDI Files 1.0, format 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.training.score import Part

_TICKS_PER_SECOND = 1000
_MICROSECONDS_PER_QUARTER = 500_000
_TICKS_PER_QUARTER = _TICKS_PER_SECOND * _MICROSECONDS_PER_QUARTER // 1_000_000
_ALMOST = 1e-6
_NOTE_OFF, _NOTE_ON, _CONTROL, _PROGRAM = 0x80, 0x90, 0xB0, 0xC0
_VOLUME, _CHORUS, _REVERB = 7, 93, 91

_Event = tuple[int, int, bytes]
"""Tick, rank among events of the same tick (ends before starts), message."""


def midi_file(parts: Sequence[Part]) -> bytes:
    """The parts, one track each, under a clock of 1000 ticks a second."""
    tracks = [_track(_tempo())] + [_track(_events(part)) for part in parts]
    header = _chunk(b"MThd", _u16(1) + _u16(len(tracks)) + _u16(_TICKS_PER_QUARTER))
    return header + b"".join(tracks)


def _tempo() -> list[_Event]:
    return [(0, 0, b"\xff\x51\x03" + _MICROSECONDS_PER_QUARTER.to_bytes(3, "big"))]


def _events(part: Part) -> list[_Event]:
    channel = part.channel
    setup = (
        bytes((_PROGRAM | channel, part.program)),
        bytes((_CONTROL | channel, _VOLUME, part.volume)),
        bytes((_CONTROL | channel, _CHORUS, 0)),
        bytes((_CONTROL | channel, _REVERB, 0)),
    )
    events: list[_Event] = [(0, rank, message) for rank, message in enumerate(setup)]
    for note in part.notes:
        start, end = (_tick(time) for time in (note.start, note.end))
        on = bytes((_NOTE_ON | channel, note.pitch, note.velocity))
        off = bytes((_NOTE_OFF | channel, note.pitch, 0))
        events += [(start, 9, on), (max(end, start + 1), 8, off)]
    return sorted(events)


def _tick(seconds: float) -> int:
    """The last tick by then: synthesisers look at their clock once a block of samples."""
    return int(seconds * _TICKS_PER_SECOND + _ALMOST)


def _track(events: Sequence[_Event]) -> bytes:
    body = bytearray()
    now = 0
    for tick, _, message in events:
        body += _variable_length(tick - now) + message
        now = tick
    return _chunk(b"MTrk", bytes(body) + b"\x00\xff\x2f\x00")


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "big") + body


def _u16(number: int) -> bytes:
    return number.to_bytes(2, "big")


def _variable_length(number: int) -> bytes:
    """Seven bits a byte, most significant first, the top bit set on all but the last."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))
