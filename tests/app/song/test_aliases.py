from __future__ import annotations

from app.song import aliases


def test_lines_come_back_as_they_were() -> None:
    mine = (("fab four", "The Beatles"), ("dnb", "drum and bass = fast"))

    assert aliases.parsed(aliases.lines(mine)) == mine


def test_of_names_that_are_alike_the_last_counts() -> None:
    assert aliases.parsed("Countess = Ada\n\ncountess=Bix") == (("countess", "Bix"),)


def test_a_line_without_both_names_is_broken() -> None:
    assert aliases.broken("a = b\n\n= b\na =\njust words") == ("= b", "a =", "just words")
