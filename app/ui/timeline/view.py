"""The timeline: where sound is seen, selected and pointed at.

Shows what it was told last, and says what the user asks for. Knows nothing of sessions.

It lives in a pyqtgraph view, with painted items of our own. Measured on software raster at
1400×320: 1.0 ms of CPU per frame when scrolling, 1.7 when zooming, 0.6 per step of the playhead; a
bare painted widget that makes its picture anew takes 0.9 (tests/benchmarks/timeline.py).
"""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.language import tr
from app.ui import clock, theme
from app.ui.timeline import gestures
from app.ui.timeline.brush import TIP, Brush
from app.ui.timeline.gestures import Drag, Edge
from app.ui.timeline.handles import Handles
from app.ui.timeline.items import (
    Canvas,
    Ground,
    Peaks,
    Ribbon,
    SelectionEdges,
    SelectionGround,
    Waveform,
)
from app.ui.timeline.keys import Deed, deed_of
from app.ui.timeline.ruler import LABELS_APART_PX, RULER_PX, Ruler, multiples
from app.ui.timeline.scrub import SCRUB_TIP, Scrub
from app.ui.timeline.viewport import Viewport
from app.ui.timeline.words import selection_words
from engine.types import Level, Span

ZOOM_STEP = 1.25
SCROLL_SHARE = 0.1
"""Part of the view that one notch of the wheel scrolls."""


