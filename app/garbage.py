"""When Python looks for garbage: on the window's thread, between two events, and nowhere else.

Left to itself, Python collects on whichever thread happens to allocate. There it would hold up the
audio callback, and end Qt objects on a thread that they do not live on, or while Qt holds a lock
that their end needs too: all of that was seen.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 500


class GarbageCollection(QObject):
    """Collects now and then for as long as it lives. Owned by its parent.

    What is there at the beginning is taken to stay for good, which keeps each round short.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.collect()
        gc.freeze()
        gc.disable()
        timer = QTimer(self, interval=EVERY_MS)
        timer.timeout.connect(collect_if_due)
        timer.start()


def collect_if_due() -> None:
    """Collect the generations that Python would have collected by now."""
    counted = enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
    due = [generation for generation, (count, limit) in counted if count > limit]
    if due:
        gc.collect(max(due))
