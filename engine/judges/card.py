"""The table of figures in a model's card, between two marks.

Knows text. Rows of judges that were not asked this time stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import TaskError
from engine.judges.figures import HEADINGS, Figure, in_rows

BEGIN, END = "<!-- by jukebox judge -->", "<!-- end of figures -->"


def with_figures(card: str, figures: Sequence[Figure]) -> str:
    """A card with these figures in its table.

    Raises:
        TaskError: it has no place for a table.
    """
    before, begun, rest = card.partition(BEGIN)
    table, ended, after = rest.partition(END)
    if not begun or not ended:
        raise TaskError(f"The card has no place for figures. Put {BEGIN} and {END} around one.")
    rows = {_name(line): line for line in table.splitlines() if line.startswith("|")}
    for cells in (HEADINGS, ("---",) * len(HEADINGS)):
        rows.pop(cells[0], None)
    rows |= {row[0]: _line(row) for row in in_rows(figures)}
    lines = [_line(HEADINGS), _line(("---",) * len(HEADINGS)), *rows.values()]
    return f"{before}{BEGIN}\n" + "".join(f"{line}\n" for line in lines) + END + after


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _name(line: str) -> str:
    return line.split("|")[1].strip()
