"""Play, pause, seek, loop: one sound at a time, which may still be growing.

Knows the buffer and the speaker, and tells what is heard. Knows nothing of takes and levels.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.language import mark, tr
from app.services.background import Background
from app.services.playback import PlaybackBuffer, Program
from app.services.player import SoundError, Speaker
from app.song.status import TransportState

TICK_MS = 33
_METER_S = 0.05
_WAITING = mark("Waiting for more to be made")
_LOST = mark("The sound output went away. Press play to try again.")
_GONE = mark("“{output}” cannot be used any more. Sound comes out of the system's output now.")
_CHOOSE = mark("Plug it in again and choose it in the Transport menu, or choose another one there.")


class Transport(QObject):
    """What is played and heard.

    Signals:
        changed: the `TransportState` as it is now; about 30 times a second while sound runs.
        troubled(message, advice): something came between that the user should know.
        outputs_changed: there are other outputs, or another one is used.
    """

    changed = Signal(object)
    troubled = Signal(str, str)
    outputs_changed = Signal()

    def __init__(self, speaker: Speaker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._speaker = speaker
        self._buffer = PlaybackBuffer()
        self._background = Background(self)
        self._state = TransportState()
        self._opening = False
        self._output, self._lost = "", ""
        self._outputs: tuple[str, ...] = ()
        self._moved_at = -1
        self._sought, self._asked = 0, 0
        self._wished, self._wishes = 0, 0
        self._resumes = False
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

    @property
    def outputs(self) -> tuple[str, ...]:
        """What sound can come out of, by name, as far as that is known."""
        return self._outputs

    @property
    def output(self) -> str:
        """What it comes out of; "" for what the system is set to."""
        return self._output

    def look_for_outputs(self) -> None:
        """Find out in the background what sound can come out of now; `outputs_changed` tells."""
        speaker, rests = self._speaker, not self._buffer.playing and not self._opening

        def look() -> tuple[str, ...]:
            if rests:
                speaker.close()  # What was plugged in since it was opened would not be found.
            return speaker.outputs()

        self._background.run(look, self._note_outputs, _rest)

    def use_output(self, output: str) -> None:
        """Let sound come out of this from now on; "" for what the system is set to.

        It is looked for anew, also if it is in use: the system may have moved its sound elsewhere.
        """
        self._output = output
        self.outputs_changed.emit()
        if self._buffer.playing:
            self._move()
        else:
            self._background.run(self._speaker.close, lambda _: None, _rest)

    def show(self, program: Program) -> None:
        """Play this from now on; the position stays."""
        self._buffer.publish(program)
        gain_db = 20 * math.log10(program.gain) if program.gain > 0 else -math.inf
        self._set(looping=program.loop is not None, gain_db=gain_db)

    def play(self) -> None:
        """Let sound run; it waits where more is being made."""
        if not self._opening and not self._buffer.playing:
            self._moved_at = -1
            self._open()

    def pause(self) -> None:
        """Stop where it is."""
        self._unwish()
        heard = self._speaker.heard() if self._buffer.playing else None
        self._buffer.pause()
        if heard is not None:
            self._buffer.seek(heard)
            self._ask_anew()
        self._tick()

    def seek(self, position: int) -> None:
        """Go on from another moment."""
        self._buffer.seek(position)
        self._sought = position
        if self._buffer.playing and not self._buffer.scrubbing:
            self._ask_anew()
        self._set(playhead=position)

    def scrub(self, position: int) -> None:
        """Let what is around a moment be heard, until `end_scrub`; the playhead is there."""
        if not self._buffer.scrubbing:
            self._resumes = self._buffer.playing or self._opening
            self._buffer.pause()
            self._unwish()
            rate, read, output = self._buffer.program.rate, self._buffer.read, self._output
            self._background.run(
                lambda: self._speaker.open(rate, read, output, quick=True), lambda _: None, _rest
            )
        self._buffer.scrub(position)
        self._timer.start()
        self._set(playhead=position)

    def end_scrub(self) -> None:
        """Let go; what was playing before goes on from there."""
        if self._buffer.scrubbing:
            self._buffer.end_scrub()
            if self._resumes:
                self.play()
            else:
                self._tick()

    def close(self) -> None:
        """No sound from now on."""
        self._buffer.pause()
        self._timer.stop()
        self._background.finish()
        self._speaker.close()

    def _open(self) -> None:
        self._opening = True
        rate, read, output = self._buffer.program.rate, self._buffer.read, self._output
        self._wishes += 1
        wish = self._wished = self._wishes

        def play() -> None:
            if wish == self._wished:
                self._buffer.play()

        def open_and_play() -> int:
            self._speaker.open(rate, read, output)
            self._speaker.anew(play)
            return wish

        self._background.run(open_and_play, self._begin, self._fail)

    def _unwish(self) -> None:
        """Let nothing play that has not begun yet."""
        self._opening, self._wished = False, 0

    def _ask_anew(self) -> None:
        """Let what was given before this be heard no more; several at once are one."""
        self._asked += 1
        number = self._asked

        def seek() -> None:
            if self._buffer.playing:
                self._buffer.seek(self._sought)  # From its very beginning, not a block later.

        def ask() -> None:
            if number == self._asked:
                self._speaker.anew(seek)

        self._background.run(ask, lambda _: None, _rest)

    def _move(self) -> None:
        """Go on through another output, from what was heard last."""
        self._timer.stop()
        self._buffer.pause()
        self._buffer.seek(self._state.playhead)
        self._moved_at = self._state.playhead
        self._background.run(self._speaker.close, lambda _: None, _rest)
        self._open()

    def _lose(self) -> None:
        """The output is gone: try what the system is set to now, unless that was just tried."""
        if self._moved_at == self._state.playhead:
            self._buffer.pause()
            self._lost = ""
            self._set(available=False, message=tr(_LOST))
            return
        self._lost = self._output or tr("The system's output")
        if self._output:
            self._output = ""
            self.outputs_changed.emit()
        self._move()

    def _note_outputs(self, outputs: tuple[str, ...]) -> None:
        if outputs != self._outputs:
            self._outputs = outputs
            self.outputs_changed.emit()

    def _note_speaker(self, words: str) -> None:
        self._set(message=words, available=not words)

    def _begin(self, wish: int) -> None:
        if not self._wished:
            self._buffer.pause()  # That it shall not play may have come a moment too late.
        lost, self._lost = self._lost, ""
        if wish == self._wished:
            self._opening = False
            self._timer.start()
            self._set(available=True, message="")
            self._tick()
            if lost:
                self.troubled.emit(tr(_GONE, output=lost), tr(_CHOOSE))

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, SoundError):
            raise error
        if self._opening and self._output:
            self._lost, self._output = self._output, ""
            self.outputs_changed.emit()
            self._open()
            return
        self._opening, self._lost = False, ""
        self._set(available=False, playing=False, message=str(error))

    def _tick(self) -> None:
        if self._buffer.scrubbing:
            self._set(playing=self._resumes, peak=self._peak(self._state.playhead))
            return
        if self._buffer.playing and not self._speaker.alive:
            self._lose()
            if self._opening:
                return
        playing = self._buffer.playing
        if not playing:
            self._timer.stop()
        heard = self._speaker.heard() if playing else None
        playhead = self._buffer.position if heard is None else heard
        message = tr(_WAITING) if self._buffer.waiting else "" if playing else self._state.message
        self._set(playing=playing, playhead=playhead, message=message, peak=self._peak(playhead))

    def _peak(self, playhead: int) -> float:
        program, silent = self._buffer.program, self._buffer.waiting or not self._buffer.playing
        if silent and not self._buffer.scrubbing:
            return 0.0
        end = playhead + max(1, round(_METER_S * program.rate))
        return float(np.abs(program.heard(playhead, end)).max(initial=0.0))

    def _set(self, **changes: object) -> None:
        state = replace(self._state, **changes)  # pyright: ignore[reportArgumentType] — one type for all
        until = self._buffer.program.made_until(state.playhead)
        state = replace(state, audible_until=until)
        if state != self._state:
            self._state = state
            self.changed.emit(state)


def _rest(error: Exception) -> None:
    """That there is no sound here is said when somebody wants to hear some."""
    if not isinstance(error, SoundError):
        raise error
