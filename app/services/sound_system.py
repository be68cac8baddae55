"""PortAudio, which all of a process shares: how it is loaded, when it may look for devices anew.

It starts when it is imported, takes its time, and may be missing, so it is imported when first
needed. To look for devices ends every stream there is, so whoever has one holds it back.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING
from weakref import WeakSet

from app.language import tr

if TYPE_CHECKING:
    # Named here for those who hold streams; the library itself has this door only.
    from sounddevice import InputStream as InputStream
    from sounddevice import OutputStream as OutputStream

_holders: WeakSet[object] = WeakSet()
"""Who has a stream."""


class SoundError(Exception):
    """No sound can come out or in. `str(error)` is for the user."""


def portaudio() -> ModuleType:
    """The library.

    Raises:
        SoundError: it is missing.
    """
    try:
        import sounddevice
    except OSError as error:
        raise SoundError(
            tr(
                "PortAudio is not installed, so nothing can be heard. On Debian and Ubuntu: apt "
                "install libportaudio2. Composing and exporting still work."
            )
        ) from error
    return sounddevice


def hold(owner: object) -> None:
    """Keep the system as it is while somebody has a stream."""
    _holders.add(owner)


def let_go(owner: object) -> None:
    """Somebody's stream is closed. Letting go twice is letting go once."""
    _holders.discard(owner)


def look_again(library: ModuleType) -> None:
    """Let PortAudio find out which devices there are now, unless somebody has a stream."""
    if not _holders:
        library._terminate()
        library._initialize()


def first_line(error: Exception) -> str:
    """What an error of PortAudio's says, without its full stop."""
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else repr(error)
