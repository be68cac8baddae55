"""What a user prefers, whatever the song."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from app.song import taste
from app.song.snapping import Snap
from app.song.taste import Taste
from engine.types import Level

MOST_RECENT = 10
MOST_WIDTH = 100
_MOST_TEXT = 4096


@dataclass(frozen=True, slots=True)
class Preferences:
    """Preferences of the user.

    Attributes:
        play_as_it_comes: play new music from its first sound on.
        recent: paths of song files, the newest first.
        snap: what the edges of a selection are drawn to.
        output: the name of what sound comes out of; "" for what the system is set to.
        spectrogram, surprise: whether these lanes are shown on the timeline.
        surprise_level: whose codes surprise the model on that lane.
        match_loudness: whether takes that are compared are heard at one loudness.
        stereo: whether takes that were rendered in stereo are heard so.
        width: how strong left and right are beside the middle, 0 to 100.
        artists, genres: the names that the user likes.
    """

    play_as_it_comes: bool = False
    recent: tuple[str, ...] = ()
    snap: Snap = Snap.FREE
    output: str = ""
    spectrogram: bool = False
    surprise: bool = False
    surprise_level: Level = Level.TOP
    match_loudness: bool = True
    stereo: bool = True
    width: int = 60
    artists: Taste = field(default_factory=Taste)
    genres: Taste = field(default_factory=Taste)

    def with_recent(self, path: str) -> Preferences:
        """The same, with a song file on top of the recent ones."""
        older = [other for other in self.recent if other != path]
        return replace(self, recent=(path, *older)[:MOST_RECENT])


def to_dict(preferences: Preferences) -> dict[str, Any]:
    """The preferences in terms of JSON."""
    return asdict(preferences)


def from_dict(data: Mapping[str, Any]) -> Preferences:
    """The preferences that `to_dict` was given; what makes no sense is as if never set."""
    recent, snap, output = (data.get(name) for name in ("recent", "snap", "output"))
    paths = recent if isinstance(recent, list | tuple) else ()
    texts = [path for path in paths if isinstance(path, str) and len(path) <= _MOST_TEXT]
    flags = {name: data[name] for name in _FLAGS if isinstance(data.get(name), bool)}
    chosen = Snap(snap) if snap in list(Snap) else Preferences().snap
    level = data.get("surprise_level")
    named = output if isinstance(output, str) and len(output) <= _MOST_TEXT else ""
    width = data.get("width")
    percent = width if isinstance(width, int) and 0 <= width <= MOST_WIDTH else None
    artists, genres = (taste.from_dict(data.get(name)) for name in ("artists", "genres"))
    return Preferences(
        recent=tuple(texts[:MOST_RECENT]),
        snap=chosen,
        output=named,
        surprise_level=Level(level) if level in list(Level) else Level.TOP,
        width=Preferences().width if percent is None else percent,
        artists=artists,
        genres=genres,
        **flags,
    )


_FLAGS = ("play_as_it_comes", "spectrogram", "surprise", "match_loudness", "stereo")
