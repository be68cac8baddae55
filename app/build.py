"""Puts the program together: the only place that names concrete engines, stores and windows."""

from __future__ import annotations

import importlib
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings

from app.services import paces, preferences
from app.services.machines import DeskModel, Machines, desk_models
from app.session import Session
from app.ui import languages
from app.ui.debug_rects import RectWriter
from app.ui.main_window import MainWindow
from engine.api import Engine
from engine.catalog.store import default_store
from engine.runtime.fake import FAKE_MODEL, FakeEngine, Script
from engine.runtime.process import ProcessEngine

LOCAL_ENGINE = "engine.runtime.local:LocalEngine"
FAKE_ARTISTS = ("Ada Vale", "Marlow Finch", "Nocturne Nine")
FAKE_GENRES = ("folk", "pop", "waltz")
FAKE_PACE = Script(stretch_s=0.02)
"""Tones take their time as music does, so that a queue can be tried out."""


class EngineKind(StrEnum):
    """Where music is made."""

    PROCESS = "process"
    IN_PROCESS = "in-process"
    FAKE = "fake"


def build(kind: EngineKind, folder: Path) -> MainWindow:
    """The window, with a session and an engine behind it that have not begun to work."""
    settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    languages.begin(settings)
    machines = Machines(
        engine_of(kind),
        _models(kind),
        folder,
        preferences=preferences.load(folder),
        pace=paces.load(folder),
        find_models=partial(_models, kind),
    )
    return MainWindow(Session(machines), settings)


def write_rects(path: Path, window: MainWindow) -> None:
    """Keep the places of all widgets in a file, for as long as the window lives."""
    RectWriter(path, window)


def engine_of(kind: EngineKind) -> Engine:
    """An engine of that kind. It loads nothing heavy before its first task, in-process aside."""
    if kind is EngineKind.FAKE:
        return FakeEngine(script=FAKE_PACE)
    if kind is EngineKind.PROCESS:
        return ProcessEngine(LOCAL_ENGINE)
    module, name = LOCAL_ENGINE.split(":")
    return getattr(importlib.import_module(module), name)()


def _models(kind: EngineKind) -> tuple[DeskModel, ...]:
    if kind is EngineKind.FAKE:
        return (DeskModel(FAKE_MODEL, FAKE_ARTISTS, FAKE_GENRES),)
    return desk_models(default_store())
