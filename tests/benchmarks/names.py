"""What a key costs on the window's thread while an artist is sought among thousands.

Run it: python -m tests.benchmarks.names
Prints milliseconds of that thread's processor time per key, of the search alone and of the whole
field with its open list: median, 95th percentile and longest, for 8,000 names as the released
models have. Before that, what making the index costs.
"""

from __future__ import annotations

import random
import time

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.song.names import NameIndex
from app.song.taste import Taste
from app.ui.name_field import NameField

NAMES = 8000
TYPED = ("the b", "rose river", "beatels", "mo", "zqxw", "e", "crystal winter parade", "a b")
ROUNDS = 5
_SYLLABLES = ("ba", "cor", "den", "el", "fi", "gar", "ho", "ian", "jo", "ka", "lum", "mor", "ne")
_WORDS = ("river", "rose", "winter", "crystal", "parade", "night", "stone", "beach", "house")


def many_names(count: int) -> tuple[str, ...]:
    """As many names, all different and sorted, of one to three words like those of bands."""
    dice = random.Random(5)
    found: dict[str, None] = {}
    while len(found) < count:
        made = "".join(dice.choices(_SYLLABLES, k=dice.randint(2, 3)))
        words = [made, *dice.choices(_WORDS, k=dice.randint(0, 2))]
        found[" ".join(["the"] * (dice.random() < 0.2) + words)] = None
    return tuple(sorted(found))


def _figures(spent: list[float]) -> str:
    middle, late = np.percentile(spent, (50, 95))
    return f"{middle:6.2f} {late:6.2f} {max(spent):6.2f}"


def _searches(index: NameIndex, taste: Taste) -> list[float]:
    spent: list[float] = []
    for typed in TYPED * ROUNDS:
        for length in range(1, len(typed) + 1):
            start = time.thread_time()
            index.search(typed[:length], taste)
            spent.append(1000 * (time.thread_time() - start))
    return spent


def _keys(app: QApplication, field: NameField) -> list[float]:
    spent: list[float] = []
    for typed in TYPED * ROUNDS:
        field.line.clear()
        for letter in typed:
            start = time.thread_time()
            QTest.keyClick(field.line, Qt.Key(ord(letter.upper())), Qt.KeyboardModifier.NoModifier)
            app.processEvents()
            spent.append(1000 * (time.thread_time() - start))
    return spent


def main() -> None:
    """Measure both."""
    app = QApplication([])
    names = many_names(NAMES)
    start = time.thread_time()
    index = NameIndex(names)
    print(f"index of {NAMES} names  {1000 * (time.thread_time() - start):6.1f} ms")
    taste = Taste(names[10:40], names[50:60])
    print(f"search, ms a key       {_figures(_searches(index, taste))}")
    field = NameField("artist", "Any artist")
    field.set_names(index, taste)
    field.show()
    field.line.setFocus()
    app.processEvents()
    print(f"field, ms a key        {_figures(_keys(app, field))}")


if __name__ == "__main__":
    main()
