"""PySide6 6.12.0 drops a reference of None in each call that returns it.

Below Python 3.12 None is not immortal, so the process aborts after some 5,000 such calls.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject

CALLS = 1000


def test_qt_calls_keep_their_hands_off_none() -> None:
    thing = QObject()
    before = sys.getrefcount(None)

    for _ in range(CALLS):
        thing.setObjectName("x")

    assert sys.getrefcount(None) > before - CALLS // 10
