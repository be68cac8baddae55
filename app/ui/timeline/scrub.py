"""The playhead dragged along the ruler, so that what it passes is heard.

Knows a press, a drag and a release. Knows nothing of sound.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.language import mark
from app.ui.timeline.gestures import CLICK_PX

SCRUB_TIP = mark("Click to move the playhead; drag to hear what it passes")


class Scrub(QObject):
    """A drag in the ruler, from its first real move on.

    Signals:
        moved: the moment under the pointer, in samples.
        ended: the button was let go.
    """

    moved = Signal(int)
    ended = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pressed_x: float | None = None
        self._moves = False

    @property
    def holding(self) -> bool:
        """Whether the playhead is held."""
        return self._pressed_x is not None

    def press(self, x: float) -> None:
        """Take hold of the playhead."""
        self._pressed_x = x

    def move(self, x: float, moment: int) -> None:
        """Drag it to a moment; what is no more than a shaky click does not count."""
        if self._pressed_x is not None:
            self._moves = self._moves or abs(x - self._pressed_x) >= CLICK_PX
            if self._moves:
                self.moved.emit(moment)

    def release(self) -> None:
        """Let it go."""
        moved, self._moves, self._pressed_x = self._moves, False, None
        if moved:
            self.ended.emit()
