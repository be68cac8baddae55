from __future__ import annotations

from dataclasses import replace

import pytest

from app.song.export import ExportFormat, ExportOptions, file_name, file_names
from engine.audio.export import Encoding
from tests.app.kit import take


def test_every_kind_of_file_can_be_written() -> None:
    offered = [(kind.name, kind.title, kind.suffix, kind.lossy) for kind in ExportFormat]

    assert offered == [(kind.name, kind.title, kind.suffix, kind.lossy) for kind in Encoding]


@pytest.mark.parametrize("quality", [-0.1, 1.1])
def test_quality_says_its_range(quality: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        ExportOptions(quality=quality)


@pytest.mark.parametrize(
    "options", [{"loudness": -4.0}, {"loudness": -71.0}, {"rate": 7_999}, {"width": 1.1}]
)
def test_loudness_rate_and_width_say_their_range(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="between"):
        ExportOptions(**options)  # pyright: ignore[reportArgumentType]


def test_file_names_suit_any_system() -> None:
    assert file_name("  ..a:b?c\n. ") == "a b c"
    assert file_name("///") == "Song"


def test_takes_of_one_name_get_files_of_their_own() -> None:
    takes = [replace(take(letter, 0, 4), name=name) for letter, name in
             [("a", "Verse"), ("b", "Verse"), ("c", "Verse/2"), ("d", "Verse")]]  # fmt: skip

    assert file_names(takes) == ("Verse", "Verse (2)", "Verse 2", "Verse (3)")
