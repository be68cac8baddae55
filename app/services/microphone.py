"""Microphones, and whatever else the computer can hear, through PortAudio.

Knows how to open one and what can be wrong with it. Knows nothing of what becomes of the sound.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from app.language import tr
from app.services import sound_system
from app.services.sound_system import SoundError, first_line

if TYPE_CHECKING:
    from app.services.sound_system import InputStream

MOST_CHANNELS = 2
MOST_SILENT_S = 3.0
"""A microphone brings sound many times a second, silence too."""

Take = Callable[[NDArray[np.float32]], None]
"""Takes (frames, channels), which it must copy, on a thread that must not wait."""


@dataclass(frozen=True, slots=True)
class Form:
    """In what form sound comes: samples per second, and channels."""

    rate: int
    channels: int


class Ear(Protocol):
    """Something that brings sound block by block."""

    def open(self, source: str, take: Take) -> Form:
        """Begin to bring sound.

        Args:
            source: the name of one of `sources`; "" for what the system is set to.

        Raises:
            SoundError: no sound can come in.
        """
        ...

    def sources(self) -> tuple[str, ...]:
        """What sound can come from, by name.

        Raises:
            SoundError: that cannot be found out.
        """
        ...

    def close(self) -> None:
        """Stop bringing sound. Closing twice is closing once."""
        ...

    @property
    def alive(self) -> bool:
        """Whether it brings sound."""
        ...


class Microphone:
    """One of the computer's inputs. Implements `Ear`."""

    def __init__(self) -> None:
        self._stream: InputStream | None = None
        self._died = False
        self._brought_s = 0.0

    @property
    def alive(self) -> bool:
        """See `Ear.alive`. What has brought nothing for a while is as good as unplugged."""
        silent = time.monotonic() - self._brought_s > MOST_SILENT_S
        return self._stream is not None and not self._died and not silent

    def open(self, source: str, take: Take) -> Form:
        """See `Ear.open`."""
        self.close()
        portaudio = sound_system.portaudio()
        sound_system.look_again(portaudio)
        sound_system.hold(self)
        self._died, self._brought_s = False, time.monotonic()
        try:
            number = _number(portaudio, source)
            about = portaudio.query_devices(number, "input")
            form = Form(
                round(about["default_samplerate"]), min(MOST_CHANNELS, about["max_input_channels"])
            )
            stream = self._stream = portaudio.InputStream(
                device=number,
                samplerate=form.rate,
                channels=form.channels,
                dtype="float32",
                latency="high",
                callback=self._callback(take),
                finished_callback=self._note_death,
            )
            stream.start()
        except (portaudio.PortAudioError, ValueError) as error:
            self.close()
            raise SoundError(
                tr(
                    "Nothing can be recorded here ({reason}). Connect a microphone, allow this "
                    "program to use it, and try again.",
                    reason=first_line(error),
                )
            ) from error
        return form

    def sources(self) -> tuple[str, ...]:
        """See `Ear.sources`."""
        portaudio = sound_system.portaudio()
        sound_system.look_again(portaudio)
        try:
            return tuple(_sources(portaudio))
        except portaudio.PortAudioError:
            return ()

    def close(self) -> None:
        """See `Ear.close`."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close(ignore_errors=True)
        sound_system.let_go(self)

    def _callback(self, take: Take) -> Callable[..., None]:
        def bring(block: NDArray[np.float32], *_: object) -> None:
            self._brought_s = time.monotonic()
            take(block)

        return bring

    def _note_death(self) -> None:
        self._died = True


def _sources(portaudio: ModuleType) -> dict[str, int]:
    """The numbers of what sound can come from, by name; of several alike the first.

    Those of one way into the system only: others have the same devices under other names.
    """
    way = portaudio.query_devices(kind="input")["hostapi"]
    found = [
        (device["name"], number)
        for number, device in enumerate(portaudio.query_devices())
        if device["hostapi"] == way and device["max_input_channels"] > 0
    ]
    return dict(reversed(found))


def _number(portaudio: ModuleType, source: str) -> int | None:
    """PortAudio's number of an input; None for what the system is set to."""
    if not source:
        return None
    number = _sources(portaudio).get(source)
    if number is None:
        raise ValueError(tr("there is no input “{source}”", source=source))
    return number
