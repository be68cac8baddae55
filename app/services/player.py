"""The sound card, through PortAudio.

Knows how to open it, what can be wrong with it, and what is heard right now.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from app.language import tr
from app.services import sound_system
from app.services.sound_system import SoundError, first_line

if TYPE_CHECKING:
    from app.services.sound_system import OutputStream

log = logging.getLogger(__name__)

LATENCY_S = 0.4
"""What is ahead of the ear while music plays: so much may come between without a gap."""

QUICK_LATENCY_S = 0.06
"""The same while somebody waits for what is under the pointer."""

LEAD_S = 0.06
"""Silence before music begins: a sound server that wakes up swallows the first 16 ms or so."""

CHANNELS = 2
_MARKS = 256
MOST_SILENT_S = 3.0
"""A sound card asks for sound many times a second."""

Read = Callable[[NDArray[np.float32]], tuple[int, int]]
"""Fills (frames, channels); gives the moment of the first frame, and how far the music went on."""


class _BlockTimes(Protocol):
    """What PortAudio says of a block."""

    @property
    def outputBufferDacTime(self) -> float:
        """When its first frame is heard."""
        ...


class Speaker(Protocol):
    """Something that takes sound block by block."""

    def open(self, rate: int, read: Read, output: str = "", *, quick: bool = False) -> None:
        """Begin to ask for sound.

        Args:
            output: the name of one of `outputs`; "" for what the system is set to.
            quick: whether it is to be heard at once, rather than never to be interrupted.

        Raises:
            SoundError: no sound can come out.
        """
        ...

    def anew(self, change: Callable[[], None]) -> None:
        """Drop what is not heard yet, and ask for sound anew: that is heard at once.

        Args:
            change: called while nothing is asked for.

        Raises:
            SoundError: no sound can come out any more.
        """
        ...

    def outputs(self) -> tuple[str, ...]:
        """What sound can come out of, by name; those plugged in since it was opened are not told.

        Raises:
            SoundError: that cannot be found out.
        """
        ...

    def close(self) -> None:
        """Stop asking for sound. Closing twice is closing once."""
        ...

    @property
    def alive(self) -> bool:
        """Whether it asks for sound."""
        ...

    def heard(self) -> int | None:
        """The moment that is heard now; None while that is not known."""
        ...


class SoundCard:
    """One of the computer's outputs. Implements `Speaker`.

    The stream stays open once it is: to close it would cut off what has not been heard yet.
    """

    def __init__(self) -> None:
        self._stream: OutputStream | None = None
        self._rate, self._output, self._quick = 1, "", False
        self._died = False
        self._asked_s = 0.0
        self._lead = 0
        self._marks: deque[tuple[float, int, int]] = deque(maxlen=_MARKS)

    @property
    def alive(self) -> bool:
        """See `Speaker.alive`. What has not asked for a while is as good as unplugged."""
        silent = time.monotonic() - self._asked_s > MOST_SILENT_S
        return self._stream is not None and not self._died and not silent

    def open(self, rate: int, read: Read, output: str = "", *, quick: bool = False) -> None:
        """See `Speaker.open`."""
        same = self.alive and (self._rate, self._output) == (rate, output)
        if same and self._quick == quick:
            return
        portaudio = sound_system.portaudio()
        if self._stream is not None:
            self.close()
            if not same:
                sound_system.look_again(portaudio)
        self._rate, self._output, self._quick, self._died = rate, output, quick, False
        self._asked_s = time.monotonic()
        self._marks.clear()
        sound_system.hold(self)
        try:
            stream = self._stream = portaudio.OutputStream(
                device=_number(portaudio, output),
                samplerate=rate,
                channels=CHANNELS,
                dtype="float32",
                latency=QUICK_LATENCY_S if quick else LATENCY_S,
                callback=self._callback(read),
                finished_callback=self._note_death,
            )
            stream.start()
        except (portaudio.PortAudioError, ValueError) as error:
            self.close()
            sound_system.look_again(portaudio)
            raise _no_sound(error) from error

    def anew(self, change: Callable[[], None]) -> None:
        """See `Speaker.anew`."""
        stream = self._stream
        if stream is None or self._quick:
            change()
            return
        portaudio = sound_system.portaudio()
        try:
            stream.abort()
            self._marks.clear()
            change()
            self._died = False  # Being stopped counts as having died.
            self._lead = round(LEAD_S * self._rate)
            stream.start()
        except portaudio.PortAudioError as error:
            self.close()
            raise _no_sound(error) from error

    def close(self) -> None:
        """See `Speaker.close`."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close(ignore_errors=True)
        sound_system.let_go(self)

    def outputs(self) -> tuple[str, ...]:
        """See `Speaker.outputs`."""
        portaudio = sound_system.portaudio()
        if self._stream is None:
            sound_system.look_again(portaudio)
        try:
            return tuple(_outputs(portaudio))
        except portaudio.PortAudioError:
            return ()

    def heard(self) -> int | None:
        """See `Speaker.heard`."""
        stream = self._stream
        if stream is None or self._died:
            return None
        now = stream.time
        for heard_at, start, length in reversed(tuple(self._marks)):
            if heard_at <= now:
                return start + min(round((now - heard_at) * self._rate), length)
        return self._marks[0][1] if self._marks else None

    def _callback(self, read: Read) -> Callable[..., None]:
        marks = self._marks

        def fill(out: NDArray[np.float32], _: int, times: _BlockTimes, __: object) -> None:
            self._asked_s = time.monotonic()
            lead = min(self._lead, len(out))
            self._lead -= lead
            out[:lead] = 0
            if lead < len(out):
                start, length = read(out[lead:])
                marks.append((times.outputBufferDacTime + lead / self._rate, start, length))

        return fill

    def _note_death(self) -> None:
        self._died = True


def probe() -> str:
    """Why no sound can come out, as a sentence; "" when it can."""
    try:
        portaudio = sound_system.portaudio()
        portaudio.query_devices(kind="output")
    except SoundError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 — PortAudio's own, which only it can name
        log.info("no sound output: %s", first_line(error))
        return tr(
            "No sound card was found, so nothing can be heard. Connect one and press play. "
            "Composing and exporting still work."
        )
    return ""


def _no_sound(error: Exception) -> SoundError:
    return SoundError(
        tr(
            "No sound can be played here ({reason}). Connect a sound card or start "
            "the sound server, and press play again. Composing and exporting still work.",
            reason=first_line(error),
        )
    )


def _outputs(portaudio: ModuleType) -> dict[str, int]:
    """The numbers of what sound can come out of, by name; of several alike the first.

    Those of one way into the system only: others have the same devices under other names.
    """
    way = portaudio.query_devices(kind="output")["hostapi"]
    found = [
        (device["name"], number)
        for number, device in enumerate(portaudio.query_devices())
        if device["hostapi"] == way and device["max_output_channels"] >= CHANNELS
    ]
    return dict(reversed(found))


def _number(portaudio: ModuleType, output: str) -> int | None:
    """PortAudio's number of an output; None for what the system is set to."""
    if not output:
        return None
    number = _outputs(portaudio).get(output)
    if number is None:
        raise ValueError(tr("there is no output “{output}”", output=output))
    return number