class Timeline(pg.GraphicsView):
    """Waveform, ruler, quality ribbon, selection and playhead.

    Signals:
        selection_asked: a `Span` as it is, or None for no selection.
        selection_dragged: a `Span` whose edges the mouse drags, to be drawn to something.
        selection_stepped: a `Span` of which a key moved an edge, likewise.
        seek_asked: a moment, in samples.
        removal_asked: the selection is to be taken out.
        view_changed: the `Viewport` now on screen.
    """

    selection_asked = Signal(object)
    selection_dragged = Signal(object)
    selection_stepped = Signal(object)
    seek_asked = Signal(int)
    removal_asked = Signal()
    view_changed = Signal(object)

    _built = False

    def __init__(self, rate: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ruler = Ruler(rate)
        self._box = pg.ViewBox(enableMouse=False, enableMenu=False)
        self._view = Viewport.fitting(rate, 1)
        self._playhead = 0
        self._drag: Drag | None = None
        colours = theme.of(self)
        shown = (self._view, colours)
        self._ground, self._waveform = Ground(*shown), Waveform(*shown)
        self._ribbon, self.scrub = Ribbon(*shown), Scrub(self)
        self._shade, self._edges = SelectionGround(*shown), SelectionEdges(*shown)
        self._layers = (self._ground, self._shade, self._waveform, self._ribbon, self._edges)
        self.handles = Handles(*shown, parent=self)
        self.brush = Brush(*shown)
        self._layers = (*self._layers, self.brush, *self.handles.items)
        self._canvas = Canvas(self._box, self._layers)
        self._line = pg.InfiniteLine(0)
        self._build()
        self._built = True
        self._recolour()

    # ── what it shows ─────────────────────────────────────────────────────────────────────────

    @property
    def view(self) -> Viewport:
        """What is on screen."""
        return self._view

    @property
    def selection(self) -> Span | None:
        """What is selected."""
        return self._edges.span

    @property
    def words(self) -> str:
        """What is selected, for those who listen to the screen."""
        return self.accessibleDescription()

    def set_rate(self, rate: int) -> None:
        """Label the ruler for another model's sample rate."""
        self._ruler.set_rate(rate)

    def show_take(
        self, peaks: Peaks | None, quality: tuple[tuple[Span, Level], ...], length: int
    ) -> None:
        """Draw a take's sound, on a timeline of `length` samples."""
        self._waveform.peaks = peaks
        self._waveform.quality = self._ribbon.quality = quality
        if length == self._view.length:
            self._waveform.refresh()
            self._ribbon.refresh()
        else:
            self.set_view(self._view.lengthened(length))

    def show_room(self, length: int) -> None:
        """Let one zoom out to a song of `length` samples, however long the take is."""
        self.set_view(self._view.with_room(length))

    def show_selection(self, span: Span | None) -> None:
        """Draw a selection, or none."""
        for item in (self._shade, self._edges):
            item.span = span
            item.refresh()
        self.handles.show_selection(span)
        self._describe()

    def show_playhead(self, sample: int) -> None:
        """Put the playhead at a moment."""
        self._playhead = sample
        self._line.setPos(sample)

    def follow_playhead(self) -> None:
        """Turn the page when the playhead has left the screen."""
        if self._drag is None:
            self.set_view(self._view.following(self._playhead))

    def set_view(self, view: Viewport) -> None:
        """Put another stretch on screen."""
        if view == self._view:
            return
        self._view = view
        self._box.setXRange(view.start, view.end, padding=0)
        self._box.prepareForPaint()  # Else it happens while painting, which then is done twice.
        step = clock.step(view.visible / self._ruler.rate, view.width, LABELS_APART_PX)
        self._ground.ticks = tuple(multiples(step * self._ruler.rate, view.start, view.end))
        self._canvas.show_view(view)
        self.view_changed.emit(view)

    # ── zoom ──────────────────────────────────────────────────────────────────────────────────

    def zoom_in(self) -> None:
        """Closer, around the playhead when it is on screen."""
        self.set_view(self._view.zoomed(ZOOM_STEP**2, self._anchor()))

    def zoom_out(self) -> None:
        """Farther, around the playhead when it is on screen."""
        self.set_view(self._view.zoomed(ZOOM_STEP**-2, self._anchor()))

    def zoom_to_fit(self) -> None:
        """Everything on screen."""
        self.set_view(self._view.fitted())

    def zoom_to_selection(self) -> None:
        """The selection fills the screen."""
        if self.selection is not None:
            self.set_view(self._view.showing(self.selection))

    def _anchor(self) -> float:
        x = self._view.x_of(self._playhead)
        return x if 0 <= x <= self._view.width else self._view.width / 2

    # ── mouse ─────────────────────────────────────────────────────────────────────────────────

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        """Begin a selection, take hold of an edge or a mark, or point the playhead in the ruler."""
        if ev.button() is not Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        x = self._x(ev.position())
        if self.handles.press(ev.position(), self._area()):
            return
        if self.brush.press(ev.position(), self._area()):
            return
        if self._in_ruler(ev.position()):
            self.scrub.press(x)
            self.seek_asked.emit(self._view.sample_at(x))
        elif ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._drag = gestures.extended(x, self.selection, self._playhead, self._view)
            self._drag_to(x, ev.modifiers())
        else:
            self._drag = gestures.pressed(x, self.selection, self._view)

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        """Draw the selection along, or show what could be grabbed."""
        x = self._x(ev.position())
        if self.handles.holding:
            self.handles.move(ev.position(), self._area())
        elif self.brush.painting:
            self._scroll_along(x)
            self.brush.move(ev.position(), self._area(), ev.modifiers())
        elif self.scrub.holding:
            self._scroll_along(x)
            self.scrub.move(x, self._view.sample_at(x))
        elif self._drag is None:
            self._point(ev.position())
        elif not self._drag.is_click(x):
            self._scroll_along(x)
            self._drag_to(self._x(ev.position()), ev.modifiers())

    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        """End the selection; a mere click clears it and points the playhead."""
        drag, self._drag = self._drag, None
        self.handles.release(ev.position())
        self.brush.release()
        self.scrub.release()
        x = self._x(ev.position())
        if drag is not None and drag.is_click(x):
            self._ask(None)
            self.seek_asked.emit(self._view.sample_at(x))

    def mouseDoubleClickEvent(self, ev: QMouseEvent) -> None:
        """Select the stretch of one quality under the pointer."""
        moment = self._view.sample_at(self._x(ev.position()))
        for span, _ in self._waveform.quality:
            if span.start <= moment < span.end and not self._in_ruler(ev.position()):
                self._ask(span)

    def wheelEvent(self, ev: QWheelEvent) -> None:
        """Zoom at the pointer; with Shift, or sideways, scroll."""
        delta = ev.angleDelta()
        sideways = delta.x() or (
            delta.y() if ev.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        )
        if sideways:
            step = -sideways / 120 * SCROLL_SHARE * self._view.visible
            self.set_view(self._view.scrolled(step))
        else:
            factor = ZOOM_STEP ** (delta.y() / 120)
            self.set_view(self._view.zoomed(factor, self._x(ev.position())))
        ev.accept()

    def _drag_to(self, x: float, modifiers: Qt.KeyboardModifier) -> None:
        """Select up to the pointer; with Alt, exactly there."""
        assert self._drag is not None
        span = self._drag.span_at(x, self._view)
        if modifiers & Qt.KeyboardModifier.AltModifier:
            self._ask(span)
        else:
            self.selection_dragged.emit(span if span.length else None)

    def _scroll_along(self, x: float) -> None:
        beyond = min(x, 0.0) + max(x - self._view.width, 0.0)
        if beyond:
            self.set_view(self._view.scrolled(beyond * self._view.per_pixel / 2))

    def _point(self, position: QPointF) -> None:
        x = self._x(position)
        mark = self.handles.pointed(position, self._area())
        if mark is None and self.brush.over(position, self._area()):
            mark = (Qt.CursorShape.CrossCursor, tr(TIP))
        elif mark is None and self._in_ruler(position):
            mark = (Qt.CursorShape.PointingHandCursor, tr(SCRUB_TIP))
        self.viewport().setToolTip("" if mark is None else mark[1])
        at_edge = gestures.edge_at(x, self.selection, self._view) is not None
        shape = Qt.CursorShape.SizeHorCursor if at_edge else Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(shape if mark is None else mark[0])

    def _x(self, position: QPointF) -> float:
        return position.x() - self._area().left()

    def _in_ruler(self, position: QPointF) -> bool:
        return position.y() < self._area().top()

    def moment_at(self, position: QPointF) -> int | None:
        """The moment under a point of the canvas; None elsewhere."""
        if not self._area().contains(position):
            return None
        return self._view.sample_at(self._x(position))

    def _area(self) -> QRectF:
        return self._box.mapRectToScene(self._box.rect())

    # ── keyboard ──────────────────────────────────────────────────────────────────────────────

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Do with keys all that the mouse does."""
        deed = deed_of(ev)
        if deed is None:
            ev.ignore()
            return
        self._ways(self._step())[deed]()
        ev.accept()

    def _ways(self, step: int) -> dict[Deed, Callable[[], None]]:
        """How each deed is done; `step` is how far an arrow goes, in samples."""
        view = self._view
        return {
            Deed.BACK: lambda: self._seek(self._playhead - step),
            Deed.ON: lambda: self._seek(self._playhead + step),
            Deed.TO_START: lambda: self._seek(0),
            Deed.TO_END: lambda: self._seek(view.length),
            Deed.GROW_BACK: lambda: self._move(Edge.START, -step),
            Deed.GROW_ON: lambda: self._move(Edge.END, step),
            Deed.SHRINK_BACK: lambda: self._move(Edge.END, -step),
            Deed.SHRINK_ON: lambda: self._move(Edge.START, step),
            Deed.REACH_START: lambda: self._reach(0),
            Deed.REACH_END: lambda: self._reach(view.length),
            Deed.BEGIN_HERE: lambda: self._set_edge(Edge.START),
            Deed.END_HERE: lambda: self._set_edge(Edge.END),
            Deed.REMOVE: self.removal_asked.emit,
            Deed.SELECT_NOTHING: lambda: self._ask(None),
            Deed.PAGE_BACK: lambda: self.set_view(view.scrolled(-view.visible)),
            Deed.PAGE_ON: lambda: self.set_view(view.scrolled(view.visible)),
        }

    def _step(self) -> int:
        """How far an arrow key goes: a tenth of what lies between two labels."""
        seconds = clock.step(
            self._view.visible / self._ruler.rate, self._view.width, LABELS_APART_PX
        )
        return round(seconds * self._ruler.rate / 10)

    def _seek(self, sample: int) -> None:
        self.seek_asked.emit(min(max(sample, 0), self._view.length))

    def _move(self, edge: Edge, samples: int) -> None:
        span = self.selection or Span(self._playhead, self._playhead)
        self.selection_stepped.emit(gestures.moved_edge(span, edge, samples, self._view.length))

    def _reach(self, sample: int) -> None:
        moments = (self._playhead, sample)
        self._ask(Span(min(moments), max(moments)))

    def _set_edge(self, edge: Edge) -> None:
        span = self.selection or Span(0, self._view.length)
        start = self._playhead if edge is Edge.START else span.start
        end = self._playhead if edge is Edge.END else span.end
        self._ask(Span(min(start, end), max(start, end)))

    def _ask(self, span: Span | None) -> None:
        self.selection_asked.emit(span if span is not None and span.length else None)

    # ── look ──────────────────────────────────────────────────────────────────────────────────

    def resizeEvent(self, ev: QResizeEvent | None) -> None:
        """Keep the same stretch on screen."""
        super().resizeEvent(ev)
        if ev is not None:
            self.set_view(self._view.resized(round(self._area().width())))

    def changeEvent(self, ev: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(ev)
        if self._built and ev.type() is QEvent.Type.PaletteChange:
            self._recolour()

    def _build(self) -> None:
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addItem(self._ruler, 0, 0)
        layout.addItem(self._box, 1, 0)
        self.setCentralItem(layout)
        self._ruler.linkToView(self._box)
        self._box.disableAutoRange()
        self._box.setYRange(-1, 1, padding=0)
        for item in (self._canvas, self._line):
            self._box.addItem(item, ignoreBounds=True)
        self.setMinimumHeight(RULER_PX + 80)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Waveform timeline"))
        self._describe()

    def _recolour(self) -> None:
        colours = theme.of(self)
        self.setBackground(colours.panel)
        self._box.setBackgroundColor(colours.canvas)
        self._ruler.setPen(colours.border)
        self._ruler.setTextPen(colours.dim)
        self._ruler.setTickPen(colours.border)
        self._line.setPen(colours.accent, width=1.5)
        for item in self._layers:
            item.theme = colours
            item.refresh()

    def _describe(self) -> None:
        """Say in words what is seen, for those who listen to the screen."""
        words = selection_words(self.selection, self._ruler.rate)
        self.setAccessibleDescription(words)
