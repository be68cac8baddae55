"""A recording in the making: from a microphone into a sound file, and then into the song.

Whatever ends it, what was recorded until then is kept, unless the composer throws it away. Knows
threads and files. Knows nothing of songs.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from app.language import tr
from app.services.background import Background
from app.services.microphone import Ear, Form
from app.services.sound_system import SoundError
from app.song.problems import error_in_words
from app.song.status import RecorderPhase, RecorderState
from engine.audio.growing import GrowingFile
from engine.errors import AudioFileError

LOOK_MS = 40
_WRITE_EVERY = 6
_SILENT_S = 2.0
"""After so long without a sound it is told that there is none."""


class _Tape:
    """Blocks on their way from the microphone's thread to a file."""

    def __init__(self, limit_s: float) -> None:
        self._blocks: SimpleQueue[NDArray[np.float32]] = SimpleQueue()
        self.limit_s = limit_s
        self._written = self.frames = 0
        self.peak = self.loudest = 0.0
        self.form = Form(1, 1)
        self.path = Path()
        self._file: GrowingFile | None = None

    def open(self, ear: Ear, source: str, folder: Path) -> None:
        """Begin: the microphone, and then the file, whose form it decides."""
        self.form = ear.open(source, self.take)
        name = tr("Recording")
        self.path = folder / f"{name} {datetime.now():%Y-%m-%d %H.%M.%S}.flac"
        self._file = GrowingFile(self.path, self.form.rate, self.form.channels)

    def take(self, block: NDArray[np.float32]) -> None:
        """Put a block behind the others. Called on the microphone's thread."""
        self._blocks.put(block.copy())
        self.frames += len(block)
        self.peak = max(self.peak, float(np.abs(block).max(initial=0)))
        self.loudest = max(self.loudest, self.peak)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return min(self.frames / self.form.rate, self.limit_s)

    @property
    def full(self) -> bool:
        """Whether it is as long as it may be."""
        return self.frames >= self.limit_s * self.form.rate

    def write(self) -> None:
        """Write what has come, up to the limit."""
        assert self._file is not None
        while True:
            try:
                block = self._blocks.get_nowait()
            except Empty:
                return
            room = round(self.limit_s * self.form.rate) - self._written
            self._file.write(block[: max(0, room)])
            self._written += min(len(block), max(0, room))

    def close(self, ear: Ear) -> bool:
        """End both; whether something was recorded."""
        ear.close()
        if self._file is None:
            return False
        try:
            self.write()
        finally:
            self._file.close()
        return self._written > 0

    def throw_away(self) -> None:
        """Remove the file."""
        if self._file is not None:
            self.path.unlink(missing_ok=True)


class Recorder(QObject):
    """Records one thing at a time. Its intents return at once.

    Signals:
        changed: the `RecorderState`.
        sources_changed: it is known what sound can come from.
        recorded: the `Path` of a sound file that is complete.
    """

    changed = Signal(object)
    sources_changed = Signal()
    recorded = Signal(object)

    def __init__(self, ear: Ear, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ear, self._folder = ear, folder
        self._work = Background(self)
        self._tape = _Tape(0)
        self._state = RecorderState()
        self._sources: tuple[str, ...] = ()
        self._looks = 0
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def state(self) -> RecorderState:
        """How far it is."""
        return self._state

    @property
    def sources(self) -> tuple[str, ...]:
        """What sound can come from, by name, as far as that is known."""
        return self._sources

    def look_for_sources(self) -> None:
        """Find out what sound can come from now; `sources_changed` tells."""
        if self._state.phase is RecorderPhase.IDLE:
            self._work.run(self._ear.sources, self._note_sources, self._fail)

    def start(self, source: str, limit_s: float) -> None:
        """Record from one of the sources, "" for the system's, for so long at most."""
        if self._state.phase is not RecorderPhase.IDLE:
            return
        tape = self._tape = _Tape(limit_s)
        self._show(RecorderState(RecorderPhase.OPENING))
        self._work.run(
            lambda: tape.open(self._ear, source, self._folder),
            lambda _: self._begin(tape),
            lambda error: self._fail_to_open(tape, error),
        )

    def stop(self) -> None:
        """End the recording and hand it over."""
        self._end("")

    def cancel(self) -> None:
        """End the recording and throw it away."""
        if self._state.phase is RecorderPhase.IDLE:
            return
        tape, self._tape = self._tape, _Tape(0)
        self._timer.stop()
        self._show(RecorderState())

        def end() -> None:
            tape.close(self._ear)
            tape.throw_away()

        self._work.run(end, lambda _: None, self._fail)

    def close(self) -> None:
        """End what is going on, and throw it away."""
        self.cancel()
        self._work.finish()

    def _begin(self, tape: _Tape) -> None:
        if tape is self._tape:
            self._show(RecorderState(RecorderPhase.RECORDING))
            self._timer.start()

    def _look(self) -> None:
        """Tell how far it is; write now and then; notice its end."""
        tape = self._tape
        peak, tape.peak = tape.peak, 0.0
        mute = tape.seconds > _SILENT_S and not tape.loudest
        words = tr("Only silence comes in. Is it muted, or not allowed?") if mute else ""
        self._show(RecorderState(RecorderPhase.RECORDING, tape.seconds, peak, words))
        self._looks += 1
        if tape.full:
            self._end(tr("It is as long as a song can be, so it was ended."))
        elif not self._ear.alive:
            self._end(tr("No more sound came in: was it unplugged? All until then is kept."))
        elif self._looks % _WRITE_EVERY == 0:
            self._work.run(tape.write, lambda _: None, self._fail_to_write)

    def _end(self, words: str) -> None:
        """Complete the file, whatever came of it; `words` say why, if nobody asked for it."""
        if self._state.phase is not RecorderPhase.RECORDING:
            return
        tape = self._tape
        self._timer.stop()
        self._show(RecorderState(RecorderPhase.ENDING, tape.seconds, 0.0, words))
        self._work.run(lambda: tape.close(self._ear), self._hand_over, self._fail_at_the_end)

    def _hand_over(self, something: bool) -> None:
        words = self._state.message
        if not something:
            words = words or tr("Nothing was recorded.")
        self._show(RecorderState(message=words, seconds=self._tape.seconds))
        if something:
            self.recorded.emit(self._tape.path)

    def _fail_to_write(self, error: Exception) -> None:
        self._end(tr("{problem} All until then is kept.", problem=_words(error)))

    def _fail_at_the_end(self, error: Exception) -> None:
        """The file has what could be written."""
        self._show(RecorderState(message=_words(error), seconds=self._tape.seconds))
        if self._tape.path.is_file():
            self.recorded.emit(self._tape.path)

    def _fail_to_open(self, tape: _Tape, error: Exception) -> None:
        if tape is self._tape:
            self._work.run(self._ear.close, lambda _: None, self._fail)
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._show(RecorderState(message=_words(error)))

    def _note_sources(self, sources: tuple[str, ...]) -> None:
        self._sources = sources
        self.sources_changed.emit()

    def _show(self, state: RecorderState) -> None:
        self._state = state
        self.changed.emit(state)


def _words(error: Exception) -> str:
    """What is told of an error; one that nobody foresaw is raised."""
    if isinstance(error, SoundError):
        return str(error)
    if isinstance(error, AudioFileError):
        return " ".join(filter(None, error_in_words(error)))
    raise error
