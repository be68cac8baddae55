"""Tracks keep what is known apart from what is not."""

import numpy as np
import pytest

from engine.sampling.tracks import Track
from engine.types import NO_CODE, Codes, Level, Span


def track_with(top, span=(40, 80), takes=2):
    empty = np.empty(0, np.uint16)
    codes = Codes((empty, empty, np.array(top, np.uint16)))
    return Track(Level.TOP, 10, codes, Span(*span), takes)


def test_what_the_context_holds_inside_the_span_can_be_forgotten():
    track = track_with(range(12))

    track.clear_span()

    assert track.codes[0].tolist() == [0, 1, 2, 3] + [NO_CODE] * 4 + [8, 9, 10, 11]


def test_known_codes_are_those_without_a_hole_up_to_the_position():
    track = track_with([NO_CODE, 5, 6, 7])

    assert track.known_from(4) == 1
    assert track.known_from(0) == 0
    assert track.known_until(1) == 4


def test_new_codes_go_behind_those_that_stand():
    track = track_with([1, 2, 3, 4])

    first = track.append(np.array([[5], [6]], np.uint16))
    second = track.append(np.array([[7], [8]], np.uint16))

    assert (first, second) == (4, 5)
    assert track.result(0).tolist() == [5, 7]
    assert track.result(1).tolist() == [6, 8]


def test_a_window_beyond_the_music_sees_its_end_mirrored():
    track = track_with([1, 2, 3], span=(0, 30), takes=1)

    assert track.padded(1, 7)[0].tolist() == [2, 3, 3, 2, 2, 3, 3]


def test_padding_from_nothing_is_refused():
    with pytest.raises(ValueError, match="TOP"):
        track_with([]).padded(0, 4)
