"""The words and patterns by which the screen tells levels and qualities apart, in one place."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.language import mark
from app.song.song import Origin, Verdict
from engine.types import Level

LEVEL_NAMES = {Level.TOP: mark("Draft"), Level.MIDDLE: mark("Mid"), Level.BOTTOM: mark("Full")}

LEVEL_PATTERNS = {
    Level.TOP: Qt.BrushStyle.Dense6Pattern,
    Level.MIDDLE: Qt.BrushStyle.BDiagPattern,
    Level.BOTTOM: Qt.BrushStyle.SolidPattern,
}

LEVEL_MEANINGS = {
    Level.TOP: mark("Draft: the coarsest sound, made first"),
    Level.MIDDLE: mark("Mid: clearer, made from the draft"),
    Level.BOTTOM: mark("Full: the finest sound the model makes"),
}

ORIGIN_NAMES = {
    Origin.GENERATED: mark("Generated"),
    Origin.CONTINUED: mark("Continued"),
    Origin.REDONE: mark("Redone"),
    Origin.RENDERED: mark("Rendered"),
    Origin.IMPORTED: mark("Imported"),
    Origin.EDITED: mark("Edited"),
    Origin.REPLACED: mark("Replaced"),
}

VERDICT_NAMES = {Verdict.KEPT: mark("Kept"), Verdict.REJECTED: mark("Rejected")}
