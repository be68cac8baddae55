"""What the timeline shows, in words, for those who listen to the screen."""

from __future__ import annotations

from app.language import tr
from app.ui import clock
from engine.types import Span


def selection_words(span: Span | None, rate: int) -> str:
    """What is selected, or how to select."""
    if span is None:
        return tr("Nothing selected. Drag, or use Shift with the arrow keys, to select.")
    start, end = clock.moment(span.start / rate), clock.moment(span.end / rate)
    return tr("Selected from {start} to {end}.", start=start, end=end)
