"""The words and patterns by which the screen tells levels and qualities apart, in one place."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.song.song import Origin
from engine.types import Level

LEVEL_NAMES = {Level.TOP: "Draft", Level.MIDDLE: "Mid", Level.BOTTOM: "Full"}

LEVEL_PATTERNS = {
    Level.TOP: Qt.BrushStyle.Dense6Pattern,
    Level.MIDDLE: Qt.BrushStyle.BDiagPattern,
    Level.BOTTOM: Qt.BrushStyle.SolidPattern,
}

LEVEL_MEANINGS = {
    Level.TOP: "Draft: the coarsest sound, made first",
    Level.MIDDLE: "Mid: clearer, made from the draft",
    Level.BOTTOM: "Full: the finest sound the model makes",
}

ORIGIN_NAMES = {
    Origin.GENERATED: "Generated",
    Origin.CONTINUED: "Continued",
    Origin.REDONE: "Redone",
    Origin.RENDERED: "Rendered",
    Origin.IMPORTED: "Imported",
}
