"""Moments and durations in the words of the screen.

Pure. Knows seconds and digits. Knows nothing of widgets.
"""

from __future__ import annotations

from app.language import tr

_STEPS_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600)


def moment(seconds: float, decimals: int = 1) -> str:
    """A point in time, such as “1:02.5”."""
    scale = 10**decimals
    whole = round(seconds * scale)
    minutes, rest = divmod(whole, 60 * scale)
    width = 2 if not decimals else 3 + decimals
    return f"{minutes}:{rest / scale:0{width}.{decimals}f}"


def duration(seconds: float) -> str:
    """How long, such as “12.5 s” or “3 min 20 s”."""
    if seconds < 59.95:
        digits = f"{seconds:.1f}".removesuffix(".0")
        return tr("{seconds} s", seconds=digits)
    minutes, rest = divmod(round(seconds), 60)
    return (
        tr("{minutes} min {rest} s", minutes=minutes, rest=rest)
        if rest
        else tr("{minutes} min", minutes=minutes)
    )


def remaining(seconds: float) -> str:
    """A guess of how long something still takes, such as “about 2 min left”."""
    if seconds < 1:
        return tr("almost done")
    if seconds < 90:
        return tr("about {seconds} s left", seconds=_rounded(seconds))
    if seconds < 5400:
        return tr("about {minutes} min left", minutes=round(seconds / 60))
    return tr("about {hours:.1f} h left", hours=seconds / 3600)


def step(seconds_on_screen: float, width: float, apart: float) -> float:
    """Seconds between two labels of a ruler that shall be `apart` pixels or more apart."""
    least = seconds_on_screen * apart / max(width, 1)
    return next((one for one in _STEPS_S if one >= least), 3600)


def decimals(step_s: float) -> int:
    """Digits after the point that tell labels `step_s` apart."""
    if step_s >= 1:
        return 0
    return 1 if step_s >= 0.1 else 2


def _rounded(seconds: float) -> int:
    return round(seconds) if seconds < 20 else round(seconds / 5) * 5
