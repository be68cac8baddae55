"""The sound card, through PortAudio.

Knows how to open it, what can be wrong with it, and what is heard right now. PortAudio starts when
it is imported, takes its time, and may be missing, so it is imported when first needed.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import sounddevice

log = logging.getLogger(__name__)

LATENCY_S = 0.25
CHANNELS = 2
_MARKS = 256

Read = Callable[[NDArray[np.float32]], tuple[int, int]]
"""Fills (frames, channels); gives the moment of the first frame, and how far the music went on."""


class _BlockTimes(Protocol):
    """What PortAudio says of a block."""

    @property
    def outputBufferDacTime(self) -> float:
        """When its first frame is heard."""
        ...


class SoundError(Exception):
    """No sound can come out. `str(error)` is for the user."""


class Speaker(Protocol):
    """Something that takes sound block by block."""

    def open(self, rate: int, read: Read) -> None:
        """Begin to ask for sound.

        Raises:
            SoundError: no sound can come out.
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
    """The computer's standard output. Implements `Speaker`.

    The stream stays open once it is: to close it would cut off what has not been heard yet.
    """

    def __init__(self) -> None:
        self._stream: sounddevice.OutputStream | None = None
        self._rate = 1
        self._died = False
        self._marks: deque[tuple[float, int, int]] = deque(maxlen=_MARKS)

    @property
    def alive(self) -> bool:
        """See `Speaker.alive`."""
        return self._stream is not None and not self._died

    def open(self, rate: int, read: Read) -> None:
        """See `Speaker.open`."""
        if self.alive and self._rate == rate:
            return
        portaudio = _portaudio()
        if self._stream is not None:
            self.close()
            _look_again(portaudio)
        self._rate, self._died = rate, False
        self._marks.clear()
        try:
            stream = self._stream = portaudio.OutputStream(
                samplerate=rate,
                channels=CHANNELS,
                dtype="float32",
                latency=LATENCY_S,
                callback=self._callback(read),
                finished_callback=self._note_death,
            )
            stream.start()
        except (portaudio.PortAudioError, ValueError) as error:
            self.close()
            _look_again(portaudio)
            raise SoundError(
                f"No sound can be played here ({_first_line(error)}). Connect a sound card or "
                "start the sound server, and press play again. Composing and exporting still work."
            ) from error

    def close(self) -> None:
        """See `Speaker.close`."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close(ignore_errors=True)

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
            start, length = read(out)
            marks.append((times.outputBufferDacTime, start, length))

        return fill

    def _note_death(self) -> None:
        self._died = True


def probe() -> str:
    """Why no sound can come out, as a sentence; "" when it can."""
    try:
        portaudio = _portaudio()
        portaudio.query_devices(kind="output")
    except SoundError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 — PortAudio's own, which only it can name
        log.info("no sound output: %s", _first_line(error))
        return (
            "No sound card was found, so nothing can be heard. Connect one and press play. "
            "Composing and exporting still work."
        )
    return ""


def _portaudio() -> ModuleType:
    try:
        import sounddevice
    except OSError as error:
        raise SoundError(
            "PortAudio is not installed, so nothing can be heard. On Debian and Ubuntu: apt "
            "install libportaudio2. Composing and exporting still work."
        ) from error
    return sounddevice


def _look_again(portaudio: ModuleType) -> None:
    """Let PortAudio find out which devices there are now; it never does by itself."""
    portaudio._terminate()
    portaudio._initialize()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else repr(error)
