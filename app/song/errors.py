"""What can go wrong with a song, each message a sentence for a person.

SongError
├── OrderError       what was asked for cannot be made from the song as it stands
├── DocumentError    the description of a song is damaged or of another kind
└── SongFileError    a song file that cannot be opened or written
    └── DamagedSongError   it holds what no song holds
"""

from __future__ import annotations


class SongError(Exception):
    """Root of all errors about songs. `str(error)` is for the user."""


class OrderError(SongError):
    """What was asked for cannot be made from the song as it stands."""


class DocumentError(SongError):
    """The description of a song is damaged or of another kind."""


class SongFileError(SongError):
    """A song file cannot be opened or written."""


class DamagedSongError(SongFileError):
    """A song file holds what no song holds; no patience will change that."""
