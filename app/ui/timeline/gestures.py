"""What a press, a drag and a release on the timeline mean.

Pure: moments in, selections out. Knows nothing of pixels' owners, painting or sessions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from app.ui.timeline.viewport import Viewport
from engine.types import Span

HANDLE_PX = 6
"""How near an edge must the pointer be to hold it."""

CLICK_PX = 4
"""A drag shorter than this is a click."""


class Edge(Enum):
    """An end of the selection."""

    START = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Drag:
    """A selection being drawn.

    Attributes:
        anchor: the moment that stays.
        pressed_x: where the button went down.
        holds_edge: an edge was grabbed, so that even the smallest move counts.
    """

    anchor: int
    pressed_x: float
    holds_edge: bool

    def span_at(self, x: float, view: Viewport) -> Span:
        """From the moment that stays to the one under the pointer."""
        moment = view.sample_at(x)
        return Span(min(self.anchor, moment), max(self.anchor, moment))

    def is_click(self, x: float) -> bool:
        """Whether nothing was dragged."""
        return not self.holds_edge and abs(x - self.pressed_x) < CLICK_PX


def edge_at(x: float, selection: Span | None, view: Viewport) -> Edge | None:
    """The edge of the selection within reach of pixel `x`; the nearer when both are."""
    if selection is None:
        return None
    reach = {
        Edge.START: abs(view.x_of(selection.start) - x),
        Edge.END: abs(view.x_of(selection.end) - x),
    }
    nearest = min(reach, key=lambda edge: reach[edge])
    return nearest if reach[nearest] <= HANDLE_PX else None


def pressed(x: float, selection: Span | None, view: Viewport) -> Drag:
    """A button went down: grab the edge that is there, or begin anew."""
    edge = edge_at(x, selection, view)
    if edge is None or selection is None:
        return Drag(view.sample_at(x), x, holds_edge=False)
    return Drag(_other_end(selection, edge), x, holds_edge=True)


def extended(x: float, selection: Span | None, playhead: int, view: Viewport) -> Drag:
    """A button went down with Shift: move the nearer edge, or reach out from the playhead."""
    if selection is None:
        return Drag(playhead, x, holds_edge=True)
    moment = view.sample_at(x)
    nearer_start = abs(moment - selection.start) < abs(moment - selection.end)
    edge = Edge.START if nearer_start else Edge.END
    return Drag(_other_end(selection, edge), x, holds_edge=True)


def moved_edge(selection: Span, edge: Edge, samples: int, length: int) -> Span | None:
    """The selection with one edge moved and kept on the timeline; None when nothing is left."""
    start, end = selection.start, selection.end
    if edge is Edge.START:
        start = min(max(start + samples, 0), end)
    else:
        end = max(min(end + samples, length), start)
    return Span(start, end) if start < end else None


def _other_end(selection: Span, edge: Edge) -> int:
    return selection.end if edge is Edge.START else selection.start
