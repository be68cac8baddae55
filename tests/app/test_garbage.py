from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.garbage import GarbageCollection


class Knot:
    """Something that only the collector can take away."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def parent() -> Iterator[QObject]:
    yield QObject()
    gc.unfreeze()
    gc.enable()


def litter() -> weakref.ref[Knot]:
    """Makes more garbage than Python tolerates; gives one piece of it."""
    knots = [Knot() for _ in range(2 * gc.get_threshold()[0])]
    return weakref.ref(knots[0])


def test_garbage_waits_for_the_windows_thread(parent: QObject, qtbot: QtBot) -> None:
    collection = GarbageCollection(parent)

    piece = litter()
    assert piece() is not None

    qtbot.waitUntil(lambda: piece() is None)
    assert collection.parent() is parent
