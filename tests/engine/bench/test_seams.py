"""Windows side by side are compared with the exact song, at the places where they were joined."""

import resources
from engine.bench.seams import Composer
from engine.types import Codes, Level


def test_joins_are_found_where_windows_overlap():
    composer = Composer(resources.path("models/pocket"))

    found = composer.compare(4, windows=2)

    spec = composer._spec
    context = spec.contexts[Level.BOTTOM]
    windows = 4 * spec.sample_rate / spec.hop(Level.BOTTOM) / context
    assert windows - 1 <= found.joins <= 2 * windows
    assert found.exact_s > 0 and found.parallel_s > 0
    assert 0.2 < found.exact_ratio < 5 and 0.2 < found.parallel_ratio < 5


def test_levels_drawn_one_by_one_are_those_of_the_whole_song():
    composer = Composer(resources.path("models/pocket"))
    whole = composer.song(1, Codes.empty(), (Level.BOTTOM, Level.MIDDLE, Level.TOP), 1)

    upper = composer.song(1, Codes.empty(), (Level.MIDDLE, Level.TOP), 1)
    lower = composer.song(1, upper.codes, (Level.BOTTOM,), 1)

    assert lower.codes.at(Level.BOTTOM).tolist() == whole.codes.at(Level.BOTTOM).tolist()
