from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.services.playback import LOOP_FADE_S, LOW_WATER_S, PlaybackBuffer, Program
from app.song.layers import FADE_S, Edition, Sound
from app.song.stereo import spread
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

    heard = np.concatenate([read(buffer, block) for _ in range(-(-64 // block))])[:64]

    expected = np.concatenate([SAMPLES[110:120], *[SAMPLES[100:120]] * 4])[:64]
    fading = np.isin((np.arange(64) - 10) % 20, range(LOOP_FADE)) & (np.arange(64) >= 10)
    assert np.array_equal(heard[~fading], expected[~fading])
    assert (heard[fading] > expected[fading]).all(), "what follows the loop fades over its start"


@given(st.integers(1, 300), st.integers(100, 3000), st.integers(200, 1900), st.booleans())
def test_a_loop_does_not_click(block: int, start: int, length: int, at_the_end: bool) -> None:
    """No step is larger than the sound's own and the slope of a fade."""
    samples = tone(0.05, 0.8)
    loop = Span(5000 - length, 5000) if at_the_end else Span(start, start + length)
    buffer = playing(replace(whole(samples), loop=loop))
    buffer.seek(loop.start)

    heard = np.concatenate([read(buffer, block) for _ in range(2 * length // block + 2)])

    assert steps(heard) <= 2 * steps(samples) + 1.7 / LOOP_FADE
    turn = slice(LOOP_FADE, length)
    assert np.array_equal(heard[turn], samples[loop.start : loop.end][turn])


def test_a_gain_makes_it_softer_and_changes_without_a_click() -> None:
    samples = tone(0.05, 0.8)
    buffer = playing(whole(samples))
    before = read(buffer, 100)

    buffer.publish(replace(whole(samples), gain=0.25))
    after = read(buffer, 100)

    assert np.array_equal(before, samples[:100])
    assert np.array_equal(after[FADE:], samples[100 + FADE : 200] * np.float32(0.25))
    assert steps(np.concatenate([before, after])) <= steps(samples) + 0.8 / FADE


def test_scrubbing_is_heard_and_playing_goes_on_from_where_it_ended() -> None:
    samples = tone(0.05, 0.8)
    buffer = playing(whole(samples))
    read(buffer, 100)

    buffer.pause()
    buffer.scrub(3000)
    heard = read(buffer, 200)
    buffer.end_scrub()
    buffer.play()
    rest = read(buffer, 50)

    assert heard.any() and np.abs(heard).max() <= 0.8
    assert np.array_equal(rest, samples[3000:3050])


def test_the_last_of_many_seeks_counts() -> None:
    buffer = playing(program(Span(0, 5000)))
    for position in (5, 50, 500):
        buffer.seek(position)
        assert buffer.position == position

    assert read(buffer, 1)[0] == SAMPLES[500]


FADE, LOOP_FADE = round(FADE_S * RATE), round(LOOP_FADE_S * RATE)


def tone(pitch: float, loudness: float) -> NDArray[np.float32]:
    return (loudness * np.sin(np.arange(5000) * pitch)).astype(np.float32)


def whole(samples: NDArray[np.float32], edition: Edition | None = None) -> Program:
    return Program(samples, (Span(0, 5000),), False, None, 5000, RATE, edition or Edition())


def steps(sound: NDArray[np.float32]) -> float:
    return float(np.abs(np.diff(sound)).max())


@given(
    st.lists(st.integers(FADE, 400), min_size=2, max_size=12),
    st.integers(0, 11),
    st.floats(0.01, 1.0),
)
def test_better_sound_is_swapped_in_without_a_click(
    blocks: list[int], swap: int, pitch: float
) -> None:
    """No step is larger than the sounds' own and the slope of a fade between them."""
    old, new = tone(0.05, 0.8), tone(pitch, 0.5)
    samples = old.copy()
    buffer = playing(whole(samples))
    pulled: list[NDArray[np.float32]] = []
    for number, frames in enumerate(blocks):
        if number == min(swap, len(blocks) - 1):
            samples[:] = new
        pulled.append(read(buffer, frames))

    heard = np.concatenate(pulled)
    at = sum(blocks[: min(swap, len(blocks) - 1)])
    assert steps(heard) <= steps(old) + steps(new) + 1.3 / FADE
    assert np.array_equal(heard[:at], old[:at])
    after = at + (FADE if at else 0)
    assert np.array_equal(heard[after:], new[after : len(heard)])


def test_another_take_at_the_same_moment_comes_without_a_click() -> None:
    buffer = playing(whole(tone(0.05, 0.8)))
    before = read(buffer, 100)

    buffer.publish(whole(tone(0.3, 0.5)))
    after = read(buffer, 100)

    assert steps(np.concatenate([before, after])) <= 0.3 * 0.5 + 0.05 * 0.8 + 1.3 / FADE
    assert np.array_equal(after[FADE:], tone(0.3, 0.5)[100 + FADE : 200])


def test_while_samples_are_being_changed_the_old_ones_are_played_on() -> None:
    old, new, edition = tone(0.05, 0.8), tone(0.3, 0.5), Edition()
    samples = old.copy()
    buffer = playing(whole(samples, edition))
    read(buffer, 100)

    edition.number += 1
    samples[:150] = new[:150]
    torn = read(buffer, 100)
    samples[:] = new
    edition.number += 1
    after = read(buffer, 100)

    assert np.array_equal(torn, old[100:200])
    assert np.array_equal(after[FADE:], new[200 + FADE : 300])
    assert steps(np.concatenate([torn, after])) <= steps(old) + steps(new) + 1.3 / FADE


def wide(middle: NDArray[np.float32], *sides: NDArray[np.float32]) -> Program:
    sounds = tuple(Sound(each, np.zeros(len(each), np.int8), 1) for each in sides)
    return replace(whole(middle), sides=sounds, width=0.6)


def both(buffer: PlaybackBuffer, frames: int) -> NDArray[np.float32]:
    out = np.full((frames, 2), np.nan, np.float32)
    buffer.read(out)
    return out


def test_stereo_is_heard_as_it_is_exported_and_comes_and_goes_without_a_click() -> None:
    three = tone(0.05, 0.8), tone(0.07, 0.6), tone(0.03, 0.7)
    buffer = playing(whole(three[0]))
    parts = [both(buffer, 100)]
    for program in (wide(*three), replace(whole(three[0]), loop=Span(0, 330))):
        buffer.publish(program)
        parts.append(both(buffer, 100))
    buffer.publish(replace(wide(*three), loop=Span(0, 330)))
    parts.append(both(buffer, 60))

    heard = np.concatenate(parts)
    expected = spread(*three, 0.6)
    assert np.array_equal(heard[100 + FADE : 200], expected[100 + FADE : 200])
    assert np.array_equal(heard[200 + FADE : 300, 0], heard[200 + FADE : 300, 1])
    assert np.array_equal(heard[330 + LOOP_FADE :], expected[LOOP_FADE:30])
    own = max(steps(each) for each in three)
    assert np.abs(np.diff(heard, axis=0)).max() <= 2 * own + 1.7 / LOOP_FADE


def test_while_one_side_is_being_changed_the_old_sound_is_played_on() -> None:
    three = tone(0.05, 0.8), tone(0.07, 0.6), tone(0.03, 0.7)
    before = spread(*three, 0.6)
    program = wide(*three)
    buffer = playing(program)
    both(buffer, 100)

    program.sides[1].edition.number += 1
    three[2][:] = 0
    assert np.array_equal(both(buffer, 100), before[100:200])


def test_a_seek_begins_with_what_is_there() -> None:
    buffer = playing(program(Span(0, 5000)))
    read(buffer, 100)

    buffer.seek(3000)

    assert read(buffer, 2).tolist() == [3001, 3002]


def test_reading_tells_the_moment_and_how_far_it_went() -> None:
    buffer = playing(program(Span(0, 700), growing=True))
    out = np.zeros((500, 2), np.float32)

    assert [buffer.read(out) for _ in range(3)] == [(0, 500), (500, 200), (700, 0)]
