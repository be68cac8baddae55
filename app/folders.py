"""Where the program keeps what it needs between two starts. Knows the system's user folders."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """The folder of working copies, claims and preferences, the same for window and commands."""
    return Path(platformdirs.user_data_dir("jukebox-studio"))
