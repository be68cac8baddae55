"""What the sound card reads: published sound, a position, and the rules where the music ends.

The window's thread publishes and gives commands, the sound card's reads. Between them go single
references, replaced whole, so neither ever waits. Reading takes no lock, makes no log and allocates
next to nothing. Knows nothing of the sound card.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.services.grains import Grains
from app.song.layers import FADE_S, Edition, Sound
from app.song.stereo import spread
from engine.types import Span

LOOP_FADE_S = 0.005
"""Long enough that a loop does not click, short enough that its first beat keeps its edge."""

CHANNELS = 2
NOTHING = np.empty((0, CHANNELS), np.float32)
NO_TAIL = NOTHING, np.empty((0, 1), np.float32)

_Tail = tuple[NDArray[np.float32], NDArray[np.float32]]
"""(frames, 2) to add to the start of a loop, and (frames, 1) to multiply that by."""

LOW_WATER_S = 0.5
"""After running dry, so much must be there before sound goes on; stutter is worse than waiting."""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """What can be played.

    Attributes:
        samples: (time,) float32; may grow better in place at any time.
        made: the stretches that have sound, in order, not touching each other.
        growing: whether more is being made, so that it is worth waiting where there is none.
        loop: what repeats, if anything.
        end: the moment after the last sample that there is or will be.
        rate: samples per second.
        edition: tells while samples are being changed in place.
        gain: what the samples are multiplied by; 1 changes no bit.
        sides: what is heard on the left and on the right, as long as `samples`; else none.
        width: how strong they are beside the middle, 0 to 1.
    """

    samples: NDArray[np.float32]
    made: tuple[Span, ...]
    growing: bool
    loop: Span | None
    end: int
    rate: int
    edition: Edition = field(default_factory=Edition)
    gain: float = 1.0
    sides: tuple[Sound, ...] = ()
    width: float = 0.0

    @classmethod
    def nothing(cls, rate: int) -> Program:
        """Nothing to play."""
        return cls(np.zeros(0, np.float32), (), False, None, 0, rate)

    def made_until(self, position: int) -> int:
        """The first moment at or after `position` that has no sound yet."""
        for span in self.made:
            if span.start <= position < span.end:
                return span.end
        return position

    @property
    def edition_number(self) -> int:
        """Another one whenever samples were changed in place."""
        return self.edition.number + sum(side.edition.number for side in self.sides)

    @property
    def changing(self) -> bool:
        """Whether samples are being changed in place just now."""
        return self.edition.changing or any(side.edition.changing for side in self.sides)

    def heard(self, start: int, end: int) -> NDArray[np.float32]:
        """A copy of the sound from one moment to another, (frames, 2), as loud as it is played."""
        middle = self.samples[start:end]
        if not self.sides:
            out = np.empty((len(middle), CHANNELS), np.float32)
            out[:] = middle[:, None]
        else:
            left, right = (side.samples[start:end] for side in self.sides)
            out = spread(middle, left, right, self.width)
        out *= np.float32(self.gain)
        return out

    def silent_until(self, position: int) -> int:
        """The first moment at or after `position` that has sound again, or `position` for none."""
        return next((span.start for span in self.made if span.start > position), position)


@dataclass(frozen=True, slots=True)
class _Jump:
    number: int
    position: int


class PlaybackBuffer:
    """A reader of one program at a time. Silence whenever it does not play."""

    def __init__(self) -> None:
        self._program = Program.nothing(1)
        self._jump = _Jump(0, 0)
        self._jumped = 0
        self._position = 0
        self._playing = False
        self._waiting = False
        self._ahead = NOTHING
        """What would have followed what was read last, as it was then."""
        self._tail = NO_TAIL
        """What would have followed the end of the loop, and fades away over its start."""
        self._grains = Grains()
        self._scrubbing = False

    @property
    def program(self) -> Program:
        """What is being played, or would be."""
        return self._program

    @property
    def playing(self) -> bool:
        """Whether sound runs, or waits for more to be made; ends by itself at the end."""
        return self._playing

    @property
    def waiting(self) -> bool:
        """Whether it ran dry and waits for more to be made."""
        return self._playing and self._waiting

    @property
    def position(self) -> int:
        """The next sample that will be read."""
        jump = self._jump
        return self._position if jump.number == self._jumped else jump.position

    def publish(self, program: Program) -> None:
        """Replace what is played; the position stays."""
        self._program = program

    def seek(self, position: int) -> None:
        """Go on from another moment."""
        self._jump = _Jump(self._jump.number + 1, max(0, position))

    def play(self) -> None:
        """Let sound run, from the beginning if it stands at the end."""
        if self.position >= self._program.end and not self._program.growing:
            self.seek(0 if self._program.loop is None else self._program.loop.start)
        self._waiting = False
        self._playing = True

    def pause(self) -> None:
        """Stop where it is."""
        self._playing = False

    @property
    def scrubbing(self) -> bool:
        """Whether places are pointed at, instead of playing."""
        return self._scrubbing

    def scrub(self, position: int) -> None:
        """Let what is around a moment be heard, and nothing else until `end_scrub`."""
        self._grains.point(position)
        self._scrubbing = True

    def end_scrub(self) -> None:
        """Go on as before from the place that was pointed at last."""
        if self._scrubbing:
            self.seek(self._grains.position)
            self._scrubbing = False

    def read(self, out: NDArray[np.float32]) -> tuple[int, int]:
        """Fill (frames, 2) `out`.

        Returns:
            The moment that its first frame stands for, and how many frames the music went on.
        """
        if self._scrubbing or not self._grains.silent:
            return self._read_grains(out)
        jump = self._jump
        if jump.number != self._jumped:
            self._position, self._jumped, self._waiting = jump.position, jump.number, False
            self._ahead, self._tail = self._ahead[:0], NO_TAIL
        start, program = self._position, self._program
        before = program.edition_number
        written = self._write(out, program) if self._playing else 0
        out[written:] = 0
        if program.changing or program.edition_number != before:
            self._hold(out[:written])
        else:
            self._go_over(out[:written], round(FADE_S * program.rate))
            self._ahead = self._following(program, len(out))
        return start, written

    def _read_grains(self, out: NDArray[np.float32]) -> tuple[int, int]:
        program = self._program
        self._ahead = self._ahead[:0]
        self._grains.fill(out, program.heard, program.rate)
        return self._grains.position, 0

    def _go_over(self, out: NDArray[np.float32], fade: int) -> None:
        """Fade from what would have come to what came instead, if that is something else.

        So better sound, or another take, is swapped in under the playhead without a click.
        """
        ahead = self._ahead[: min(fade, len(out))]
        if len(ahead) and not np.array_equal(ahead, out[: len(ahead)]):
            share = np.linspace(1, 0, len(ahead) + 2, dtype=np.float32)[1:-1, None]
            out[: len(ahead)] += share * (ahead - out[: len(ahead)])

    def _hold(self, out: NDArray[np.float32]) -> None:
        """Play on what would have come: the samples are being changed at this very moment."""
        ahead = self._ahead[: len(out)]
        out[: len(ahead)] = ahead
        self._ahead = self._ahead[len(ahead) :]

    def _following(self, program: Program, frames: int) -> NDArray[np.float32]:
        """A copy of what follows without a break, enough for another block and a fade."""
        if not self._playing or self._waiting:
            return self._ahead[:0]
        self._wrap(program)
        end = program.made_until(self._position)
        if program.loop is not None:
            end = min(end, program.loop.end)
        most = self._position + frames + round(FADE_S * program.rate)
        following = program.heard(self._position, min(end, most))
        _fade_out(self._tail, following)
        return following

    def _write(self, out: NDArray[np.float32], program: Program) -> int:
        written, frames = 0, len(out)
        while written < frames:
            self._wrap(program)
            until, audible = self._next_stretch(program)
            count = min(until - self._position, frames - written)
            if count <= 0:
                self._run_dry(program)
                break
            if audible:
                sound = program.heard(self._position, self._position + count)
                self._tail = _fade_out(self._tail, sound)
                out[written : written + count] = sound
            else:
                out[written : written + count] = 0
            self._position += count
            written += count
        return written

    def _wrap(self, program: Program) -> None:
        loop = program.loop
        if loop is not None and self._position >= loop.end:
            if self._position == loop.end:
                self._tail = _tail(program, loop)
            self._position = loop.start

    def _next_stretch(self, program: Program) -> tuple[int, bool]:
        """Up to where to read, and whether there is sound; up to here when it must wait."""
        position = self._position
        most = program.end if program.loop is None else program.loop.end
        until = min(program.made_until(position), most)
        if not program.growing and until == position < most:
            return min(program.silent_until(position), most), False
        if self._waiting and until < most and until - position < LOW_WATER_S * program.rate:
            return position, True
        self._waiting = False
        return until, True

    def _run_dry(self, program: Program) -> None:
        if program.growing and self._position < program.end:
            self._waiting = True
        else:
            self._playing = False


def _tail(program: Program, loop: Span) -> _Tail:
    """What follows a loop, fading; its last sample over and over where nothing follows."""
    length = min(round(LOOP_FADE_S * program.rate), loop.length // 2)
    last = program.heard(loop.end - 1, loop.end)
    if not length or not len(last):
        return NO_TAIL
    following = program.heard(loop.end, min(program.made_until(loop.end), loop.end + length))
    tail = np.repeat(last, length, axis=0)
    tail[: len(following)] = following
    rise = np.linspace(0, 1, length + 2, dtype=np.float32)[1:-1, None]
    return tail * (1 - rise), rise


def _fade_out(tail: _Tail, sound: NDArray[np.float32]) -> _Tail:
    """Let a tail fade away over the sound that begins; what is left of it for the next."""
    added, rise = tail
    count = min(len(added), len(sound))
    sound[:count] = sound[:count] * rise[:count] + added[:count]
    return added[count:], rise[count:]
