"""What the sound card reads: published sound, a position, and the rules where the music ends.

The window's thread publishes and gives commands, the sound card's reads. Between them go single
references, replaced whole, so neither ever waits. Reading takes no lock, makes no log and allocates
next to nothing. Knows nothing of the sound card.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.types import Span

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
    """

    samples: NDArray[np.float32]
    made: tuple[Span, ...]
    growing: bool
    loop: Span | None
    end: int
    rate: int

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

    def read(self, out: NDArray[np.float32]) -> tuple[int, int]:
        """Fill (frames, channels) `out`, the same in each channel.

        Returns:
            The moment that its first frame stands for, and how many frames the music went on.
        """
        jump = self._jump
        if jump.number != self._jumped:
            self._position, self._jumped, self._waiting = jump.position, jump.number, False
        start = self._position
        written = self._write(out, self._program) if self._playing else 0
        out[written:] = 0
        return start, written

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
                sound = program.samples[self._position : self._position + count]
                out[written : written + count] = sound[:, None]
            else:
                out[written : written + count] = 0
            self._position += count
            written += count
        return written

    def _wrap(self, program: Program) -> None:
        if program.loop is not None and self._position >= program.loop.end:
            self._position = program.loop.start

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
