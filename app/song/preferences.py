"""What a user prefers, whatever the song."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MOST_RECENT = 10
_MOST_TEXT = 4096


@dataclass(frozen=True, slots=True)
class Preferences:
    """Preferences of the user.

    Attributes:
        play_as_it_comes: play new music from its first sound on.
        recent: paths of song files, the newest first.
    """

    play_as_it_comes: bool = False
    recent: tuple[str, ...] = ()

    def with_recent(self, path: str) -> Preferences:
        """The same, with a song file on top of the recent ones."""
        older = [other for other in self.recent if other != path]
        return Preferences(self.play_as_it_comes, (path, *older)[:MOST_RECENT])


def to_dict(preferences: Preferences) -> dict[str, Any]:
    """The preferences in terms of JSON."""
    return asdict(preferences)


def from_dict(data: Mapping[str, Any]) -> Preferences:
    """The preferences that `to_dict` was given; what makes no sense is as if never set."""
    standard = Preferences()
    plays, recent = data.get("play_as_it_comes"), data.get("recent")
    paths = recent if isinstance(recent, list | tuple) else ()
    texts = [path for path in paths if isinstance(path, str) and len(path) <= _MOST_TEXT]
    return Preferences(
        plays if isinstance(plays, bool) else standard.play_as_it_comes,
        tuple(texts[:MOST_RECENT]),
    )
