"""Music that is dragged over the window: where it may be dropped, and what that does.

On a take of the list it is merged into that take, at the moment where it comes from; on the
timeline it is laid over the take that is shown. Knows nothing of files.
"""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QPointF
from PySide6.QtWidgets import QWidget

from app.session import Session
from app.song.clips import MIME
from app.song.song import TakeId
from app.ui.clipboard import carried
from app.ui.take_list import TakeList
from app.ui.timeline.view import Timeline


class ClipDrops:
    """The two places of a window where music can be dropped.

    Args:
        window: whose points `move` and `drop` are given.
    """

    def __init__(
        self, session: Session, window: QWidget, takes: TakeList, timeline: Timeline
    ) -> None:
        self._session, self._window = session, window
        self._takes, self._timeline = takes, timeline

    def move(self, data: QMimeData, point: QPoint) -> bool:
        """Show what a drop here would do; whether it would do anything."""
        take, moment = self._target(data, point)
        self._takes.show_target(take)
        self._timeline.handles.show_drop(moment)
        return bool(take) or moment is not None

    def leave(self) -> None:
        """Show no target any more."""
        self._takes.show_target("")
        self._timeline.handles.show_drop(None)

    def drop(self, data: QMimeData, point: QPoint) -> None:
        """Do what was shown."""
        take, moment = self._target(data, point)
        self.leave()
        if take:
            self._session.merge(carried(data), TakeId(take))
        elif moment is not None:
            self._session.paste_over(carried(data), moment)

    def _target(self, data: QMimeData, point: QPoint) -> tuple[str, int | None]:
        """The take under a point of the window, or else the moment."""
        if not data.hasFormat(MIME) or self._session.model is None:
            return "", None
        if self._takes.isVisible():
            take = self._takes.take_at(self._takes.viewport().mapFrom(self._window, point))
            if take:
                return take, None
        if not self._timeline.isVisible():
            return "", None
        inside = self._timeline.viewport().mapFrom(self._window, point)
        return "", self._timeline.moment_at(QPointF(inside))
