"""What of the timeline can be taken hold of besides the selection: the flag, the bracket, the grip.

Shows what it was told last, moves a mark along while it is dragged, and says what is asked once it
is let go. Knows nothing of sessions.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtWidgets import QApplication

from app.language import mark, tr
from app.ui.theme import Theme
from app.ui.timeline.items import PixelItem
from app.ui.timeline.marks import Beats, DropLine, Grip, Hearing, Mark, SongEnd
from app.ui.timeline.viewport import Viewport
from engine.types import Span


class Handles(QObject):
    """Marks on the timeline, and the one that is held.

    Signals:
        song_end_asked: the moment to which the flag was dragged.
        heard_asked: the moment to which the bracket's end was dragged.
        carry_asked: the selection is being dragged away by its grip.
    """

    song_end_asked = Signal(int)
    heard_asked = Signal(int)
    carry_asked = Signal()

    def __init__(self, view: Viewport, colours: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        shown = (view, colours)
        self._hearing, self._end, self._grip = Hearing(*shown), SongEnd(*shown), Grip(*shown)
        self._drop, self._beats = DropLine(*shown), Beats(*shown)
        self._held: Mark | None = None
        self._from = QPointF()

    @property
    def items(self) -> tuple[PixelItem, ...]:
        """What is to be drawn, the lowest first."""
        return self._beats, self._hearing, self._end, self._grip, self._drop

    @property
    def holding(self) -> bool:
        """Whether a mark is held."""
        return self._held is not None

    @property
    def hearing(self) -> Span | None:
        """The stretch shown as heard."""
        return self._hearing.span

    @property
    def song_end(self) -> int | None:
        """Where the flag stands."""
        return self._end.moment

    def show_hearing(self, span: Span | None, words: str) -> None:
        """Mark what the model hears, unless that is being dragged."""
        if self._held is not self._hearing:
            self._hearing.span, self._hearing.words = span, words
            self._hearing.refresh()

    def show_song_end(self, moment: int | None, words: str) -> None:
        """Mark where the song ends, unless that is being dragged."""
        if self._held is not self._end:
            self._end.moment, self._end.words = moment, words
            self._end.refresh()

    def show_selection(self, span: Span | None) -> None:
        """Give the selection a grip, and keep words clear of its edge."""
        self._grip.span, self._hearing.crossed_at = span, span and span.start
        self._grip.refresh()
        self._hearing.refresh()

    def show_beats(self, moments: tuple[int, ...]) -> None:
        """Mark what selections snap to."""
        self._beats.moments = moments
        self._beats.refresh()

    def show_drop(self, moment: int | None) -> None:
        """Mark where something carried would be put."""
        if self._drop.moment != moment:
            self._drop.moment = moment
            self._drop.refresh()

    def handle_of(self, name: str, area: QRectF) -> QRectF | None:
        """Where a mark can be taken hold of: "hearing", "end" or "grip"."""
        return {"hearing": self._hearing, "end": self._end, "grip": self._grip}[name].handle(area)

    def press(self, point: QPointF, area: QRectF) -> bool:
        """Take hold of the mark under a point; whether there is one."""
        self._held, self._from = self._at(point, area), point
        return self.holding

    def move(self, point: QPointF, area: QRectF) -> None:
        """Drag the held mark along."""
        match self._held:
            case SongEnd() as end:
                end.moment = max(0, _moment(point, area, end.view))
                end.refresh()
            case Hearing(span=Span()) as heard:
                assert heard.span is not None
                start = min(max(0, _moment(point, area, heard.view)), heard.span.end)
                heard.span = Span(start, heard.span.end)
                heard.refresh()
            case Grip():
                way = (point - self._from).manhattanLength()
                if way >= QApplication.startDragDistance():
                    self._held = None
                    self.carry_asked.emit()
            case _:
                pass

    def release(self, point: QPointF) -> None:
        """Let go, and ask for what was dragged; a mere click asks for nothing."""
        held, self._held = self._held, None
        if point == self._from:
            return
        if isinstance(held, SongEnd) and held.moment is not None:
            self.song_end_asked.emit(held.moment)
        elif isinstance(held, Hearing) and held.span is not None:
            self.heard_asked.emit(held.span.start)

    def pointed(self, point: QPointF, area: QRectF) -> tuple[Qt.CursorShape, str] | None:
        """The shape of the pointer over a mark, and what can be done with it; None elsewhere."""
        found = self._at(point, area)
        if found is None:
            return None
        shape = Qt.CursorShape.OpenHandCursor
        if found is not self._grip:
            shape = Qt.CursorShape.SizeHorCursor
        return shape, tr(_TIPS[type(found)])

    def _at(self, point: QPointF, area: QRectF) -> Mark | None:
        for each in (self._grip, self._end, self._hearing):
            handle = each.handle(area)
            if handle is not None and handle.contains(point):
                return each
        return None


_TIPS: dict[type[Mark], str] = {
    Hearing: mark(
        "What the model hears before it goes on from here; as much is heard before a selection "
        "that is made anew. Drag its left end to let it hear less."
    ),
    SongEnd: mark("Where the song ends, as the model is told. Drag it to another moment."),
    Grip: mark("Drag the selection onto another take, or to another place"),
}


def _moment(point: QPointF, area: QRectF, view: Viewport) -> int:
    """The moment under a point, which may lie outside the screen."""
    return round(view.start + (point.x() - area.left()) * view.per_pixel)
