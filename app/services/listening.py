"""What is heard and through what: the output, takes compared at one loudness, stereo, scrubbing.

What the user wants of sound that is there. Knows the song and its services.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.services.inspecting import Inspecting
from app.services.loudnesses import Loudnesses
from app.services.machines import Machines
from app.services.playback import Program
from app.services.takes import TakeStore
from app.song.history import History
from app.song.song import TakeId
from app.song.status import Severity
from app.song.stereo import SIDES, Sides, sides_of


class Listening(Inspecting):
    """A studio that is listened to. Its intents return at once.

    Signals:
        outputs_changed: there are other outputs, or another one is used.
    """

    outputs_changed = Signal()

    def __init__(self, machines: Machines, parent: QObject | None = None) -> None:
        super().__init__(machines, parent)
        self._loudnesses = Loudnesses(self)
        self._loudnesses.measured.connect(self._publish)
        self._transport.outputs_changed.connect(self.outputs_changed)
        self._transport.troubled.connect(self._note_trouble)
        if self.preferences.output:
            self._transport.use_output(self.preferences.output)

    # ── outputs ───────────────────────────────────────────────────────────────────────────────

    @property
    def outputs(self) -> tuple[str, ...]:
        """What sound can come out of, by name, as far as that is known."""
        return self._transport.outputs

    @property
    def output(self) -> str:
        """What it comes out of; "" for what the system is set to."""
        return self._transport.output

    def look_for_outputs(self) -> None:
        """Find out what sound can come out of now; `outputs_changed` tells."""
        self._transport.look_for_outputs()

    def choose_output(self, output: str) -> None:
        """Let sound come out of this, now and from the next start on; "" for the system's."""
        self.prefer(replace(self.preferences, output=output))
        self._transport.use_output(output)

    def _note_trouble(self, message: str, advice: str) -> None:
        self._complain(Severity.WARNING, message, advice)

    # ── comparing ─────────────────────────────────────────────────────────────────────────────

    def match_loudness(self, wanted: bool) -> None:
        """Whether takes that are compared are heard at one loudness, that of the softer."""
        self.prefer(replace(self.preferences, match_loudness=wanted))
        self._publish()

    def _gain(self, take_id: TakeId) -> float:
        """What a take is turned down by to be no louder than the one it is compared with."""
        if not self.preferences.match_loudness or take_id not in self.compared:
            return 1.0
        lufs = {each: self._lufs(each) for each in self.compared}
        mine, softest = lufs[take_id], min(lufs.values())
        return 10 ** ((softest - mine) / 20) if math.isfinite(softest) else 1.0

    def _lufs(self, take_id: TakeId) -> float:
        """How loud a take is; −∞ for silence and for what is not known yet."""
        sound = self._mixes.sound(self.song, take_id)
        rate = self._spec.sample_rate
        known = None if sound is None else self._loudnesses.of(take_id, sound, rate)
        return -math.inf if known is None else known

    # ── stereo ────────────────────────────────────────────────────────────────────────────────

    @property
    def sides(self) -> Sides | None:
        """The upsamplings in the middle, left and right of which the current take is one."""
        return None if self.song.current is None else sides_of(self.song, self.song.current)

    def hear_stereo(self, wanted: bool) -> None:
        """Whether takes that were rendered in stereo are heard so, or each by itself."""
        self.prefer(replace(self.preferences, stereo=wanted))
        self._publish()

    def set_width(self, percent: int) -> None:
        """How strong left and right are beside the middle, 0 to 100; kept within that."""
        self.prefer(replace(self.preferences, width=min(max(0, percent), 100)))
        self._publish()

    def _beside(self) -> tuple[TakeId, ...]:
        """The takes of a stereo rendering."""
        return self.sides or ()

    def _voiced(self, program: Program, take_id: TakeId) -> Program:
        """As loud as it is to be, and in stereo as soon as all three are mixed."""
        program = replace(program, gain=self._gain(take_id))
        beside = self._beside() if self.preferences.stereo else ()
        sounds = [self._mixes.sound(self.song, each) for each in beside]
        ready = [each for each in sounds if each and len(each.samples) == len(program.samples)]
        if len(ready) < len(SIDES):
            return program
        middle, *sides = ready
        return replace(
            program,
            samples=middle.samples,
            edition=middle.edition,
            sides=tuple(sides),
            width=self.preferences.width / 100,
        )

    # ── scrubbing ─────────────────────────────────────────────────────────────────────────────

    def scrub(self, position: int) -> None:
        """Let what is around a moment be heard, while the playhead is dragged over it."""
        self._transport.scrub(min(max(0, position), self.song_length))

    def end_scrub(self) -> None:
        """Let go of the playhead; what was playing before goes on from there."""
        self._transport.end_scrub()

    def _replace_song(self, history: History, store: TakeStore, path: Path | None) -> None:
        self._loudnesses.forget()
        super()._replace_song(history, store, path)
