"""What was asked for is made to the same end, whoever is killed on the way: engine or program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.song import TakeId
from engine.runtime.fake import FakeEngine, Script
from engine.runtime.process import ProcessEngine
from engine.types import Codes
from tests.app.kit import SPEC
from tests.app.listening import Notices, Open
from tests.contract.hearing import engine_processes

PATIENCE_MS = 30_000
FAKE = "engine.runtime.fake:FakeEngine"
PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from app.services.machines import Machines
from app.session import Session
from engine.runtime.fake import FakeEngine, Script
from tests.app.kit import MODEL, SPEC, HandSpeaker

program = QCoreApplication([])
engine = FakeEngine(SPEC, Script(stretch_s=0.05))
session = Session(Machines(engine, (MODEL,), Path(sys.argv[1]), HandSpeaker(), lambda: ""))
session.set_seed(7)
session.set_seconds(3.0)
session.set_takes(2)
session.generate()
session.generate()

def told(state):
    if state.jobs and state.jobs[0].done > state.jobs[0].total // 4:
        print("begun", flush=True)

session.jobs.queue_changed.connect(told)
program.exec()
"""


def wished(session: Session) -> None:
    session.set_seed(7)
    session.set_seconds(3.0)
    session.set_takes(2)


def codes(session: Session, take: TakeId) -> Codes:
    return session._store.codes(session.song, take)


def rests(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.job is None, timeout=PATIENCE_MS)


def one_run(open_session: Open, qtbot: QtBot) -> list[Codes]:
    """What comes of it when nobody is killed."""
    session = open_session()
    wished(session)
    session.generate()
    rests(session, qtbot)
    return [codes(session, take.id) for take in session.song.takes]


def test_a_killed_engine_is_started_again_and_the_job_goes_on(
    open_session: Callable[..., Session], qtbot: QtBot, warnings_logged: list[object]
) -> None:
    expected = one_run(open_session, qtbot)
    engine = ProcessEngine(FAKE, {"spec": SPEC, "script": Script(stretch_s=0.05)})
    session = open_session(engine=engine)
    notices = Notices(session)
    wished(session)
    session.generate()
    qtbot.waitUntil(
        lambda: any(job.done > job.total // 4 for job in session.jobs.queue.jobs),
        timeout=PATIENCE_MS,
    )

    for process in engine_processes():
        process.send_signal(signal.SIGKILL)
    rests(session, qtbot)

    assert [codes(session, take.id) for take in session.song.takes] == expected
    (told,) = notices.told
    assert "SIGKILL" in told.message and "goes on" in told.advice


def test_a_killed_program_finds_its_queue_and_makes_it_to_the_same_end(
    open_session: Callable[..., Session], qtbot: QtBot, tmp_path: Path
) -> None:
    expected = one_run(open_session, qtbot)
    folder = tmp_path / "killed"
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as program:
        assert program.stdout is not None and program.stdout.readline() == b"begun\n"
        program.kill()

    again = open_session(folder=folder, engine=FakeEngine(SPEC))
    again.recover()
    qtbot.waitUntil(lambda: len(again.song.takes) == 4, timeout=PATIENCE_MS)
    again.jobs.resume_all()
    rests(again, qtbot)

    made = [codes(again, take.id) for take in again.song.takes]
    assert made == [*expected, *expected]
