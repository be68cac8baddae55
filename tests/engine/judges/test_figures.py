"""Figures beside their targets, as rows and as JSON."""

import pytest

from engine.errors import TaskError
from engine.judges.card import BEGIN, END, with_figures
from engine.judges.figures import HEADINGS, Figure, in_json, in_rows


def test_a_target_is_for_the_model_and_else_for_its_codec():
    assert Figure("a", model=0.9, copy=0.1, target=0.8).met is True
    assert Figure("a", copy=0.1, target=0.8).met is False
    assert Figure("a", model=0.9).met is None


def test_json_holds_what_is_known_and_no_more():
    figures = [Figure("in_key", 0.86, real=1.0, target=0.85), Figure("bits", model=6.123456)]

    assert in_json(figures) == {
        "in_key": {"model": 0.86, "real": 1.0, "target": 0.85, "met": True},
        "bits": {"model": 6.123},
    }


def test_a_table_has_a_cell_for_every_heading():
    figures = [
        Figure("in_key", 0.86, chance=0.58, target=0.9),
        Figure("perplexity_top", copy=1866.2),
    ]

    rows = in_rows(figures)

    assert rows[0] == ("in key", "0.86", "–", "–", "0.58", "0.9", "missed")
    assert rows[1][2] == "1866"
    assert {len(row) for row in rows} == {len(HEADINGS)}


def test_a_card_takes_new_figures_and_keeps_the_others():
    card = f"# A model\n\n{BEGIN}\n{END}\n\nWords.\n"

    once = with_figures(card, [Figure("in_key", 0.5), Figure("beat", 0.1)])
    twice = with_figures(once, [Figure("beat", 0.3, target=0.25)])

    assert twice.startswith("# A model\n") and twice.endswith(f"{END}\n\nWords.\n")
    lines = [line for line in twice.splitlines() if line.startswith("|")]
    assert [line.split(" | ")[0] for line in lines] == ["| judge", "| ---", "| in key", "| beat"]
    assert "0.5" in lines[2] and "0.3" in lines[3] and "met" in lines[3]
    with pytest.raises(TaskError, match="no place for figures"):
        with_figures("# A model", [])
