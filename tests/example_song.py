"""Makes the example song that comes with the program, with the bundled model.

    python -m tests.example_song

is to be run again when the bundled model is another one: the song is kept as codes of that model,
and heard by decoding them. Takes about a minute.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication

import resources
from app.build import EngineKind, engine_of
from app.services.machines import Machines, desk_models
from app.session import Session
from app.song.song import Quality
from engine.catalog.store import default_store

TARGET = resources.path("examples", "example.jukebox")
LIMIT_S = 600


def main() -> None:
    """Compose a draft twice, carry the first through to full quality, and go on from it."""
    app = QCoreApplication(sys.argv)
    preset = tomllib.loads(resources.path("examples", "presets.toml").read_text("utf-8"))[
        "presets"
    ][0]
    with tempfile.TemporaryDirectory() as folder:
        engine = engine_of(EngineKind.IN_PROCESS)
        session = Session(Machines(engine, desk_models(default_store()), Path(folder)))
        _ask(session, preset)
        session.generate()
        _wait(app, lambda: session.job is None and len(session.song.takes) == 2)
        session.choose_take(session.song.takes[0].id)
        session.set_seconds(8)
        session.set_takes(1)
        session.continue_selection()
        _wait(app, lambda: session.job is None and len(session.song.takes) == 3)
        TARGET.unlink(missing_ok=True)
        session.save_copy(TARGET)
        _wait(app, TARGET.exists)
        session.close()
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e3:.0f} kB")


def _ask(session: Session, preset: dict[str, object]) -> None:
    words = resources.path("examples", str(preset["lyrics"])).read_text("utf-8").strip()
    session.set_title(str(preset["title"]))
    session.set_artist(next(n for n in session.artists if n.lower() == preset["artist"]))
    session.set_genres(tuple(preset["genres"]))
    session.set_lyrics(words)
    session.set_seconds(16)
    session.set_takes(2)
    session.set_quality(Quality.FULL)
    session.set_seed(int(str(preset["seed"])))


def _wait(app: QCoreApplication, done: Callable[[], bool]) -> None:
    until = time.monotonic() + LIMIT_S
    while not done():
        if time.monotonic() > until:
            raise TimeoutError("The example song is not done.")
        app.processEvents()
        time.sleep(0.01)


if __name__ == "__main__":
    main()
