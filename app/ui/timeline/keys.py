"""What keys and the mouse do on the timeline: one table, for the timeline and for the cheat sheet.

Knows keys and words. Knows nothing of how the timeline does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from app.language import mark


class Deed(Enum):
    """What a key does on the timeline."""

    BACK = auto()
    ON = auto()
    TO_START = auto()
    TO_END = auto()
    GROW_BACK = auto()
    GROW_ON = auto()
    SHRINK_BACK = auto()
    SHRINK_ON = auto()
    REACH_START = auto()
    REACH_END = auto()
    BEGIN_HERE = auto()
    END_HERE = auto()
    REMOVE = auto()
    SELECT_NOTHING = auto()
    PAGE_BACK = auto()
    PAGE_ON = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """Keys that belong together, by their portable names, and words for what they do."""

    words: str
    deeds: Mapping[str, Deed]


KEYS = (
    Row(mark("Move the playhead"), {"Left": Deed.BACK, "Right": Deed.ON}),
    Row(mark("To the start, to the end"), {"Home": Deed.TO_START, "End": Deed.TO_END}),
    Row(
        mark("Select, or make the selection larger"),
        {"Shift+Left": Deed.GROW_BACK, "Shift+Right": Deed.GROW_ON},
    ),
    Row(
        mark("Make the selection smaller"),
        {"Ctrl+Shift+Left": Deed.SHRINK_BACK, "Ctrl+Shift+Right": Deed.SHRINK_ON},
    ),
    Row(
        mark("Select from the playhead to the start, to the end"),
        {"Shift+Home": Deed.REACH_START, "Shift+End": Deed.REACH_END},
    ),
    Row(
        mark("Put an edge of the selection at the playhead"),
        {"[": Deed.BEGIN_HERE, "]": Deed.END_HERE},
    ),
    Row(mark("Take the selection out"), {"Del": Deed.REMOVE, "Backspace": Deed.REMOVE}),
    Row(mark("Select nothing"), {"Esc": Deed.SELECT_NOTHING}),
    Row(mark("Scroll by a screen"), {"PgUp": Deed.PAGE_BACK, "PgDown": Deed.PAGE_ON}),
)
MOUSE = (
    (mark("Drag"), mark("Select, or move an edge of the selection")),
    (mark("Click"), mark("Move the playhead, and select nothing")),
    (mark("Shift and click"), mark("Make the selection reach to here")),
    (mark("Alt while dragging"), mark("Select exactly, without snapping")),
    (mark("Double click"), mark("Select the stretch of one quality")),
    (mark("Double click on Surprise"), mark("Redo the take from there")),
    (mark("Drag in the ruler"), mark("Hear what the playhead passes")),
    (mark("Drag the grip"), mark("Merge the selection onto another take")),
    (mark("Drag along the ribbon"), mark("Render there; with Ctrl to mid, with Shift to a draft")),
    (mark("Wheel"), mark("Zoom at the pointer")),
    (mark("Shift and wheel"), mark("Scroll")),
)
_DEEDS = {QKeySequence(keys).toString(): deed for row in KEYS for keys, deed in row.deeds.items()}
_IGNORED = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier
"""Arrows are arrows wherever they lie on the keyboard."""


def deed_of(event: QKeyEvent) -> Deed | None:
    """What a key that was pressed does; None for nothing."""
    keys = QKeyCombination(event.modifiers() & ~_IGNORED, Qt.Key(event.key()))
    return _DEEDS.get(QKeySequence(keys).toString())
