"""A composer without a window: composes a draft, plays it as it is made, keeps what was streamed.

It is a program of its own because PortAudio finds its sound server when it is first imported.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer

from app.build import LOCAL_ENGINE
from app.services.machines import Machines, desk_models
from app.session import Session
from app.song.export import ExportFormat, ExportOptions
from app.song.preferences import Preferences
from app.song.song import Quality
from engine.catalog.store import default_store
from engine.runtime.process import ProcessEngine

SECONDS = 4.0
LOOK_MS = 50
TAIL_MS = 1500
"""What the sound card holds back is heard before the end."""


class Composer:
    """Composes, plays as it comes, exports at the end, and leaves."""

    def __init__(self, streamed: Path) -> None:
        self._streamed = streamed
        machines = Machines(
            ProcessEngine(LOCAL_ENGINE),
            desk_models(default_store()),
            streamed.parent / "desk",
            preferences=Preferences(play_as_it_comes=True),
        )
        self._session = Session(machines)
        self._early = False
        self._look = QTimer(interval=LOOK_MS)
        self._look.timeout.connect(self._watch)

    def compose(self) -> None:
        session = self._session
        session.set_seconds(SECONDS)
        session.set_quality(Quality.DRAFT)
        session.set_seed(7)
        session.generate()
        self._look.start()

    def _watch(self) -> None:
        session = self._session
        playing = session.transport.playing
        self._early = self._early or (playing and session.job is not None)
        if session.job is None and not playing:
            self._look.stop()
            session.export(self._streamed, ExportOptions(ExportFormat.WAV_FLOAT))
            QTimer.singleShot(TAIL_MS, self._leave)

    def _leave(self) -> None:
        print("early" if self._early else "late")
        self._session.close()
        QCoreApplication.quit()


if __name__ == "__main__":
    application = QCoreApplication(sys.argv)
    composer = Composer(Path(sys.argv[1]))
    composer.compose()
    sys.exit(application.exec())
