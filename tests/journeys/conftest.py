"""What every journey starts from: a screen, a home for programs, a recording of somebody else's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.desktop import Desktop, desktop

RECORDING = Path("/usr/share/games/fretsonfire/data/songs/sectoid/Feelings/song.ogg")
PICTURES = "JUKEBOX_PICTURES"


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    """A screen of its own for one test; the home folder of its programs is `tmp_path`."""
    with desktop(tmp_path) as there:
        yield there


@pytest.fixture(scope="session")
def recording() -> Path:
    """Music by people who never heard of this project: Carlos Viola Iborra's “Feelings”."""
    assert RECORDING.exists(), "./run test installs Debian's fretsonfire-songs-sectoid"
    return RECORDING


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots go: a folder that the environment names, or one that is thrown away."""
    return Path(os.environ.get(PICTURES, tmp_path))
