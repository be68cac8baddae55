"""A session with the stand-in engine and a speaker that is read by hand."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app import language
from app.services.machines import Machines
from app.session import Session
from engine.runtime.fake import FakeEngine, Script
from tests.app.kit import MODEL, SPEC, HandEar, HandSpeaker
from tests.app.listening import Open, Wait, made_until


@pytest.fixture
def speaker() -> HandSpeaker:
    return HandSpeaker()


@pytest.fixture
def ear() -> HandEar:
    return HandEar()


@pytest.fixture
def open_session(
    qtbot: QtBot, tmp_path: Path, speaker: HandSpeaker, ear: HandEar
) -> Iterator[Open]:
    """Makes sessions, one after the other, that share a folder; closes what is left open."""
    sessions: list[Session] = []

    def make(script: Script | None = None, **changes: object) -> Session:
        machines = Machines(
            FakeEngine(SPEC, script), (MODEL,), tmp_path / "state", speaker, lambda: "", ear=ear
        )
        session = Session(replace(machines, **changes))
        sessions.append(session)
        qtbot.waitUntil(lambda: session.engine_state.phase != "starting", timeout=60_000)
        return session

    yield make
    for session in sessions:
        session.close()


@pytest.fixture
def session(open_session: Open) -> Session:
    """A session of a quick engine, ready to compose short drafts."""
    session = open_session()
    session.set_seconds(1.0)
    session.set_seed(7)
    return session


@pytest.fixture
def done(qtbot: QtBot) -> Wait:
    """Waits until the engine rests and the current take can be heard and seen."""

    def wait(session: Session) -> None:
        qtbot.waitUntil(lambda: session.job is None, timeout=60_000)
        take = session.take
        if take is not None:
            qtbot.waitUntil(lambda: session.peaks(take.id).length == take.length)
            qtbot.waitUntil(lambda: session.transport.audible_until >= made_until(session))

    return wait


@pytest.fixture(autouse=True)
def _every_test_begins_in_english() -> Iterator[None]:
    yield
    language.speak(language.SOURCE)


@pytest.fixture(autouse=True)
def _garbage_is_collected_between_tests() -> Iterator[None]:
    """As in the program: collecting while Qt disconnects a signal can stop both for ever."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
