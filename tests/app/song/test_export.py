from __future__ import annotations

import pytest

from app.song.export import ExportFormat, ExportOptions
from engine.audio.export import Encoding


def test_every_kind_of_file_can_be_written() -> None:
    offered = [(kind.name, kind.title, kind.suffix, kind.lossy) for kind in ExportFormat]

    assert offered == [(kind.name, kind.title, kind.suffix, kind.lossy) for kind in Encoding]


@pytest.mark.parametrize("quality", [-0.1, 1.1])
def test_quality_says_its_range(quality: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        ExportOptions(quality=quality)
