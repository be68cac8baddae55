from __future__ import annotations

from app.song.preferences import MOST_RECENT, Preferences, from_dict, to_dict


def test_what_was_written_is_read_back() -> None:
    preferences = Preferences(True, ("/a", "/b"), stereo=False, width=0)

    assert from_dict(to_dict(preferences)) == preferences


def test_nonsense_is_as_if_never_set() -> None:
    assert from_dict({"play_as_it_comes": "yes", "recent": 5}) == Preferences()
    assert from_dict({"width": 101, "stereo": "wide"}) == Preferences()
    assert from_dict({"recent": [1, "/a", "x" * 10_000]}) == Preferences(recent=("/a",))


def test_recent_files_are_few_each_once_and_the_newest_first() -> None:
    preferences = Preferences()
    for number in [*range(20), 15]:
        preferences = preferences.with_recent(str(number))

    assert preferences.recent[:3] == ("15", "19", "18")
    assert len(preferences.recent) == len(set(preferences.recent)) == MOST_RECENT
