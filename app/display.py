"""Whether a window can be shown here. Asked before Qt starts, for Qt ends the program if not."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys

ADVICE = "Start it from a desktop, or use the command line: jukebox compose song.wav --seconds 20"


def problem() -> str:
    """Why no window can be shown, as a sentence; "" when it can."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if sys.platform != "linux" or platform in ("offscreen", "minimal", "vnc"):
        return ""
    if os.environ.get("WAYLAND_DISPLAY"):
        return ""
    display = os.environ.get("DISPLAY", "")
    if not display:
        return f"There is no display here, so no window can be shown. {ADVICE}"
    if not _answers(display):
        return f"The display “{display}” does not answer, so no window can be shown. {ADVICE}"
    return ""


def _answers(display: str) -> bool:
    name = ctypes.util.find_library("xcb")
    if name is None:
        return True
    xcb = ctypes.CDLL(name)
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed
