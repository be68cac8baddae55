"""A desk without a window that does what it is told, line by line: for tests of what is heard.

It is a program of its own because PortAudio finds its sound server when it is first imported.
`RemoteDesk` is the end that tests hold.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import reduce
from pathlib import Path
from typing import Any

import psutil

from tests.journeys.desktop import wait_for
from tests.journeys.sound import favour


class RemoteDesk:
    """Gives intents to a session in another process, and asks how it is."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def do(self, intent: str, *arguments: object) -> None:
        """Call a method of the session."""
        self._ask({"do": intent, "with": arguments})

    @property
    def state(self) -> dict[str, Any]:
        """The transport, the takes, the outputs, the recorder and all notices so far."""
        return self._ask({})

    def until(self, what: str, look: Callable[[dict[str, Any]], bool], limit_s: float = 60) -> None:
        """Wait until something is so."""
        wait_for(what, lambda: look(self.state), limit_s)

    def _ask(self, question: dict[str, object]) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the desk has ended"
        return json.loads(answer)


@contextmanager
def remote_desk(folder: Path, variables: Mapping[str, str]) -> Iterator[RemoteDesk]:
    """A desk that composes tones and plays into the sound server that the variables name."""
    with (folder / "desk.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.remote", folder / "desk"],
            env=os.environ | dict(variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    with process:
        try:
            yield RemoteDesk(process)
            process.stdin.close()  # type: ignore[union-attr]
            assert process.wait(30) == 0, (folder / "desk.log").read_text("utf-8")
        finally:
            process.kill()


def main(folder: Path) -> int:
    """Do what stdin says, one answer per line, until it ends."""
    from PySide6.QtCore import QCoreApplication, QSocketNotifier

    from app.services.machines import DeskModel, Machines
    from app.session import Session
    from app.song.status import Notice
    from engine.runtime.fake import FAKE_MODEL, FakeEngine

    favour(psutil.Process())
    application = QCoreApplication(sys.argv)
    session = Session(Machines(FakeEngine(), (DeskModel(FAKE_MODEL),), folder))
    notices: list[str] = []

    def note(notice: Notice) -> None:
        notices.append(f"{notice.message} {notice.advice}")

    def told() -> dict[str, object]:
        transport = session.transport
        return {
            "playing": transport.playing,
            "playhead": transport.playhead,
            "peak": transport.peak,
            "gain_db": transport.gain_db,
            "message": transport.message,
            "takes": [take.id for take in session.song.takes],
            "current": session.song.current,
            "idle": session.job is None,
            "shown": session.take is not None and session.peaks(session.take.id).length,
            "outputs": session.outputs,
            "output": session.output,
            "sources": session.recorder.sources,
            "recorder": asdict(session.recorder.state),
            "can_continue": session.can_continue,
            "notices": notices,
        }

    def answer() -> None:
        line = sys.stdin.readline()
        if not line:
            listener.setEnabled(False)
            session.close()
            application.quit()
            return
        question = json.loads(line)
        if "do" in question:
            _intent(session, question["do"])(*question["with"])
        print(json.dumps(told()), flush=True)

    session.notice.connect(note)
    listener = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    listener.activated.connect(answer)
    return application.exec()


def _intent(session: object, name: str) -> Callable[..., object]:
    if name == "import_audio":
        return lambda path: session.import_audio(Path(path))  # type: ignore[attr-defined]
    if name == "select":
        from engine.types import Span

        return lambda start, end: session.select(Span(start, end))  # type: ignore[attr-defined]
    if name == "export_recordings":
        return lambda path: session.export_recordings(Path(path))  # type: ignore[attr-defined]
    return reduce(getattr, name.split("."), session)  # type: ignore[return-value]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
