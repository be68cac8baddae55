from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app import build
from app.build import EngineKind
from engine.runtime.fake import FakeEngine
from engine.runtime.process import ProcessEngine


def test_every_part_of_the_program_fits_together(qtbot: QtBot, tmp_path: Path) -> None:
    window = build.build(EngineKind.FAKE, tmp_path)
    qtbot.addWidget(window)
    window.show()

    qtbot.waitUntil(lambda: window.actions_by_name["generate"].isEnabled())


@pytest.mark.parametrize(
    ("kind", "engine"), [(EngineKind.PROCESS, ProcessEngine), (EngineKind.FAKE, FakeEngine)]
)
def test_making_an_engine_loads_no_torch(kind: EngineKind, engine: type) -> None:
    before = "torch" in sys.modules

    made = build.engine_of(kind)

    assert isinstance(made, engine)
    assert ("torch" in sys.modules) == before
    made.close()
