from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.services.playback import LOW_WATER_S, PlaybackBuffer, Program
from engine.types import Span

RATE = 1000
LOW_WATER = int(LOW_WATER_S * RATE)
SAMPLES = (np.arange(5000) + 1).astype(np.float32)
"""Never silent, and each sample tells its place."""


def program(*made: Span, growing: bool = False, loop: Span | None = None) -> Program:
    samples = np.zeros_like(SAMPLES)
    for span in made:
        samples[span.start : span.end] = SAMPLES[span.start : span.end]
    return Program(samples, made, growing, loop, len(samples), RATE)


def read(buffer: PlaybackBuffer, frames: int) -> NDArray[np.float32]:
    out = np.full((frames, 2), np.nan, np.float32)
    buffer.read(out)
    assert np.array_equal(out[:, 0], out[:, 1])
    return out[:, 0]


def playing(what: Program) -> PlaybackBuffer:
    buffer = PlaybackBuffer()
    buffer.publish(what)
    buffer.play()
    return buffer


@given(st.lists(st.integers(1, 900), min_size=1, max_size=20))
def test_what_is_read_is_what_was_published_whatever_the_blocks(blocks: list[int]) -> None:
    buffer = playing(program(Span(0, 5000)))

    heard = np.concatenate([read(buffer, frames) for frames in blocks])

    expected = np.concatenate([SAMPLES, np.zeros(20_000, np.float32)])[: len(heard)]
    assert np.array_equal(heard, expected)


def test_it_is_silent_unless_it_plays() -> None:
    buffer = PlaybackBuffer()
    buffer.publish(program(Span(0, 5000)))
    assert not read(buffer, 10).any()

    buffer.play()
    read(buffer, 10)
    buffer.pause()

    assert not read(buffer, 10).any()
    buffer.play()
    assert read(buffer, 1)[0] == 11


def test_at_the_end_it_stops_and_play_begins_anew() -> None:
    buffer = playing(program(Span(0, 5000)))
    buffer.seek(4990)

    assert read(buffer, 20).tolist() == [*SAMPLES[4990:], *[0] * 10]
    assert not buffer.playing
    buffer.play()
    assert read(buffer, 1)[0] == 1


def test_running_dry_waits_and_loses_nothing() -> None:
    buffer = playing(program(Span(0, 700), growing=True))

    assert read(buffer, 1000).tolist() == [*SAMPLES[:700], *[0] * 300]
    assert buffer.waiting and buffer.position == 700

    buffer.publish(program(Span(0, 700 + LOW_WATER), growing=True))
    assert read(buffer, 50).tolist() == SAMPLES[700:750].tolist()
    assert not buffer.waiting


def test_after_running_dry_a_trickle_does_not_make_it_stutter() -> None:
    buffer = playing(program(Span(0, 700), growing=True))
    read(buffer, 1000)

    buffer.publish(program(Span(0, 700 + LOW_WATER - 1), growing=True))

    assert not read(buffer, 100).any()
    assert buffer.position == 700


def test_a_short_end_is_played_though_it_is_below_the_water_mark() -> None:
    buffer = playing(program(Span(0, 4900), growing=True))
    buffer.seek(4899)
    read(buffer, 10)

    buffer.publish(program(Span(0, 5000), growing=True))

    assert read(buffer, 100).tolist() == SAMPLES[4900:].tolist()


def test_playing_may_begin_before_there_is_any_sound() -> None:
    nothing_yet = Program(np.zeros(0, np.float32), (), True, None, 5000, RATE)
    buffer = playing(nothing_yet)
    assert not read(buffer, 10).any()
    assert buffer.waiting

    buffer.publish(program(Span(0, 1000), growing=True))

    assert read(buffer, 3).tolist() == [1, 2, 3]


def test_what_never_comes_is_passed_in_silence() -> None:
    buffer = playing(program(Span(0, 10), Span(20, 5000)))

    assert read(buffer, 30).tolist() == [*SAMPLES[:10], *[0] * 10, *SAMPLES[20:30]]


def test_when_no_more_comes_it_stops_at_the_last_sound() -> None:
    buffer = playing(program(Span(0, 10), growing=True))
    read(buffer, 20)
    buffer.publish(program(Span(0, 10)))

    assert not read(buffer, 20).any()
    assert not buffer.playing


@pytest.mark.parametrize("block", [1, 7, 64])
def test_a_loop_repeats_without_a_gap(block: int) -> None:
    buffer = playing(program(Span(0, 5000), loop=Span(100, 120)))
    buffer.seek(110)

    heard = np.concatenate([read(buffer, block) for _ in range(-(-64 // block))])

    expected = np.concatenate([SAMPLES[110:120], *[SAMPLES[100:120]] * 4])
    assert np.array_equal(heard[:64], expected[:64])


def test_the_last_of_many_seeks_counts() -> None:
    buffer = playing(program(Span(0, 5000)))
    for position in (5, 50, 500):
        buffer.seek(position)
        assert buffer.position == position

    assert read(buffer, 1)[0] == SAMPLES[500]


def test_better_sound_swapped_in_moves_nothing() -> None:
    buffer = playing(program(Span(0, 5000)))
    read(buffer, 100)
    better = Program(SAMPLES * 10, (Span(0, 5000),), False, None, 5000, RATE)

    buffer.publish(better)

    assert read(buffer, 2).tolist() == [1010, 1020]


def test_reading_tells_the_moment_and_how_far_it_went() -> None:
    buffer = playing(program(Span(0, 700), growing=True))
    out = np.zeros((500, 2), np.float32)

    assert [buffer.read(out) for _ in range(3)] == [(0, 500), (500, 200), (700, 0)]
