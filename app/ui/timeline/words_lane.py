"""The words under the waveform: each line at its time, to be seen as it is sung and to be moved.

Shows what it was told last, and says what the user asks for. Knows nothing of sessions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QMenu, QSizePolicy, QWidget

from app.language import tr, trn
from app.ui import clock, theme
from app.ui.timeline.viewport import Viewport

HEIGHT_PX = 26
_STEP_S = 0.1


@dataclass(frozen=True, slots=True)
class LaneLine:
    """A line of the words at its time.

    Attributes:
        place: of its first character in the words as written.
        start: moment, in samples.
        asked: whether somebody gave it that time; else it is as sung.
    """

    place: int
    text: str
    start: int
    asked: bool


class WordsLane(QWidget):
    """Lines from left to right, under the moments at which they are sung.

    Signals:
        line_timed(place, sample): the line with that place shall be sung at a moment.
        line_freed(place): it shall be sung whenever it is.
        line_chosen(place): show it where the words are written.
    """

    line_timed = Signal(int, int)
    line_freed = Signal(int)
    line_chosen = Signal(int)

    def __init__(self, rate: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rate = rate
        self._view = Viewport.fitting(rate, 1)
        self._lines: tuple[LaneLine, ...] = ()
        self._lit = -1
        self._chosen = -1
        self._drop: int | None = None
        self._held: tuple[LaneLine, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Words on the timeline"))
        self.setToolTip(
            tr(
                "Each line at its time. Drag one, or choose it with the arrow keys up and down and "
                "move it left and right; Delete lets it go."
            )
        )
        self._describe()

    @property
    def lines(self) -> tuple[LaneLine, ...]:
        """What is shown, by time."""
        return self._lines

    @property
    def drop(self) -> int | None:
        """The moment at which a line that is held over the lane would be sung."""
        return self._drop

    def set_rate(self, rate: int) -> None:
        """Count in another model's samples."""
        self._rate = rate

    def show_lines(self, lines: Sequence[LaneLine]) -> None:
        """Show lines at their times."""
        ordered = tuple(sorted(lines, key=lambda line: line.start))
        if ordered != self._lines:
            self._lines = ordered
            self._describe()
            self.update()

    def show_lit(self, place: int) -> None:
        """Light the line that begins at a place; none for −1."""
        if place != self._lit:
            self._lit = place
            self.update()

    def show_view(self, view: Viewport) -> None:
        """Show the same stretch as the timeline."""
        self._view = view
        self.update()

    def show_drop(self, position: QPoint | None) -> None:
        """Show where a line would land that is held over a place on the screen."""
        sample = None if position is None else self.sample_under(position)
        if sample != self._drop:
            self._drop = sample
            self.update()

    def sample_under(self, position: QPoint) -> int | None:
        """The moment under a place on the screen, if that is over the lane or above it."""
        here = self.mapFromGlobal(position)
        above = self.parentWidget()
        top = -above.height() if above is not None else 0
        if not (0 <= here.x() <= self.width() and top <= here.y() <= self.height()):
            return None
        return self._view.sample_at(here.x())

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(400, HEIGHT_PX)

    # ── mouse ─────────────────────────────────────────────────────────────────────────────────

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the line under the pointer."""
        line = self._line_under(event.position().x())
        if event.button() is Qt.MouseButton.LeftButton and line is not None:
            self._held = line, event.position().x()
            self._choose(line.place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry the line, or show what could be carried."""
        if self._held is None:
            over = self._line_under(event.position().x()) is not None
            shape = Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            return
        if self._carried(event.position().x()):
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._drop = self._landing(event.position().x())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the line go where it is now."""
        held, drop = self._held, self._drop
        self._held = self._drop = None
        self.update()
        if held is not None and drop is not None:
            self.line_timed.emit(held[0].place, drop)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go to the line where it is written."""
        line = self._line_under(event.position().x())
        if line is not None:
            self.line_chosen.emit(line.place)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the line."""
        line = self._line_under(event.pos().x()) if event.reason() is _BY_MOUSE else self._current()
        if line is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Show Where It Is Written"), lambda: self.line_chosen.emit(line.place))
        free = menu.addAction(tr("Forget Its Time"), lambda: self.line_freed.emit(line.place))
        free.setEnabled(line.asked)
        menu.popup(event.globalPos())

    def _carried(self, x: float) -> bool:
        if self._held is None:
            return False
        far = abs(x - self._held[1]) >= QApplication.startDragDistance()
        return far or self._drop is not None

    def _landing(self, x: float) -> int:
        assert self._held is not None
        line, pressed = self._held
        return self._view.sample_at(self._view.x_of(line.start) + x - pressed)

    # ── keyboard ──────────────────────────────────────────────────────────────────────────────

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do with keys all that the mouse does."""
        act = self._keys().get(event.key())
        if act is None or not self._lines:
            event.ignore()
            return
        act()
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin with the first line."""
        super().focusInEvent(event)
        if self._current() is None and self._lines:
            self._choose(self._lines[0].place)

    def _keys(self) -> dict[int, Callable[[], None]]:
        key = Qt.Key
        return {
            key.Key_Up: lambda: self._step_to(-1),
            key.Key_Down: lambda: self._step_to(1),
            key.Key_Left: lambda: self._move(-1),
            key.Key_Right: lambda: self._move(1),
            key.Key_Delete: self._free,
            key.Key_Backspace: self._free,
            key.Key_Return: self._show,
        }

    def _current(self) -> LaneLine | None:
        return next((line for line in self._lines if line.place == self._chosen), None)

    def _step_to(self, step: int) -> None:
        places = [line.place for line in self._lines]
        here = places.index(self._chosen) if self._chosen in places else -step
        self._choose(places[min(max(here + step, 0), len(places) - 1)])

    def _move(self, steps: int) -> None:
        line = self._current()
        if line is not None:
            moved = max(0, line.start + round(steps * _STEP_S * self._rate))
            self.line_timed.emit(line.place, moved)

    def _free(self) -> None:
        line = self._current()
        if line is not None and line.asked:
            self.line_freed.emit(line.place)

    def _show(self) -> None:
        line = self._current()
        if line is not None:
            self.line_chosen.emit(line.place)

    def _choose(self, place: int) -> None:
        self._chosen = place
        self._describe()
        self.update()

    # ── look ──────────────────────────────────────────────────────────────────────────────────

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines, and where one that is held would land."""
        colours = theme.of(self)
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(colours.canvas))
        if not self._lines:
            painter.setPen(QColor(colours.dim))
            painter.drawText(self.rect().adjusted(8, 0, -8, 0), _MIDDLE, self._hint())
        for line, room in self._rooms():
            self._paint_line(painter, line, room)
        if self._drop is not None:
            self._paint_drop(painter, self._drop)

    def _hint(self) -> str:
        return tr("Drag lines of the lyrics here from their margin, to say when to sing them.")

    def _paint_line(self, painter: QPainter, line: LaneLine, room: QRectF) -> None:
        colours = theme.of(self)
        lit = line.place == self._lit
        flag = QColor(colours.accent if line.asked else colours.dim)
        ground = theme.translucent(colours.accent if lit else colours.dim, 0.35 if lit else 0.14)
        painter.fillRect(room, ground)
        painter.fillRect(
            QRectF(room.left(), room.top(), 3 if line.asked else 1, room.height()), flag
        )
        if line.place == self._chosen and self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))
        words = room.adjusted(6, 0, -2, 0)
        text = painter.fontMetrics().elidedText(line.text, _ELIDE, max(0, int(words.width())))
        painter.setPen(QColor(colours.text))
        painter.setLayoutDirection(reading(line.text))
        painter.drawText(words, _MIDDLE, text)

    def _paint_drop(self, painter: QPainter, sample: int) -> None:
        colours = theme.of(self)
        x = round(self._view.x_of(sample))
        painter.fillRect(x, 0, 2, self.height(), QColor(colours.accent))
        words = clock.moment(sample / self._rate, 1)
        width = painter.fontMetrics().horizontalAdvance(words) + 8
        left = x + 3 if x + width + 3 < self.width() else x - width - 1
        plate = QRectF(left, 4, width, self.height() - 8)
        painter.fillRect(plate, QColor(colours.accent))
        painter.setPen(QColor(colours.on_accent))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)

    def _rooms(self) -> list[tuple[LaneLine, QRectF]]:
        """The lines on screen, each with its room up to the next one."""
        ends = [*(after.start for after in self._lines[1:]), self._view.length]
        rooms: list[tuple[LaneLine, QRectF]] = []
        for line, end in zip(self._lines, ends, strict=False):
            left, right = self._view.x_of(line.start), self._view.x_of(max(end, line.start))
            if right >= 0 and left <= self.width():
                shown = max(left, -3.0)
                rooms.append((line, QRectF(shown, 3, max(right - shown - 1, 4), self.height() - 6)))
        return rooms

    def _line_under(self, x: float) -> LaneLine | None:
        inside = [line for line, room in self._rooms() if room.left() - 3 <= x <= room.right()]
        return inside[-1] if inside else None

    def _describe(self) -> None:
        """Say in words what is seen, for those who listen to the screen."""
        line = self._current()
        if line is None:
            words = trn("{count} line has a time.", "{count} lines have a time.", len(self._lines))
        else:
            at = clock.moment(line.start / self._rate, 1)
            words = tr("“{line}” at {time}.", line=line.text, time=at)
        self.setAccessibleDescription(words)


def reading(text: str) -> Qt.LayoutDirection:
    """The direction in which a text is read, whatever the window's: that of its first letter."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    first = next((kind for kind in strong if kind in ("L", "R", "AL")), "L")
    return Qt.LayoutDirection.LeftToRight if first == "L" else Qt.LayoutDirection.RightToLeft


_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ELIDE = Qt.TextElideMode.ElideRight
_BY_MOUSE = QContextMenuEvent.Reason.Mouse
