"""Play, pause, seek, loop: one sound at a time, which may still be growing.

Knows the buffer and the speaker, and tells what is heard. Knows nothing of takes and levels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.services.background import Background
from app.services.playback import PlaybackBuffer, Program
from app.services.player import SoundError, Speaker
from app.song.status import TransportState

TICK_MS = 33
_METER_S = 0.05
_WAITING = "Waiting for more to be made"
_LOST = "The sound output went away. Press play to try again."


class Transport(QObject):
    """What is played and heard.

    Signals:
        changed: the `TransportState` as it is now; about 30 times a second while sound runs.
    """

    changed = Signal(object)

    def __init__(self, speaker: Speaker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._speaker = speaker
        self._buffer = PlaybackBuffer()
        self._background = Background(self)
        self._state = TransportState()
        self._opening = False
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def state(self) -> TransportState:
        """What is heard now."""
        return self._state

    def look_for_speaker(self, probe: Callable[[], str]) -> None:
        """Find out in the background whether sound can come out; `probe` says why not, or ""."""
        self._background.run(probe, self._note_speaker, self._fail)

    def show(self, program: Program) -> None:
        """Play this from now on; the position stays."""
        self._buffer.publish(program)
        self._set(looping=program.loop is not None)

    def play(self) -> None:
        """Let sound run; it waits where more is being made."""
        if not self._opening and not self._buffer.playing:
            self._opening = True
            rate = self._buffer.program.rate
            read = self._buffer.read
            self._background.run(lambda: self._speaker.open(rate, read), self._begin, self._fail)

    def pause(self) -> None:
        """Stop where it is."""
        self._opening = False
        self._buffer.pause()
        self._tick()

    def seek(self, position: int) -> None:
        """Go on from another moment."""
        self._buffer.seek(position)
        self._set(playhead=position)

    def close(self) -> None:
        """No sound from now on."""
        self._buffer.pause()
        self._timer.stop()
        self._background.finish()
        self._speaker.close()

    def _note_speaker(self, words: str) -> None:
        self._set(message=words, available=not words)

    def _begin(self, _: None) -> None:
        if self._opening:
            self._opening = False
            self._buffer.play()
            self._timer.start()
            self._set(available=True, message="")
            self._tick()

    def _fail(self, error: Exception) -> None:
        self._opening = False
        if not isinstance(error, SoundError):
            raise error
        self._set(available=False, message=str(error))

    def _tick(self) -> None:
        if self._buffer.playing and not self._speaker.alive:
            self._buffer.pause()
            self._set(available=False, message=_LOST)
        playing = self._buffer.playing
        if not playing:
            self._timer.stop()
        heard = self._speaker.heard() if playing else None
        playhead = self._buffer.position if heard is None else heard
        message = _WAITING if self._buffer.waiting else "" if playing else self._state.message
        self._set(playing=playing, playhead=playhead, message=message, peak=self._peak(playhead))

    def _peak(self, playhead: int) -> float:
        program = self._buffer.program
        if not self._buffer.playing or self._buffer.waiting:
            return 0.0
        heard = program.samples[playhead : playhead + max(1, round(_METER_S * program.rate))]
        return float(np.abs(heard).max(initial=0.0))

    def _set(self, **changes: object) -> None:
        state = replace(self._state, **changes)  # pyright: ignore[reportArgumentType] — one type for all
        until = self._buffer.program.made_until(state.playhead)
        state = replace(state, audible_until=until)
        if state != self._state:
            self._state = state
            self.changed.emit(state)
