from __future__ import annotations

from pathlib import Path

import pytest

from app.services.preferences import NAME, load, save
from app.song.preferences import Preferences


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    preferences = Preferences(True, ("/ä/song.jukebox",))

    save(tmp_path / "new" / "folder", preferences)

    assert load(tmp_path / "new" / "folder") == preferences


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_means_standard_preferences(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)

    assert load(tmp_path) == Preferences()


def test_losing_preferences_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    save(tmp_path / "file", Preferences())

    assert load(tmp_path / "file") == Preferences()
