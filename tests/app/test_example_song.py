"""The song that comes along: opened as a new one, of the bundled model's codes, and it sounds."""

from __future__ import annotations

import shutil
from pathlib import Path

from pytestqt.qtbot import QtBot

import resources
from app.build import EngineKind, engine_of
from app.services.machines import Machines, desk_models
from app.session import Session
from engine.catalog.store import default_store
from engine.runtime.fake import FakeEngine
from tests.app.listening import Notices, Open

EXAMPLE = resources.path("examples", "example.jukebox")


def test_the_example_song_opens_as_a_new_song_and_can_be_heard(
    qtbot: QtBot, tmp_path: Path
) -> None:
    copy = tmp_path / "example.jukebox"
    shutil.copy(EXAMPLE, copy)
    before = copy.read_bytes()
    engine = engine_of(EngineKind.IN_PROCESS)
    session = Session(Machines(engine, desk_models(default_store()), tmp_path / "state"))

    session.open_copy(copy)
    qtbot.waitUntil(lambda: session.take is not None, timeout=20_000)
    take = session.take
    assert take is not None
    qtbot.waitUntil(lambda: session.peaks(take.id).length == take.length, timeout=200_000)

    assert session.path is None
    assert len(session.song.takes) >= 3
    assert copy.read_bytes() == before
    session.discard()
    session.close()


def test_an_example_that_is_open_in_one_window_opens_in_another_without_ado(
    open_session: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    models = desk_models(default_store())
    engines = [FakeEngine(models[0].spec) for _ in range(2)]
    for session in [open_session(models=models, engine=engine) for engine in engines]:
        notices = Notices(session)

        session.open_copy(EXAMPLE)
        qtbot.waitUntil(lambda session=session: session.take is not None, timeout=20_000)

        assert notices.told == [] and not session.modified
